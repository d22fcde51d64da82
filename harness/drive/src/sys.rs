//! The system calls that no safe crate offers: `wait4`, which tells what a child has used; a fork that waits before
//! its exec; what a tracer needs; and a file in memory.
#![expect(
    unsafe_code,
    reason = "std and nix wait without the resource usage, and fork and mmap are unsafe by nature"
)]

mod careless;
pub(crate) mod held;
pub(crate) mod mapping;
pub(crate) mod trace;

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use nix::libc;

/// How a child ended, and what it and its waited-for children used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// User and system time, in nanoseconds.
    pub(crate) cpu_ns: u64,
}

/// Waits for the child `pid` to end, and reaps it.
pub(crate) fn wait(pid: u32) -> io::Result<Ended> {
    let pid = libc::pid_t::try_from(pid).map_err(io::Error::other)?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both pointers are valid for writes, and all-zero bytes are a valid `rusage`.
        let waited = unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) };
        if waited == pid {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    // SAFETY: zeroed above, and filled in by the kernel.
    let usage = unsafe { usage.assume_init() };
    Ok(ended(status, usage))
}

fn ended(status: i32, usage: libc::rusage) -> Ended {
    Ended {
        status: ExitStatus::from_raw(status),
        cpu_ns: nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
    }
}

fn nanoseconds(time: libc::timeval) -> u64 {
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_usec.unsigned_abs() * 1_000
}
