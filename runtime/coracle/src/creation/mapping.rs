//! The ids of a new user namespace.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::process::Pid;

use super::error::CreateError;
use crate::cause::Cause;
use crate::config::ids::IdMapping;
use crate::config::linux::Linux;
use crate::file::put;

/// Maps the ids of a process's user namespace, as a caller who may.
pub(super) fn map(pid: Pid, linux: &Linux<'_>) -> Result<(), CreateError> {
    write_both(pid, &linux.uid_mappings, &linux.gid_mappings)
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
