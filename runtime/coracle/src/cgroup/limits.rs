//! Limits as writes: what `linux.resources` means on one host, before anything is touched.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::controller::{Controller, Controllers, Version};
use super::device::Policy;

/// One value for one file of the container's cgroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Whose file it is, as `version` calls it; `cgroup` for the files of the core.
    pub controller: Cow<'static, str>,
    /// Which interface the file belongs to.
    pub version: Version,
    /// File name, such as `memory.max`.
    pub file: Cow<'static, str>,
    /// What is written, in one `write(2)`.
    pub value: String,
    /// The property that asks for it, as a JSON pointer.
    pub pointer: Cow<'static, str>,
    /// What a kernel gets that lacks `file`.
    pub otherwise: Otherwise,
}

/// What to do on a kernel that lacks a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Otherwise {
    /// Fail: the limit cannot be set.
    Fail,
    /// Go on: without the file, the limit holds by itself.
    Skip,
    /// Write another value to another file.
    Write(Cow<'static, str>, String),
}

/// What a container's resources come to on this host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Values for cgroup files, in the order in which they must be written.
    pub writes: Vec<Write>,
    /// The device policy where a program must enforce it; version 1 has `writes` for it.
    pub program: Option<Policy>,
}

/// What a container's cgroup holds already; decides the order, and the outcome, of an update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Current {
    /// Memory in use, in bytes.
    pub memory_usage_bytes: Option<u64>,
    /// Limit of memory, in bytes.
    pub memory_limit_bytes: Option<u64>,
    /// The quota of version 2, a number or `max`.
    pub cpu_quota: Option<String>,
}

impl Limits {
    /// The writes for one version 1 hierarchy.
    pub fn of_hierarchy(&self, controllers: Controllers) -> impl Iterator<Item = &Write> {
        self.writes.iter().filter(move |write| {
            write.version == Version::V1
                && Controller::of_name(&write.controller, Version::V1)
                    .is_some_and(|controller| controllers.contains(controller))
        })
    }

    /// The writes for the unified hierarchy.
    pub fn of_unified(&self) -> impl Iterator<Item = &Write> {
        self.writes.iter().filter(|write| write.version == Version::V2)
    }
}

impl Write {
    /// Whether no process can be cloned into the cgroup any more once this is written.
    ///
    /// A limit of no tasks stops clones, but nothing that is there already.
    pub(super) fn closes(&self) -> bool {
        self.version == Version::V2 && self.file == "pids.max" && self.value.trim() == "0"
    }
}
