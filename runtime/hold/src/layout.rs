//! Image layouts in a directory: an index of references, and blobs.
//!
//! Source: image-spec v1.1.1, `image-layout.md`, `image-index.md`, `manifest.md`.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use oci_spec::image::{Arch, Descriptor, ImageIndex, MediaType, Os};

use crate::blob::{self, BlobError, DOCUMENT_LIMIT_BYTES, Named};
use crate::digest::{Digest, DigestError};

/// What the file `oci-layout` says.
pub const VERSION: &[u8] = b"{\"imageLayoutVersion\":\"1.0.0\"}";

/// The annotation that gives an entry of an index its name.
pub const REFERENCE: &str = "org.opencontainers.image.ref.name";

/// How deep indexes may lie in each other; real ones do so once.
const INDEX_DEPTH: usize = 4;

/// Why a layout does not give an image.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum LayoutError {
    #[error("read `{}`: is this an image layout?", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("`{}` has more than {DOCUMENT_LIMIT_BYTES} bytes", path.display())]
    TooLarge { path: PathBuf },

    #[error("`{what}` is not the JSON that it should be")]
    Parse { what: String, source: serde_json::Error },

    #[error("no image `{reference}` in `{}`; there are: {}", root.display(), names.join(", "))]
    NoReference { reference: String, root: PathBuf, names: Vec<String> },

    #[error("no image for {platform} in index `{digest}`")]
    NoPlatform { platform: String, digest: Digest },

    #[error("indexes lie more than {INDEX_DEPTH} deep in each other")]
    TooDeep,

    #[error("`{digest}` is of type `{media_type}`, which is no image")]
    NoImage { digest: String, media_type: MediaType },

    #[error(transparent)]
    Digest(#[from] DigestError),

    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Reads `index.json` below `root`.
///
/// # Errors
/// Where it is missing, too large, or no index.
pub fn index(root: &Path) -> Result<ImageIndex, LayoutError> {
    let path = root.join("index.json");
    let read = std::fs::File::open(&path).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(DOCUMENT_LIMIT_BYTES + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    let bytes = read.map_err(|source| LayoutError::Read { path: path.clone(), source })?;
    if bytes.len() as u64 > DOCUMENT_LIMIT_BYTES {
        return Err(LayoutError::TooLarge { path });
    }
    parse(&path.display().to_string(), &bytes)
}

/// Reads JSON, and says what it was to be where it is not.
///
/// # Errors
/// Where `bytes` are no such JSON.
pub fn parse<T: serde::de::DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, LayoutError> {
    serde_json::from_slice(bytes).map_err(|source| LayoutError::Parse { what: what.to_owned(), source })
}

/// The names in an index, in its order, with what they stand for.
#[must_use]
pub fn references(index: &ImageIndex) -> Vec<(String, Descriptor)> {
    let named =
        |entry: &Descriptor| Some((entry.annotations().as_ref()?.get(REFERENCE)?.clone(), entry.clone()));
    index.manifests().iter().filter_map(named).collect()
}

/// The blob that a descriptor names.
///
/// # Errors
/// Where its digest is malformed or of another algorithm.
pub fn named(descriptor: &Descriptor) -> Result<Named, DigestError> {
    Ok(Named { digest: descriptor.digest().to_string().parse()?, size: descriptor.size() })
}

/// Where the blobs of a layout lie.
#[must_use]
pub fn blobs(root: &Path) -> PathBuf {
    root.join("blobs/sha256")
}

/// The manifest under a name: of an index, the first one for Linux on this machine.
///
/// # Errors
/// See [`LayoutError`].
pub fn manifest(root: &Path, reference: &str) -> Result<Descriptor, LayoutError> {
    let references = references(&index(root)?);
    let found = references.iter().find(|(name, _)| name == reference);
    let Some((_, descriptor)) = found else {
        let names = references.into_iter().map(|(name, _)| name).collect();
        return Err(LayoutError::NoReference {
            reference: reference.to_owned(),
            root: root.to_owned(),
            names,
        });
    };
    select(root, descriptor.clone(), INDEX_DEPTH)
}

fn select(root: &Path, descriptor: Descriptor, depth: usize) -> Result<Descriptor, LayoutError> {
    match descriptor.media_type() {
        MediaType::ImageManifest => Ok(descriptor),
        MediaType::ImageIndex => {
            let depth = depth.checked_sub(1).ok_or(LayoutError::TooDeep)?;
            let named = named(&descriptor)?;
            let index: ImageIndex = parse("index", &blob::document(&blobs(root), named)?)?;
            let entry = index.manifests().iter().find(|entry| runs_here(entry));
            let digest = named.digest;
            let none = || LayoutError::NoPlatform { platform: format!("linux/{}", Arch::default()), digest };
            select(root, entry.ok_or_else(none)?.clone(), depth)
        }
        other => {
            Err(LayoutError::NoImage { digest: descriptor.digest().to_string(), media_type: other.clone() })
        }
    }
}

/// Whether an entry is an image or index for this machine; one that names no platform is for any.
fn runs_here(entry: &Descriptor) -> bool {
    let platform = entry.platform().as_ref();
    let fits = platform.is_none_or(|own| *own.os() == Os::Linux && *own.architecture() == Arch::default());
    fits && matches!(entry.media_type(), MediaType::ImageManifest | MediaType::ImageIndex)
}
