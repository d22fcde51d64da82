//! Where a process stands among the cgroups, and the files there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fault::Fault;

/// Where hierarchies are mounted.
pub(crate) const ROOT: &str = "/sys/fs/cgroup";

/// What version 1 calls a controller of version 2.
pub(crate) fn v1_name(controller: &str) -> &str {
    if controller == "io" { "blkio" } else { controller }
}

/// The directory of the cgroup that `membership`, a file such as `/proc/PID/cgroup`, names for the controller; `v1` where
/// that is one of version 1 on this host.
#[must_use]
pub fn directory(membership: &str, controller: &str, v1: bool) -> Option<PathBuf> {
    let path = membership.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (names, path) = rest.split_once(':')?;
        let meant =
            if v1 { names.split(',').any(|name| name == v1_name(controller)) } else { names.is_empty() };
        meant.then_some(path)
    })?;
    Some(mount_point(controller, v1)?.join(path.trim_start_matches('/')))
}

/// What a file of the cgroup holds.
///
/// # Errors
/// [`Fault::Unreached`] where the cgroup has no such file.
pub fn read(cgroup: &Path, file: &str) -> Result<String, Fault> {
    let text = fs::read_to_string(cgroup.join(file));
    text.map_err(|error| Fault::unreached(format!("`{file}` of the cgroup"), error.to_string()))
}

/// Where the hierarchy of the controller is mounted; `v1` as for [`directory`].
#[must_use]
pub fn mount_point(controller: &str, v1: bool) -> Option<PathBuf> {
    let mountinfo = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    if v1 { v1_place(&mountinfo, v1_name(controller)).map(PathBuf::from) } else { Some(ROOT.into()) }
}

/// The mount point of the v1 hierarchy with that controller.
fn v1_place(mountinfo: &str, controller: &str) -> Option<String> {
    let mut places = mountinfo.lines().filter_map(|line| {
        let (mount, rest) = line.split_once(" - cgroup ")?;
        let has = rest.split(' ').nth(1)?.split(',').any(|name| name == controller);
        has.then(|| mount.split(' ').nth(4).unwrap_or_default().to_owned())
    });
    places.next_back()
}
