//! The record stream: one JSON line per fact, written by whatever runs, read by whatever reports.
//!
//! A stream is one [`Header`], then any number of [`Outcome`]s and [`Sample`]s in the order in which they were
//! found, then one [`Footer`]. A stream without its footer was cut short, and readers refuse it.
//!
//! Terms: a *subject* is what is measured or judged, such as a runtime binary; a *scenario* is what is measured
//! on it; a *case* is one test, a *clause* the sentence of the specification that it tests.

mod host;
mod line;
pub mod setting;
mod stream;
mod subject;

pub use host::{CgroupMode, Host, HostError};
pub use line::{Footer, Header, Kind, Known, Level, Line, Outcome, Sample, Tally, Unit, Verdict};
pub use stream::{ReadError, Record, WriteError, Writer, read, read_from};
pub use subject::{Subject, SubjectError};

/// Version of the stream's shape; readers refuse any other.
pub const SCHEMA: u32 = 1;
