//! Mounts, below the root that is not entered yet.

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, FileType, ResolveFlags, fstat};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, mount, mount_change, move_mount,
    open_tree,
};
use rustix::process::fchdir;

use super::fault::Fault;
use super::{Process, path, present};
use crate::step::{Adjustment, Filesystem, Remount, Tree};
use crate::sys::mount::{Attributes, set_attributes};

pub(crate) const EMPTY_PATH: u32 = 0x1000;
pub(crate) const RECURSIVE: u32 = 0x8000;
const MS_REC: u32 = 0x4000;
const MS_REMOUNT: u32 = 32;
const MS_PRIVATE: u64 = 1 << 18;
pub(super) const ATTR_RDONLY: u64 = 1;

/// Sets the propagation of the mount of the present root, and with `MS_REC` of all below it.
pub(super) fn propagate_all(propagation: u32) -> Result<(), Fault> {
    Ok(mount_change(c"/", MountPropagationFlags::from_bits_retain(propagation))?)
}

/// Makes the mount that `path` lies on private; its root is found by going up from there.
pub(super) fn isolate_parent(path: &CStr) -> Result<(), Fault> {
    let private = Attributes { propagation: MS_PRIVATE, ..Attributes::default() };
    let mut at = path.to_bytes();
    loop {
        let place = super::joined(&[if at.is_empty() { b"/" } else { at }]);
        match set_attributes(CWD, &place, 0, &private) {
            // Not the root of a mount: look further up.
            Err(Errno::INVAL) if !at.is_empty() => {}
            outcome => return Ok(outcome?),
        }
        at = at.iter().rposition(|byte| *byte == b'/').map_or(b"" as &[u8], |end| &at[..end]);
    }
}

impl Process<'_> {
    /// The root, once it is open.
    pub(super) fn root(&self) -> Result<BorrowedFd<'_>, Errno> {
        present(self.opened.root.as_ref()).map(AsFd::as_fd)
    }

    pub(super) fn find_root(&mut self, path: &CStr) -> Result<(), Fault> {
        self.opened.root = Some(root_place(path)?);
        Ok(())
    }

    pub(super) fn open_root(&mut self, path: &CStr) -> Result<(), Fault> {
        let place = root_place(path)?;
        let flags = OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::AT_RECURSIVE
            | OpenTreeFlags::AT_EMPTY_PATH;
        let root = open_tree(&place, c"", flags)?;
        attach(&root, &place)?;
        self.opened.root = Some(root);
        Ok(())
    }

    /// Mounts a file system on its destination: as the working directory, which is a descriptor of a kind too.
    pub(super) fn mount_filesystem(&mut self, new: &Filesystem<'_>) -> Result<(), Fault> {
        let extra = if new.is_exact { ResolveFlags::NO_SYMLINKS } else { ResolveFlags::empty() };
        let place = path::directory(self.root()?, new.destination, extra)?;
        fchdir(&place)?;
        mount_here(new.source, Some(new.kind), new.flags, &new.data)?;
        if new.copies_up {
            let new_root = path::resolve(self.root()?, new.destination, extra)?;
            super::copy::copy_up(place.as_fd(), new_root.as_fd())?;
        }
        self.adjust(new.destination, &new.after)
    }

    pub(super) fn mount_tree(&mut self, tree: &Tree<'_>) -> Result<(), Fault> {
        let opened;
        let mount = if let Some(prepared) = tree.prepared.and_then(|index| self.trees.get(index)) {
            prepared
        } else {
            opened = open_source(tree)?;
            &opened
        };
        dress(mount, tree)?;
        let is_directory = FileType::from_raw_mode(fstat(mount)?.st_mode) == FileType::Directory;
        let root = self.root()?;
        let place = if is_directory {
            path::directory(root, tree.destination, ResolveFlags::empty())?
        } else {
            path::file(root, tree.destination)?
        };
        Ok(attach(mount, &place)?)
    }

    pub(super) fn remount(&mut self, change: &Remount<'_>) -> Result<(), Fault> {
        if change.flags & MS_REMOUNT != 0 {
            let place = path::resolve(self.root()?, change.destination, ResolveFlags::empty())?;
            fchdir(&place)?;
            mount_here(c"", None, change.flags, &change.data)?;
        }
        self.adjust(change.destination, &change.after)
    }

    /// Makes what is left to change on a mount that is attached.
    fn adjust(&self, destination: &CStr, after: &Adjustment<'_>) -> Result<(), Fault> {
        if *after == Adjustment::default() {
            return Ok(());
        }
        let mount = path::resolve(self.root()?, destination, ResolveFlags::empty())?;
        Ok(alter(&mount, after)?)
    }

    pub(super) fn seal_root(&mut self) -> Result<(), Fault> {
        let readonly = Attributes { set: ATTR_RDONLY, ..Attributes::default() };
        Ok(set_attributes(self.root()?, c"", EMPTY_PATH, &readonly)?)
    }
}

/// The directory that the root lies in, opened once: what is done to it is done to what was looked at.
fn root_place(path: &CStr) -> Result<OwnedFd, Fault> {
    let place = open_tree(CWD, path, OpenTreeFlags::OPEN_TREE_CLOEXEC)?;
    if FileType::from_raw_mode(fstat(&place)?.st_mode) != FileType::Directory {
        return Err(Fault::System(Errno::NOTDIR));
    }
    Ok(place)
}

/// mount(2) on the working directory.
fn mount_here(source: &CStr, kind: Option<&CStr>, flags: u32, data: &CStr) -> Result<(), Errno> {
    let data = Some(data).filter(|data| !data.is_empty());
    mount(source, c".", kind.unwrap_or_default(), MountFlags::from_bits_retain(flags), data)
}

/// Attaches a detached mount to a place.
pub(super) fn attach(mount: &OwnedFd, place: &OwnedFd) -> Result<(), Errno> {
    let both = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(mount, c"", place, c"", both)
}

/// A detached copy of the tree's source.
pub(crate) fn open_source(tree: &Tree<'_>) -> Result<OwnedFd, Errno> {
    let mut flags = OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::OPEN_TREE_CLONE;
    if tree.is_recursive {
        flags |= OpenTreeFlags::AT_RECURSIVE;
    }
    open_tree(CWD, &*tree.source, flags)
}

/// Gives a detached mount its attributes, before anyone can see it.
fn dress(mount: &OwnedFd, tree: &Tree<'_>) -> Result<(), Errno> {
    let (set, clear) = tree.attributes;
    if (set, clear) != (0, 0) {
        set_attributes(mount.as_fd(), c"", EMPTY_PATH, &Attributes { set, clear, ..Attributes::default() })?;
    }
    alter(mount, &tree.after)
}

fn alter(mount: &OwnedFd, after: &Adjustment<'_>) -> Result<(), Errno> {
    let (set, clear) = after.recursive;
    if (set, clear) != (0, 0) {
        let attributes = Attributes { set, clear, ..Attributes::default() };
        set_attributes(mount.as_fd(), c"", EMPTY_PATH | RECURSIVE, &attributes)?;
    }
    after.propagation.iter().try_for_each(|propagation| {
        let recursive = if propagation & MS_REC == 0 { 0 } else { RECURSIVE };
        let propagation = u64::from(propagation & !MS_REC);
        let attributes = Attributes { propagation, ..Attributes::default() };
        set_attributes(mount.as_fd(), c"", EMPTY_PATH | recursive, &attributes)
    })
}
