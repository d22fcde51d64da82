//! What the host and the runtime have: found out once, in a sandbox as cases get it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use drive::{Container, Runtime};
use fixtures::probe::CapabilitySet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cgroup;
use crate::version::Version;

/// The version that judges a runtime which does not say what it supports.
pub const OLDEST_SPEC: &str = "1.0.2";

/// What the host and the runtime have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether the suite runs as root, so that sandboxes need no user namespace.
    pub root: bool,
    /// Capabilities of the bounding set, without `CAP_`.
    pub capabilities: Vec<String>,
    /// Controllers with a v1 hierarchy below `/sys/fs/cgroup`.
    pub v1: Vec<String>,
    /// Controllers of the v2 tree on `/sys/fs/cgroup`.
    pub v2: Vec<String>,
    /// Names of the files in the cgroups of a sandbox, whatever their hierarchy.
    pub cgroup_files: BTreeSet<String>,
    /// Numbers of a block device that rates can be set for.
    pub block_device: Option<(u32, u32)>,
    /// Kinds of namespaces that can be made.
    pub namespaces: Vec<String>,
    /// Major and minor number of the kernel.
    pub kernel: (u32, u32),
    /// Processors that this process may run on.
    pub cpus: Vec<u32>,
    /// Security modules that are enabled.
    pub lsm: Vec<String>,
    /// Whether a resctrl file system is mounted.
    pub resctrl: bool,
    /// Verbs, of those that are not in every runtime, that this one has.
    pub verbs: Vec<String>,
    /// The features document, where there is one.
    pub features: Option<Value>,
    /// The version of the specification that judges.
    pub spec: Version,
}

impl Facts {
    /// Looks at this host, and asks the runtime for its features; `spec` overrides the version that judges.
    pub(crate) fn probe(runtime: &Runtime, scratch: &Path, spec: Option<Version>) -> Self {
        let features = features(runtime, scratch);
        let claimed = features.as_ref().and_then(|features| features["ociVersionMax"].as_str());
        let oldest = || Version::parse(OLDEST_SPEC).expect("the constant is a version");
        let spec = spec.or_else(|| claimed.and_then(Version::parse)).unwrap_or_else(oldest);
        let status = text("/proc/self/status");
        Self {
            root: !user_namespace(),
            capabilities: capabilities(&field(&status, "CapBnd")),
            v1: v1_controllers(&text("/proc/self/mountinfo")),
            v2: words(&text("/sys/fs/cgroup/cgroup.controllers")),
            cgroup_files: cgroup_files(),
            block_device: block_device(),
            namespaces: namespaces(),
            kernel: kernel(&text("/proc/sys/kernel/osrelease")),
            cpus: cpu_list(&field(&status, "Cpus_allowed_list")),
            lsm: text("/sys/kernel/security/lsm").trim().split(',').map(str::to_owned).collect(),
            resctrl: text("/proc/self/mountinfo").contains(" - resctrl "),
            verbs: features.iter().map(|_| "features".to_owned()).collect(),
            features,
            spec,
        }
    }

    /// Whether the controller has a v1 hierarchy.
    #[must_use]
    pub fn v1(&self, controller: &str) -> bool {
        let name = cgroup::v1_name(controller);
        self.v1.iter().any(|found| found == name)
    }

    /// Whether the v2 tree has the controller.
    #[must_use]
    pub fn v2(&self, controller: &str) -> bool {
        self.v2.iter().any(|name| name == controller)
    }

    /// Whether cgroups have a file of that name.
    #[must_use]
    pub fn has_cgroup_file(&self, name: &str) -> bool {
        self.cgroup_files.contains(name)
    }

    /// The version for the `ociVersion` of bundles: the newest that the runtime claims to accept.
    #[must_use]
    pub fn oci_version(&self) -> &str {
        let claimed = self.features.as_ref().and_then(|features| features["ociVersionMax"].as_str());
        claimed.unwrap_or(OLDEST_SPEC)
    }
}

