//! `linux`: what only this platform has (`config-linux.md`).

use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;

use super::devices::Device;
use super::document::Node;
use super::ids::{IdMapping, mappings};
use super::intel_rdt::IntelRdt;
use super::memory_policy::MemoryPolicy;
use super::mount::options::{PRIVATE, RECURSIVE, SHARED, SLAVE, UNBINDABLE};
use super::namespaces::Namespaces;
use super::net_devices::{NetDevice, net_devices};
use super::process::label;
use super::read::{Findings, Object, Read};
use super::resources::Resources;
use super::seccomp::Section;
use super::sysctl::{Sysctl, sysctl};

/// What only Linux has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Linux<'d> {
    /// What the container has of its own.
    pub namespaces: Namespaces<'d>,
    /// User ids of a user namespace that is made, or of one that is joined.
    pub uid_mappings: Vec<IdMapping>,
    /// Group ids of it.
    pub gid_mappings: Vec<IdMapping>,
    /// Clocks of a time namespace that is made.
    pub time_offsets: TimeOffsets,
    /// Device files beyond the default ones.
    pub devices: Vec<Device<'d>>,
    /// Network devices to move into the container.
    pub net_devices: Vec<NetDevice<'d>>,
    /// Where the container's cgroup is; judged by [`crate::cgroup::Place`].
    pub cgroups_path: Option<&'d str>,
    /// What the container may use; judged by [`crate::cgroup::Limits`].
    pub resources: Resources<'d>,
    /// Kernel parameters.
    pub sysctl: Vec<Sysctl<'d>>,
    /// Which system calls the container may make; judged by [`crate::seccomp::compile`].
    pub seccomp: Option<Section<'d>>,
    /// Propagation of the root: `MS_SHARED`, `MS_SLAVE`, `MS_PRIVATE` or `MS_UNBINDABLE`, perhaps with `MS_REC`.
    pub rootfs_propagation: Option<u32>,
    /// Absolute paths that nobody can read.
    pub masked_paths: Vec<&'d CStr>,
    /// Absolute paths that nobody can write.
    pub readonly_paths: Vec<&'d CStr>,
    /// `SELinux` label of the mounts; not empty.
    pub mount_label: Option<&'d CStr>,
    /// Value for personality(2).
    pub personality: Option<u32>,
    /// Where memory is taken from.
    pub memory_policy: Option<MemoryPolicy>,
    /// Shares of caches and memory bandwidth.
    pub intel_rdt: Option<IntelRdt<'d>>,
}

/// What a time namespace adds to the clocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeOffsets {
    /// Added to `CLOCK_MONOTONIC`.
    pub monotonic: Option<TimeOffset>,
    /// Added to `CLOCK_BOOTTIME`.
    pub boottime: Option<TimeOffset>,
}

/// A distance in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeOffset {
    /// Whole seconds.
    pub secs: i64,
    /// Nanoseconds to add, less than a second.
    pub nanosecs: u32,
}

/// Execution domains, as personality(2) has them.
pub const DOMAINS: [(&str, u32); 2] = [("LINUX", 0), ("LINUX32", 8)];

/// What the root can be to other mounts; engines also ask for the recursive forms, which the specification lacks.
pub const ROOTFS_PROPAGATION: [(&str, u32); 8] = [
    ("private", PRIVATE),
    ("rprivate", PRIVATE | RECURSIVE),
    ("rshared", SHARED | RECURSIVE),
    ("rslave", SLAVE | RECURSIVE),
    ("runbindable", UNBINDABLE | RECURSIVE),
    ("shared", SHARED),
    ("slave", SLAVE),
    ("unbindable", UNBINDABLE),
];

impl<'d> Read<'d> for Linux<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let linux = Object::read(node, findings)?;
        let propagation = linux.node_of("rootfsPropagation", findings);
        Some(Self {
            namespaces: linux.or_default("namespaces", findings),
            uid_mappings: mappings(linux, "uidMappings", findings).unwrap_or_default(),
            gid_mappings: mappings(linux, "gidMappings", findings).unwrap_or_default(),
            time_offsets: linux.or_default("timeOffsets", findings),
            devices: linux.or_default("devices", findings),
            net_devices: net_devices(linux, findings),
            cgroups_path: linux.optional("cgroupsPath", findings),
            resources: linux.or_default("resources", findings),
            sysctl: sysctl(linux, findings),
            seccomp: linux.optional("seccomp", findings),
            rootfs_propagation: propagation.and_then(|node| findings.word(node, &ROOTFS_PROPAGATION)),
            masked_paths: paths(linux, "maskedPaths", findings),
            readonly_paths: paths(linux, "readonlyPaths", findings),
            mount_label: label(linux, "mountLabel", findings),
            personality: linux.optional("personality", findings).map(|Personality(value)| value),
            memory_policy: linux.optional("memoryPolicy", findings),
            intel_rdt: linux.optional("intelRdt", findings),
        })
    }
}

/// A list of absolute paths.
fn paths<'d>(linux: Object<'d>, name: &str, findings: &mut Findings) -> Vec<&'d CStr> {
    let Some(node) = linux.node_of(name, findings) else { return Vec::new() };
    findings.items(node).filter_map(|path| findings.absolute(path)).collect()
}

impl<'d> Read<'d> for TimeOffsets {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let clocks = Object::read(node, findings)?;
        for (name, clock) in node.members().filter(|(name, _)| !matches!(*name, "monotonic" | "boottime")) {
            findings.violate(clock, format!("time namespaces have no clock `{name}`"));
        }
        Some(Self {
            monotonic: clocks.optional("monotonic", findings),
            boottime: clocks.optional("boottime", findings),
        })
    }
}

impl<'d> Read<'d> for TimeOffset {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        const SECOND_NS: u32 = 1_000_000_000;
        let offset = Object::read(node, findings)?;
        let secs = offset.or_default("secs", findings);
        let nanosecs = offset.node_of("nanosecs", findings).and_then(|node| {
            let value = u32::read(node, findings)?;
            findings.within(node, value, &(0..=SECOND_NS - 1))
        });
        Some(Self { secs, nanosecs: nanosecs.unwrap_or_default() })
    }
}

/// `linux.personality` as personality(2) takes it; no flags are defined.
struct Personality(u32);

impl<'d> Read<'d> for Personality {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let personality = Object::read(node, findings)?;
        let domain = personality.required_node("domain", findings);
        let domain = domain.and_then(|domain| findings.word(domain, &DOMAINS));
        if let Some(flags) = personality.node_of("flags", findings) {
            for flag in findings.items(flags) {
                let Some(word) = <&str>::read(flag, findings) else { continue };
                findings.violate(flag, format!("`{word}` is no flag; none is defined"));
            }
        }
        domain.map(Self)
    }
}
