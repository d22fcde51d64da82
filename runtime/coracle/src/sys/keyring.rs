//! `keyctl(2)`: a session keyring of the container's own.

use core::ffi::CStr;

use rustix::io::Errno;

use super::number::KEYCTL;
use super::raw::syscall3;

const JOIN_SESSION_KEYRING: usize = 1;
const SET_PERMISSIONS: usize = 5;

/// What the kernel allows with a new session keyring, `linux/key.h`: everything to those whose it is, and to other
/// processes of the same user to look at it, read it and link it.
const USUAL: usize = 0x3f13_0000;
/// To find it, for processes of the same user.
const USER_SEARCH: usize = 0x0008_0000;

/// The number of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key(usize);

/// Joins the session keyring of that name in place of the caller's; makes it if there is none that the caller may find.
///
/// # Errors
/// `ENOSYS` on a kernel without keys, `EDQUOT` at the quota.
pub(crate) fn join_session(name: &CStr) -> Result<Key, Errno> {
    // SAFETY: the name is a C string.
    unsafe { syscall3(KEYCTL, JOIN_SESSION_KEYRING, name.as_ptr() as usize, 0) }.map(Key)
}

/// Lets processes of the same user find a session keyring by its name.
///
/// It gives them nothing new: they can link it to a keyring of their own in any case, and then use it.
///
/// # Errors
/// `EACCES` for a key of somebody else.
pub(crate) fn make_searchable(key: Key) -> Result<(), Errno> {
    // SAFETY: the call takes no pointer.
    unsafe { syscall3(KEYCTL, SET_PERMISSIONS, key.0, USUAL | USER_SEARCH) }.map(drop)
}
