//! Standard output and standard error as places to write text to.

use core::fmt;

use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::Errno;

use crate::sys::stdio;

/// One of the caller's two output streams, unbuffered.
#[derive(Debug, Clone, Copy)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Error,
}

impl Stream {
    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// Those of `write(2)`, such as `EBADF` when the caller closed the stream.
    pub fn put(self, bytes: &[u8]) -> Result<(), Errno> {
        write_all(self.descriptor(), bytes)
    }

    fn descriptor(self) -> BorrowedFd<'static> {
        match self {
            Self::Out => stdio::stdout(),
            Self::Error => stdio::stderr(),
        }
    }
}

impl fmt::Write for Stream {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Writes all of `bytes`.
pub(crate) fn write_all(descriptor: impl AsFd, bytes: &[u8]) -> Result<(), Errno> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match rustix::io::write(&descriptor, rest) {
            Ok(0) => return Err(Errno::IO),
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}
