//! Layers as they stream by: the archive is checked against its digests, contents wait in files named by numbers.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use oci_spec::image::MediaType;

use crate::blob::BlobError;
use crate::digest::{Digest, Hashing};
use crate::guard::{Guard, Proportion};
use crate::image::Layer;
use crate::member::{self, MemberError, MemberKind};
use crate::plan::Numbered;

/// Why a layer cannot be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum SpoolError {
    #[error(transparent)]
    Blob(#[from] BlobError),

    #[error("`{media_type}` is no type of layer that this program can read")]
    MediaType { media_type: MediaType },

    #[error("inflate the layer")]
    Inflate(#[source] io::Error),

    #[error("read the archive")]
    Archive(#[source] io::Error),

    #[error(transparent)]
    Member(#[from] MemberError),

    #[error("more than {ENTRIES} entries")]
    TooMany,

    #[error("the layer inflates to `{actual}`, not to the diff ID `{diff_id}`")]
    DiffId { diff_id: Digest, actual: Digest },

    #[error("keep content in `{path}`")]
    Write { path: String, source: io::Error },
}

/// More entries than any real layer has; each takes some hundred bytes of memory.
const ENTRIES: usize = 4_000_000;

/// What becomes of contents.
#[derive(Debug, Clone, Copy)]
pub enum Contents<'spool> {
    /// They go into files of this directory, named by the numbers of their members.
    Keep(&'spool Path),
    /// They are read over.
    Drop,
}

/// Reads a layer from its opened blob: its members, numbered from `first` on.
///
/// Cost: one pass over the blob; memory for the members, not for contents.
///
/// # Errors
/// See [`SpoolError`]; what is in the spool must then not be used.
pub fn read(
    layer: &Layer,
    blob: File,
    contents: Contents<'_>,
    first: u64,
) -> Result<Vec<Numbered>, SpoolError> {
    let mut packed = Hashing::new(BufReader::new(blob));
    let inflated = Proportion::new(inflate(&layer.media_type, &mut packed)?, layer.size);
    let mut plain = Hashing::new(inflated);
    let members = members(&mut Guard::new(&mut plain), contents, first)?;
    // The diff ID covers what follows the end of the archive, too.
    io::copy(&mut plain, &mut io::sink()).map_err(SpoolError::Inflate)?;
    let (actual, _) = plain.finish();
    if actual != layer.diff_id {
        return Err(SpoolError::DiffId { diff_id: layer.diff_id, actual });
    }
    Ok(members)
}

fn inflate<'blob>(
    media_type: &MediaType,
    packed: &'blob mut impl Read,
) -> Result<Box<dyn Read + 'blob>, SpoolError> {
    use MediaType::{
        ImageLayer, ImageLayerGzip, ImageLayerNonDistributable, ImageLayerNonDistributableGzip,
        ImageLayerNonDistributableZstd, ImageLayerZstd,
    };
    Ok(match media_type {
        ImageLayer | ImageLayerNonDistributable => Box::new(packed),
        ImageLayerGzip | ImageLayerNonDistributableGzip => {
            Box::new(flate2::read::MultiGzDecoder::new(packed))
        }
        ImageLayerZstd | ImageLayerNonDistributableZstd => {
            Box::new(zstd::Decoder::new(packed).map_err(SpoolError::Inflate)?)
        }
        other => return Err(SpoolError::MediaType { media_type: other.clone() }),
    })
}

fn members(archive: &mut impl Read, contents: Contents<'_>, first: u64) -> Result<Vec<Numbered>, SpoolError> {
    let mut archive = tar::Archive::new(archive);
    let mut members = Vec::new();
    for (entry, number) in archive.entries().map_err(SpoolError::Archive)?.zip(first..) {
        let mut entry = entry.map_err(SpoolError::Archive)?;
        let member = member::read(&mut entry)?;
        if members.len() == ENTRIES {
            return Err(SpoolError::TooMany);
        }
        if let (Contents::Keep(spool), MemberKind::File) = (contents, &member.kind) {
            keep(&mut entry, &spool.join(number.to_string()), member.size)?;
        }
        members.push((member, number));
    }
    Ok(members)
}

fn keep(content: &mut impl Read, path: &Path, size: u64) -> Result<(), SpoolError> {
    let failed = |source| SpoolError::Write { path: path.display().to_string(), source };
    let mut file = File::create_new(path).map_err(failed)?;
    let count = io::copy(content, &mut file).map_err(failed)?;
    let short = || io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends within a file");
    if count == size { Ok(()) } else { Err(SpoolError::Archive(short())) }
}
