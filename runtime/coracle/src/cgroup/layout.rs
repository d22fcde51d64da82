//! Which cgroup hierarchies this host has, and where they are mounted.

use alloc::string::String;
use alloc::vec::Vec;

use rustix::fs::{CWD, Mode, OFlags, openat, statfs};
use rustix::io::Errno;

use super::controller::{Controller, Controllers, Version};
use crate::cause::Cause;
use crate::file;

/// Where every distribution mounts its cgroups.
pub const MOUNT: &str = "/sys/fs/cgroup";

/// `f_type` of a cgroup2 file system, from `linux/magic.h`.
const CGROUP2_MAGIC: u64 = 0x6367_7270;

/// The cgroup hierarchies of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// cgroup2 alone, mounted on [`MOUNT`].
    V2,
    /// Version 1 hierarchies alone.
    V1 {
        /// Each mounted once, in the order of mounting.
        hierarchies: Vec<Hierarchy>,
    },
    /// Version 1 hierarchies, and cgroup2 beside them with the controllers they left.
    Hybrid {
        /// Each mounted once, in the order of mounting.
        hierarchies: Vec<Hierarchy>,
        /// The cgroup2 hierarchy.
        unified: Hierarchy,
    },
}

/// One mounted hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// Its controllers; none for a hierarchy with a name only, such as systemd's.
    pub controllers: Controllers,
    /// How `/proc/self/cgroup` calls it: `cpu,cpuacct`, `name=systemd`, or nothing for cgroup2.
    pub name: String,
    /// Where it is mounted.
    pub mount: String,
}

/// Why the cgroup hierarchies could not be found.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum LayoutError {
    #[error("look at `{path}`")]
    Read { path: &'static str, source: Cause },

    #[error("no cgroup file system is mounted below `{MOUNT}`; mount cgroup2 there")]
    NoCgroups,
}

impl Layout {
    /// Finds the hierarchies of this host.
    ///
    /// On a host with cgroup2 alone this is one `statfs(2)`; elsewhere two files of `/proc` are read.
    ///
    /// # Errors
    /// When nothing is mounted, or `/proc` cannot be read.
    pub fn discover() -> Result<Self, LayoutError> {
        if is_cgroup2(MOUNT).map_err(|source| LayoutError::Read { path: MOUNT, source })? {
            return Ok(Self::V2);
        }
        let mut layout = Self::parse(&slurp("/proc/self/cgroup")?, &slurp("/proc/self/mountinfo")?)?;
        if let Self::Hybrid { unified, .. } = &mut layout {
            unified.controllers = offered(&unified.mount);
        }
        Ok(layout)
    }

    /// The hierarchies named in `/proc/self/cgroup` and mounted according to `/proc/self/mountinfo`.
    ///
    /// Names of directories prove nothing: a hierarchy is known by the options of its mount.
    fn parse(memberships: &str, mounts: &str) -> Result<Self, LayoutError> {
        let names: Vec<&str> = memberships.lines().filter_map(|line| line.split(':').nth(1)).collect();
        let mut hierarchies: Vec<Hierarchy> = Vec::new();
        for mount in mounts.lines().filter_map(Mount::parse) {
            let Some(name) = names.iter().find(|name| mount.carries(name)) else { continue };
            if hierarchies.iter().all(|known| known.name != **name) {
                let controllers = Controllers::parse(name, Version::V1);
                hierarchies.push(Hierarchy {
                    controllers,
                    name: (*name).into(),
                    mount: unescape(mount.point),
                });
            }
        }
        let unified = hierarchies.iter().position(|hierarchy| hierarchy.name.is_empty());
        match unified.map(|index| hierarchies.remove(index)) {
            Some(unified) => Ok(Self::Hybrid { hierarchies, unified }),
            None if hierarchies.is_empty() => Err(LayoutError::NoCgroups),
            None => Ok(Self::V1 { hierarchies }),
        }
    }

    /// Through which version a controller is reached; nothing when this host lacks it.
    ///
    /// On cgroup2 alone every controller that version 2 knows counts as present: whether it is, shows when it is
    /// enabled.
    #[must_use]
    pub fn version_of(&self, controller: Controller) -> Option<Version> {
        match self {
            Self::V2 => Some(Version::V2),
            Self::V1 { hierarchies } => mounted(hierarchies, controller),
            Self::Hybrid { hierarchies, unified } => mounted(hierarchies, controller)
                .or_else(|| unified.controllers.contains(controller).then_some(Version::V2)),
        }
    }

