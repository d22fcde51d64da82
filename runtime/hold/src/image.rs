//! Images: a manifest, a configuration and layers, checked against each other.

use std::path::Path;

use oci_spec::image::{Descriptor, ImageConfiguration, ImageManifest, MediaType};

use crate::blob::{self, Named};
use crate::digest::Digest;
use crate::layout::{self, LayoutError};

/// An image whose documents are verified.
#[derive(Debug, Clone)]
pub struct Image {
    /// Names the image.
    pub manifest_digest: Digest,
    /// What it consists of.
    pub manifest: ImageManifest,
    /// How to run it.
    pub config: ImageConfiguration,
    /// The same as it stands in the blob, for what the types do not hold.
    pub config_json: Vec<u8>,
    /// The layers, the lowest first.
    pub layers: Vec<Layer>,
}

/// A layer as its image names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Digest of the archive, not compressed.
    pub diff_id: Digest,
    /// Digest of the blob.
    pub blob: Digest,
    /// Size of the blob, in bytes.
    pub size: u64,
    /// How the blob is packed.
    pub media_type: MediaType,
}

/// Why a manifest is no image.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ImageError {
    #[error(transparent)]
    Layout(#[from] LayoutError),

    #[error("manifest `{digest}` says that it is of type `{media_type}`")]
    MediaType { digest: Digest, media_type: MediaType },

    #[error("manifest `{digest}` has {layers} layers, its configuration {diff_ids} diff IDs")]
    Layers { digest: Digest, layers: usize, diff_ids: usize },

    #[error("the configuration of `{digest}` has a root file system of type `{kind}`, not `layers`")]
    RootFs { digest: Digest, kind: String },
}

impl Image {
    /// Reads the image of a manifest in the layout `root`; layers are named, not read.
    ///
    /// # Errors
    /// See [`ImageError`].
    pub fn read(root: &Path, descriptor: &Descriptor) -> Result<Self, ImageError> {
        let blobs = layout::blobs(root);
        let own = named(descriptor)?;
        let digest = own.digest;
        let bytes = blob::document(&blobs, own).map_err(LayoutError::from)?;
        let manifest: ImageManifest = layout::parse(&format!("manifest {digest}"), &bytes)?;
        if let Some(other) = manifest.media_type().as_ref().filter(|kind| **kind != MediaType::ImageManifest)
        {
            return Err(ImageError::MediaType { digest, media_type: other.clone() });
        }
        let config_json = blob::document(&blobs, named(manifest.config())?).map_err(LayoutError::from)?;
        let config: ImageConfiguration = layout::parse("image configuration", &config_json)?;
        let layers = layers(digest, &manifest, &config)?;
        Ok(Self { manifest_digest: digest, manifest, config, config_json, layers })
    }

    /// Every blob of the image: configuration and layers, then the manifest that names them.
    ///
    /// # Errors
    /// Where a digest is malformed or of another algorithm.
    pub fn blobs(&self, descriptor: &Descriptor) -> Result<Vec<Named>, ImageError> {
        let layers = self.layers.iter().map(|layer| Named { digest: layer.blob, size: layer.size });
        let config = named(self.manifest.config())?;
        Ok([config].into_iter().chain(layers).chain([named(descriptor)?]).collect())
    }
}

fn named(descriptor: &Descriptor) -> Result<Named, ImageError> {
    Ok(layout::named(descriptor).map_err(LayoutError::from)?)
}

fn layers(
    digest: Digest,
    manifest: &ImageManifest,
    config: &ImageConfiguration,
) -> Result<Vec<Layer>, ImageError> {
    let (kind, diff_ids) = (config.rootfs().typ(), config.rootfs().diff_ids());
    if kind != "layers" {
        return Err(ImageError::RootFs { digest, kind: kind.clone() });
    }
    if manifest.layers().len() != diff_ids.len() {
        let layers = manifest.layers().len();
        return Err(ImageError::Layers { digest, layers, diff_ids: diff_ids.len() });
    }
    let pairs = manifest.layers().iter().zip(diff_ids);
    pairs
        .map(|(descriptor, diff_id)| {
            let Named { digest: blob, size } = named(descriptor)?;
            let diff_id = diff_id.parse().map_err(LayoutError::from)?;
            Ok(Layer { diff_id, blob, size, media_type: descriptor.media_type().clone() })
        })
        .collect()
}
