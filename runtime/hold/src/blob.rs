//! Blobs: files named by what they hold, verified while they are read.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::digest::{Digest, Hashed};

/// Largest manifest, index or image configuration that is read: they are held in memory.
const DOCUMENT_BYTES: u64 = 4 << 20;

/// Why a blob could not be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BlobError {
    #[error("no blob `{digest}` in `{layout}`")]
    Missing { digest: Digest, layout: PathBuf },

    #[error("blob `{digest}` in `{layout}` is damaged: it hashes to `{actual}`; fetch the image again")]
    Corrupt { digest: Digest, actual: Digest, layout: PathBuf },

    #[error(
        "blob `{digest}` in `{layout}` has {actual} bytes where {expected} are announced; fetch the image again"
    )]
    Size { digest: Digest, expected: u64, actual: u64, layout: PathBuf },

    #[error("blob `{digest}` has {size} bytes, more than a document may have ({DOCUMENT_BYTES})")]
    Large { digest: Digest, size: u64 },

    #[error("read blob `{digest}`")]
    Read { digest: Digest, source: io::Error },

    #[error("copy blob `{digest}`")]
    Copy { digest: Digest, source: io::Error },
}

/// Where a layout keeps a blob.
#[must_use]
pub fn path(layout: &Path, digest: &Digest) -> PathBuf {
    layout.join("blobs/sha256").join(digest.hex())
}

/// Opens a blob, without verifying it.
///
/// # Errors
/// One that is not there or cannot be opened.
pub fn open(layout: &Path, digest: &Digest) -> Result<BufReader<File>, BlobError> {
    match File::open(path(layout, digest)) {
        Ok(file) => Ok(BufReader::with_capacity(1 << 16, file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(BlobError::Missing { digest: *digest, layout: layout.into() })
        }
        Err(source) => Err(BlobError::Read { digest: *digest, source }),
    }
}

/// A document, verified: its digest, and its size where one is announced.
///
/// # Errors
/// A blob that is missing, damaged, of another size, or larger than a document may be.
pub fn document(layout: &Path, digest: &Digest, size: Option<u64>) -> Result<Vec<u8>, BlobError> {
    let mut bytes = Vec::new();
    let read = open(layout, digest)?.take(DOCUMENT_BYTES + 1).read_to_end(&mut bytes);
    let length = read.map_err(|source| BlobError::Read { digest: *digest, source })? as u64;
    if length > DOCUMENT_BYTES {
        return Err(BlobError::Large { digest: *digest, size: length });
    }
    verify(layout, digest, size, (Digest::of(&bytes), length))?;
    Ok(bytes)
}

/// Copies a blob to `to`, and verifies what was copied.
///
/// # Errors
/// As for [`document`]; what stands in the way of writing, such as a full disk.
pub fn copy(layout: &Path, digest: &Digest, size: u64, to: &mut impl Write) -> Result<(), BlobError> {
    let mut from = open(layout, digest)?;
    let mut to = Hashed::new(to);
    io::copy(&mut from, &mut to).map_err(|source| BlobError::Copy { digest: *digest, source })?;
    verify(layout, digest, Some(size), to.finish())
}

fn verify(
    layout: &Path,
    digest: &Digest,
    expected: Option<u64>,
    (hash, actual): (Digest, u64),
) -> Result<(), BlobError> {
    let layout = layout.to_path_buf();
    match expected {
        Some(expected) if expected != actual => {
            Err(BlobError::Size { digest: *digest, expected, actual, layout })
        }
        _ if hash != *digest => Err(BlobError::Corrupt { digest: *digest, actual: hash, layout }),
        _ => Ok(()),
    }
}
