//! All clauses that Loadline knows, one list per file of the specification.

pub mod bundle;
pub mod config;
pub mod config_linux;
pub mod features;
pub mod features_linux;
pub mod mount_options;
pub mod network_devices;
pub mod operations;
pub mod runtime;
pub mod runtime_linux;

use crate::Clause;

/// Every clause, in the order of the specification's files.
#[must_use]
pub fn all() -> Vec<&'static Clause> {
    let options: Vec<&Clause> = mount_options::TABLE.iter().collect();
    let bundles = [bundle::ALL, config::ALL, &options];
    let linux = [config_linux::ALL, network_devices::ALL];
    let runtimes = [features::ALL, features_linux::ALL, runtime::ALL, operations::ALL, runtime_linux::ALL];
    [&bundles[..], &linux, &runtimes].concat().concat()
}
