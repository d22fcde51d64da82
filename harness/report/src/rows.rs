//! The rows of the report, each made from records alone.

pub mod bar;
pub mod case;
pub mod condition;
pub mod cost;
pub mod derived;
pub mod effect;
pub mod footprint;
pub mod instance;
pub mod known;
pub mod latency;
pub mod level;
pub mod origin;
pub mod saving;
pub mod standing;
pub mod union;
pub mod untested;
pub mod verdict;
