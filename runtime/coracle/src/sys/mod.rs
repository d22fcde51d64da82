//! The only `unsafe` code of the runtime: system calls that rustix does not wrap.
#![expect(unsafe_code, reason = "raw system calls")]

pub(crate) mod bpf;
pub(crate) mod clone;
pub(crate) mod descriptor;
pub(crate) mod exec;
pub(crate) mod exit;
pub(crate) mod filter;
pub(crate) mod identity;
pub(crate) mod keyring;
pub(crate) mod limit;
pub(crate) mod memory;
pub(crate) mod mount;
pub(crate) mod namespace;
pub(crate) mod network;
mod number;
mod raw;
pub(crate) mod schedule;
pub(crate) mod shared;
pub(crate) mod signal;
pub(crate) mod stdio;
