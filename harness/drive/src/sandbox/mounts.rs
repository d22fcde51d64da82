//! The file systems of a sandbox.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use rustix::fs::{Mode, OFlags};

use super::cgroup::{self, Hierarchy, ROOT};
use super::fault::{During as _, StageError};
use super::{CgroupView, Orders};

/// Directories that a sandbox has to itself.
const PRIVATE: [&str; 3] = ["/tmp", "/run", "/dev/shm"];

/// Mounts what a sandbox has: nothing shared with outside, its own `/proc`, `/tmp`, `/run` and cgroups.
pub(super) fn set_up(orders: &Orders) -> Result<(), StageError> {
    attach("", Path::new("/"), "", MsFlags::MS_REC | MsFlags::MS_PRIVATE, "")?;
    attach("proc", Path::new("/proc"), "proc", MsFlags::empty(), "")?;
    let kept = open_kept(&orders.sandbox.keep)?;
    for place in PRIVATE.iter().filter(|place| Path::new(place).is_dir()) {
        let options = format!("mode=1777,size={}", orders.sandbox.disk_bytes);
        attach("tmpfs", Path::new(place), "tmpfs", MsFlags::MS_NOSUID | MsFlags::MS_NODEV, &options)?;
    }
    kept.iter().try_for_each(bring_back)?;
    if orders.root { cgroups(orders.sandbox.cgroups) } else { Ok(()) }
}

fn attach(source: &str, place: &Path, kind: &str, flags: MsFlags, data: &str) -> Result<(), StageError> {
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let mounted = mount(some(source), place, some(kind), flags, some(data));
    mounted.map_err(|source| StageError::Mount {
        what: if kind.is_empty() { "a bind".to_owned() } else { kind.to_owned() },
        place: place.display().to_string(),
        source: source.into(),
    })
}

/// Opens what lies below the directories that are about to be hidden.
fn open_kept(paths: &[PathBuf]) -> Result<Vec<(PathBuf, OwnedFd)>, StageError> {
    let hidden = paths.iter().filter(|path| PRIVATE.iter().any(|place| path.starts_with(place)));
    let open = |path: &PathBuf| {
        let opened = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
        opened.during("open a path to keep").map(|descriptor| (path.clone(), descriptor))
    };
    hidden.map(open).collect()
}

/// Binds a kept path over its place.
fn bring_back((path, descriptor): &(PathBuf, OwnedFd)) -> Result<(), StageError> {
    let source = PathBuf::from(format!("/proc/self/fd/{}", descriptor.as_raw_fd()));
    place_for(path, source.is_dir()).during("make a place for a kept path")?;
    attach(&source.display().to_string(), path, "", MsFlags::MS_BIND | MsFlags::MS_REC, "")
}

fn place_for(path: &Path, directory: bool) -> io::Result<()> {
    if directory {
        return fs::create_dir_all(path);
    }
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    File::create(path).map(drop)
}

/// Mounts the hierarchies anew, so that each shows the sandbox's own cgroup as its root.
fn cgroups(view: CgroupView) -> Result<(), StageError> {
    let (root, hierarchies) = (Path::new(ROOT), cgroup::hierarchies());
    if cgroup::is_v2(view) {
        if hierarchies.iter().any(|hierarchy| hierarchy.place == root) {
            // The kernel mounts no file system over itself.
            umount2(root, MntFlags::MNT_DETACH).during("unmount the host's cgroups")?;
        }
        return attach("cgroup2", root, "cgroup2", MsFlags::empty(), "");
    }
    let links = symlinks(root);
    attach("tmpfs", root, "tmpfs", MsFlags::empty(), "mode=755")?;
    hierarchies.iter().try_for_each(remount)?;
    links.iter().try_for_each(|(link, target)| symlink(target, link)).during("link cgroup hierarchies")
}

fn symlinks(directory: &Path) -> Vec<(PathBuf, PathBuf)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter_map(|path| fs::read_link(&path).ok().map(|target| (path, target))).collect()
}

fn remount(hierarchy: &Hierarchy) -> Result<(), StageError> {
    let Hierarchy { place, controllers } = hierarchy;
    fs::create_dir_all(place).during("make a place for a cgroup hierarchy")?;
    if let Some(controllers) = controllers {
        return attach("cgroup", place, "cgroup", MsFlags::empty(), controllers);
    }
    attach("cgroup2", place, "cgroup2", MsFlags::empty(), "")?;
    attach("/dev/null", &place.join("cgroup.controllers"), "", MsFlags::MS_BIND, "")
}
