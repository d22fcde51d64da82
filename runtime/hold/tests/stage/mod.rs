//! A store with images, and what tests ask of it.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use fixtures::image::{Compression, Image, Layer, Layout};
use fixtures::tree::Entry;
use hold::bundle::{self, BundleError, Made, Request};
use hold::convert::Labels;
use hold::record::Backend;
use hold::store::Store;

/// Scratch space with a store; bundles lie beside it. They are removed when it is dropped.
pub(crate) struct Stage {
    home: tempfile::TempDir,
    pub(crate) store: Store,
}

impl Stage {
    /// In memory where that can be, since each import is made durable. None where overlays cannot be mounted, which is
    /// said.
    pub(crate) fn new() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: mounting overlays needs root");
            return None;
        }
        let memory = Path::new("/dev/shm");
        let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let store = Store::open(&home.path().join("store")).unwrap();
        Some(Self { home, store })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Imports an image of these layers as `tag`.
    pub(crate) fn import(&self, tag: &str, layers: &[Vec<Entry>]) {
        let layers = layers.iter().map(|entries| Layer::of(entries, Compression::None));
        let image = Image::new(layers).config(|config| {
            config.set_cmd(Some(vec!["/bin/sh".to_owned()]));
        });
        let from = self.path(&format!("layout-{tag}"));
        Layout::new().tag(tag, image).write(&from).unwrap();
        hold::import::import(&self.store, &from, tag, &|_, _| ()).unwrap();
        fs::remove_dir_all(from).unwrap();
    }

    /// Makes the bundle `name` of an image.
    pub(crate) fn bundle(&self, tag: &str, name: &str, backend: Backend) -> Result<Made, BundleError> {
        let directory = self.path(name);
        let request = Request {
            reference: tag,
            directory: &directory,
            id: None,
            backend,
            arguments: &[],
            labels: Labels::Guard,
        };
        bundle::create(&self.store, request)
    }

    pub(crate) fn remove(&self, name: &str) {
        bundle::remove(&self.store, &self.path(name)).unwrap();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for known in bundle::list(&self.store).unwrap_or_default() {
            let directory = known.record().map(|record| record.directory.clone());
            drop(directory.map(|directory| bundle::remove(&self.store, &directory)));
        }
    }
}

/// Every name below a directory, a line each: kind and permissions, owner, time, and what it holds; names of one file
/// say so.
pub(crate) fn list(root: &Path) -> Vec<String> {
    let (mut lines, mut inodes) = (Vec::new(), Vec::new());
    walk(root, root, &mut lines, &mut inodes);
    lines
}

fn walk(root: &Path, path: &Path, lines: &mut Vec<String>, inodes: &mut Vec<u64>) {
    let metadata = fs::symlink_metadata(path).unwrap();
    let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().escape_ascii().to_string();
    let mut line = format!(
        "{name} {:o} {}:{} {}.{:09}",
        metadata.mode(),
        metadata.uid(),
        metadata.gid(),
        metadata.mtime(),
        metadata.mtime_nsec(),
    );
    if metadata.is_symlink() {
        write!(line, " -> {}", fs::read_link(path).unwrap().display()).unwrap();
    }
    if metadata.is_file() {
        write!(line, " {:?}", String::from_utf8_lossy(&fs::read(path).unwrap())).unwrap();
    }
    for (name, value) in hold::seal::attributes(path).unwrap() {
        write!(line, " {}={}", name.escape_ascii(), value.escape_ascii()).unwrap();
    }
    if !metadata.is_dir() {
        let known = inodes.iter().position(|inode| *inode == metadata.ino());
        let number = known.unwrap_or(inodes.len());
        if known.is_none() {
            inodes.push(metadata.ino());
        }
        write!(line, " file {number}").unwrap();
    }
    lines.push(line);
    if metadata.is_dir() {
        let mut names: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        for path in names {
            walk(root, &path, lines, inodes);
        }
    }
}
