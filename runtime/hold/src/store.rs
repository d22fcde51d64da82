//! The store on disk: an image layout that only its owner can enter.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use oci_spec::image::{Descriptor, ImageIndex, ImageIndexBuilder, MediaType};
use rustix::fs::FlockOperation;

use crate::durable;
use crate::image::{Image, ImageError};
use crate::layout::{self, LayoutError};

/// The version of the store's own format; another one is refused.
const FORMAT: &str = "{\"format\":1}\n";

/// A store that is open.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
}

/// Why a store cannot be opened or changed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum StoreError {
    #[error("make the store `{}`", root.display())]
    Create { root: PathBuf, source: io::Error },

    #[error("`{}` is of no format that this program knows; is it a store?", path.display())]
    Format { path: PathBuf },

    #[error("lock the store `{}`", root.display())]
    Lock { root: PathBuf, source: io::Error },

    #[error("write the index of the store `{}`", root.display())]
    Write { root: PathBuf, source: io::Error },

    #[error("no image `{reference}` in the store; `hold image ls` lists them")]
    NoReference { reference: String },

    #[error(transparent)]
    Layout(#[from] LayoutError),

    #[error(transparent)]
    Image(#[from] ImageError),
}

impl Store {
    /// Opens the store at `root`; makes it where nothing is there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let store = Self { root: root.to_owned() };
        store.make().map_err(|source| StoreError::Create { root: root.to_owned(), source })?;
        let path = root.join("store.json");
        match fs::read_to_string(&path) {
            Ok(text) if text == FORMAT => Ok(store),
            _ => Err(StoreError::Format { path }),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its images by name, in the order of their names, with the manifests that they stand for.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn references(&self) -> Result<Vec<(String, Descriptor)>, StoreError> {
        let mut references = layout::references(&layout::index(&self.root)?);
        references.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(references)
    }

    /// The manifest that this name stands for.
    ///
    /// # Errors
    /// Where there is no such name.
    pub fn descriptor(&self, reference: &str) -> Result<Descriptor, StoreError> {
        let found = self.references()?.into_iter().find(|(name, _)| name == reference);
        let missing = || StoreError::NoReference { reference: reference.to_owned() };
        found.map(|(_, descriptor)| descriptor).ok_or_else(missing)
    }

    /// The image of this name, its documents verified.
    ///
    /// # Errors
    /// Where there is none, or a blob is damaged.
    pub fn image(&self, reference: &str) -> Result<Image, StoreError> {
        Ok(Image::read(&self.root, &self.descriptor(reference)?)?)
    }

    /// Lets `reference` stand for this manifest. Durable when it returns.
    ///
    /// # Errors
    /// Where the index cannot be read or written; it is then as it was.
    pub fn refer(&self, reference: &str, descriptor: &Descriptor) -> Result<(), StoreError> {
        let mut descriptor = descriptor.clone();
        let mut annotations = descriptor.annotations().clone().unwrap_or_default();
        annotations.insert(layout::REFERENCE.to_owned(), reference.to_owned());
        descriptor.set_annotations(Some(annotations));
        self.edit(|manifests| {
            manifests.retain(|entry| !is_named(entry, reference));
            manifests.push(descriptor);
            Ok(())
        })
    }

    /// Takes a name away. Durable when it returns; the blobs stay.
    ///
    /// # Errors
    /// Where there is no such name, or the index cannot be written.
    pub fn forget(&self, reference: &str) -> Result<(), StoreError> {
        self.edit(|manifests| {
            let before = manifests.len();
            manifests.retain(|entry| !is_named(entry, reference));
            let gone = manifests.len() < before;
            if gone { Ok(()) } else { Err(StoreError::NoReference { reference: reference.to_owned() }) }
        })
    }

    /// Changes the index while nobody else does.
    fn edit(
        &self,
        change: impl FnOnce(&mut Vec<Descriptor>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let _lock = self.exclude_naming()?;
        let mut index = layout::index(&self.root)?;
        let mut manifests = index.manifests().clone();
        change(&mut manifests)?;
        index.set_manifests(manifests);
        let written = write_index(&self.root, &index);
        written.map_err(|source| StoreError::Write { root: self.root.clone(), source })
    }

    /// Keeps garbage collection and checks away while something comes into the store, until the file is dropped.
    ///
    /// # Errors
    /// Where the lock cannot be opened.
    pub fn admit_import(&self) -> Result<File, StoreError> {
        self.locked("lock.imports", FlockOperation::LockShared)
    }

    /// Waits until nothing comes into the store, and keeps it so, until the file is dropped.
    ///
    /// # Errors
    /// Where the lock cannot be opened.
    pub fn exclude_imports(&self) -> Result<File, StoreError> {
        self.locked("lock.imports", FlockOperation::LockExclusive)
    }

    /// Keeps others from unpacking layers, so that each is unpacked once, until the file is dropped.
    ///
    /// # Errors
    /// Where the lock cannot be opened.
    pub fn exclude_unpacking(&self) -> Result<File, StoreError> {
        self.locked("lock.layers", FlockOperation::LockExclusive)
    }

    /// Keeps others from changing the index, until the file is dropped.
    ///
    /// # Errors
    /// Where the lock cannot be opened.
    pub fn exclude_naming(&self) -> Result<File, StoreError> {
        self.locked("lock", FlockOperation::LockExclusive)
    }

    fn locked(&self, name: &str, how: FlockOperation) -> Result<File, StoreError> {
        let locked = File::create(self.root.join(name)).and_then(|file| {
            rustix::fs::flock(&file, how)?;
            Ok(file)
        });
        locked.map_err(|source| StoreError::Lock { root: self.root.clone(), source })
    }

    /// Makes what is missing; `store.json` last, so that its presence says that the rest is there.
    fn make(&self) -> io::Result<()> {
        let root = &self.root;
        if root.join("store.json").exists() {
            return Ok(());
        }
        let stranger = root.exists() && is_of_others(root)?;
        if stranger {
            let message = "the directory is not empty and not a store: name another one";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        durable::private_directory(root)?;
        let lock = File::create(root.join("lock"))?;
        rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
        if root.join("store.json").exists() {
            return Ok(());
        }
        durable::private_directory(&layout::blobs(root))?;
        durable::private_directory(&root.join("ingest"))?;
        durable::replace(&root.join("oci-layout"), layout::VERSION)?;
        let empty = ImageIndexBuilder::default()
            .schema_version(2_u32)
            .media_type(MediaType::ImageIndex)
            .manifests(Vec::new())
            .build();
        write_index(root, &empty.map_err(io::Error::other)?)?;
        durable::sync_directory(&root.join("blobs"))?;
        durable::replace(&root.join("store.json"), FORMAT.as_bytes())
    }
}

/// Whether a directory holds something, but not the lock, which is the first file of a store. Looked at once, since
/// another process may be making a store there.
fn is_of_others(root: &Path) -> io::Result<bool> {
    let names: Vec<_> =
        fs::read_dir(root)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?;
    Ok(!names.is_empty() && !names.iter().any(|name| name == "lock"))
}

fn write_index(root: &Path, index: &ImageIndex) -> io::Result<()> {
    durable::replace(&root.join("index.json"), &serde_json::to_vec(index)?)
}

fn is_named(entry: &Descriptor, reference: &str) -> bool {
    entry
        .annotations()
        .as_ref()
        .and_then(|all| all.get(layout::REFERENCE))
        .is_some_and(|name| name == reference)
}
