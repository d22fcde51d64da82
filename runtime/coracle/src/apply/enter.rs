//! Entering the root, and hiding what it must not show.

use core::ffi::CStr;

use rustix::fd::AsFd;
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, makedev, openat};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount, mount_change,
    move_mount, open_tree, unmount,
};
use rustix::process::{chdir, chroot, fchdir, pivot_root};

use super::Process;
use super::fault::Fault;
use super::mount::ATTR_RDONLY;
use crate::step::Entry;
use crate::sys::mount::Attributes;

impl Process<'_> {
    pub(super) fn enter_root(&mut self, entry: Entry) -> Result<(), Fault> {
        // Without mounts of its own, a container hides nothing.
        if entry != Entry::Chroot {
            self.keep_null()?;
        }
        fchdir(self.root()?)?;
        match entry {
            Entry::Pivot => {
                // The old root comes to lie on the new one, and `.` is looked up through what lies on it.
                pivot_root(c".", c".")?;
                unmount(c".", UnmountFlags::DETACH)?;
            }
            Entry::PivotShared => {
                let old =
                    openat(CWD, c"/", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
                pivot_root(c".", c".")?;
                fchdir(&old)?;
                // What is unmounted here must stay where the host has it.
                mount_change(c".", MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC)?;
                unmount(c".", UnmountFlags::DETACH)?;
            }
            Entry::Move => {
                let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
                move_mount(self.root()?, c"", CWD, c"/", flags)?;
                chroot(c".")?;
            }
            Entry::Chroot => chroot(c".")?,
        }
        chdir(c"/")?;
        Ok(())
    }

    /// Opens a mount of the host's `/dev/null`, proven to be it, while the host's files can still be reached.
    fn keep_null(&mut self) -> Result<(), Fault> {
        let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
        let null = open_tree(CWD, c"/dev/null", flags)?;
        let found = fstat(&null)?;
        let is_null = FileType::from_raw_mode(found.st_mode) == FileType::CharacterDevice
            && found.st_rdev == makedev(1, 3);
        if !is_null {
            return Err(Fault::Other("the host's `/dev/null` is something else".into()));
        }
        self.opened.null = Some((null, false));
        Ok(())
    }

    pub(super) fn protect(&mut self, path: &CStr) -> Result<(), Fault> {
        let readonly = Attributes { set: ATTR_RDONLY, ..Attributes::default() };
        let tree = match self.clone_tree(CWD, path, &readonly) {
            // What is not there needs no protection.
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(()),
            outcome => outcome?,
        };
        Ok(move_mount(&tree, c"", CWD, path, onto_path())?)
    }

    /// Covers a file with `/dev/null`, a directory with an empty one.
    pub(super) fn mask(&mut self, path: &CStr) -> Result<(), Fault> {
        let Some((null, is_placed)) = self.opened.null.take() else { return Err(Errno::BADF.into()) };
        // A mount has one place: from the second on, it is copied.
        let null = if is_placed {
            let flags = OpenTreeFlags::OPEN_TREE_CLONE
                | OpenTreeFlags::OPEN_TREE_CLOEXEC
                | OpenTreeFlags::AT_EMPTY_PATH;
            open_tree(&null, c"", flags)?
        } else {
            null
        };
        let outcome = move_mount(null.as_fd(), c"", CWD, path, onto_path());
        self.opened.null = Some((null, outcome.is_ok()));
        match outcome {
            Ok(()) | Err(Errno::NOENT | Errno::NOTDIR) => Ok(()),
            // A file cannot cover a directory.
            Err(Errno::INVAL) => {
                Ok(mount(c"tmpfs", path, c"tmpfs", MountFlags::RDONLY, c"nr_blocks=1,nr_inodes=1")?)
            }
            Err(errno) => Err(errno.into()),
        }
    }
}

/// From a descriptor to a path, links followed: inside the root, where no path leads out.
fn onto_path() -> MoveMountFlags {
    MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_SYMLINKS
}
