//! Reads records, renders tables.
