//! Images out of the store: into an archive that this store and others import.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use oci_spec::image::{Descriptor, ImageIndexBuilder, MediaType};

use crate::blob::{self, BlobError, Named};
use crate::image::ImageError;
use crate::layout;
use crate::store::{Store, StoreError};

/// Why an image was not saved. There is no archive then.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum SaveError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Image(#[from] ImageError),

    #[error(transparent)]
    Blob(#[from] BlobError),

    #[error("`{}` exists already; name a file that does not", path.display())]
    Exists { path: PathBuf },

    #[error("write the archive `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Saves the image of this name as an image layout in one archive, as `skopeo` has it for `oci-archive:`.
///
/// Each blob is verified before it is written. The file takes its name when it is whole and durable; the same image gives
/// the same bytes.
///
/// # Errors
/// See [`SaveError`].
pub fn save(store: &Store, reference: &str, path: &Path) -> Result<(), SaveError> {
    let failed = |source| SaveError::Write { path: path.to_owned(), source };
    // Its blobs stay as long as this runs.
    let _admitted = store.admit_import()?;
    let image = store.image(reference)?;
    let descriptor = store.descriptor(reference)?;
    let beside = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(beside).map_err(failed)?;
    let mut archive = tar::Builder::new(io::BufWriter::new(file));
    document(&mut archive, "oci-layout", layout::VERSION).map_err(failed)?;
    document(&mut archive, "index.json", &index(descriptor.clone()).map_err(failed)?).map_err(failed)?;
    let blobs = layout::blobs(store.root());
    for named in image.blobs(&descriptor)? {
        let mut opened = blob::checked(&blobs, named)?;
        append(&mut archive, named, &mut opened).map_err(failed)?;
    }
    let written =
        archive.into_inner().and_then(|buffer| buffer.into_inner().map_err(io::IntoInnerError::into_error));
    let file = written.map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => SaveError::Exists { path: path.to_owned() },
        _ => failed(error.error),
    })?;
    crate::durable::sync_directory(beside).map_err(failed)
}

fn index(descriptor: Descriptor) -> io::Result<Vec<u8>> {
    let index = ImageIndexBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageIndex)
        .manifests(vec![descriptor])
        .build();
    Ok(serde_json::to_vec(&index.map_err(io::Error::other)?)?)
}

fn document(archive: &mut tar::Builder<impl Write>, name: &str, bytes: &[u8]) -> io::Result<()> {
    archive.append(&header(Path::new(name), bytes.len() as u64)?, bytes)
}

fn append(archive: &mut tar::Builder<impl Write>, named: Named, blob: &mut File) -> io::Result<()> {
    let path = layout::blobs(Path::new("")).join(named.digest.hex());
    archive.append(&header(&path, named.size)?, blob)
}

/// The header of a file of root, from 1970.
fn header(path: &Path, size: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(path)?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use fixtures::image::{Compression, Image, Layer, Layout};
    use fixtures::tree::Entry;

    use super::*;
    use crate::import::import;

    #[test]
    fn a_saved_image_is_imported_again_as_it_was_and_saved_to_the_same_bytes() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        let layers = ["a", "b"].map(|name| Layer::of(&[Entry::file(name, name)], Compression::Zstd));
        let layout = Layout::new().tag("t", Image::new(layers)).tag("other", Image::new([]));
        layout.write(&path("layout")).unwrap();
        let store = Store::open(&path("store")).unwrap();
        for tag in ["t", "other"] {
            import(&store, &path("layout"), tag, &|_, _| ()).unwrap();
        }
        save(&store, "t", &path("one.tar")).unwrap();
        let again = Store::open(&path("again")).unwrap();
        import(&again, &path("one.tar"), "t", &|_, _| ()).unwrap();
        assert_eq!(again.references().unwrap(), [("t".to_owned(), store.descriptor("t").unwrap())]);
        save(&again, "t", &path("two.tar")).unwrap();
        assert_eq!(fs::read(path("one.tar")).unwrap(), fs::read(path("two.tar")).unwrap());
        assert!(matches!(save(&store, "t", &path("one.tar")), Err(SaveError::Exists { .. })));
    }

    #[test]
    fn a_damaged_image_is_not_saved() {
        let home = tempfile::tempdir().unwrap();
        let layer = Layer::of(&[Entry::file("f", "text")], Compression::None);
        Layout::new().tag("t", Image::new([layer])).write(&home.path().join("layout")).unwrap();
        let store = Store::open(&home.path().join("store")).unwrap();
        let image = import(&store, &home.path().join("layout"), "t", &|_, _| ()).unwrap();
        fs::write(layout::blobs(store.root()).join(image.layers[0].blob.hex()), "x").unwrap();
        assert!(matches!(save(&store, "t", &home.path().join("out.tar")), Err(SaveError::Blob(_))));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }
}
