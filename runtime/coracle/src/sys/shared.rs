//! Memory that two processes see.

use core::ptr::null_mut;
use core::sync::atomic::AtomicU64;

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

/// So many zeros that a process cloned from now on shares with this one, until both end.
///
/// # Errors
/// `ENOMEM`.
pub(crate) fn words(count: usize) -> Result<&'static [AtomicU64], Errno> {
    let bytes = count.checked_mul(size_of::<AtomicU64>()).ok_or(Errno::NOMEM)?;
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: an anonymous mapping at an address of the kernel's choice replaces no other.
    let mapped = unsafe { mmap_anonymous(null_mut(), bytes, protection, MapFlags::SHARED) }?;
    // SAFETY: it is that long, zeroed, aligned to a page and never unmapped; both processes use it by atomics only.
    Ok(unsafe { core::slice::from_raw_parts(mapped.cast::<AtomicU64>(), count) })
}
