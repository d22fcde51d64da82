//! Checks of a store: every blob is read, whether its bytes are those that its name says, and every unpacked layer,
//! whether it is as it was made.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oci_spec::image::Descriptor;

use crate::blob::{self, Named};
use crate::digest::Digest;
use crate::durable;
use crate::image::Image;
use crate::layers;
use crate::layout;
use crate::record::{self, Known, Record};
use crate::store::{Store, StoreError};

/// What is wrong with a store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Damage {
    /// Files among the blobs that are not what their name says.
    pub blobs: Vec<PathBuf>,
    /// Names whose image lacks a blob, or has a damaged one.
    pub references: Vec<String>,
    /// Unpacked layers that are not as they were made.
    pub layers: Vec<PathBuf>,
    /// Directories of bundles that lack a layer, or have a damaged one.
    pub bundles: Vec<PathBuf>,
}

/// Why a store was not checked.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum FsckError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error("check `{}`", path.display())]
    Disk { path: PathBuf, source: io::Error },
}

impl Damage {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads every blob and every layer of the store. Waits until nothing comes into it.
///
/// # Errors
/// Where the index or a directory of the store cannot be read.
pub fn check(store: &Store) -> Result<Damage, FsckError> {
    let _alone = store.exclude_imports()?;
    find(store)
}

/// Removes damaged blobs and the names that need them, names first; importing those images again heals them. Removes
/// damaged layers, which the next bundle unpacks again.
///
/// A damaged layer that a bundle needs stays, since it may be mounted; so does the bundle, which then is still damaged.
///
/// # Errors
/// As [`check`], and where something cannot be removed.
pub fn repair(store: &Store) -> Result<Damage, FsckError> {
    let _alone = store.exclude_imports()?;
    let damage = find(store)?;
    damage.references.iter().try_for_each(|reference| store.forget(reference))?;
    for path in &damage.blobs {
        fs::remove_file(path).map_err(|source| FsckError::Disk { path: path.clone(), source })?;
    }
    let used = used(store.root())?;
    for path in damage.layers.iter().filter(|path| !used.contains(&name(path))) {
        layers::discard(store.root(), path)
            .map_err(|source| FsckError::Disk { path: path.clone(), source })?;
    }
    let blobs = layout::blobs(store.root());
    durable::sync_directory(&blobs).map_err(|source| FsckError::Disk { path: blobs, source })?;
    Ok(damage)
}

/// The names of the layers that bundles need.
fn used(root: &Path) -> Result<BTreeSet<String>, FsckError> {
    let records = records(root)?.into_iter();
    Ok(records.flat_map(|record| record.layers).collect())
}

fn records(root: &Path) -> Result<Vec<Record>, FsckError> {
    let known = record::list(root).map_err(|source| FsckError::Disk { path: record::home(root), source });
    Ok(known?.iter().filter_map(Known::record).cloned().collect())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn find(store: &Store) -> Result<Damage, FsckError> {
    let directory = layout::blobs(store.root());
    let (intact, blobs) =
        sort(&directory).map_err(|source| FsckError::Disk { path: directory.clone(), source })?;
    let references = store.references()?.into_iter();
    let broken = references.filter(|(_, descriptor)| !whole(store.root(), descriptor, &intact));
    let references = broken.map(|(name, _)| name).collect();
    let home = layers::home(store.root());
    let (sound, layers) = layers(&home).map_err(|source| FsckError::Disk { path: home, source })?;
    let lacks = |record: &Record| !record.layers.iter().all(|layer| sound.contains(layer));
    let bundles = records(store.root())?.into_iter().filter(lacks).map(|record| record.directory).collect();
    Ok(Damage { blobs, references, layers, bundles })
}

/// The names of layers that are as they were made, and the paths of what is none.
fn layers(home: &Path) -> io::Result<(BTreeSet<String>, Vec<PathBuf>)> {
    let entries = match fs::read_dir(home) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(<_>::default()),
        other => other?,
    };
    let paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    let (sound, mut damaged): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| layers::intact(path));
    damaged.sort();
    Ok((sound.iter().map(|path| name(path)).collect(), damaged))
}

/// The digests of intact blobs, and the paths of what is none.
fn sort(directory: &Path) -> io::Result<(BTreeSet<Digest>, Vec<PathBuf>)> {
    let (mut intact, mut damaged) = (BTreeSet::new(), Vec::new());
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let size = entry.metadata()?.len();
        let digest = format!("sha256:{}", entry.file_name().to_string_lossy()).parse::<Digest>();
        match digest {
            Ok(digest) if blob::intact(directory, Named { digest, size }) => drop(intact.insert(digest)),
            _ => damaged.push(entry.path()),
        }
    }
    damaged.sort();
    Ok((intact, damaged))
}

