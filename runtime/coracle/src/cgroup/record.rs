//! What the state file keeps about a container's cgroups, so that every later verb works from it alone.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::controller::{Controller, Controllers, Version};

/// The cgroups of one container: one directory in each hierarchy, the unified one last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Path below the mount point of every hierarchy.
    pub path: String,
    /// Its directory in each hierarchy.
    pub branches: Vec<Branch>,
}

/// The container's cgroup in one hierarchy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// How `/proc/self/cgroup` calls the hierarchy: `cpu,cpuacct`; empty for cgroup2.
    pub hierarchy: String,
    /// Where the hierarchy is mounted.
    pub mount: String,
    /// The directories that coracle made, outermost first; nothing else is ever removed.
    pub made: Vec<Directory>,
}

/// A cgroup directory that coracle made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// Path below the mount point.
    pub path: String,
    /// Its inode number, so that a namesake made later by someone else is left alone.
    ///
    /// 0 before the directory is made: written ahead, it says that the path was free when coracle looked.
    pub inode: u64,
}

impl Branch {
    /// Which interface this hierarchy has.
    #[must_use]
    pub fn version(&self) -> Version {
        if self.hierarchy.is_empty() { Version::V2 } else { Version::V1 }
    }

    /// The version 1 controllers of this hierarchy.
    #[must_use]
    pub fn controllers(&self) -> Controllers {
        Controllers::parse(&self.hierarchy, Version::V1)
    }

    /// Where the container's cgroup `path` is in this hierarchy.
    #[must_use]
    pub fn directory(&self, path: &str) -> String {
        format!("{}{path}", self.mount)
    }

    /// Whether coracle made the cgroup `path` itself, not only found it.
    #[must_use]
    pub fn owns(&self, path: &str) -> bool {
        self.made.iter().any(|made| made.path == path && made.inode != 0)
    }
}

impl Record {
    /// The branch in the unified hierarchy, if the host has one.
    #[must_use]
    pub fn unified(&self) -> Option<&Branch> {
        self.branches.iter().find(|branch| branch.version() == Version::V2)
    }

    /// The branches in version 1 hierarchies.
    pub fn hierarchies(&self) -> impl Iterator<Item = &Branch> {
        self.branches.iter().filter(|branch| branch.version() == Version::V1)
    }

    /// The branch through which a version 1 controller is reached.
    #[must_use]
    pub fn branch_of(&self, controller: Controller) -> Option<&Branch> {
        self.hierarchies().find(|branch| branch.controllers().contains(controller))
    }
}
