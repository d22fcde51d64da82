//! Attributes of mounts: `mount_setattr(2)` and `open_tree_attr(2)`.

use core::ffi::CStr;

use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use rustix::io::Errno;

use super::number::{MOUNT_SETATTR, OPEN_TREE_ATTR};
use super::raw::syscall;

/// `struct mount_attr`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// `MOUNT_ATTR_*` to set.
    pub(crate) set: u64,
    /// `MOUNT_ATTR_*` to clear, before setting.
    pub(crate) clear: u64,
    /// One of the `MS_*` propagation types; 0 leaves it.
    pub(crate) propagation: u64,
    /// A user namespace, with `MOUNT_ATTR_IDMAP`.
    pub(crate) user_namespace: u64,
}

/// Changes the attributes of the mount at `path`, and with `AT_RECURSIVE` among `flags` of all mounts below it.
///
/// # Errors
/// Those of `mount_setattr(2)`; then nothing was changed.
pub(crate) fn set_attributes(
    directory: BorrowedFd<'_>,
    path: &CStr,
    flags: u32,
    attributes: &Attributes,
) -> Result<(), Errno> {
    // SAFETY: the path is a C string; pointer and size describe `attributes`.
    unsafe { syscall(MOUNT_SETATTR, arguments(directory, path, flags, attributes)) }.map(drop)
}

/// Opens the tree of mounts at `path`, as `open_tree(2)` does, with the attributes changed before anyone can see it.
///
/// # Errors
/// Those of `open_tree_attr(2)`: `ENOSYS` before Linux 6.15.
pub(crate) fn open_tree(
    directory: BorrowedFd<'_>,
    path: &CStr,
    flags: u32,
    attributes: &Attributes,
) -> Result<OwnedFd, Errno> {
    // SAFETY: the path is a C string; pointer and size describe `attributes`.
    let fd = unsafe { syscall(OPEN_TREE_ATTR, arguments(directory, path, flags, attributes)) }?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a descriptor is an int")]
    // SAFETY: the kernel has just returned this descriptor to us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

#[expect(clippy::cast_sign_loss, reason = "the kernel takes an int in a register")]
fn arguments(directory: BorrowedFd<'_>, path: &CStr, flags: u32, attributes: &Attributes) -> [usize; 6] {
    let pointer = core::ptr::from_ref(attributes) as usize;
    let directory = directory.as_raw_fd() as usize;
    [directory, path.as_ptr() as usize, flags as usize, pointer, size_of::<Attributes>(), 0]
}
