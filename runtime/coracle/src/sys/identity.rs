//! Capabilities and the other attributes that `prctl(2)` sets.

use core::ptr::from_ref;

use rustix::io::Errno;

use super::number::{CAPSET, PRCTL};
use super::raw::{syscall, syscall3};

const SET_DUMPABLE: usize = 4;
const SET_KEEPCAPS: usize = 8;
const DROP_BOUNDING: usize = 24;
const SET_SECUREBITS: usize = 28;
const SET_CHILD_SUBREAPER: usize = 36;
const SET_NO_NEW_PRIVS: usize = 38;
const AMBIENT: usize = 47;
const AMBIENT_RAISE: usize = 2;
const AMBIENT_CLEAR: usize = 4;

/// `_LINUX_CAPABILITY_VERSION_3`: sets of 64 bits, in halves.
const VERSION_3: u32 = 0x2008_0522;

#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[repr(C)]
struct Half {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Sets the effective, permitted and inheritable capabilities of the calling thread; bit `n` is capability `n`.
///
/// # Errors
/// `EPERM` for what it does not have.
pub(crate) fn set_capabilities(effective: u64, permitted: u64, inheritable: u64) -> Result<(), Errno> {
    let header = Header { version: VERSION_3, pid: 0 };
    #[expect(clippy::cast_possible_truncation, reason = "each half is cut out on purpose")]
    let half = |shift: u32| Half {
        effective: (effective >> shift) as u32,
        permitted: (permitted >> shift) as u32,
        inheritable: (inheritable >> shift) as u32,
    };
    let halves = [half(0), half(32)];
    // SAFETY: header and halves are live, and of the form that the version in the header says.
    unsafe { syscall3(CAPSET, from_ref(&header) as usize, halves.as_ptr() as usize, 0) }.map(drop)
}

/// Takes capability `number` out of the bounding set.
///
/// # Errors
/// `EINVAL` for a number that the kernel does not have, `EPERM` without `CAP_SETPCAP`.
pub(crate) fn drop_bounding(number: u32) -> Result<(), Errno> {
    prctl(DROP_BOUNDING, number as usize, 0)
}

/// Empties the ambient set.
///
/// # Errors
/// None that can occur on Linux 4.3 or later.
pub(crate) fn clear_ambient() -> Result<(), Errno> {
    prctl(AMBIENT, AMBIENT_CLEAR, 0)
}

/// Puts capability `number` into the ambient set.
///
/// # Errors
/// `EPERM` unless it is both permitted and inheritable.
pub(crate) fn raise_ambient(number: u32) -> Result<(), Errno> {
    prctl(AMBIENT, AMBIENT_RAISE, number as usize)
}

/// Lets the permitted set survive the change to a user that is not root.
///
/// # Errors
/// `EPERM` if a securebit forbids it.
pub(crate) fn keep_capabilities() -> Result<(), Errno> {
    prctl(SET_KEEPCAPS, 1, 0)
}

/// Clears all securebits, those that a caller left.
///
/// # Errors
/// `EPERM` without `CAP_SETPCAP`, or when they are locked.
pub(crate) fn clear_securebits() -> Result<(), Errno> {
    prctl(SET_SECUREBITS, 0, 0)
}

/// From now on no `execve(2)` grants a privilege.
///
/// # Errors
/// None that can occur.
pub(crate) fn set_no_new_privs() -> Result<(), Errno> {
    prctl(SET_NO_NEW_PRIVS, 1, 0)
}

/// Keeps processes without `CAP_SYS_PTRACE` out of `/proc/PID`, until the next `execve(2)`.
///
/// # Errors
/// None that can occur.
pub(crate) fn set_undumpable() -> Result<(), Errno> {
    prctl(SET_DUMPABLE, 0, 0)
}

/// From now on descendants whose parent ends become children of this process, as far as its PID namespace reaches.
///
/// # Errors
/// None that can occur.
pub(crate) fn adopt_orphans() -> Result<(), Errno> {
    prctl(SET_CHILD_SUBREAPER, 1, 0)
}

fn prctl(option: usize, a: usize, b: usize) -> Result<(), Errno> {
    // SAFETY: none of the options here takes a pointer.
    unsafe { syscall(PRCTL, [option, a, b, 0, 0, 0]) }.map(drop)
}
