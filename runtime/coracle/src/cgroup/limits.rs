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
    /// File and value for a kernel that lacks `file`.
    pub otherwise: Option<(Cow<'static, str>, String)>,
}

/// What a container's resources come to on this host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Values for cgroup files, in the order in which they must be written.
    pub writes: Vec<Write>,
    /// The device policy where a program must enforce it; version 1 has `writes` for it.
    pub program: Option<Policy>,
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
