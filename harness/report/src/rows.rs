//! The rows of the report, each made from records alone.

pub mod condition;
pub mod cost;
pub mod latency;
pub mod saving;
pub mod union;
pub mod verdict;
