//! Where measuring takes place: a mount namespace of our own, so that no mount is left and every runtime runs.

use std::io;
use std::path::Path;

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_child_subreaper;

/// Why there is no place to measure in.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum StageError {
    #[error("containers and mounts need root here; run it with sudo")]
    NotRoot,

    #[error("make a mount namespace of our own; a container needs CAP_SYS_ADMIN for it")]
    Unshare { source: io::Error },

    #[error("become the parent of orphans")]
    Adopt { source: io::Error },

    #[error("mount {kind} on `{place}` in a mount namespace of our own")]
    Mount { kind: &'static str, place: &'static str, source: io::Error },
}

/// Moves this process into a mount namespace of its own, with cgroup v2 on `/sys/fs/cgroup` and an empty `/run`.
///
/// Some runtimes refuse a host that has v1 and v2 side by side; under v2 alone all of them run, and none has an
/// advantage from a cheaper cgroup layout. Orphans become children of this process, which can so reap what runtimes
/// leave. Call it before any other thread exists.
///
/// # Errors
/// See [`StageError`].
pub fn enter() -> Result<(), StageError> {
    if !nix::unistd::geteuid().is_root() {
        return Err(StageError::NotRoot);
    }
    unshare(CloneFlags::CLONE_NEWNS).map_err(|source| StageError::Unshare { source: source.into() })?;
    set_child_subreaper(true).map_err(|source| StageError::Adopt { source: source.into() })?;
    attach("nothing shared", "/", "", MsFlags::MS_REC | MsFlags::MS_PRIVATE)?;
    attach("cgroup2", "/sys/fs/cgroup", "cgroup2", MsFlags::empty())?;
    attach("tmpfs", "/run", "tmpfs", MsFlags::empty())
}

fn attach(
    kind: &'static str,
    place: &'static str,
    file_system: &str,
    flags: MsFlags,
) -> Result<(), StageError> {
    let file_system = Some(file_system).filter(|name| !name.is_empty());
    let mounted = mount(file_system, Path::new(place), file_system, flags, None::<&str>);
    mounted.map_err(|source: Errno| StageError::Mount { kind, place, source: source.into() })
}
