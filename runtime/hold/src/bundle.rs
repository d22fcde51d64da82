//! Bundles: an image as a directory that a runtime can run.
//!
//! The store writes down that it makes a bundle before it makes anything of it, and that it is whole at the end. So garbage
//! collection knows which layers are in use, and takes an interrupted attempt apart.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use crate::convert::{self, ConvertError, Labels, Wishes};
use crate::digest::Digest;
use crate::image::Image;
use crate::layers::{self, LayersError};
use crate::overlay::{self, Overlay, OverlayError};
use crate::record::{self, Backend, Known, Record};
use crate::root::Root;
use crate::store::{Store, StoreError};
use crate::unpack::{self, UnpackError};

/// A bundle to be made.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The name of the image.
    pub reference: &'a str,
    /// The directory, which is made.
    pub directory: &'a Path,
    /// Its name in the store; without one, it is named by its directory.
    pub id: Option<&'a str>,
    /// How its root file system comes about.
    pub backend: Backend,
    /// Arguments that take the place of those of the image.
    pub arguments: &'a [String],
    /// What becomes of labels that would steer a runtime.
    pub labels: Labels,
}

/// Why there is no such bundle. What was made of it is gone again.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BundleError {
    #[error("`{}` exists already; name a directory that does not", directory.display())]
    Exists { directory: PathBuf },

    #[error("the store has a bundle `{id}` already; name another one, or remove it with `hold bundle rm`")]
    Taken { id: String },

    #[error("`{id}` is no name for a bundle: up to 64 letters, digits, `.`, `_` and `-` are expected")]
    Id { id: String },

    #[error("`{}` is no bundle of this store; `hold bundle ls` lists them", directory.display())]
    Unknown { directory: PathBuf },

    #[error("`{}` is still mounted: stop the container first", mount.display())]
    Busy { mount: PathBuf, source: io::Error },

    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Layers(#[from] LayersError),

    #[error(transparent)]
    Unpack(#[from] UnpackError),

    #[error(transparent)]
    Overlay(#[from] OverlayError),

    #[error("derive the configuration of the bundle")]
    Convert(#[from] ConvertError),

    #[error("write the bundle `{}`", directory.display())]
    Write { directory: PathBuf, source: io::Error },
}

/// A bundle that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What the store knows of it.
    pub record: Record,
    /// What of the image is not in its configuration, in words.
    pub left_out: Vec<String>,
}

const ROOTFS: &str = "rootfs";
const UPPER: &str = "upper";
const WORK: &str = "work";
const EMPTY: &str = "empty";

/// Makes a bundle.
///
/// - **Cost**: with [`Backend::Overlay`], a mount and some files, where the layers are unpacked already; see
///   [`layers::ensure`]. With [`Backend::Copy`], all of [`unpack::unpack`].
///
/// # Errors
/// See [`BundleError`].
pub fn create(store: &Store, request: Request<'_>) -> Result<Made, BundleError> {
    let directory = absolute(request.directory)?;
    if directory.symlink_metadata().is_ok() {
        return Err(BundleError::Exists { directory });
    }
    let id = request.id.map_or_else(|| named_by(&directory), str::to_owned);
    if !is_id(&id) {
        return Err(BundleError::Id { id });
    }
    let _admitted = store.admit_import()?;
    let image = store.image(request.reference)?;
    let layers = match request.backend {
        Backend::Overlay => layers::ensure(store, &image)?,
        Backend::Copy => Vec::new(),
    };
    let image_digest = image.manifest_digest.to_string();
    let record = Record { id, directory, backend: request.backend, image: image_digest, layers };
    record.announce(store.root()).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BundleError::Taken { id: record.id.clone() },
        _ => failed(&record, source),
    })?;
    let made = fill(store.root(), &record, &image, request).and_then(|left_out| {
        record.complete(store.root()).map_err(|source| failed(&record, source))?;
        Ok(left_out)
    });
    match made {
        Ok(left_out) => Ok(Made { record, left_out }),
        Err(error) => {
            // The first error is the one to tell; what cannot be removed now is garbage of the store.
            drop(take_apart(store.root(), &record));
            Err(error)
        }
    }
}

