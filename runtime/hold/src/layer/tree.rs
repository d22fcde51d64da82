//! File trees in memory: what a layer changes, and what a stack of layers comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// A name in a directory: bytes, since file names need not be text.
pub type Name = Vec<u8>;

/// Index of an inode in its tree.
pub type Id = usize;

/// The root of every tree.
pub const ROOT: Id = 0;

/// A file tree; names that share an inode are hard links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// All inodes that ever were in it, the root first; some may have no name any more.
    pub inodes: Vec<Inode>,
}

/// A file of any type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inode {
    /// Mode, owner, time, attributes.
    pub meta: Meta,
    /// What it is.
    pub body: Body,
}

/// What files of all types have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Meta {
    /// Permissions with setuid, setgid and sticky: 12 bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Time of the last change: seconds since 1970, and nanoseconds.
    pub mtime: (i64, u32),
    /// Extended attributes.
    pub xattrs: BTreeMap<String, Vec<u8>>,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// A directory; an opaque one hides all that the layers below have there.
    Directory {
        /// What is in it.
        entries: BTreeMap<Name, Id>,
        /// Whether it hides.
        is_opaque: bool,
    },
    /// A regular file.
    File {
        /// Where its content is.
        source: Source,
        /// Its size in bytes.
        size: u64,
        /// The digest of its content, once it was read.
        digest: Option<Digest>,
    },
    /// A symbolic link, and its target.
    Symlink(Vec<u8>),
    /// A character device, and its number.
    Character(u32, u32),
    /// A block device, and its number.
    Block(u32, u32),
    /// A FIFO.
    Fifo,
    /// The mark that a name of the layers below is gone.
    Whiteout,
}

/// Where the content of a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// In the entry of the tar with this number.
    Entry(usize),
    /// In the directory of this layer of the stack, 0 being the lowest, under this path.
    Layer(usize, Vec<Name>),
}

impl Meta {
    /// Of a directory that a tar takes for granted.
    #[must_use]
    pub fn implicit() -> Self {
        Self { mode: 0o755, ..Self::default() }
    }
}

impl Inode {
    /// An empty directory.
    #[must_use]
    pub fn directory(meta: Meta, is_opaque: bool) -> Self {
        Self { meta, body: Body::Directory { entries: BTreeMap::new(), is_opaque } }
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        matches!(self.body, Body::Directory { .. })
    }
}

impl Default for Tree {
    fn default() -> Self {
        Self { inodes: vec![Inode::directory(Meta::implicit(), false)] }
    }
}

impl Tree {
    /// The inode of an id that this tree gave out.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Inode> {
        self.inodes.get(id)
    }

    /// What `name` is in a directory; nothing where that is no directory.
    #[must_use]
    pub fn child(&self, directory: Id, name: &[u8]) -> Option<Id> {
        self.entries(directory)?.get(name).copied()
    }

    /// What is in a directory; nothing for other files.
    #[must_use]
    pub fn entries(&self, directory: Id) -> Option<&BTreeMap<Name, Id>> {
        match &self.get(directory)?.body {
            Body::Directory { entries, .. } => Some(entries),
            _ => None,
        }
    }

    /// What is at a path of names, no link followed.
    #[must_use]
    pub fn at(&self, path: &[Name]) -> Option<Id> {
        path.iter().try_fold(ROOT, |directory, name| self.child(directory, name))
    }

    /// Adds an inode without a name.
    pub fn add(&mut self, inode: Inode) -> Id {
        self.inodes.push(inode);
        self.inodes.len() - 1
    }

    /// Gives an inode a name, in place of what had it.
    pub fn name(&mut self, directory: Id, name: &[u8], id: Id) {
        if let Some(Body::Directory { entries, .. }) =
            self.inodes.get_mut(directory).map(|inode| &mut inode.body)
        {
            entries.insert(name.to_vec(), id);
        }
    }

    /// Calls `see` with each path and inode: directories before what is in them, names in order.
    pub fn walk<'a>(&'a self, see: &mut impl FnMut(&[Name], Id, &'a Inode)) {
        self.walk_from(&mut Vec::new(), ROOT, see);
    }

    fn walk_from<'a>(&'a self, path: &mut Vec<Name>, id: Id, see: &mut impl FnMut(&[Name], Id, &'a Inode)) {
        let Some(inode) = self.get(id) else { return };
        see(path, id, inode);
        for (name, child) in self.entries(id).into_iter().flatten() {
            path.push(name.clone());
            self.walk_from(path, *child, see);
            path.pop();
        }
    }

    /// This tree with the changes of layer number `index` on top: what overlayfs would show.
    #[must_use]
    pub fn merged(mut self, layer: &Self, index: usize) -> Self {
        let mut merge = Merge { into: &mut self, layer, index, moved: BTreeMap::new() };
        merge.directory(ROOT, ROOT, &mut Vec::new());
        self
    }
}

/// Puts one layer on top of a tree.
struct Merge<'a> {
    into: &'a mut Tree,
    layer: &'a Tree,
    index: usize,
    /// Inodes of the layer that have come over, so that links stay links.
    moved: BTreeMap<Id, Id>,
}

impl Merge<'_> {
    fn directory(&mut self, target: Id, from: Id, path: &mut Vec<Name>) {
        let layer = self.layer;
        let Some(Inode { meta, body: Body::Directory { entries, is_opaque } }) = layer.get(from) else {
            return;
        };
        if let Some(Inode { meta: old, body: Body::Directory { entries: below, .. } }) =
            self.into.inodes.get_mut(target)
        {
            old.clone_from(meta);
            if *is_opaque {
                below.clear();
            }
        }
        for (name, child) in entries {
            path.push(name.clone());
            self.entry(target, name, *child, path);
            path.pop();
        }
    }

    fn entry(&mut self, directory: Id, name: &Name, child: Id, path: &mut Vec<Name>) {
        let Some(inode) = self.layer.get(child) else { return };
        match &inode.body {
            Body::Whiteout => {
                if let Some(Body::Directory { entries, .. }) =
                    self.into.inodes.get_mut(directory).map(|inode| &mut inode.body)
                {
                    entries.remove(name);
                }
            }
            Body::Directory { .. } => {
                let below = self.into.child(directory, name);
                let below = below.filter(|id| self.into.get(*id).is_some_and(Inode::is_directory));
                let target = below.unwrap_or_else(|| {
                    let made = self.into.add(Inode::directory(inode.meta.clone(), false));
                    self.into.name(directory, name, made);
                    made
                });
                self.directory(target, child, path);
            }
            body => {
                let known = self.moved.get(&child).copied();
                let id = known.unwrap_or_else(|| {
                    let mut body = body.clone();
                    if let Body::File { source, .. } = &mut body {
                        *source = Source::Layer(self.index, path.clone());
                    }
                    self.into.add(Inode { meta: inode.meta.clone(), body })
                });
                self.moved.insert(child, id);
                self.into.name(directory, name, id);
            }
        }
    }
}
