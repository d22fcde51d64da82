//! All clauses that Loadline knows, one list per file of the specification.

pub mod bundle;
pub mod config;
pub mod config_linux;
pub mod runtime;
pub mod runtime_linux;

use crate::Clause;

/// Every clause, in the order of the specification's files.
#[must_use]
pub fn all() -> Vec<&'static Clause> {
    [bundle::ALL, config::ALL, config_linux::ALL, runtime::ALL, runtime_linux::ALL].concat()
}
