//! Image layouts: from a tag to a manifest and an image configuration (`image-layout.md`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oci_spec::image::{Arch, Descriptor, ImageConfiguration, ImageIndex, ImageManifest, MediaType, Os};

use crate::blob::{self, BlobError};
use crate::digest::{Digest, DigestError};

/// The annotation that names an image in an index.
pub const REFERENCE: &str = "org.opencontainers.image.ref.name";

/// How deep indexes may refer to indexes.
const DEPTH: u32 = 4;

/// An image, as documents.
#[derive(Debug, Clone)]
pub struct Documents {
    /// The entry of the index that led to it.
    pub entry: Descriptor,
    /// Digest of the manifest.
    pub manifest_digest: Digest,
    /// The manifest.
    pub manifest: ImageManifest,
    /// Digest of the image configuration.
    pub config_digest: Digest,
    /// The image configuration.
    pub config: ImageConfiguration,
    /// Every document read, to be copied: digest and bytes.
    pub read: Vec<(Digest, Vec<u8>)>,
}

/// Why an image could not be found.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum LayoutError {
    #[error("`{path}` is no image layout: it has no readable `index.json`")]
    NoIndex { path: PathBuf, source: io::Error },

    #[error("`{document}` cannot be understood")]
    Parse { document: String, source: oci_spec::OciSpecError },

    #[error("no image `{reference}` in `{path}`; it has {}", names(.present))]
    NoImage { reference: String, path: PathBuf, present: Vec<String> },

    #[error("index `{digest}` has no image for linux on this machine's architecture")]
    NoPlatform { digest: Digest },

    #[error("indexes are nested more than {DEPTH} deep at `{digest}`")]
    Deep { digest: Digest },

    #[error("the image has {layers} layers, but its configuration names {diff_ids} diff ids")]
    Count { layers: usize, diff_ids: usize },

    #[error(transparent)]
    Digest(#[from] DigestError),

    #[error(transparent)]
    Blob(#[from] BlobError),
}

fn names(present: &[String]) -> String {
    match present {
        [] => "none".into(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

/// The index of a layout.
///
/// # Errors
/// A directory without one, or one that cannot be understood.
pub fn index(layout: &Path) -> Result<ImageIndex, LayoutError> {
    let path = layout.join("index.json");
    let bytes = fs::read(&path).map_err(|source| LayoutError::NoIndex { path: layout.into(), source })?;
    ImageIndex::from_reader(bytes.as_slice())
        .map_err(|source| LayoutError::Parse { document: path.display().to_string(), source })
}

/// Names in an index, with what they refer to.
#[must_use]
pub fn references(index: &ImageIndex) -> Vec<(String, Descriptor)> {
    let named =
        |entry: &Descriptor| Some((entry.annotations().as_ref()?.get(REFERENCE)?.clone(), entry.clone()));
    index.manifests().iter().filter_map(named).collect()
}

/// Finds the image with this name, every document verified.
///
/// # Errors
/// A name that is not there; documents that are missing, damaged or disagree.
pub fn find(layout: &Path, reference: &str) -> Result<Documents, LayoutError> {
    let present = references(&index(layout)?);
    let Some((_, entry)) = present.iter().find(|(name, _)| name == reference) else {
        let present = present.into_iter().map(|(name, _)| name).collect();
        return Err(LayoutError::NoImage { reference: reference.into(), path: layout.into(), present });
    };
    let mut read = Vec::new();
    let (manifest_digest, manifest) = manifest(layout, entry, DEPTH, &mut read)?;
    let config_digest = digest_of(manifest.config())?;
    let bytes = blob::document(layout, &config_digest, Some(manifest.config().size()))?;
    let config = ImageConfiguration::from_reader(bytes.as_slice())
        .map_err(|source| LayoutError::Parse { document: config_digest.to_string(), source })?;
    read.push((config_digest, bytes));
    let (layers, diff_ids) = (manifest.layers().len(), config.rootfs().diff_ids().len());
    if layers != diff_ids {
        return Err(LayoutError::Count { layers, diff_ids });
    }
    Ok(Documents { entry: entry.clone(), manifest_digest, manifest, config_digest, config, read })
}

/// The digest of a descriptor.
///
/// # Errors
/// An algorithm other than SHA-256.
pub fn digest_of(descriptor: &Descriptor) -> Result<Digest, DigestError> {
    descriptor.digest().to_string().parse()
}

fn manifest(
    layout: &Path,
    entry: &Descriptor,
    depth: u32,
    read: &mut Vec<(Digest, Vec<u8>)>,
) -> Result<(Digest, ImageManifest), LayoutError> {
    let digest = digest_of(entry)?;
    let Some(depth) = depth.checked_sub(1) else { return Err(LayoutError::Deep { digest }) };
    let bytes = blob::document(layout, &digest, Some(entry.size()))?;
    let unreadable = |source| LayoutError::Parse { document: digest.to_string(), source };
    if *entry.media_type() == MediaType::ImageIndex {
        let index = ImageIndex::from_reader(bytes.as_slice()).map_err(unreadable)?;
        read.push((digest, bytes));
        let fitting = index.manifests().iter().find(|entry| fits(entry));
        return manifest(layout, fitting.ok_or(LayoutError::NoPlatform { digest })?, depth, read);
    }
    let found = ImageManifest::from_reader(bytes.as_slice()).map_err(unreadable)?;
    read.push((digest, bytes));
    Ok((digest, found))
}

fn fits(entry: &Descriptor) -> bool {
    entry
        .platform()
        .as_ref()
        .is_none_or(|platform| *platform.os() == Os::Linux && *platform.architecture() == Arch::default())
}
