//! The reference OCI runtime: from a bundle to a process.
#![no_std]
extern crate alloc;

pub mod bare;
pub mod cause;
pub mod cgroup;
pub mod cli;
pub mod config;
pub mod features;
mod file;
pub mod seccomp;
pub mod state;
pub mod stream;
mod sys;

use core::ffi::CStr;
use core::fmt::Write as _;

use stream::Stream;

/// Runs the verb that the arguments name.
///
/// - **Takes** the arguments, the program's own name first, and the environment, each variable as `NAME=value`.
/// - **Returns** the exit code.
#[must_use]
pub fn run(arguments: &[&'static CStr], _environment: &[&'static CStr]) -> u8 {
    if arguments.get(1).is_some_and(|word| *word == c"--version") {
        return u8::from(writeln!(Stream::Out, "coracle {}", env!("CARGO_PKG_VERSION")).is_err());
    }
    1
}
