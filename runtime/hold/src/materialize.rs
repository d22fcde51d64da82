//! A tree from memory to disk, along descriptors: nothing in it can lead outside.
//!
//! Every directory is opened from the one above it, beneath it and without links. Each file is made in the spool with
//! all its attributes and then linked to each of its names.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt as _, fchown, lchown, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, Timespec, Timestamps, XattrFlags, fsetxattr,
    futimens, linkat, lsetxattr, makedev, mkdirat, mknodat, openat2, utimensat,
};

use crate::tree::{Attributes, Kind, Node};

/// Why a tree could not be made.
#[derive(Debug, thiserror::Error)]
#[error("make `{}`", path.display())]
pub struct MaterializeError {
    path: PathBuf,
    source: io::Error,
}

/// Makes the tree in the empty directory `target`; contents are taken from `spool`, on the same file system.
///
/// # Errors
/// At the first name that cannot be made.
pub fn materialize(tree: &Node, target: &Path, spool: &Path) -> Result<(), MaterializeError> {
    let mut writer = Writer { spool: spool.to_owned(), made: HashSet::new(), path: PathBuf::from("/") };
    let done = File::open(target).and_then(|root| writer.fill(root.as_fd(), tree));
    done.map_err(|source| MaterializeError { path: writer.path, source })
}

struct Writer {
    spool: PathBuf,
    /// Which inodes are ready in the spool.
    made: HashSet<u64>,
    /// Where it is, for messages.
    path: PathBuf,
}

impl Writer {
    /// Fills a directory; its own attributes come last, since each name in it changes its time.
    fn fill(&mut self, directory: impl AsFd, node: &Node) -> io::Result<()> {
        if let Kind::Directory(children) = &node.kind {
            for (name, child) in children {
                self.path.push(name);
                self.place(&directory, name, child)?;
                self.path.pop();
            }
        }
        let file = File::from(directory.as_fd().try_clone_to_owned()?);
        dress(&file, &node.attributes)
    }

    fn place(&mut self, directory: &impl AsFd, name: &OsString, node: &Node) -> io::Result<()> {
        if node.is_directory() {
            mkdirat(directory, name, Mode::RWXU)?;
            let inner = enter(directory, name)?;
            return self.fill(inner, node);
        }
        let path = self.spool.join(node.inode.to_string());
        if self.made.insert(node.inode) {
            make(&path, node)?;
        }
        Ok(linkat(CWD, &path, directory, name, AtFlags::empty())?)
    }
}

fn enter(directory: &impl AsFd, name: &OsString) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    Ok(openat2(directory, name, flags, Mode::empty(), resolve)?)
}

/// Makes what is no directory, in the spool; the content of a file is there already, and so is what an earlier tree of
/// the same spool has.
fn make(path: &Path, node: &Node) -> io::Result<()> {
    if node.kind != Kind::File && path.symlink_metadata().is_ok() {
        return Ok(());
    }
    let special = |kind, device| mknodat(CWD, path, kind, Mode::empty(), device);
    match &node.kind {
        Kind::File => return dress(&File::open(path)?, &node.attributes),
        Kind::Symlink(target) => symlink(target, path)?,
        Kind::Character(major, minor) => special(FileType::CharacterDevice, makedev(*major, *minor))?,
        Kind::Block(major, minor) => special(FileType::BlockDevice, makedev(*major, *minor))?,
        Kind::Fifo => special(FileType::Fifo, 0)?,
        Kind::Directory(_) => return Ok(()),
    }
    dress_unopened(path, node)
}

/// Owner, then permissions, then attributes, since a new owner clears what the others set; times last.
fn dress(file: &File, attributes: &Attributes) -> io::Result<()> {
    fchown(file, Some(attributes.uid), Some(attributes.gid))?;
    file.set_permissions(Permissions::from_mode(attributes.mode))?;
    for (name, value) in &attributes.xattrs {
        fsetxattr(file, name, value, XattrFlags::empty())?;
    }
    Ok(futimens(file, &times(attributes))?)
}

/// The same for what must not be opened. It lies in the spool, which is ours: nobody exchanges it.
fn dress_unopened(path: &Path, node: &Node) -> io::Result<()> {
    let attributes = &node.attributes;
    lchown(path, Some(attributes.uid), Some(attributes.gid))?;
    if !matches!(node.kind, Kind::Symlink(_)) {
        fs::set_permissions(path, Permissions::from_mode(attributes.mode))?;
    }
    for (name, value) in &attributes.xattrs {
        lsetxattr(path, name, value, XattrFlags::empty())?;
    }
    Ok(utimensat(CWD, path, &times(attributes), AtFlags::SYMLINK_NOFOLLOW)?)
}

fn times(attributes: &Attributes) -> Timestamps {
    let moment = attributes.modified;
    let time = Timespec { tv_sec: moment.seconds, tv_nsec: moment.nanoseconds.into() };
    Timestamps { last_access: time, last_modification: time }
}
