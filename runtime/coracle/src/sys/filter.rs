//! `seccomp(2)`: loading a filter.

use rustix::fd::{FromRawFd, OwnedFd};
use rustix::io::Errno;

use super::raw::syscall3;

#[cfg(target_arch = "x86_64")]
const SECCOMP: usize = 317;
#[cfg(target_arch = "aarch64")]
const SECCOMP: usize = 277;

const SET_MODE_FILTER: usize = 1;
const FLAG_NEW_LISTENER: usize = 1 << 3;

/// An instruction of classic BPF, `struct sock_filter`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instruction {
    /// Operation.
    pub(crate) code: u16,
    /// How many instructions to skip if the test holds.
    pub(crate) jt: u8,
    /// How many instructions to skip if it does not.
    pub(crate) jf: u8,
    /// Operand.
    pub(crate) k: u32,
}

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    len: u16,
    filter: *const Instruction,
}

/// Puts a filter over the calling thread.
///
/// With `SECCOMP_FILTER_FLAG_NEW_LISTENER` among `flags`, returns the notification descriptor, close-on-exec.
///
/// # Errors
/// Those of `seccomp(2)`: `EACCES` without `no_new_privs` and without `CAP_SYS_ADMIN`, `EINVAL` for a program or flag
/// that the kernel refuses, `EBUSY` for a second listener, `ENOMEM`.
pub(crate) fn load_filter(instructions: &[Instruction], flags: u32) -> Result<Option<OwnedFd>, Errno> {
    let len = u16::try_from(instructions.len()).map_err(|_| Errno::TOOBIG)?;
    let program = Program { len, filter: instructions.as_ptr() };
    let pointer = core::ptr::from_ref(&program) as usize;
    // SAFETY: the program, and the instructions it points to, outlive the call.
    let result = unsafe { syscall3(SECCOMP, SET_MODE_FILTER, flags as usize, pointer) }?;
    if flags as usize & FLAG_NEW_LISTENER == 0 {
        // With `SECCOMP_FILTER_FLAG_TSYNC` this is the thread that could not be synchronized.
        return if result == 0 { Ok(None) } else { Err(Errno::SRCH) };
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a descriptor is an int")]
    // SAFETY: the kernel has just returned this descriptor to us.
    Ok(Some(unsafe { OwnedFd::from_raw_fd(result as i32) }))
}
