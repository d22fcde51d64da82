//! `linux.namespaces`: what the container has of its own (`config-linux.md#namespaces`).

use alloc::vec::Vec;
use core::ffi::CStr;

use super::document::Node;
use super::read::{Findings, Object, Read};

/// The kinds of namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the namespaces")]
pub enum Kind {
    Cgroup,
    Ipc,
    Mount,
    Network,
    Pid,
    Time,
    User,
    Uts,
}

/// Where a container's namespace comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Namespace<'d> {
    /// It stays the runtime's.
    #[default]
    Inherit,
    /// It is made.
    Create,
    /// It is there, under this absolute path.
    Join(&'d CStr),
}

/// Where each of a container's namespaces comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Namespaces<'d>([Namespace<'d>; 8]);

impl Kind {
    /// All kinds, in the order of their names.
    pub const ALL: [Self; 8] =
        [Self::Cgroup, Self::Ipc, Self::Mount, Self::Network, Self::Pid, Self::Time, Self::User, Self::Uts];

    /// Its flag for clone3(2), unshare(2) and setns(2).
    #[must_use]
    pub const fn flag(self) -> u32 {
        match self {
            Self::Cgroup => 0x0200_0000,
            Self::Ipc => 0x0800_0000,
            Self::Mount => 0x0002_0000,
            Self::Network => 0x4000_0000,
            Self::Pid => 0x2000_0000,
            Self::Time => 0x0000_0080,
            Self::User => 0x1000_0000,
            Self::Uts => 0x0400_0000,
        }
    }

    /// How the specification calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        KINDS[self as usize].0
    }

    /// Its file in `/proc/<pid>/ns`.
    #[must_use]
    pub const fn file(self) -> &'static CStr {
        match self {
            Self::Cgroup => c"cgroup",
            Self::Ipc => c"ipc",
            Self::Mount => c"mnt",
            Self::Network => c"net",
            Self::Pid => c"pid",
            Self::Time => c"time",
            Self::User => c"user",
            Self::Uts => c"uts",
        }
    }
}

impl<'d> Namespaces<'d> {
    /// Where the namespace of this kind comes from.
    #[must_use]
    pub const fn of(&self, kind: Kind) -> Namespace<'d> {
        self.0[kind as usize]
    }

    /// The flags of all kinds that are made.
    #[must_use]
    pub fn created(&self) -> u32 {
        let made = |kind: &Kind| self.of(*kind) == Namespace::Create;
        Kind::ALL.iter().filter(|kind| made(kind)).fold(0, |flags, kind| flags | kind.flag())
    }

    /// The kinds that are joined, each with its path.
    pub fn joined(&self) -> impl Iterator<Item = (Kind, &'d CStr)> + '_ {
        Kind::ALL.into_iter().filter_map(|kind| match self.of(kind) {
            Namespace::Join(path) => Some((kind, path)),
            Namespace::Inherit | Namespace::Create => None,
        })
    }
}

/// The kinds by the names of the specification.
pub const KINDS: [(&str, Kind); 8] = [
    ("cgroup", Kind::Cgroup),
    ("ipc", Kind::Ipc),
    ("mount", Kind::Mount),
    ("network", Kind::Network),
    ("pid", Kind::Pid),
    ("time", Kind::Time),
    ("user", Kind::User),
    ("uts", Kind::Uts),
];

impl<'d> Read<'d> for Namespaces<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let entries: Vec<Object<'d>> = Vec::read(node, findings)?;
        let mut namespaces = Self::default();
        for entry in entries {
            let kind = entry.required_node("type", findings);
            let path = entry.node_of("path", findings);
            let path = path.map(|path| findings.absolute(path));
            let Some(kind) = kind.and_then(|kind| findings.word(kind, &KINDS)) else { continue };
            if namespaces.0[kind as usize] != Namespace::Inherit {
                findings.violate(entry.node(), "a namespace of this type is listed already");
            }
            // Of a path that is refused nothing is left; the kind still counts as listed.
            let join = path.flatten().map(Namespace::Join);
            namespaces.0[kind as usize] = join.unwrap_or(Namespace::Create);
        }
        Some(namespaces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_numbered_in_the_order_of_all() {
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
            assert_eq!(KINDS[index].1, kind);
        }
    }
}
