//! `keyctl(2)`: a session keyring of the container's own.

use core::ffi::CStr;

use rustix::io::Errno;

use super::number::KEYCTL;
use super::raw::syscall3;

const JOIN_SESSION_KEYRING: usize = 1;

/// Joins the session keyring of that name, made if need be, in place of the caller's.
///
/// # Errors
/// `ENOSYS` on a kernel without keys, `EDQUOT` at the quota, `EACCES` where a namesake forbids it.
pub(crate) fn join_session(name: &CStr) -> Result<(), Errno> {
    // SAFETY: the name is a C string.
    unsafe { syscall3(KEYCTL, JOIN_SESSION_KEYRING, name.as_ptr() as usize, 0) }.map(drop)
}