fn whole(root: &Path, descriptor: &Descriptor, intact: &BTreeSet<Digest>) -> bool {
    let blobs = Image::read(root, descriptor).and_then(|image| image.blobs(descriptor));
    blobs.is_ok_and(|blobs| blobs.iter().all(|named| intact.contains(&named.digest)))
}

#[cfg(test)]
mod tests {
    use fixtures::image::{Compression, Image as Built, Layer, Layout};
    use fixtures::tree::Entry;

    use super::*;
    use crate::gc::{self, Sweep};
    use crate::import::import;

    /// A layout with two images over one layer, and a store that has both.
    fn stage() -> (tempfile::TempDir, PathBuf, Store) {
        let home = tempfile::tempdir().unwrap();
        let from = home.path().join("layout");
        let layer = |name: &str| Layer::of(&[Entry::file(name, name)], Compression::Gzip);
        let app = Built::new([layer("base"), layer("app")]);
        Layout::new().tag("base", Built::new([layer("base")])).tag("app", app).write(&from).unwrap();
        let store = Store::open(&home.path().join("store")).unwrap();
        for tag in ["base", "app"] {
            import(&store, &from, tag, &|_, _| ()).unwrap();
        }
        (home, from, store)
    }

    fn blobs(store: &Store) -> Vec<PathBuf> {
        let blobs = fs::read_dir(layout::blobs(store.root())).unwrap();
        blobs.map(|blob| blob.unwrap().path()).collect()
    }

    #[test]
    fn each_flipped_or_cut_blob_is_found_repaired_and_healed_by_importing_again() {
        let (_home, from, store) = stage();
        assert!(check(&store).unwrap().is_none());
        for path in blobs(&store) {
            let intact = fs::read(&path).unwrap();
            let mut flipped = intact.clone();
            flipped[intact.len() / 3] ^= 4;
            for damaged in [&flipped[..], &intact[..intact.len() - 1], b""] {
                fs::write(&path, damaged).unwrap();
                let damage = repair(&store).unwrap();
                assert_eq!(damage.blobs, std::slice::from_ref(&path));
                assert!(!damage.references.is_empty());
                assert!(check(&store).unwrap().is_none());
                for tag in ["base", "app"] {
                    import(&store, &from, tag, &|_, _| ()).unwrap();
                }
                assert_eq!(fs::read(&path).unwrap(), intact);
            }
        }
    }

    #[test]
    fn a_missing_blob_breaks_the_images_that_need_it() {
        let (_home, _from, store) = stage();
        let layer = store.image("app").unwrap().layers[1].blob;
        fs::remove_file(layout::blobs(store.root()).join(layer.hex())).unwrap();
        let damage = check(&store).unwrap();
        assert_eq!(damage, Damage { references: vec!["app".to_owned()], ..Damage::default() });
    }

    #[test]
    fn garbage_is_what_no_name_needs_and_what_interrupted_imports_left() {
        let (_home, _from, store) = stage();
        assert_eq!(gc::collect(&store, Sweep::Remove).unwrap(), gc::Garbage::default());
        store.forget("app").unwrap();
        let leftover = store.root().join("ingest/killed");
        fs::create_dir(&leftover).unwrap();
        let told = gc::collect(&store, Sweep::DryRun).unwrap();
        // Manifest, configuration and layer of the application, and the leftover; the base is still needed.
        assert_eq!((told.paths.len(), blobs(&store).len()), (4, 6));
        assert_eq!(gc::collect(&store, Sweep::Remove).unwrap(), told);
        assert_eq!((blobs(&store).len(), leftover.exists()), (3, false));
        assert!(check(&store).unwrap().is_none());
    }

    #[test]
    fn nothing_is_removed_while_an_image_does_not_say_what_it_needs() {
        let (_home, _from, store) = stage();
        let manifest = store.image("app").unwrap().manifest_digest;
        fs::write(layout::blobs(store.root()).join(manifest.hex()), "{}").unwrap();
        assert!(matches!(gc::collect(&store, Sweep::Remove), Err(gc::GcError::Damaged { .. })));
        assert_eq!(blobs(&store).len(), 6);
    }
}
