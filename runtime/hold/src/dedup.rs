//! What sharing saves: the same images as plain copies, as layers, and as files, in bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::Path;

use serde::Serialize;

use crate::digest::{Digest, Hashing};
use crate::image::Image;
use crate::spool::Contents;
use crate::store::{Store, StoreError};
use crate::tree::{Kind, Node};
use crate::unpack::{self, UnpackError};

/// What one level of sharing needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Sum of the sizes of files, each inode counted once.
    pub apparent_bytes: u64,
    /// How many files of any kind, names of one inode counted once.
    pub inodes: u64,
    /// How many things are kept: trees, layers, or contents.
    pub objects: u64,
}

/// What all images of a store need, level by level.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sharing {
    /// The images, by name.
    pub images: Vec<String>,
    /// `raw_copy`: each image a tree of its own; `layer`: each layer once; `file_content`: each content once.
    pub levels: BTreeMap<&'static str, Level>,
}

/// Why sharing could not be told.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum DedupError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error("image `{reference}`")]
    Image { reference: String, source: Box<UnpackError> },

    #[error("work in `{path}`")]
    Work { path: String, source: io::Error },

    #[error("the store has no image; import some first")]
    Empty,
}

/// Reads every image of the store.
///
/// - **Cost**: inflates and hashes every layer of every image; needs the space of the largest image beside the store.
///
/// # Errors
/// See [`DedupError`].
pub fn report(store: &Store) -> Result<Sharing, DedupError> {
    let failed = |source| DedupError::Work { path: store.root().display().to_string(), source };
    let _admitted = store.admit_import()?;
    let mut count = Count::default();
    let mut images = Vec::new();
    for (reference, _) in store.references()? {
        let image = store.image(&reference)?;
        let spool = tempfile::tempdir_in(store.root().join("ingest")).map_err(failed)?;
        let damaged = |source| DedupError::Image { reference: reference.clone(), source: Box::new(source) };
        let merged = unpack::merge(store.root(), &image, spool.path()).map_err(damaged)?;
        count.tree(&merged, spool.path()).map_err(failed)?;
        count.layers(store.root(), &image).map_err(damaged)?;
        images.push(reference);
    }
    if images.is_empty() { Err(DedupError::Empty) } else { Ok(Sharing { images, levels: count.levels() }) }
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Count {
    raw: Level,
    layer: Level,
    seen: BTreeSet<Digest>,
    contents: BTreeMap<Digest, u64>,
}

impl Count {
    /// Adds the tree of an image, contents in `spool`.
    fn tree(&mut self, root: &Node, spool: &Path) -> io::Result<()> {
        let mut inodes = BTreeSet::new();
        self.node(root, spool, &mut inodes)?;
        self.raw.objects += 1;
        Ok(())
    }

    fn node(&mut self, node: &Node, spool: &Path, inodes: &mut BTreeSet<u64>) -> io::Result<()> {
        if let Kind::Directory(children) = &node.kind {
            self.raw.inodes += 1;
            return children.values().try_for_each(|child| self.node(child, spool, inodes));
        }
        if !inodes.insert(node.inode) {
            return Ok(());
        }
        self.raw.inodes += 1;
        if node.kind == Kind::File {
            let mut content = Hashing::new(File::open(spool.join(node.inode.to_string()))?);
            io::copy(&mut content, &mut io::sink())?;
            let (digest, bytes) = content.finish();
            self.raw.apparent_bytes += bytes;
            self.contents.insert(digest, bytes);
        }
        Ok(())
    }

    /// Adds the layers of an image that no image before it has.
    fn layers(&mut self, root: &Path, image: &Image) -> Result<(), UnpackError> {
        for layer in &image.layers {
            if !self.seen.insert(layer.diff_id) {
                continue;
            }
            let members = unpack::members(root, layer, Contents::Drop, 0)?;
            self.layer.objects += 1;
            self.layer.inodes += members.iter().filter(|(member, _)| !member.is_link()).count() as u64;
            self.layer.apparent_bytes +=
                members.iter().map(|(member, _)| member.content_bytes()).sum::<u64>();
        }
        Ok(())
    }

    fn levels(&self) -> BTreeMap<&'static str, Level> {
        let number = self.contents.len() as u64;
        let content = Level { apparent_bytes: self.contents.values().sum(), inodes: number, objects: number };
        [("raw_copy", self.raw), ("layer", self.layer), ("file_content", content)].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fixtures::image::{Compression, Image as Built, Layer, Layout};
    use fixtures::tree::Entry;

    #[test]
    fn what_images_share_is_counted_once_a_level() {
        let scratch = tempfile::tempdir().unwrap();
        let layer = |path: &str, content: &str| {
            Layer::of(&[Entry::file(path, content), Entry::hardlink("link", path)], Compression::Gzip)
        };
        let base = || layer("base", "12345");
        let layout = Layout::new()
            .tag("a", Built::new([base(), Layer::of(&[Entry::file("a", "same")], Compression::Gzip)]))
            .tag("b", Built::new([base(), Layer::of(&[Entry::file("b", "same")], Compression::Gzip)]));
        layout.write(&scratch.path().join("layout")).unwrap();
        let store = Store::open(&scratch.path().join("store")).unwrap();
        for tag in ["a", "b"] {
            crate::import::import(&store, &scratch.path().join("layout"), tag, &|_, _| ()).unwrap();
        }
        let levels = report(&store).unwrap().levels;
        let bytes = |level: &str| levels[level].apparent_bytes;
        assert_eq!([bytes("raw_copy"), bytes("layer"), bytes("file_content")], [18, 13, 9]);
        let objects = |level: &str| levels[level].objects;
        assert_eq!([objects("raw_copy"), objects("layer"), objects("file_content")], [2, 3, 2]);
    }

    #[test]
    fn a_store_without_images_shares_nothing() {
        let scratch = tempfile::tempdir().unwrap();
        let store = Store::open(&scratch.path().join("store")).unwrap();
        assert!(matches!(report(&store), Err(DedupError::Empty)));
    }
}
