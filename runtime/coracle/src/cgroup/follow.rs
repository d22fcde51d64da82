//! Following the first process of a container into a cgroup below the container's own.
//!
//! The kernel puts no process into a cgroup of version 2 that hands controllers on to those below it. A container whose
//! program has it do so, as an init system or another engine does, has moved its processes below before, and there is
//! where others find a place.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use rustix::fs::{CWD, Mode, OFlags, openat};

use super::below::Below;
use super::make::Made;
use super::place::Place;
use crate::cause::Cause;
use crate::file;

/// Why there is no cgroup for a process that joins a container whose own takes none.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum FollowError {
    #[error(
        "cgroup `{path}` takes no processes, since it hands controllers on to those below; name one of them"
    )]
    Asked { path: String },

    #[error("read `{path}`")]
    Read { path: String, source: Cause },

    /// Guards against joining what is not the container's.
    #[error(
        "cgroup `{path}` takes no processes, and the first of the container is in `{found}`, not below it"
    )]
    Elsewhere { path: String, found: String },

    #[error("open cgroup `{path}`")]
    Open { path: String, source: Cause },
}

impl Made {
    /// Turns from the unified cgroup that took no process to the one below the container's that its process `init` is in.
    ///
    /// # Errors
    /// A cgroup that was `asked` for by name; a process that is not below the container's cgroup.
    pub fn follow(&mut self, init: i32, asked: &[Below<'_>]) -> Result<(), FollowError> {
        let Some((branch, directory, container)) = self.unified_mut() else { return Ok(()) };
        if let Some(below) = asked.iter().rfind(|below| below.is_everywhere()) {
            return Err(FollowError::Asked { path: branch.directory(container) + below.path() });
        }
        let path = format!("/proc/{init}/cgroup");
        let memberships = openat(CWD, path.as_str(), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
            .and_then(file::drain)
            .map_err(|errno| FollowError::Read { path, source: Cause(errno) })?;
        let inner = inner(container, &memberships).map_err(|found| FollowError::Elsewhere {
            path: branch.directory(container),
            found: branch.directory(found),
        })?;
        let path = branch.directory(container) + &inner;
        *directory = file::open_directory(CWD, &path)
            .map_err(|errno| FollowError::Open { path, source: Cause(errno) })?;
        Ok(())
    }
}

/// The unified cgroup of a process with these memberships, as a path below `container`; where it is, if not there.
fn inner<'a>(container: &str, memberships: &'a str) -> Result<String, &'a str> {
    let found = memberships.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or_default();
    let below = found.strip_prefix(container).filter(|below| below.starts_with('/'));
    let place = below.and_then(|below| Place::resolve(Some(below), "").ok());
    place.map(|place| place.path().to_owned()).ok_or(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_followed_to_where_it_is_below_the_container() {
        let memberships = "4:pids:/jobs/web/other\n1:name=systemd:/\n0::/jobs/web/init.scope/a:b\n";
        assert_eq!(inner("/jobs/web", memberships).as_deref(), Ok("/init.scope/a:b"));
    }

    #[test]
    fn a_process_is_followed_nowhere_else() {
        for found in
            ["/jobs/web", "/jobs/web2/a", "/jobs", "/", "/../web/a", "/jobs/web/../other", "/a/jobs/web/b"]
        {
            assert_eq!(inner("/jobs/web", &format!("4:pids:/jobs/web/a\n0::{found}\n")), Err(found));
        }
        assert_eq!(inner("/jobs/web", "4:pids:/jobs/web/a\n"), Err(""));
    }
}
