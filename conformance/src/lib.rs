//! Black-box tests of any OCI runtime, each tied to a sentence of the specification.
//!
//! Terms: a [`Clause`] is what one sentence asks for; a [`Case`] is one test of a clause; an *act* is what a case does
//! and looks at, and only the case says what it should have come to; a *verdict* is what came of a case. A case that
//! could not reach its clause is neither a pass nor a failure.
//!
//! The way of a case: [`check()`] selects cases, [`judge::Judge`] runs each in a sandbox of its own, where its
//! [`bundle::Bundle`] is written and its function drives a [`container::Container`]; what comes back is compared with
//! what is known of that runtime ([`expect`]) and recorded.

pub mod act;
pub mod bundle;
pub mod case;
pub mod cases;
pub mod cgroup;
pub mod check;
pub mod clause;
pub mod clauses;
pub mod container;
pub mod expect;
pub mod facts;
pub mod fault;
mod jobs;
pub mod judge;
pub mod ledger;
pub mod need;
pub mod report;
pub mod robustness;
pub mod select;
pub mod state;
pub mod text;
pub mod version;

pub use case::Case;
pub use check::{CheckError, Options, Summary, check};
pub use clause::Clause;
pub use fault::{Fault, Judgment};
pub use jobs::JOBS;
pub use need::Need;
