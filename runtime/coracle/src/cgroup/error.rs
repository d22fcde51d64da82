//! Why cgroups could not be made: one error for their directories, controllers, limits and processes.

use alloc::string::String;

use rustix::io::Errno;

use crate::cause::Cause;

/// Why a container's cgroups could not be made, or a process not put into them.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum MakeError {
    #[error("make cgroup `{path}`")]
    Directory { path: String, source: Cause },

    #[error("cgroup `{path}` has processes already; choose another `cgroupsPath`")]
    Occupied { path: String },

    #[error("cgroup `{path}` is frozen; thaw it or choose another `cgroupsPath`")]
    Frozen { path: String },

    #[error("`{pointer}` needs the cgroup controller `{controller}`, which `{path}` does not offer")]
    Absent { pointer: String, controller: String, path: String },

    #[error("enable the cgroup controllers `{controllers}` in `{path}`")]
    Enable { controllers: String, path: String, source: Cause },

    #[error("write `{value}` to `{path}/{file}` for `{pointer}`")]
    Write { value: String, path: String, file: String, pointer: String, source: Cause },

    #[error("read `{path}/{file}`")]
    Read { path: String, file: String, source: Cause },

    #[error("load the device program of `{path}`")]
    Devices { path: String, source: Cause },

    #[error("give cgroup `{path}` to user {uid}")]
    Delegate { path: String, uid: u32, source: Cause },

    #[error("put process {pid} into the cgroup `{path}`")]
    Join { pid: i32, path: String, source: Cause },
}

impl MakeError {
    /// Whether the caller is not allowed to make cgroups there at all.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Directory { source: Cause(Errno::ACCESS | Errno::PERM | Errno::ROFS), .. })
    }
}