fn features(runtime: &Runtime, scratch: &Path) -> Option<Value> {
    let container = Container::new(runtime, "features", scratch, scratch).ok()?;
    let done = container.raw("features", Vec::new()).ok()?.success().ok()?;
    serde_json::from_str(&done.stdout()).ok().filter(Value::is_object)
}

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The value of the line `name:` of a status file.
fn field(status: &str, name: &str) -> String {
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_default().trim().to_owned()
}

/// Whether the ids of this process are mapped, as in a sandbox of a user that is not root.
fn user_namespace() -> bool {
    words(&text("/proc/self/uid_map")) != ["0", "0", "4294967295"]
}

fn v1_controllers(mountinfo: &str) -> Vec<String> {
    let mounts = mountinfo.lines().filter_map(|line| line.split_once(" - cgroup "));
    let options = mounts.filter_map(|(_, rest)| rest.split(' ').nth(1));
    let names = options.flat_map(|options| options.split(','));
    names.filter(|name| !matches!(*name, "rw" | "ro" | "xattr")).map(str::to_owned).collect()
}

/// Names of files in every place where a hierarchy may be mounted.
fn cgroup_files() -> BTreeSet<String> {
    let names = |place: &Path| {
        let entries = fs::read_dir(place).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<BTreeSet<_>>()
    };
    let root = Path::new(cgroup::ROOT);
    let below = names(root).into_iter().flat_map(|name| names(&root.join(name)));
    below.chain(names(root)).collect()
}

/// The first disk of this host by name that has a size and a driver of its own.
pub(crate) fn block_device() -> Option<(u32, u32)> {
    let entries = fs::read_dir("/sys/block").into_iter().flatten().flatten();
    let mut disks: Vec<_> = entries.map(|entry| entry.path()).collect();
    disks.sort();
    let real = |disk: &&std::path::PathBuf| {
        let target = fs::read_link(disk).unwrap_or_default();
        !target.to_string_lossy().contains("/virtual/") && text_of(disk, "size") != "0"
    };
    let numbers = text_of(disks.iter().find(real)?, "dev");
    let (major, minor) = numbers.split_once(':')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn text_of(directory: &Path, file: &str) -> String {
    fs::read_to_string(directory.join(file)).unwrap_or_default().trim().to_owned()
}

fn namespaces() -> Vec<String> {
    let there = |kind: &&str| Path::new("/proc/self/ns").join(kind).exists();
    let limit = |kind: &&str| text(&format!("/proc/sys/user/max_{kind}_namespaces")).trim() != "0";
    ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"]
        .iter()
        .filter(|kind| there(kind) && limit(kind))
        .map(|kind| (*kind).to_owned())
        .collect()
}

fn kernel(release: &str) -> (u32, u32) {
    let mut numbers = release.split(['.', '-']).map_while(|word| word.trim().parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Reads a list such as `0-2,7`.
fn cpu_list(text: &str) -> Vec<u32> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse::<u32>().ok()?..=last.trim().parse().ok()?)
    };
    text.split(',').filter_map(range).flatten().collect()
}

fn capabilities(mask: &str) -> Vec<String> {
    let set = CapabilitySet(u64::from_str_radix(mask, 16).unwrap_or(0));
    set.names().map(|name| name.trim_start_matches("CAP_").to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_are_read_off_the_v1_mounts_alone() {
        let mountinfo = "31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
            32 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,pids\n";
        assert_eq!(v1_controllers(mountinfo), ["cpu", "cpuacct"]);
    }

    #[test]
    fn lists_releases_and_masks_are_read() {
        assert_eq!(cpu_list("0-2,7"), [0, 1, 2, 7]);
        assert_eq!(kernel("6.18.0-rc1\n"), (6, 18));
        assert_eq!(capabilities("0000000000000021"), ["CHOWN", "KILL"]);
        assert_eq!(field("Name:\tx\nCapBnd:\t00ff\n", "CapBnd"), "00ff");
    }
}
