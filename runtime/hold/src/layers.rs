//! Unpacked layers: directories of the store that overlayfs puts over each other, one for each chain ID.
//!
//! A layer is made in a directory of its own, sealed, made durable, and only then takes its name: so one that has its name
//! is whole. It never changes after that.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, linkat, openat2};

use crate::chain::chain_ids;
use crate::delta;
use crate::digest::Digest;
use crate::durable;
use crate::image::Image;
use crate::materialize;
use crate::plan;
use crate::seal::seal;
use crate::spool::Contents;
use crate::store::{Store, StoreError};
use crate::tree::Node;
use crate::unpack::{self, UnpackError};

/// As many layers as overlayfs takes below each other; a higher stack is kept as one.
pub const LAYERS: usize = 500;

/// Why the layers of an image were not unpacked. The store is as it was.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum LayersError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Unpack(#[from] UnpackError),

    #[error("unpack layers in the store `{}`", root.display())]
    Write { root: PathBuf, source: io::Error },
}

/// The names of the layers of an image, the lowest first.
///
/// Each is a chain ID; a stack that is too high for overlayfs has one name, with an ending that no chain ID has.
#[must_use]
pub fn names(image: &Image) -> Vec<String> {
    let chains = chain_ids(image);
    match chains.last() {
        Some(last) if chains.len() > LAYERS => vec![format!("{}{WHOLE}", last.hex())],
        _ => chains.iter().map(Digest::hex).collect(),
    }
}

/// How the name of a stack ends that is kept as one layer.
const WHOLE: &str = ".whole";

/// Where the unpacked layers of a store lie.
#[must_use]
pub fn home(root: &Path) -> PathBuf {
    root.join("layers")
}

/// What overlayfs takes as the layer of this name.
#[must_use]
pub fn tree(root: &Path, name: &str) -> PathBuf {
    home(root).join(name).join(TREE)
}

const TREE: &str = "fs";
const SEAL: &str = "seal";

/// Whether a layer is as it was made: its content has the digest that was written down then.
#[must_use]
pub fn intact(layer: &Path) -> bool {
    let sealed = fs::read_to_string(layer.join(SEAL));
    sealed.is_ok_and(|sealed| seal(&layer.join(TREE)).is_ok_and(|found| found.to_string() == sealed))
}

/// Removes a layer, or what lies in the place of one: its name first, so that none is ever there in part.
///
/// # Errors
/// Where the disk fails.
pub fn discard(root: &Path, layer: &Path) -> io::Result<()> {
    let trash = tempfile::tempdir_in(root.join("ingest"))?;
    fs::rename(layer, trash.path().join("layer"))?;
    durable::sync_directory(&home(root))?;
    trash.close()
}

/// Unpacks the layers of an image that are not unpacked yet; returns the names of all, the lowest first.
///
/// - **Cost**: nothing where all are there. Else each blob is inflated once, and one `syncfs`. Durable when it returns.
///
/// The caller [admits no garbage collection](Store::admit_import) until something needs the layers.
///
/// # Errors
/// See [`LayersError`].
pub fn ensure(store: &Store, image: &Image) -> Result<Vec<String>, LayersError> {
    let root = store.root();
    let names = names(image);
    let complete = || names.iter().all(|name| is_there(root, name));
    if complete() {
        return Ok(names);
    }
    let _alone = store.exclude_unpacking()?;
    // Another process may just have unpacked them.
    if complete() {
        return Ok(names);
    }
    let failed = |source| LayersError::Write { root: root.to_owned(), source };
    let work = tempfile::tempdir_in(root.join("ingest")).map_err(failed)?;
    // Opened before the first write, so that it hears of every write-back that fails.
    let opened = File::open(work.path()).map_err(failed)?;
    let spool = work.path().join("spool");
    durable::private_directory(&spool).map_err(failed)?;
    let unpacking = Unpacking { root, image, names: &names, work: work.path(), spool: &spool };
    let made = if image.layers.len() > LAYERS { unpacking.whole()? } else { unpacking.each()? };
    durable::sync_file_system(&opened).map_err(failed)?;
    unpacking.publish(&made).map_err(failed)?;
    Ok(names)
}

fn is_there(root: &Path, name: &str) -> bool {
    home(root).join(name).is_dir()
}

/// The layers of one image on their way into the store.
struct Unpacking<'a> {
    root: &'a Path,
    image: &'a Image,
    names: &'a [String],
    /// Where they grow.
    work: &'a Path,
    /// Contents, by the numbers of their inodes.
    spool: &'a Path,
}

impl Unpacking<'_> {
    /// All layers as one.
    fn whole(&self) -> Result<Vec<&str>, LayersError> {
        let merged = unpack::merge(self.root, self.image, self.spool)?;
        self.names.iter().map(|name| self.make(name, &merged).map(|()| name.as_str())).collect()
    }

    /// Those layers that are not there yet; of the others, only the names are read.
    fn each(&self) -> Result<Vec<&str>, LayersError> {
        let (mut tree, mut next, mut made) = (Node::implied(0), 1, Vec::new());
        for (number, (layer, name)) in self.image.layers.iter().zip(self.names).enumerate() {
            let missing = !is_there(self.root, name);
            let contents = if missing { Contents::Keep(self.spool) } else { Contents::Drop };
            let lower = missing.then(|| tree.clone());
            let members = unpack::members(self.root, layer, contents, next)?;
            let diff_id = layer.diff_id;
            next += members.len() as u64;
            plan::apply(&mut tree, number, members)
                .map_err(|source| UnpackError::Plan { diff_id, source })?;
            delta::settle(&mut tree, number);
            if let Some(lower) = lower {
                let own = delta::delta(&lower, &tree, number);
                self.borrow(&lower, &own).map_err(|source| self.failed(source))?;
                self.make(name, &own)?;
                made.push(name.as_str());
            }
        }
        Ok(made)
    }

    /// Puts into the spool what a layer needs of layers that were there before.
    fn borrow(&self, lower: &Node, own: &Node) -> io::Result<()> {
        let mut wanted = delta::files(own);
        wanted.retain(|inode| !self.spool.join(inode.to_string()).exists());
        if wanted.is_empty() {
            return Ok(());
        }
        for (inode, (layer, path)) in delta::places(lower, &wanted) {
            let from = File::open(tree(self.root, &self.names[layer]))?;
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
            let parent = path.parent().filter(|path| *path != Path::new("")).unwrap_or(Path::new("."));
            let parent = openat2(&from, parent, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), resolve)?;
            let name = path.file_name().unwrap_or_default();
            linkat(parent.as_fd(), name, CWD, self.spool.join(inode.to_string()), AtFlags::empty())?;
        }
        Ok(())
    }

    fn make(&self, name: &str, own: &Node) -> Result<(), LayersError> {
        let (layer, failed) = (self.work.join(name), |source| self.failed(source));
        durable::private_directory(&layer.join(TREE)).map_err(failed)?;
        materialize::materialize(own, &layer.join(TREE), self.spool).map_err(UnpackError::from)?;
        let sealed = seal(&layer.join(TREE)).map_err(failed)?;
        fs::write(layer.join(SEAL), sealed.to_string()).map_err(failed)
    }

    fn publish(&self, made: &[&str]) -> io::Result<()> {
        durable::private_directory(&home(self.root))?;
        for name in made {
            fs::rename(self.work.join(name), home(self.root).join(name))?;
        }
        durable::sync_directory(&home(self.root))?;
        durable::sync_directory(self.root)
    }

    fn failed(&self, source: io::Error) -> LayersError {
        LayersError::Write { root: self.root.to_owned(), source }
    }
}
