//! Writing and reading whole streams.
