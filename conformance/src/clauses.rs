//! All clauses that Loadline knows, one list per file of the specification.

pub mod runtime;

use crate::Clause;

/// Every clause, in the order of the specification's files.
#[must_use]
pub fn all() -> Vec<&'static Clause> {
    [runtime::ALL].concat()
}
