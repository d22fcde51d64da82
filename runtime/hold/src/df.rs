//! What a store takes on disk: blobs, unpacked layers, bundles, and how much of it is shared, or garbage.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::gc::{self, GcError};
use crate::layers;
use crate::layout;
use crate::record::{self, Known, Record};
use crate::store::Store;

/// What some files take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// How many there are: blobs, layers, or bundles.
    pub objects: u64,
    /// What the file system says that they take, each inode counted once.
    pub bytes: u64,
    /// Sum of the sizes of regular files and links, each inode counted once.
    pub apparent_bytes: u64,
    /// Files of any kind, directories included.
    pub inodes: u64,
}

/// What a store takes, part by part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Blobs: manifests, configurations, and layers as they were imported.
    pub blobs: Usage,
    /// Unpacked layers.
    pub layers: Usage,
    /// Bundles: their directories, and what was written over their layers; not the layers.
    pub bundles: Usage,
    /// Those of the layers that more than one image or bundle needs.
    pub shared_layers: Usage,
    /// What `gc` would remove; without files that have names elsewhere, too, since those stay.
    pub garbage: Usage,
}

/// Why it cannot be told.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum DfError {
    #[error(transparent)]
    Gc(#[from] GcError),

    #[error("measure `{}`", path.display())]
    Disk { path: PathBuf, source: io::Error },
}

/// Measures a store. Waits until nothing comes into it.
///
/// - **Cost**: one `lstat` a file.
///
/// # Errors
/// See [`DfError`].
pub fn measure(store: &Store) -> Result<Report, DfError> {
    let root = store.root();
    let survey = gc::survey(store)?;
    let shared = survey.needed.layers.iter().filter(|(_, users)| **users > 1);
    let shared: Vec<PathBuf> = shared.map(|(name, _)| layers::home(root).join(name)).collect();
    let bundles = record::list(root).map_err(|source| DfError::Disk { path: record::home(root), source })?;
    let bundles: Vec<&Record> = bundles.iter().filter_map(Known::record).collect();
    let homes: Vec<PathBuf> = bundles.iter().map(|record| record.home(root)).collect();
    let directories: Vec<PathBuf> = bundles.iter().map(|record| record.directory.clone()).collect();
    let count = |objects: usize, paths: &[PathBuf]| usage(objects, paths, Links::Any);
    let (blobs, layers) = (entries(&layout::blobs(root))?, entries(&layers::home(root))?);
    Ok(Report {
        blobs: count(blobs.len(), &blobs)?,
        layers: count(layers.len(), &layers)?,
        bundles: count(bundles.len(), &[homes, directories].concat())?,
        shared_layers: count(shared.len(), &shared)?,
        garbage: usage(survey.garbage.paths.len(), &survey.garbage.paths, Links::All)?,
    })
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, DfError> {
    let failed = |source| DfError::Disk { path: directory.to_owned(), source };
    match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(error)),
        Ok(entries) => entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect(),
    }
}

/// When a file counts that has several names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    /// With the first name that is seen.
    Any,
    /// Once all of its names are seen.
    All,
}

fn usage(objects: usize, paths: &[PathBuf], links: Links) -> Result<Usage, DfError> {
    let usage = Usage { objects: objects as u64, ..Usage::default() };
    let mut walk = Walk { usage, links, seen: BTreeMap::new() };
    for path in paths {
        let failed = |source| DfError::Disk { path: path.clone(), source };
        match path.symlink_metadata() {
            // A bundle whose directory somebody else removed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
            Ok(metadata) => walk.add(path, metadata.dev()).map_err(failed)?,
        }
    }
    Ok(walk.usage)
}

struct Walk {
    usage: Usage,
    links: Links,
    /// How many names were seen of each file, by device and inode.
    seen: BTreeMap<(u64, u64), u64>,
}

impl Walk {
    /// Adds what is at a path and below it, on this device alone: what is mounted there is counted where it lies.
    fn add(&mut self, path: &Path, device: u64) -> io::Result<()> {
        let metadata = fs::symlink_metadata(path)?;
        if metadata.dev() != device {
            return Ok(());
        }
        if metadata.is_dir() {
            self.count(&metadata, 0);
            return fs::read_dir(path)?.try_for_each(|entry| self.add(&entry?.path(), device));
        }
        let names = self.seen.entry((device, metadata.ino())).or_default();
        *names += 1;
        let due = if self.links == Links::All { metadata.nlink() } else { 1 };
        if *names == due {
            self.count(&metadata, metadata.len());
        }
        Ok(())
    }

    fn count(&mut self, metadata: &Metadata, apparent_bytes: u64) {
        self.usage.inodes += 1;
        self.usage.apparent_bytes += apparent_bytes;
        // The unit of `st_blocks`, whatever blocks the file system has.
        self.usage.bytes += metadata.blocks() * 512;
    }
}
