//! A file seen through memory.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::ptr::NonNull;

use nix::libc;

/// Bytes of a page, the least that a mapping is read in.
const PAGE_BYTES: usize = 4096;

/// The beginning of a file, mapped for reading; unmapped when it is dropped.
#[derive(Debug)]
pub struct Mapped {
    begin: NonNull<c_void>,
    bytes: usize,
}

impl Mapped {
    /// Maps the first `bytes` of a file, shared with all who have it mapped.
    ///
    /// # Errors
    /// What mmap(2) refuses, and a file with fewer bytes, of which no more could be read.
    pub fn new(file: &File, bytes: usize) -> io::Result<Self> {
        if file.metadata()?.len() < bytes as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (protection, flags) = (libc::PROT_READ, libc::MAP_SHARED);
        // SAFETY: the kernel picks the place, so no memory that is in use is mapped over.
        let begin =
            unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, flags, file.as_raw_fd(), 0) };
        if begin == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let begin = NonNull::new(begin).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { begin, bytes })
    }

    /// Reads one byte of every page, so that each is in memory; how many there are.
    #[must_use]
    pub fn touch(&self) -> usize {
        let first = self.begin.as_ptr().cast::<u8>().cast_const();
        let mut pages = 0;
        for offset in (0..self.bytes).step_by(PAGE_BYTES) {
            // SAFETY: it lies within the mapping, which lasts as long as `self`; volatile, as others may write to the file.
            let _: u8 = unsafe { first.add(offset).read_volatile() };
            pages += 1;
        }
        pages
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: it was mapped with these bounds, and nothing refers into it any more.
        unsafe { libc::munmap(self.begin.as_ptr(), self.bytes) };
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn every_page_is_touched_once() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[7; 3 * PAGE_BYTES + 1]).unwrap();
        assert_eq!(Mapped::new(&file, 3 * PAGE_BYTES).unwrap().touch(), 3);
        assert_eq!(Mapped::new(&file, 3 * PAGE_BYTES + 1).unwrap().touch(), 4);
    }

    #[test]
    fn a_file_that_is_too_short_is_refused_and_not_read_past_its_end() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(Mapped::new(&file, 1).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