    /// Where the unified hierarchy is mounted, if it is.
    #[must_use]
    pub fn unified(&self) -> Option<&str> {
        match self {
            Self::V2 => Some(MOUNT),
            Self::V1 { .. } => None,
            Self::Hybrid { unified, .. } => Some(&unified.mount),
        }
    }

    /// The version 1 hierarchies.
    #[must_use]
    pub fn hierarchies(&self) -> &[Hierarchy] {
        match self {
            Self::V2 => &[],
            Self::V1 { hierarchies } | Self::Hybrid { hierarchies, .. } => hierarchies,
        }
    }
}

/// A line of mountinfo that mounts a cgroup file system.
struct Mount<'a> {
    point: &'a str,
    kind: &'a str,
    options: &'a str,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (fields, source) = line.split_once(" - ")?;
        let point = fields.split(' ').nth(4)?;
        let mut source = source.split(' ');
        let kind = source.next().filter(|kind| matches!(*kind, "cgroup" | "cgroup2"))?;
        Some(Self { point, kind, options: source.nth(1)? })
    }

    /// Whether this is the hierarchy that `/proc/self/cgroup` calls `name`: one controller tells, as no controller is
    /// in two hierarchies.
    fn carries(&self, name: &str) -> bool {
        if self.kind == "cgroup2" {
            return name.is_empty();
        }
        let first = name.split(',').next().unwrap_or_default();
        !first.is_empty() && self.options.split(',').any(|option| option == first)
    }
}

fn mounted(hierarchies: &[Hierarchy], controller: Controller) -> Option<Version> {
    hierarchies.iter().any(|hierarchy| hierarchy.controllers.contains(controller)).then_some(Version::V1)
}

fn is_cgroup2(path: &str) -> Result<bool, Cause> {
    match statfs(path) {
        #[expect(clippy::cast_sign_loss, reason = "a magic number has no sign")]
        Ok(found) => Ok(found.f_type as u64 == CGROUP2_MAGIC),
        Err(Errno::NOENT) => Ok(false),
        Err(errno) => Err(Cause(errno)),
    }
}

/// What the root of a cgroup2 mount offers; nothing where that cannot be read.
fn offered(mount: &str) -> Controllers {
    let list = file::open_directory(CWD, mount).and_then(|dir| file::take(&dir, "cgroup.controllers"));
    list.map(|list| Controllers::parse(&list, Version::V2)).unwrap_or_default()
}

fn slurp(path: &'static str) -> Result<String, LayoutError> {
    openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
        .and_then(file::drain)
        .map_err(|errno| LayoutError::Read { path, source: Cause(errno) })
}

/// Undoes the octal escapes of mountinfo: space, tab, newline and backslash.
fn unescape(field: &str) -> String {
    let escapes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    escapes.iter().fold(String::from(field), |text, (escape, plain)| text.replace(escape, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID_CGROUP: &str = "4:memory:/jobs/a\n3:cpu,cpuacct:/\n2:name=systemd:/\n0::/\n";
    const HYBRID_MOUNTS: &str = "\
31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
33 31 0:30 / /odd\\040place rw,relatime - cgroup cgroup rw,memory
34 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
35 31 0:31 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
36 31 0:32 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";

    #[test]
    fn hierarchies_are_known_by_their_options_and_counted_once() {
        let layout = Layout::parse(HYBRID_CGROUP, HYBRID_MOUNTS).unwrap();
        let found: Vec<(&str, &str)> =
            layout.hierarchies().iter().map(|h| (h.name.as_str(), h.mount.as_str())).collect();
        assert_eq!(
            found,
            [
                ("cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"),
                ("memory", "/odd place"),
                ("name=systemd", "/sys/fs/cgroup/systemd"),
            ]
        );
        assert_eq!(layout.unified(), Some("/sys/fs/cgroup/unified"));
    }

    #[test]
    fn a_joint_mount_serves_both_of_its_controllers() {
        let layout = Layout::parse(HYBRID_CGROUP, HYBRID_MOUNTS).unwrap();
        assert_eq!(layout.version_of(Controller::Cpuacct), Some(Version::V1));
        assert_eq!(layout.version_of(Controller::Cpu), Some(Version::V1));
        assert_eq!(layout.version_of(Controller::Pids), None);
    }

    #[test]
    fn without_cgroup2_the_layout_is_version_1_and_without_any_an_error() {
        let mounts = HYBRID_MOUNTS.replace("cgroup2", "tmpfs");
        assert!(matches!(Layout::parse(HYBRID_CGROUP, &mounts), Ok(Layout::V1 { .. })));
        assert!(matches!(Layout::parse("", HYBRID_MOUNTS), Err(LayoutError::NoCgroups)));
    }
}
