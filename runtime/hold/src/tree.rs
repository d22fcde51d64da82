//! File trees in memory: what layers, one over the other, amount to.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// One name in a tree, and all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Permissions, owner, time and the like.
    pub attributes: Attributes,
    /// What it is.
    pub kind: Kind,
    /// Names with the same number are names of one file; of a file it also names the content.
    pub inode: u64,
    /// Which layer has an entry for it, counted from the lowest; none for parents that no layer has an entry for.
    pub written_by: Option<usize>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A directory, and what is in it.
    Directory(BTreeMap<OsString, Node>),
    /// A file.
    File,
    /// A symbolic link, and where it points.
    Symlink(PathBuf),
    /// A character device: major and minor number.
    Character(u32, u32),
    /// A block device.
    Block(u32, u32),
    /// A FIFO.
    Fifo,
}

/// Everything about a file but its content and names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// Permissions, set-id and sticky bits included; no bits of the kind.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// When it was last modified.
    pub modified: Moment,
    /// Extended attributes by full name, such as `user.key`.
    pub xattrs: BTreeMap<OsString, Vec<u8>>,
}

/// A point in time since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Seconds; negative before 1970.
    pub seconds: i64,
    /// And nanoseconds, below 1 000 000 000, always forward.
    pub nanoseconds: u32,
}

impl Node {
    /// A directory that no layer has an entry for: 0755, of root, from 1970, so that it is the same everywhere.
    #[must_use]
    pub fn implied(inode: u64) -> Self {
        let modified = Moment { seconds: 0, nanoseconds: 0 };
        let attributes = Attributes { mode: 0o755, uid: 0, gid: 0, modified, xattrs: BTreeMap::new() };
        Self { attributes, kind: Kind::Directory(BTreeMap::new()), inode, written_by: None }
    }

    /// What this name in the directory stands for.
    #[must_use]
    pub fn child(&self, name: &OsStr) -> Option<&Self> {
        match &self.kind {
            Kind::Directory(children) => children.get(name),
            _ => None,
        }
    }

    /// What is in the directory; of anything else, nothing.
    pub fn children_mut(&mut self) -> Option<&mut BTreeMap<OsString, Self>> {
        match &mut self.kind {
            Kind::Directory(children) => Some(children),
            _ => None,
        }
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory(_))
    }

    /// What the names lead to from here, no link followed.
    #[must_use]
    pub fn find(&self, path: &[OsString]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, path: &[OsString]) -> Option<&mut Self> {
        path.iter().try_fold(self, |node, name| node.children_mut()?.get_mut(name))
    }
}
