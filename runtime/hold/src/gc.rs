//! Garbage: blobs and layers that neither a name nor a bundle needs, and what interrupted commands left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oci_spec::image::Descriptor;

use crate::bundle::{self, BundleError};
use crate::durable;
use crate::image::{Image, ImageError};
use crate::layers;
use crate::layout;
use crate::record::{self, Known};
use crate::store::{Store, StoreError};

/// What nobody needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Garbage {
    /// Files and directories, by their paths.
    pub paths: Vec<PathBuf>,
    /// Bytes of the blobs among them.
    pub bytes: u64,
    /// Bundles whose making was interrupted: taken apart, wherever they are.
    bundles: Vec<Known>,
}

/// Why garbage was not collected.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum GcError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error("`{reference}` is damaged, so nothing is removed: run `hold fsck --repair` first")]
    Damaged { reference: String, source: ImageError },

    #[error("take an interrupted bundle apart")]
    Bundle(#[source] Box<BundleError>),

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

/// Finds what nobody needs, and removes it. Waits until nothing comes into the store, and keeps it so.
///
/// # Errors
/// See [`GcError`]. An image whose documents are damaged does not say what it needs: then nothing is removed.
pub fn collect(store: &Store, sweep: Sweep) -> Result<Garbage, GcError> {
    let _alone = store.exclude_imports()?;
    let _names = store.exclude_naming()?;
    let Survey { garbage, .. } = look(store)?;
    if sweep == Sweep::Remove {
        for record in garbage.bundles.iter().filter_map(Known::record) {
            let apart = bundle::take_apart(store.root(), record);
            apart.map_err(|error| GcError::Bundle(Box::new(error)))?;
        }
        garbage.paths.iter().try_for_each(|path| remove(store.root(), path))?;
        let blobs = layout::blobs(store.root());
        durable::sync_directory(&blobs).map_err(|source| GcError::Disk { path: blobs, source })?;
    }
    Ok(garbage)
}

/// What a store needs, and what it does not.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) needed: Needed,
    pub(crate) garbage: Garbage,
}

/// Looks at a store while nothing comes into it.
///
/// # Errors
/// As [`collect`].
pub(crate) fn survey(store: &Store) -> Result<Survey, GcError> {
    let _alone = store.exclude_imports()?;
    let _names = store.exclude_naming()?;
    look(store)
}

fn look(store: &Store) -> Result<Survey, GcError> {
    let needed = Needed::of(store)?;
    Ok(Survey { garbage: find(store.root(), &needed)?, needed })
}

/// What is needed, by the names of files.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    blobs: BTreeSet<String>,
    /// Unpacked layers, and how many images and bundles need each.
    pub(crate) layers: BTreeMap<String, u64>,
}

impl Needed {
    /// What every image with a name needs, and every bundle that is whole.
    fn of(store: &Store) -> Result<Self, GcError> {
        let mut needed = Self::default();
        for (reference, descriptor) in store.references()? {
            let added = needed.add(store.root(), &descriptor);
            added.map_err(|source| GcError::Damaged { reference, source })?;
        }
        for known in bundles(store.root())? {
            if let Known::Whole(record) = known {
                needed.count(record.layers);
            }
        }
        Ok(needed)
    }

    fn add(&mut self, root: &Path, descriptor: &Descriptor) -> Result<(), ImageError> {
        let image = Image::read(root, descriptor)?;
        self.blobs.extend(image.blobs(descriptor)?.iter().map(|named| named.digest.hex()));
        self.count(layers::names(&image));
        Ok(())
    }

    fn count(&mut self, layers: Vec<String>) {
        for name in layers {
            *self.layers.entry(name).or_default() += 1;
        }
    }
}

fn bundles(root: &Path) -> Result<Vec<Known>, GcError> {
    record::list(root).map_err(|source| GcError::Disk { path: record::home(root), source })
}

fn find(root: &Path, needed: &Needed) -> Result<Garbage, GcError> {
    let mut garbage = Garbage::default();
    for path in unneeded(&layout::blobs(root), |name| needed.blobs.contains(name))? {
        garbage.bytes += path.symlink_metadata().map_or(0, |metadata| metadata.len());
        garbage.paths.push(path);
    }
    garbage.paths.extend(unneeded(&layers::home(root), |name| needed.layers.contains_key(name))?);
    garbage.paths.extend(list(&root.join("ingest"))?);
    garbage.paths.extend(list(root)?.into_iter().filter(|path| durable::is_scratch(path)));
    for known in bundles(root)? {
        let id = match &known {
            Known::Whole(_) => continue,
            Known::Making(record) => record.id.clone(),
            Known::Unknown(id) => id.clone(),
        };
        garbage.paths.push(record::home(root).join(id));
        garbage.bundles.push(known);
    }
    Ok(garbage)
}

/// What is in a directory but has no name that is needed.
fn unneeded(directory: &Path, is_needed: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, GcError> {
    let mut paths = list(directory)?;
    paths.retain(|path| !is_needed(&path.file_name().unwrap_or_default().to_string_lossy()));
    Ok(paths)
}

fn list(directory: &Path) -> Result<Vec<PathBuf>, GcError> {
    let failed = |source| GcError::Disk { path: directory.to_owned(), source };
    let entries = match fs::read_dir(directory) {
        // No layer was unpacked yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut paths: Vec<_> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

fn remove(root: &Path, path: &Path) -> Result<(), GcError> {
    let removed = if path.parent() == Some(&layers::home(root)) {
        layers::discard(root, path)
    } else if path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        // An interrupted bundle was taken apart with its directory in the store.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(|source| GcError::Disk { path: path.to_owned(), source }),
    }
}
