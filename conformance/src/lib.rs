//! Black-box tests of any OCI runtime, each tied to a sentence of the specification.

pub mod clause;
pub mod clauses;
pub mod ledger;

pub use clause::Clause;
