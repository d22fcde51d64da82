//! The reference OCI runtime: from a bundle to a process.
#![no_std]
extern crate alloc;

pub mod cgroup;
pub mod config;
pub mod features;
pub mod seccomp;
mod sys;
