//! The controllers of both cgroup versions, and sets of them.

use core::fmt;

/// A part of the kernel that accounts or limits what the processes of a cgroup use.
///
/// Two kernels' worth of names meet here: `Blkio` is `io` on version 2, and `Cpuacct`, `Devices`, `Freezer`, `NetCls`
/// and `NetPrio` exist on version 1 only (version 2 freezes without a controller and judges devices by a program).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the kernel's own names")]
pub enum Controller {
    Cpu,
    Cpuacct,
    Cpuset,
    Memory,
    Blkio,
    Pids,
    Hugetlb,
    Rdma,
    Devices,
    Freezer,
    NetCls,
    NetPrio,
    Misc,
    PerfEvent,
}

/// Which of the two cgroup interfaces a controller is reached through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// A hierarchy per controller, or per group of them.
    V1,
    /// The unified hierarchy.
    V2,
}

impl Controller {
    /// Every controller that coracle knows.
    pub const ALL: [Self; 14] = [
        Self::Cpu,
        Self::Cpuacct,
        Self::Cpuset,
        Self::Memory,
        Self::Blkio,
        Self::Pids,
        Self::Hugetlb,
        Self::Rdma,
        Self::Devices,
        Self::Freezer,
        Self::NetCls,
        Self::NetPrio,
        Self::Misc,
        Self::PerfEvent,
    ];

    /// The name in the files of one version.
    #[must_use]
    pub const fn name(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Blkio, Version::V2) => "io",
            (Self::Blkio, Version::V1) => "blkio",
            (Self::Cpu, _) => "cpu",
            (Self::Cpuacct, _) => "cpuacct",
            (Self::Cpuset, _) => "cpuset",
            (Self::Memory, _) => "memory",
            (Self::Pids, _) => "pids",
            (Self::Hugetlb, _) => "hugetlb",
            (Self::Rdma, _) => "rdma",
            (Self::Devices, _) => "devices",
            (Self::Freezer, _) => "freezer",
            (Self::NetCls, _) => "net_cls",
            (Self::NetPrio, _) => "net_prio",
            (Self::Misc, _) => "misc",
            (Self::PerfEvent, _) => "perf_event",
        }
    }

    /// The controller of that name, in the files of one version.
    #[must_use]
    pub fn of_name(name: &str, version: Version) -> Option<Self> {
        Self::ALL.into_iter().find(|controller| controller.name(version) == name)
    }
}

/// A set of controllers.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Controllers(u16);

impl Controllers {
    /// No controller.
    pub const NONE: Self = Self(0);

    /// Those of a list such as `cpuset cpu io` or `cpu,cpuacct`; names that coracle does not know are left out.
    #[must_use]
    pub fn parse(list: &str, version: Version) -> Self {
        list.split([' ', ',', '\n']).filter_map(|name| Controller::of_name(name, version)).collect()
    }

    /// Whether `controller` is one of them.
    #[must_use]
    pub const fn contains(self, controller: Controller) -> bool {
        self.0 & (1 << controller as u16) != 0
    }

    /// Those of this set that `other` lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds one.
    pub fn insert(&mut self, controller: Controller) {
        self.0 |= 1 << controller as u16;
    }

    /// Each of them, in the order of [`Controller::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Controller> {
        Controller::ALL.into_iter().filter(move |controller| self.contains(*controller))
    }
}

impl FromIterator<Controller> for Controllers {
    fn from_iter<I: IntoIterator<Item = Controller>>(controllers: I) -> Self {
        let mut set = Self::NONE;
        controllers.into_iter().for_each(|controller| set.insert(controller));
        set
    }
}

impl fmt::Debug for Controllers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_controller_is_found_by_its_name() {
        for controller in Controller::ALL {
            for version in [Version::V1, Version::V2] {
                assert_eq!(Controller::of_name(controller.name(version), version), Some(controller));
            }
        }
        assert_eq!(Controller::of_name("blkio", Version::V2), None);
    }

    #[test]
    fn a_list_of_either_version_becomes_a_set() {
        let set = Controllers::parse("cpuset cpu io unheard-of\n", Version::V2);
        let expected: Controllers =
            [Controller::Cpuset, Controller::Cpu, Controller::Blkio].into_iter().collect();
        assert_eq!(set, expected);
        assert!(set.contains(Controller::Blkio) && !set.contains(Controller::Memory));
        assert_eq!(Controllers::parse("rw,cpu,cpuacct", Version::V1).iter().count(), 2);
    }
}
