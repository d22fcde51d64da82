//! What the store knows of bundles: a directory for each, with a record and what overlayfs writes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::durable;

/// A bundle as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name in the store.
    pub id: String,
    /// Where it is.
    pub directory: PathBuf,
    /// How its root file system comes about.
    pub backend: Backend,
    /// The digest of its image's manifest.
    pub image: String,
    /// The names of the unpacked layers that it needs, the lowest first.
    pub layers: Vec<String>,
}

/// How a root file system comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Layers that are shared, and a directory on top.
    Overlay,
    /// All files once more.
    Copy,
}

/// The file in which a bundle that is whole is recorded, and the one before it is.
const WHOLE: &str = "bundle.json";
const MAKING: &str = "making.json";

/// Where the store keeps what it knows of bundles.
#[must_use]
pub fn home(root: &Path) -> PathBuf {
    root.join("bundles")
}

impl Record {
    /// Where the store keeps what belongs to it.
    #[must_use]
    pub fn home(&self, root: &Path) -> PathBuf {
        home(root).join(&self.id)
    }

    /// Takes the name and writes down that the bundle is in the making.
    ///
    /// # Errors
    /// Where the name is taken, or the disk fails or is full.
    pub fn announce(&self, root: &Path) -> io::Result<()> {
        durable::private_directory(&home(root))?;
        fs::create_dir(self.home(root))?;
        let written = fs::write(self.home(root).join(MAKING), serde_json::to_vec_pretty(self)?);
        written.inspect_err(|_| drop(fs::remove_dir_all(self.home(root))))
    }

    /// Writes down that it is whole. Durable when it returns.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn complete(&self, root: &Path) -> io::Result<()> {
        let home = self.home(root);
        fs::File::open(home.join(MAKING))?.sync_all()?;
        fs::rename(home.join(MAKING), home.join(WHOLE))?;
        durable::sync_directory(&home)
    }
}

/// How far a bundle came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It is whole.
    Whole(Record),
    /// It is in the making, or its making was interrupted.
    Making(Record),
    /// The store has a directory of this name, but no record: its making or removal was interrupted.
    Unknown(String),
}

impl Known {
    /// Its record, where there is one.
    #[must_use]
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Whole(record) | Self::Making(record) => Some(record),
            Self::Unknown(_) => None,
        }
    }
}

/// All bundles that the store knows, in the order of their names.
///
/// # Errors
/// Where they cannot be listed, or the record of one is damaged: it could be in use.
pub fn list(root: &Path) -> io::Result<Vec<Known>> {
    let entries = match fs::read_dir(home(root)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    paths.sort();
    paths.iter().map(|path| known(path)).collect()
}

fn known(path: &Path) -> io::Result<Known> {
    if let Some(bytes) = read(&path.join(WHOLE))? {
        let damaged = || {
            let what = format!("`{}` is damaged; remove that bundle by hand", path.join(WHOLE).display());
            io::Error::new(io::ErrorKind::InvalidData, what)
        };
        return parse(path, &bytes).map(Known::Whole).ok_or_else(damaged);
    }
    // A record that is written in part is one of nothing: the rest of the bundle comes after it.
    let making = read(&path.join(MAKING))?.and_then(|bytes| parse(path, &bytes));
    let name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(making.map_or_else(|| Known::Unknown(name()), Known::Making))
}

fn parse(path: &Path, bytes: &[u8]) -> Option<Record> {
    serde_json::from_slice::<Record>(bytes).ok().filter(|record| path.ends_with(&record.id))
}

/// The content of a file; none where there is none.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}