/// Takes the bundle in `directory` apart, what a container wrote into it included; without one there, nothing happens.
///
/// # Errors
/// Where it is none of this store, or still in use.
pub fn remove(store: &Store, directory: &Path) -> Result<(), BundleError> {
    let directory = absolute(directory)?;
    let _admitted = store.admit_import()?;
    let known = list(store)?;
    let found = known.iter().filter_map(Known::record).find(|record| record.directory == directory);
    match found {
        Some(record) => take_apart(store.root(), record),
        None if directory.symlink_metadata().is_err() => Ok(()),
        None => Err(BundleError::Unknown { directory }),
    }
}

/// Mounts the root file system of a bundle again, with what was written into it, such as after the host started anew; whether
/// there was anything to do.
///
/// # Errors
/// Where there is no whole bundle of this store, or the layers cannot be mounted.
pub fn mount(store: &Store, directory: &Path) -> Result<bool, BundleError> {
    let directory = absolute(directory)?;
    let _admitted = store.admit_import()?;
    let record = whole(store, &directory)?;
    let rootfs = directory.join(ROOTFS);
    if record.backend == Backend::Copy || is_mount(&record, &rootfs)? {
        return Ok(false);
    }
    stack(store.root(), &record).mount(&rootfs)?;
    Ok(true)
}

/// Unmounts the root file system of a bundle, which keeps what was written into it; whether it was mounted.
///
/// # Errors
/// Where there is no whole bundle of this store, or it is still in use.
pub fn unmount(store: &Store, directory: &Path) -> Result<bool, BundleError> {
    let directory = absolute(directory)?;
    let _admitted = store.admit_import()?;
    let record = whole(store, &directory)?;
    let rootfs = directory.join(ROOTFS);
    if !is_mount(&record, &rootfs)? {
        return Ok(false);
    }
    overlay::remove(&rootfs).map_err(|source| BundleError::Busy { mount: rootfs, source })
}

/// The bundle in a directory, which has to be whole.
fn whole(store: &Store, directory: &Path) -> Result<Record, BundleError> {
    let known = list(store)?.into_iter().filter_map(|known| match known {
        Known::Whole(record) => Some(record),
        Known::Making(_) | Known::Unknown(_) => None,
    });
    let mut found = known.filter(|record| record.directory == directory);
    found.next().ok_or_else(|| BundleError::Unknown { directory: directory.to_owned() })
}

fn is_mount(record: &Record, rootfs: &Path) -> Result<bool, BundleError> {
    let below = overlay::mounts_below(rootfs).map_err(|source| failed(record, source))?;
    Ok(below.iter().any(|place| place == rootfs))
}

/// The bundles that the store knows, in the order of their names.
///
/// # Errors
/// Where they cannot be listed.
pub fn list(store: &Store) -> Result<Vec<Known>, BundleError> {
    let home = record::home(store.root());
    record::list(store.root()).map_err(|source| BundleError::Write { directory: home, source })
}

/// Unmounts and removes a bundle, the record last, so that it can be done again where it was interrupted.
pub(crate) fn take_apart(root: &Path, record: &Record) -> Result<(), BundleError> {
    let mount = record.directory.join(ROOTFS);
    let busy = |source| BundleError::Busy { mount: mount.clone(), source };
    if record.backend == Backend::Overlay {
        while overlay::remove(&mount).map_err(busy)? {}
    }
    let failed = |source| failed(record, source);
    // Whatever else was mounted there is not ours to empty.
    if let Some(mount) = overlay::mounts_below(&record.directory).map_err(failed)?.into_iter().next() {
        return Err(BundleError::Busy { mount, source: io::ErrorKind::ResourceBusy.into() });
    }
    remove_tree(&record.directory).map_err(failed)?;
    remove_tree(&record.home(root)).map_err(failed)
}

fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn failed(record: &Record, source: io::Error) -> BundleError {
    BundleError::Write { directory: record.directory.clone(), source }
}

