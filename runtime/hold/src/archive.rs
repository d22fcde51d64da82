//! Image layouts in one archive, as `skopeo` has them for `oci-archive:`.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use tar::EntryType;

use crate::blob::DOCUMENT_LIMIT_BYTES;
use crate::digest::Digest;
use crate::durable;
use crate::layout;

/// Why an archive gives no layout.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ArchiveError {
    #[error("read the image archive `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("write what is in the image archive")]
    Write(#[source] io::Error),
}

/// Takes the files of a layout out of an archive, into the new directory `to`; anything else in it is left out.
///
/// Blobs are not verified: whoever reads them from `to` does that. Names decide nothing but whether a file is one of
/// a layout, so none can lead elsewhere.
///
/// # Errors
/// Where the archive cannot be read, or the disk fails or is full.
pub fn extract(archive: &Path, to: &Path) -> Result<(), ArchiveError> {
    let read = |source| ArchiveError::Read { path: archive.to_owned(), source };
    durable::private_directory(&layout::blobs(to)).map_err(ArchiveError::Write)?;
    let mut members = tar::Archive::new(File::open(archive).map_err(read)?);
    for member in members.entries().map_err(read)? {
        let mut member = member.map_err(read)?;
        let regular = member.header().entry_type() == EntryType::Regular;
        let name = place(&member.path().map_err(read)?).filter(|_| regular);
        let Some(name) = name else { continue };
        if name == Path::new("index.json") && member.size() > DOCUMENT_LIMIT_BYTES {
            return Err(read(io::Error::new(io::ErrorKind::InvalidData, "its index is too large")));
        }
        let copied = File::create(to.join(name)).and_then(|mut file| io::copy(&mut member, &mut file));
        copied.map_err(ArchiveError::Write)?;
    }
    Ok(())
}

/// Where a file of a layout belongs; none for any other.
fn place(name: &Path) -> Option<PathBuf> {
    let parts: Vec<&OsStr> =
        name.components().filter(|part| *part != Component::CurDir).map(Component::as_os_str).collect();
    match parts.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>()?.as_slice() {
        ["index.json"] => Some("index.json".into()),
        ["blobs", "sha256", digits] => {
            let digest: Digest = format!("sha256:{digits}").parse().ok()?;
            Some(layout::blobs(Path::new("")).join(digest.hex()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_layout_have_a_place() {
        let blob = format!("blobs/sha256/{}", "a".repeat(64));
        assert_eq!(place(Path::new("./index.json")), Some("index.json".into()));
        assert_eq!(place(Path::new(&blob)), Some(blob.clone().into()));
        for none in ["../index.json", "/index.json", "blobs/sha256/../../x", "blobs/sha256/A", "x"] {
            assert_eq!(place(Path::new(none)), None);
        }
    }
}
