//! `mmap(2)`, for the allocator.

use core::ptr::null_mut;

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

/// Fresh zeroed memory of at least `bytes`, never given back; nothing when the kernel has none.
pub(crate) fn map(bytes: usize) -> Option<*mut u8> {
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: an anonymous mapping at an address of the kernel's choice replaces no other.
    let mapped = unsafe { mmap_anonymous(null_mut(), bytes, protection, MapFlags::PRIVATE) };
    mapped.ok().map(<*mut core::ffi::c_void>::cast)
}
