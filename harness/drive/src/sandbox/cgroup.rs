//! The cgroup of a sandbox: made and entered by the warden, removed by the janitor.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fault::StageError;
use super::{CgroupView, Sandbox};
use crate::tree::{self, Process};
use crate::wait;

/// Where cgroup hierarchies are mounted.
pub(super) const ROOT: &str = "/sys/fs/cgroup";

/// How long the kernel may take to let go of killed processes.
const REMOVAL: Duration = Duration::from_secs(10);

/// A cgroup hierarchy, as it is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hierarchy {
    /// Its mount point.
    pub(super) place: PathBuf,
    /// Options that mount the same hierarchy again; none for v2.
    pub(super) controllers: Option<String>,
}

/// The hierarchies mounted below [`ROOT`] that can be seen.
pub(super) fn hierarchies() -> Vec<Hierarchy> {
    parse(&fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
}

fn parse(mountinfo: &str) -> Vec<Hierarchy> {
    let mut found: Vec<Hierarchy> = Vec::new();
    for hierarchy in mountinfo.lines().filter_map(parse_line) {
        // What was mounted there and below is hidden.
        found.retain(|other| !other.place.starts_with(&hierarchy.place));
        found.push(hierarchy);
    }
    found
}

fn parse_line(line: &str) -> Option<Hierarchy> {
    let (mount, file_system) = line.split_once(" - ")?;
    let place = PathBuf::from(mount.split(' ').nth(4)?);
    let mut fields = file_system.split(' ');
    let kind = fields.next()?;
    let options = fields.nth(1)?;
    // `rw` and the release agent say nothing about which hierarchy it is.
    let names =
        options.split(',').filter(|option| !matches!(*option, "rw" | "ro") && !option.contains("agent"));
    let controllers = match kind {
        "cgroup" => Some(names.collect::<Vec<_>>().join(",")),
        "cgroup2" => None,
        _ => return None,
    };
    place.starts_with(ROOT).then_some(Hierarchy { place, controllers })
}

/// Makes the cgroup `name` in every hierarchy, limits it, and moves this process into it.
pub(super) fn enter(name: &str, sandbox: &Sandbox) -> Result<(), StageError> {
    hierarchies().iter().try_for_each(|hierarchy| {
        let directory = hierarchy.place.join(name);
        let failed = |source| StageError::Cgroup { path: directory.display().to_string(), source };
        fs::create_dir(&directory).map_err(failed)?;
        inherit(&hierarchy.place, &directory).map_err(failed)?;
        limit(&directory, sandbox).map_err(failed)?;
        fs::write(directory.join("cgroup.procs"), "0").map_err(failed)
    })
}

/// A v1 cpuset takes no process until it has processors and memory nodes.
fn inherit(parent: &Path, directory: &Path) -> io::Result<()> {
    for file in ["cpuset.cpus", "cpuset.mems"] {
        let own = fs::read_to_string(directory.join(file)).unwrap_or_else(|_| "absent".to_owned());
        if own.trim().is_empty() && parent.join("tasks").exists() {
            fs::write(directory.join(file), fs::read_to_string(parent.join(file))?)?;
        }
    }
    Ok(())
}

fn limit(directory: &Path, sandbox: &Sandbox) -> io::Result<()> {
    let limits = [
        ("memory.limit_in_bytes", sandbox.memory_bytes),
        ("memory.max", sandbox.memory_bytes),
        ("memory.swap.max", 0),
        ("pids.max", sandbox.processes.into()),
    ];
    let there = limits.iter().filter(|(file, _)| directory.join(file).exists());
    there.into_iter().try_for_each(|(file, value)| fs::write(directory.join(file), value.to_string()))
}

/// Whether the sandbox shows v2 alone.
pub(super) fn is_v2(view: CgroupView) -> bool {
    view == CgroupView::V2 || hierarchies().iter().all(|hierarchy| hierarchy.place == Path::new(ROOT))
}

/// On v2, moves this process one level down and hands all controllers to the level of the containers.
///
/// A v2 cgroup with processes of its own cannot have children with controllers.
pub(super) fn delegate(name: &str) -> Result<(), StageError> {
    let v2 = hierarchies().into_iter().filter(|hierarchy| hierarchy.controllers.is_none());
    v2.map(|hierarchy| hierarchy.place.join(name)).try_for_each(|root| {
        let directory = root.join("harness");
        let failed = |source| StageError::Cgroup { path: directory.display().to_string(), source };
        fs::create_dir(&directory).map_err(failed)?;
        fs::write(directory.join("cgroup.procs"), "0").map_err(failed)?;
        let controllers = fs::read_to_string(root.join("cgroup.controllers")).map_err(failed)?;
        for controller in controllers.split_whitespace() {
            // Some controllers cannot be handed on, such as rt; cases ask for those that they need.
            let _ = fs::write(root.join("cgroup.subtree_control"), format!("+{controller}"));
        }
        Ok(())
    })
}

/// Removes the cgroup `name` from every hierarchy, with everything in it, bottom up.
pub(super) fn remove(name: &str) -> Result<(), String> {
    let roots: Vec<PathBuf> = hierarchies().iter().map(|hierarchy| hierarchy.place.join(name)).collect();
    let gone = wait::until(REMOVAL, || {
        roots.iter().map(PathBuf::as_path).for_each(clear);
        roots.iter().all(|root| !root.exists()).then_some(())
    });
    let left: Vec<String> =
        roots.iter().filter(|root| root.exists()).map(|root| root.display().to_string()).collect();
    gone.ok_or_else(|| format!("cgroups {} remain", left.join(", ")))
}

fn clear(root: &Path) {
    for directory in bottom_up(root) {
        // Each may fail while processes are dying; the caller looks again.
        let _ = fs::write(directory.join("freezer.state"), "THAWED");
        let _ = fs::write(directory.join("cgroup.freeze"), "0");
        tree::kill(&processes(&directory));
        let _ = fs::remove_dir(&directory);
    }
}

fn processes(directory: &Path) -> Vec<Process> {
    let text = fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
    // 0 stands for a process that our PID namespace does not show.
    text.lines()
        .filter_map(|line| line.parse().ok())
        .filter(|pid| *pid != 0)
        .filter_map(tree::process)
        .collect()
}

/// The cgroup `root` and all below it, children first.
pub(crate) fn bottom_up(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut found: Vec<PathBuf> = directories.flat_map(|entry| bottom_up(&entry.path())).collect();
    if root.exists() {
        found.push(root.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
30 20 0:25 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
31 30 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
32 30 0:27 / /sys/fs/cgroup/systemd rw,relatime - cgroup systemd rw,xattr,release_agent=/a,name=systemd
33 30 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
34 30 0:29 / /elsewhere rw,relatime - cgroup2 cgroup2 rw
";

    #[test]
    fn hierarchies_are_found_by_type_and_mounted_again_by_their_controllers() {
        let found: Vec<(String, Option<String>)> = parse(HYBRID)
            .into_iter()
            .map(|hierarchy| (hierarchy.place.display().to_string(), hierarchy.controllers))
            .collect();
        let expected = [
            ("/sys/fs/cgroup/cpu,cpuacct", Some("cpu,cpuacct")),
            ("/sys/fs/cgroup/systemd", Some("xattr,name=systemd")),
            ("/sys/fs/cgroup/unified", None),
        ];
        assert_eq!(found, expected.map(|(place, names)| (place.to_owned(), names.map(str::to_owned))));
    }

    #[test]
    fn a_v2_tree_on_the_root_hides_what_was_mounted_below() {
        let covered = format!("{HYBRID}40 20 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        assert_eq!(parse(&covered), [Hierarchy { place: ROOT.into(), controllers: None }]);
    }

    #[test]
    fn of_two_mounts_on_one_place_the_last_counts() {
        let twice =
            "1 0 0:1 / /sys/fs/cgroup rw - cgroup2 c rw\n2 1 0:2 / /sys/fs/cgroup rw - cgroup c rw,pids\n";
        assert_eq!(parse(twice), [Hierarchy { place: ROOT.into(), controllers: Some("pids".to_owned()) }]);
    }
}
