//! The cgroup that containers of a run go into: made, emptied and removed by the harness.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use drive::tree::{self, Process};
use drive::wait;
use nix::sys::prctl::get_child_subreaper;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

/// Where the one v2 tree is mounted: see [`crate::stage`].
pub(crate) const ROOT: &str = "/sys/fs/cgroup";

/// How long the kernel may take to let go of killed processes.
const REMOVAL: Duration = Duration::from_secs(10);

/// A cgroup of this run, with the one of the container below it.
#[derive(Debug)]
pub(super) struct Cgroup {
    path: PathBuf,
}

impl Cgroup {
    /// Makes it, named after this process; the path is that which could not be made.
    pub(super) fn make() -> Result<Self, (PathBuf, io::Error)> {
        Self::at(Path::new(ROOT).join(format!("loadline-{}", std::process::id())))
    }

    /// Makes it at `path`, where tests want it.
    pub(super) fn at(path: PathBuf) -> Result<Self, (PathBuf, io::Error)> {
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err((path, error)),
            _ => Ok(Self { path }),
        }
    }

    /// `linux.cgroupsPath` of containers.
    pub(super) fn name(&self) -> String {
        named(&self.container())
    }

    /// `linux.cgroupsPath` of one of those that stay alive while others are measured.
    pub(super) fn alive_name(&self, number: usize) -> String {
        named(&self.crowd().join(number.to_string()))
    }

    /// How many processes of those there are.
    pub(super) fn alive(&self) -> usize {
        bottom_up(&self.crowd()).iter().map(|directory| members(directory).len()).sum()
    }

    /// Whether a container's cgroup is there.
    pub(super) fn holds_container(&self) -> bool {
        self.container().exists()
    }

    /// The processes of the container.
    pub(super) fn processes(&self) -> Vec<Process> {
        bottom_up(&self.container()).iter().flat_map(|directory| members(directory)).collect()
    }

    /// Whether the container has no process any more, not even one that has ended and was not reaped.
    pub(super) fn is_empty(&self) -> bool {
        reap();
        self.processes().is_empty()
    }

    /// Kills whatever is in it, and removes all that is below it; those that stay alive do.
    pub(super) fn clear(&self) -> io::Result<()> {
        remove(&self.container())
    }

    /// Kills and removes those too.
    pub(super) fn clear_alive(&self) -> io::Result<()> {
        remove(&self.crowd())
    }

    fn container(&self) -> PathBuf {
        self.path.join("container")
    }

    fn crowd(&self) -> PathBuf {
        self.path.join("alive")
    }
}

/// The path as configurations write it: from the root of all cgroups.
fn named(whole: &Path) -> String {
    let below = whole.strip_prefix(ROOT).unwrap_or(whole);
    Path::new("/").join(below).display().to_string()
}

/// Kills whatever is below `root`, and removes it.
fn remove(root: &Path) -> io::Result<()> {
    let gone = wait::until(REMOVAL, || {
        for directory in bottom_up(root) {
            tree::kill(&members(&directory));
            reap();
            // Fails while processes are dying; looked at again.
            let _ = fs::remove_dir(&directory);
        }
        (!root.exists()).then_some(())
    });
    gone.ok_or_else(|| io::Error::other("it does not become empty"))
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // What cannot be removed stays visible by its name.
        let _ = self.clear();
        let _ = self.clear_alive();
        let _ = fs::remove_dir(&self.path);
    }
}

/// Takes the status of every orphan that ended, where orphans are ours to reap: see [`crate::stage`].
///
/// Elsewhere, as in tests, it would take the status of children that others wait for.
fn reap() {
    if get_child_subreaper().unwrap_or(false) {
        while matches!(waitpid(None, Some(WaitPidFlag::WNOHANG)), Ok(status) if status != WaitStatus::StillAlive)
        {
        }
    }
}

fn members(directory: &Path) -> Vec<Process> {
    let text = fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).filter_map(tree::process).collect()
}

/// The cgroup `root` and all below it, children first; nothing where there is none.
fn bottom_up(root: &Path) -> Vec<PathBuf> {
    if !root.is_dir() {
        return Vec::new();
    }
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut found: Vec<PathBuf> = directories.flat_map(|entry| bottom_up(&entry.path())).collect();
    found.push(root.to_owned());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_it_is_removed_and_its_processes_are_killed() {
        let scratch = tempfile::tempdir().unwrap();
        let cgroup = Cgroup::at(scratch.path().join("run")).unwrap();
        assert!(!cgroup.holds_container() && cgroup.processes().is_empty());
        fs::create_dir_all(scratch.path().join("run/container/inner")).unwrap();
        assert!(cgroup.holds_container());
        cgroup.clear().unwrap();
        assert!(!cgroup.holds_container());
        drop(cgroup);
        assert!(!scratch.path().join("run").exists());
    }

    #[test]
    fn its_processes_are_those_that_the_kernel_names() {
        let scratch = tempfile::tempdir().unwrap();
        let cgroup = Cgroup::at(scratch.path().join("run")).unwrap();
        let inner = scratch.path().join("run/container");
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("cgroup.procs"), format!("{}\n", std::process::id())).unwrap();
        let found: Vec<u32> = cgroup.processes().iter().map(|process| process.pid).collect();
        assert_eq!(found, [std::process::id()]);
        fs::remove_file(inner.join("cgroup.procs")).unwrap();
    }
}
