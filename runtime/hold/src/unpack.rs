//! Unpacking: the layers of an image, one over the other, as one directory.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::blob::{self, Named};
use crate::digest::Digest;
use crate::image::{Image, Layer};
use crate::layout;
use crate::materialize::{self, MaterializeError};
use crate::plan::{self, Numbered, PlanError};
use crate::spool::{self, Contents, SpoolError};
use crate::tree::Node;

/// Why an image was not unpacked. The target is as it was.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum UnpackError {
    #[error("`{}` exists already; name a directory that does not", target.display())]
    Exists { target: PathBuf },

    #[error("write beside `{}`", target.display())]
    Target { target: PathBuf, source: io::Error },

    #[error("layer `{diff_id}`")]
    Layer { diff_id: Digest, source: Box<SpoolError> },

    #[error("layer `{diff_id}`")]
    Plan { diff_id: Digest, source: PlanError },

    #[error(transparent)]
    Materialize(#[from] MaterializeError),
}

/// Unpacks an image of the layout `root` into `target`, which is made.
///
/// The tree grows beside the target and takes its name when it is whole. Each layer is checked against the digest of
/// its blob before anything is made of it, and against its diff ID. Not made durable.
///
/// # Errors
/// See [`UnpackError`].
pub fn unpack(root: &Path, image: &Image, target: &Path) -> Result<(), UnpackError> {
    if target.symlink_metadata().is_ok() {
        return Err(UnpackError::Exists { target: target.to_owned() });
    }
    let failed = |source| UnpackError::Target { target: target.to_owned(), source };
    let beside = target.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let work = tempfile::tempdir_in(beside).map_err(failed)?;
    let (spool, tree) = (work.path().join("spool"), work.path().join("tree"));
    let make = |path: &Path| fs::DirBuilder::new().mode(0o700).create(path);
    make(&spool).and_then(|()| make(&tree)).map_err(failed)?;
    let merged = merge(root, image, &spool)?;
    materialize::materialize(&merged, &tree, &spool)?;
    fs::rename(&tree, target).map_err(failed)
}

/// The layers as one tree, contents in `spool`, each named by its inode.
///
/// # Errors
/// A layer that is damaged, or that does what no layer may.
pub(crate) fn merge(root: &Path, image: &Image, spool: &Path) -> Result<Node, UnpackError> {
    let (mut tree, mut next) = (Node::implied(0), 1);
    for (number, layer) in image.layers.iter().enumerate() {
        let members = members(root, layer, Contents::Keep(spool), next)?;
        next += members.len() as u64;
        let diff_id = layer.diff_id;
        plan::apply(&mut tree, number, members).map_err(|source| UnpackError::Plan { diff_id, source })?;
    }
    Ok(tree)
}

/// The members of one layer, numbered from `first` on.
///
/// # Errors
/// A layer that is damaged.
pub(crate) fn members(
    root: &Path,
    layer: &Layer,
    contents: Contents<'_>,
    first: u64,
) -> Result<Vec<Numbered>, UnpackError> {
    let named = Named { digest: layer.blob, size: layer.size };
    let opened = blob::checked(&layout::blobs(root), named).map_err(SpoolError::from);
    let members = opened.and_then(|file| spool::read(layer, file, contents, first));
    members.map_err(|source| UnpackError::Layer { diff_id: layer.diff_id, source: Box::new(source) })
}
