//! The only `unsafe` code of the runtime: system calls that rustix does not wrap.
#![expect(unsafe_code, reason = "raw system calls")]

pub(crate) mod bpf;
pub(crate) mod exit;
pub(crate) mod filter;
pub(crate) mod memory;
mod raw;
pub(crate) mod stdio;
