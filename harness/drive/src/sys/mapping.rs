//! A file in memory, whole and only to be read.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsRawFd as _;
use std::ptr;

use nix::libc;

/// Bytes of a page on any machine of ours, the least that is read at once.
const PAGE_BYTES: usize = 4096;

/// A file at addresses of this process, which shares its pages with all who have it mapped.
#[derive(Debug)]
pub struct Mapping {
    start: *mut libc::c_void,
    bytes: usize,
}

impl Mapping {
    /// Maps a file that is not empty, and that nobody cuts shorter meanwhile.
    ///
    /// # Errors
    /// What mmap(2) refuses.
    pub fn of(file: &File) -> io::Result<Self> {
        let bytes = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        let (protection, flags) = (libc::PROT_READ, libc::MAP_SHARED);
        // SAFETY: the kernel chooses an address where nothing is, and no reference is made to what lies there.
        let start = unsafe { libc::mmap(ptr::null_mut(), bytes, protection, flags, file.as_raw_fd(), 0) };
        if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(Self { start, bytes }) }
    }

    /// Reads one byte of every page, so that each is in memory; how many there are.
    #[must_use]
    pub fn touch(&self) -> usize {
        let first = self.start.cast::<u8>().cast_const();
        let mut pages = 0;
        for offset in (0..self.bytes).step_by(PAGE_BYTES) {
            // SAFETY: it lies within the mapping, which lasts as long as `self`; volatile, as others may write to the file.
            let _: u8 = unsafe { first.add(offset).read_volatile() };
            pages += 1;
        }
        pages
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn every_page_is_touched_once() {
        for (bytes, pages) in [(1, 1), (3 * PAGE_BYTES, 3), (3 * PAGE_BYTES + 1, 4)] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&vec![7; bytes]).unwrap();
            assert_eq!(Mapping::of(&file).unwrap().touch(), pages, "{bytes} bytes");
        }
    }

    #[test]
    fn an_empty_file_is_refused() {
        Mapping::of(&tempfile::tempfile().unwrap()).unwrap_err();
    }
}
