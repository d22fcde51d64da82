//! Garbage: blobs that no name needs, and what interrupted imports left.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oci_spec::image::Descriptor;

use crate::digest::Digest;
use crate::durable;
use crate::image::{Image, ImageError};
use crate::layout;
use crate::store::{Store, StoreError};

/// What nobody needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Garbage {
    /// Files and directories, by their paths.
    pub paths: Vec<PathBuf>,
    /// Bytes of the blobs among them.
    pub bytes: u64,
}

/// Why garbage was not collected.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum GcError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error("`{reference}` is damaged, so nothing is removed: run `hold fsck --repair` first")]
    Damaged { reference: String, source: ImageError },

    #[error("collect garbage in `{}`", path.display())]
    Disk { path: PathBuf, source: io::Error },
}

/// Whether to remove what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sweep {
    /// It is removed.
    Remove,
    /// It is only told.
    DryRun,
}

/// Finds what no name needs, and removes it. Waits until no import runs, and keeps others from starting.
///
/// # Errors
/// See [`GcError`]. An image whose documents are damaged does not say what it needs: then nothing is removed.
pub fn collect(store: &Store, sweep: Sweep) -> Result<Garbage, GcError> {
    let _alone = store.exclude_imports()?;
    let needed = needed(store)?;
    let garbage = find(store.root(), &needed)?;
    if sweep == Sweep::Remove {
        garbage.paths.iter().try_for_each(|path| remove(path))?;
        let blobs = layout::blobs(store.root());
        durable::sync_directory(&blobs).map_err(|source| GcError::Disk { path: blobs, source })?;
    }
    Ok(garbage)
}

/// The blobs of every image that has a name.
fn needed(store: &Store) -> Result<BTreeSet<String>, GcError> {
    let mut needed = BTreeSet::new();
    for (reference, descriptor) in store.references()? {
        let digests = blobs(store.root(), &descriptor);
        let digests = digests.map_err(|source| GcError::Damaged { reference, source })?;
        needed.extend(digests.iter().map(Digest::hex));
    }
    Ok(needed)
}

fn blobs(root: &Path, descriptor: &Descriptor) -> Result<Vec<Digest>, ImageError> {
    let blobs = Image::read(root, descriptor)?.blobs(descriptor)?;
    Ok(blobs.into_iter().map(|named| named.digest).collect())
}

fn find(root: &Path, needed: &BTreeSet<String>) -> Result<Garbage, GcError> {
    let mut garbage = Garbage::default();
    let blobs = layout::blobs(root);
    for path in list(&blobs)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !needed.contains(&*name) {
            garbage.bytes += path.symlink_metadata().map_or(0, |metadata| metadata.len());
            garbage.paths.push(path);
        }
    }
    garbage.paths.extend(list(&root.join("ingest"))?);
    Ok(garbage)
}

fn list(directory: &Path) -> Result<Vec<PathBuf>, GcError> {
    let failed = |source| GcError::Disk { path: directory.to_owned(), source };
    let entries = fs::read_dir(directory).map_err(failed)?;
    let mut paths: Vec<_> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

fn remove(path: &Path) -> Result<(), GcError> {
    let directory = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    let removed = if directory { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|source| GcError::Disk { path: path.to_owned(), source })
}
