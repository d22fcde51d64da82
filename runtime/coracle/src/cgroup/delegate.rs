//! Giving a container its own cgroup, where it has a cgroup namespace and a writable mount of it.

use alloc::string::String;

use rustix::fs::{AtFlags, CWD, Gid, Mode, OFlags, Uid, chownat, fchown, openat};
use rustix::io::Errno;

use super::error::MakeError;
use super::make::Made;
use crate::cause::Cause;
use crate::file;

/// Which files go to the container, on kernels that do not say.
const FALLBACK: &str = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads";

impl Made {
    /// Makes `uid` of the host the owner of the container's unified cgroup and of the files meant for that.
    ///
    /// Nothing happens on version 1, where handing a cgroup over is not safe. A listed file that is not there is
    /// skipped.
    ///
    /// - **Source**: `config-linux.md#cgroup-ownership`.
    ///
    /// # Errors
    /// When the kernel refuses the change.
    pub fn delegate(&self, uid: Uid) -> Result<(), MakeError> {
        let Some(directory) = self.unified() else { return Ok(()) };
        let error = |errno| MakeError::Delegate {
            path: self.record().path.clone(),
            uid: uid.as_raw(),
            source: Cause(errno),
        };
        fchown(directory, Some(uid), None::<Gid>).map_err(error)?;
        for name in listed().lines().filter(|name| !name.contains('/')) {
            match chownat(directory, name, Some(uid), None::<Gid>, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(errno) => return Err(error(errno)),
            }
        }
        Ok(())
    }
}

/// The kernel's own list.
fn listed() -> String {
    let list = openat(CWD, "/sys/kernel/cgroup/delegate", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    list.and_then(file::drain).unwrap_or_else(|_| FALLBACK.into())
}
