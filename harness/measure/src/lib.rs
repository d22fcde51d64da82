//! Scenarios, interleaved sampling, statistics.
