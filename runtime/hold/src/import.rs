//! Imports: from a layout of others into the store, verified and durable before a name refers to it.
//!
//! Blobs are copied into a directory of this import alone, made durable together, renamed into place, and only then
//! named. Whatever interrupts that, the store holds what it held.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::archive::{self, ArchiveError};
use crate::blob::{self, BlobError, Named};
use crate::durable;
use crate::image::{Image, ImageError};
use crate::layout::{self, LayoutError};
use crate::space;
use crate::store::{Store, StoreError};

/// Why an image was not imported. The store is as it was.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ImportError {
    #[error(transparent)]
    Layout(#[from] LayoutError),

    #[error(transparent)]
    Image(#[from] ImageError),

    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Blob(#[from] BlobError),

    #[error(transparent)]
    Archive(ArchiveError),

    #[error("write into the store `{}`", root.display())]
    Write { root: PathBuf, source: io::Error },
}

/// Imports the image `reference` of the layout at `from`, a directory or an archive, under the same name; `progress` hears of bytes done, of all.
///
/// Blobs that are there already are read and verified; a damaged one is replaced. Cost: each blob is read once, and one
/// `syncfs`. Durable when it returns.
///
/// # Errors
/// See [`ImportError`].
pub fn import(
    store: &Store,
    from: &Path,
    reference: &str,
    progress: &dyn Fn(u64, u64),
) -> Result<Image, ImportError> {
    let failed = |source: io::Error| write_error(store.root(), source);
    // What is found to be there stays there until the name needs it.
    let _admitted = store.admit_import()?;
    // The directory removes itself, also where a copy fails.
    let ingest = tempfile::tempdir_in(store.root().join("ingest")).map_err(failed)?;
    // Opened before the first write, so that it hears of every write-back that fails.
    let opened = File::open(ingest.path()).map_err(failed)?;
    let from = &source(store, from, ingest.path())?;
    let descriptor = layout::manifest(from, reference)?;
    let image = Image::read(from, &descriptor)?;
    let blobs = image.blobs(&descriptor)?;
    let own = layout::blobs(store.root());
    let (total, mut done) = (blobs.iter().map(|named| named.size).sum(), 0);
    let mut fetched = Vec::new();
    for named in blobs {
        if !blob::intact(&own, named) && !fetched.contains(&named) {
            fetch(store, &layout::blobs(from), ingest.path(), named)?;
            fetched.push(named);
        }
        done += named.size;
        progress(done, total);
    }
    durable::sync_file_system(&opened).map_err(failed)?;
    publish(ingest.path(), &own, &fetched).map_err(failed)?;
    store.refer(reference, &descriptor)?;
    Ok(image)
}

/// Where the layout lies: `from` itself, or what is in that archive.
fn source(store: &Store, from: &Path, ingest: &Path) -> Result<PathBuf, ImportError> {
    if !from.is_file() {
        return Ok(from.to_owned());
    }
    let to = ingest.join("archive");
    archive::extract(from, &to).map(|()| to).map_err(|error| match error {
        ArchiveError::Write(source) => write_error(store.root(), source),
        other @ ArchiveError::Read { .. } => ImportError::Archive(other),
    })
}

fn fetch(store: &Store, from: &Path, ingest: &Path, named: Named) -> Result<(), ImportError> {
    let failed = |source: io::Error| write_error(store.root(), source);
    let mut file = File::create_new(ingest.join(named.digest.hex())).map_err(failed)?;
    match blob::copy(from, named, &mut file) {
        // Reading does not lack space: it is the copy that could not be written.
        Err(BlobError::Read { source, .. }) if space::lack(&source).is_some() => Err(failed(source)),
        other => Ok(other?),
    }
}

fn publish(ingest: &Path, blobs: &Path, fetched: &[Named]) -> io::Result<()> {
    for named in fetched {
        let name = named.digest.hex();
        fs::rename(ingest.join(&name), blobs.join(&name))?;
    }
    durable::sync_directory(blobs)
}

fn write_error(root: &Path, source: io::Error) -> ImportError {
    ImportError::Write { root: root.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use fixtures::image::{Compression, Image as Built, Layer, Layout};
    use fixtures::tree::Entry;

    use super::*;

    /// A layout with one image, and an empty store beside it.
    fn stage() -> (tempfile::TempDir, PathBuf, Store) {
        let home = tempfile::tempdir().unwrap();
        let from = home.path().join("layout");
        let layer = Layer::of(&[Entry::file("f", "text")], Compression::Gzip);
        Layout::new().tag("t", Built::new([layer])).write(&from).unwrap();
        let store = Store::open(&home.path().join("store")).unwrap();
        (home, from, store)
    }

    fn names(path: &Path) -> Vec<PathBuf> {
        let mut names: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    }

    fn quietly(store: &Store, from: &Path) -> Result<Image, ImportError> {
        import(store, from, "t", &|_, _| ())
    }

    #[test]
    fn an_imported_image_is_found_by_its_name_and_no_leftover_stays() {
        let (_home, from, store) = stage();
        let image = quietly(&store, &from).unwrap();
        assert_eq!(store.image("t").unwrap().manifest_digest, image.manifest_digest);
        assert_eq!(names(&layout::blobs(store.root())).len(), 3);
        assert!(names(&store.root().join("ingest")).is_empty());
    }

    #[test]
    fn an_archive_is_imported_like_a_directory() {
        let (home, _from, store) = stage();
        let archive = home.path().join("layout.tar");
        let layer = Layer::of(&[Entry::file("f", "text")], Compression::Zstd);
        Layout::new().tag("t", Built::new([layer])).write_archive(&archive).unwrap();
        quietly(&store, &archive).unwrap();
        assert_eq!(store.image("t").unwrap().layers.len(), 1);
        assert!(names(&store.root().join("ingest")).is_empty());
        fs::write(&archive, vec![1; 2048]).unwrap();
        assert!(matches!(quietly(&store, &archive), Err(ImportError::Archive(_))));
    }

    #[test]
    fn imports_at_the_same_time_give_every_image_its_name() {
        let home = tempfile::tempdir().unwrap();
        let from = home.path().join("layout");
        let layer = Layer::of(&[Entry::file("f", "text")], Compression::Gzip);
        let tags: Vec<String> = (0..8).map(|number| format!("t{number}")).collect();
        let layout =
            tags.iter().fold(Layout::new(), |layout, tag| layout.tag(tag, Built::new([layer.clone()])));
        layout.write(&from).unwrap();
        let root = home.path().join("store");
        std::thread::scope(|scope| {
            for tag in &tags {
                let (root, from) = (&root, &from);
                scope.spawn(move || import(&Store::open(root).unwrap(), from, tag, &|_, _| ()).unwrap());
            }
        });
        let store = Store::open(&root).unwrap();
        let named: Vec<String> = store.references().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(named, tags);
        assert!(crate::fsck::check(&store).unwrap().is_none());
    }

    #[test]
    fn a_damaged_source_is_refused_and_leaves_the_store_as_it_was() {
        let (_home, from, store) = stage();
        for path in names(&layout::blobs(&from)) {
            let intact = fs::read(&path).unwrap();
            let mut damaged = intact.clone();
            damaged[intact.len() / 2] ^= 1;
            fs::write(&path, &damaged).unwrap();
            quietly(&store, &from).unwrap_err();
            fs::write(&path, &intact).unwrap();
        }
        assert!(store.references().unwrap().is_empty());
        assert!(names(&layout::blobs(store.root())).is_empty());
        assert!(names(&store.root().join("ingest")).is_empty());
    }

    #[test]
    fn importing_again_heals_every_damaged_blob() {
        let (_home, from, store) = stage();
        quietly(&store, &from).unwrap();
        for path in names(&layout::blobs(store.root())) {
            let intact = fs::read(&path).unwrap();
            fs::write(&path, &intact[1..]).unwrap();
            quietly(&store, &from).unwrap();
            assert_eq!(fs::read(&path).unwrap(), intact);
        }
    }

    #[test]
    fn a_forgotten_name_is_gone_and_an_unknown_one_is_an_error() {
        let (_home, from, store) = stage();
        quietly(&store, &from).unwrap();
        store.forget("t").unwrap();
        assert!(matches!(store.image("t"), Err(StoreError::NoReference { .. })));
        assert!(matches!(store.forget("t"), Err(StoreError::NoReference { .. })));
    }

    #[test]
    fn a_directory_of_others_does_not_become_a_store() {
        let (_home, from, _store) = stage();
        assert!(matches!(Store::open(&from), Err(StoreError::Create { .. })));
    }
}
