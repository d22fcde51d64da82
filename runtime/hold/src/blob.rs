//! Blobs: bytes that are checked against their digest and size while they are read.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};

use crate::digest::{Digest, Hashing};

/// Why a blob is not what it is said to be.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BlobError {
    #[error("no blob `{digest}` in `{}`", directory.display())]
    Missing { digest: Digest, directory: PathBuf },

    #[error("blob `{digest}` in `{}` is no regular file", directory.display())]
    NotAFile { digest: Digest, directory: PathBuf },

    #[error("blob `{digest}` in `{}` hashes to `{actual}`", directory.display())]
    Corrupt { digest: Digest, actual: Digest, directory: PathBuf },

    #[error("blob `{digest}` in `{}` has {actual} bytes, not {expected}", directory.display())]
    Size { digest: Digest, expected: u64, actual: u64, directory: PathBuf },

    #[error("blob `{digest}` has {size} bytes, more than the {limit} that a document may have")]
    TooLarge { digest: Digest, size: u64, limit: u64 },

    #[error("read blob `{digest}` in `{}`", directory.display())]
    Read { digest: Digest, directory: PathBuf, source: io::Error },
}

/// A blob as a descriptor names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// What it hashes to.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
}

/// How large manifests, indexes and configurations may be, in bytes: they are kept in memory, and real ones have
/// kilobytes.
pub const DOCUMENT_LIMIT_BYTES: u64 = 8 << 20;

/// Copies the blob from a directory `blobs/sha256` into `to`, and checks digest and size on the way.
///
/// # Errors
/// See [`BlobError`]; `to` then holds what must not be used.
pub fn copy(directory: &Path, named: Named, to: &mut impl Write) -> Result<(), BlobError> {
    transfer(open(directory, named.digest)?, directory, named, to)
}

/// Opens a blob that was read once and found to be intact; it is at its start.
///
/// # Errors
/// See [`BlobError`].
pub fn checked(directory: &Path, named: Named) -> Result<File, BlobError> {
    let mut file = open(directory, named.digest)?;
    transfer(&file, directory, named, &mut io::sink())?;
    let failed = |source| BlobError::Read { digest: named.digest, directory: directory.to_owned(), source };
    file.rewind().map_err(failed)?;
    Ok(file)
}

fn transfer(from: impl Read, directory: &Path, named: Named, to: &mut impl Write) -> Result<(), BlobError> {
    let Named { digest, size } = named;
    let at = || directory.to_owned();
    // One byte more than there should be is enough to see that there are too many.
    let mut reader = Hashing::new(from.take(size.saturating_add(1)));
    io::copy(&mut reader, to).map_err(|source| BlobError::Read { digest, directory: at(), source })?;
    let (hash, count) = reader.finish();
    if count != size {
        return Err(BlobError::Size { digest, expected: size, actual: count, directory: at() });
    }
    if hash != digest {
        return Err(BlobError::Corrupt { digest, actual: hash, directory: at() });
    }
    Ok(())
}

/// Reads a blob that is a document, checked.
///
/// # Errors
/// See [`BlobError`].
pub fn document(directory: &Path, named: Named) -> Result<Vec<u8>, BlobError> {
    let Named { digest, size } = named;
    if size > DOCUMENT_LIMIT_BYTES {
        return Err(BlobError::TooLarge { digest, size, limit: DOCUMENT_LIMIT_BYTES });
    }
    let mut bytes = Vec::new();
    copy(directory, named, &mut bytes)?;
    Ok(bytes)
}

/// Whether the blob is there and intact.
#[must_use]
pub fn intact(directory: &Path, named: Named) -> bool {
    copy(directory, named, &mut io::sink()).is_ok()
}

/// Opens a blob as a regular file; never through a link, and never waiting for the other end of a FIFO.
fn open(directory: &Path, digest: Digest) -> Result<File, BlobError> {
    let at = || directory.to_owned();
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let opened =
        rustix::fs::openat(CWD, directory, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).and_then(|base| {
            rustix::fs::openat2(base, digest.hex(), flags, Mode::empty(), ResolveFlags::NO_SYMLINKS)
        });
    let file = match opened {
        Ok(descriptor) => File::from(descriptor),
        Err(rustix::io::Errno::NOENT) => return Err(BlobError::Missing { digest, directory: at() }),
        Err(rustix::io::Errno::LOOP) => return Err(BlobError::NotAFile { digest, directory: at() }),
        Err(error) => return Err(BlobError::Read { digest, directory: at(), source: error.into() }),
    };
    let metadata = file.metadata().map_err(|source| BlobError::Read { digest, directory: at(), source })?;
    if metadata.is_file() { Ok(file) } else { Err(BlobError::NotAFile { digest, directory: at() }) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_the_very_bytes_pass() {
        let home = tempfile::tempdir().unwrap();
        let named = Named { digest: Digest::of(b"abc"), size: 3 };
        let path = home.path().join(named.digest.hex());
        let judge = || copy(home.path(), named, &mut io::sink());
        assert!(matches!(judge(), Err(BlobError::Missing { .. })));
        fs::write(&path, "abc").unwrap();
        judge().unwrap();
        fs::write(&path, "abd").unwrap();
        assert!(matches!(judge(), Err(BlobError::Corrupt { .. })));
        fs::write(&path, "ab").unwrap();
        assert!(matches!(judge(), Err(BlobError::Size { actual: 2, .. })));
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        assert!(matches!(judge(), Err(BlobError::NotAFile { .. })));
    }
}
