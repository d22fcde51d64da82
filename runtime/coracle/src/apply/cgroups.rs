//! The cgroups as the container sees them.

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, mkdirat, openat, symlinkat};
use rustix::io::Errno;
use rustix::mount::{MountFlags, mount};
use rustix::process::fchdir;

use super::fault::Fault;
use super::mount::{ATTR_RDONLY, EMPTY_PATH, attach};
use super::{Process, joined, path};
use crate::plan::attributes;
use crate::step::{CgroupMount, CgroupView};
use crate::sys::mount::{Attributes, set_attributes};

impl Process<'_> {
    pub(super) fn mount_cgroups(&mut self, new: &CgroupMount<'_>) -> Result<(), Fault> {
        let place = path::directory(self.root()?, new.destination, ResolveFlags::empty())?;
        let (set, clear) = attributes(new.flags, 0);
        let change = Attributes { set, clear, ..Attributes::default() };
        match &new.view {
            CgroupView::Unified(source) => {
                let tree = self.clone_tree(CWD, source, &change)?;
                attach(&tree, &place)?;
            }
            CgroupView::Hierarchies(hierarchies) => {
                fchdir(&place)?;
                let flags = MountFlags::from_bits_retain(new.flags) - MountFlags::RDONLY;
                mount(c"cgroup", c".", c"tmpfs", flags, c"mode=755")?;
                let top = path::resolve(self.root()?, new.destination, ResolveFlags::empty())?;
                for (name, source) in hierarchies {
                    self.mount_hierarchy(top.as_fd(), name, source, &change)?;
                }
                if set & ATTR_RDONLY != 0 {
                    let readonly = Attributes { set: ATTR_RDONLY, ..Attributes::default() };
                    set_attributes(top.as_fd(), c"", EMPTY_PATH, &readonly)?;
                }
            }
        }
        Ok(())
    }

    /// Mounts one hierarchy below `top`, with a link for each of its controllers where it has several.
    fn mount_hierarchy(
        &mut self,
        top: BorrowedFd<'_>,
        name: &CStr,
        source: &CStr,
        change: &Attributes,
    ) -> Result<(), Errno> {
        mkdirat(top, name, Mode::from_raw_mode(0o755))?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let place = openat(top, name, flags, Mode::empty())?;
        let tree = self.clone_tree(CWD, source, change)?;
        attach(&tree, &place)?;
        let mut controllers = name.to_bytes().split(|byte| *byte == b',');
        if name.to_bytes().contains(&b',') {
            controllers.try_for_each(|controller| symlinkat(name, top, &*joined(&[controller])))?;
        }
        Ok(())
    }

    /// A detached copy of the tree of mounts at `path`, with its attributes changed.
    pub(super) fn clone_tree(
        &mut self,
        directory: BorrowedFd<'_>,
        path: &CStr,
        change: &Attributes,
    ) -> Result<OwnedFd, Errno> {
        use rustix::mount::{OpenTreeFlags, open_tree};
        let flags =
            OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
        if !self.opened.lacks_open_tree_attr {
            match crate::sys::mount::open_tree(directory, path, flags.bits(), change) {
                Err(Errno::NOSYS) => self.opened.lacks_open_tree_attr = true,
                outcome => return outcome,
            }
        }
        let tree = open_tree(directory, path, flags)?;
        set_attributes(tree.as_fd(), c"", EMPTY_PATH | super::mount::RECURSIVE, change)?;
        Ok(tree)
    }
}