/// Everything of a bundle; what of the image is not in its configuration.
fn fill(
    root: &Path,
    record: &Record,
    image: &Image,
    request: Request<'_>,
) -> Result<Vec<String>, BundleError> {
    let rootfs = record.directory.join(ROOTFS);
    let failed = |source| failed(record, source);
    private(&record.directory).map_err(failed)?;
    match record.backend {
        Backend::Copy => unpack::unpack(root, image, &rootfs)?,
        Backend::Overlay => {
            private(&rootfs).map_err(failed)?;
            top(root, record).map_err(failed)?.mount(&rootfs)?;
        }
    }
    let inside = Root::open(&rootfs).map_err(failed)?;
    let wishes = Wishes { hostname: &record.id, arguments: request.arguments, labels: request.labels };
    let converted = convert::convert(&image.config, &inside, wishes)?;
    make_volumes(&record.directory, &inside, &converted.volumes).map_err(failed)?;
    let json = serde_json::to_vec_pretty(&converted.config).map_err(io::Error::from).map_err(failed)?;
    fs::write(record.directory.join("config.json"), json).map_err(failed)?;
    Ok(converted.left_out)
}

/// The layers of a bundle and an empty top, which is dressed as the root of the image.
fn top(root: &Path, record: &Record) -> io::Result<Overlay> {
    let stack = stack(root, record);
    private(&stack.upper)?;
    private(&stack.work)?;
    if record.layers.is_empty() {
        let empty = record.home(root).join(EMPTY);
        private(&empty)?;
        fs::set_permissions(&empty, fs::Permissions::from_mode(0o755))?;
    }
    if let Some(highest) = stack.lowers.last() {
        dress(&stack.upper, highest)?;
    }
    Ok(stack)
}

/// Where the layers and the top of a bundle are.
fn stack(root: &Path, record: &Record) -> Overlay {
    let home = record.home(root);
    let [upper, work, empty] = [UPPER, WORK, EMPTY].map(|name| home.join(name));
    let mut lowers: Vec<PathBuf> = record.layers.iter().map(|name| layers::tree(root, name)).collect();
    if lowers.is_empty() {
        lowers.push(empty);
    }
    Overlay { lowers, upper, work }
}

/// Gives a directory the owner, permissions, attributes and time of another one.
fn dress(to: &Path, from: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(from)?;
    chown(to, Some(metadata.uid()), Some(metadata.gid()))?;
    fs::set_permissions(to, metadata.permissions())?;
    for (name, value) in crate::seal::attributes(from)? {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(&name);
        rustix::fs::lsetxattr(to, name, &value, rustix::fs::XattrFlags::empty())?;
    }
    fs::File::open(to)?.set_modified(metadata.modified()?)
}

/// A directory of the bundle for each volume, as the image has the place that it covers.
fn make_volumes(directory: &Path, inside: &Root, volumes: &[PathBuf]) -> io::Result<()> {
    for (number, place) in volumes.iter().enumerate() {
        let path = directory.join(convert::volume(number));
        fs::create_dir_all(&path)?;
        if let Some(owner) = inside.owner(place) {
            chown(&path, Some(owner.uid), Some(owner.gid))?;
            fs::set_permissions(&path, fs::Permissions::from_mode(owner.mode))?;
        }
    }
    Ok(())
}

fn private(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)
}

/// The path with its parent resolved, so that it names the directory from wherever.
fn absolute(directory: &Path) -> Result<PathBuf, BundleError> {
    let failed = |source| BundleError::Write { directory: directory.to_owned(), source };
    let name = directory.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    let parent = directory.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    match parent.canonicalize() {
        Ok(parent) => Ok(parent.join(name)),
        // Then nothing is in it either; the path can still be that of a record.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::path::absolute(directory).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// How many digits of a digest name a bundle: enough for 2^32 bundles.
const ID_DIGITS: usize = 16;

fn named_by(directory: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    Digest::of(directory.as_os_str().as_bytes()).hex()[..ID_DIGITS].to_owned()
}

/// Whether a text can be the name of a directory and of a host.
fn is_id(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    plain && text.len() <= 64 && text.starts_with(|first: char| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_bundle_leads_nowhere() {
        assert!(is_id("web-1.example_x") && is_id(&named_by(Path::new("/a/b"))));
        for none in ["", ".", "..", "-x", "a/b", "a b", &"x".repeat(65)] {
            assert!(!is_id(none), "{none}");
        }
    }
}
