//! A file in memory, whole and only to be read.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsRawFd as _;
use std::ptr;

use nix::libc;

/// Pages of a file at addresses of this process, all of them present. Nobody looks at what they hold.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: *mut libc::c_void,
    bytes: usize,
}

impl Mapping {
    /// Maps a file that is not empty.
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        let bytes = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        let flags = libc::MAP_SHARED | libc::MAP_POPULATE;
        // SAFETY: the kernel chooses an address where nothing is, and no reference is made to what lies there.
        let start =
            unsafe { libc::mmap(ptr::null_mut(), bytes, libc::PROT_READ, flags, file.as_raw_fd(), 0) };
        if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(Self { start, bytes }) }
    }

    /// Where it lies.
    pub(crate) fn addresses(&self) -> Range<usize> {
        let start = self.start.addr();
        start..start + self.bytes
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by `of` with this length, and nothing refers to it.
        unsafe { libc::munmap(self.start, self.bytes) };
    }
}
