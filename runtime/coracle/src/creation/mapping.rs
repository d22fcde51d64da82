//! The ids of a new user namespace.

use alloc::ffi::CString;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ffi::CStr;
use core::fmt::Write as _;
use core::num::NonZeroU64;

use rustix::fd::OwnedFd;
use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::process::{Pid, getegid, geteuid};

use super::error::CreateError;
use crate::cause::Cause;
use crate::config::hooks::Hook;
use crate::config::ids::IdMapping;
use crate::config::linux::Linux;
use crate::file::put;
use crate::hooks::{self, Interrupt};
use crate::host::Host;

/// Who maps ids.
pub(super) struct Mapper<'a> {
    is_privileged: bool,
    signals: &'a OwnedFd,
}

/// One of the two maps of a user namespace.
struct Map<'a> {
    kind: &'static str,
    file: &'static str,
    /// The program that maps ids which /etc/subuid or /etc/subgid gives to a user.
    program: &'static CStr,
    /// The caller's own id, which a caller who is not root can map alone.
    own: u32,
    mappings: &'a [IdMapping],
}

/// How long such a program may take.
const DEADLINE_S: Option<NonZeroU64> = NonZeroU64::new(10);

impl<'a> Mapper<'a> {
    /// The caller, on this host; signals to it interrupt what runs on its behalf.
    pub(super) fn of(host: &Host, signals: &'a OwnedFd) -> Self {
        Self { is_privileged: host.is_privileged, signals }
    }

    /// Maps the ids of a process's user namespace.
    ///
    /// Root writes the maps. Whoever else is mapped to one id writes that too; more takes `newuidmap` and `newgidmap`.
    ///
    /// # Errors
    /// Ids that the caller may not map.
    pub(super) fn map(&self, pid: Pid, linux: &Linux<'_>) -> Result<(), CreateError> {
        if self.is_privileged {
            return write_both(pid, &linux.uid_mappings, &linux.gid_mappings);
        }
        self.map_one(
            pid,
            &Map {
                kind: "user",
                file: "uid_map",
                program: c"/usr/bin/newuidmap",
                own: geteuid().as_raw(),
                mappings: &linux.uid_mappings,
            },
        )?;
        self.map_one(
            pid,
            &Map {
                kind: "group",
                file: "gid_map",
                program: c"/usr/bin/newgidmap",
                own: getegid().as_raw(),
                mappings: &linux.gid_mappings,
            },
        )
    }

    fn map_one(&self, pid: Pid, map: &Map<'_>) -> Result<(), CreateError> {
        if !map.is_of_caller() {
            return self.call(pid, map);
        }
        if map.file == "gid_map" {
            // Else a group could be given up that is there to keep its members out.
            let path = format!("/proc/{}/setgroups", pid.as_raw_pid());
            put(CWD, path.as_str(), "deny").map_err(|errno| map.error(errno))?;
        }
        write(pid, map.kind, map.file, map.mappings)
    }

    /// Has a program map the ids, which asks /etc/subuid or /etc/subgid.
    fn call(&self, pid: Pid, map: &Map<'_>) -> Result<(), CreateError> {
        let numbers = map.mappings.iter().flat_map(|one| [one.container_id, one.host_id, one.size]);
        let words = core::iter::once(pid.as_raw_pid().to_string()).chain(numbers.map(|one| one.to_string()));
        let words: Vec<CString> = words.filter_map(|word| CString::new(word).ok()).collect();
        let args = core::iter::once(map.program).chain(words.iter().map(CString::as_c_str)).collect();
        let program = Hook { path: map.program, args, env: Vec::new(), timeout_s: DEADLINE_S };
        hooks::run(&[program], "", Some(Interrupt::Signals(self.signals))).map_err(|source| {
            CreateError::Mapper { program: map.program.to_string_lossy().into_owned(), source }
        })
    }
}

impl Map<'_> {
    /// Whether the caller alone is mapped.
    fn is_of_caller(&self) -> bool {
        matches!(self.mappings, [one] if one.size == 1 && one.host_id == self.own)
    }

    fn error(&self, errno: Errno) -> CreateError {
        CreateError::Map { kind: self.kind, source: Cause(errno) }
    }
}

pub(super) fn write_both(pid: Pid, uids: &[IdMapping], gids: &[IdMapping]) -> Result<(), CreateError> {
    write(pid, "user", "uid_map", uids)?;
    write(pid, "group", "gid_map", gids)
}

fn write(pid: Pid, kind: &'static str, file: &str, mappings: &[IdMapping]) -> Result<(), CreateError> {
    let mut lines = String::new();
    for one in mappings {
        // Writing to a string does not fail.
        let _written = writeln!(lines, "{} {} {}", one.container_id, one.host_id, one.size);
    }
    let path = format!("/proc/{}/{file}", pid.as_raw_pid());
    put(CWD, path.as_str(), &lines).map_err(|errno: Errno| CreateError::Map { kind, source: Cause(errno) })
}
