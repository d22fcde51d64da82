//! Applying limits to cgroups that are open: controllers first, then one write each; the device program apart.

use alloc::borrow::ToOwned;
use alloc::string::ToString;

use rustix::fd::OwnedFd;
use rustix::io::Errno;

use super::controller::Version;
use super::error::MakeError;
use super::limits::{Limits, Otherwise, Write};
use super::record::Record;
use super::{enable, program};
use crate::cause::Cause;
use crate::file;
use crate::sys::bpf;

/// Applies limits to cgroups that are open, one descriptor for each branch of the record; not those that close them.
pub(super) fn apply(record: &Record, directories: &[OwnedFd], limits: &Limits) -> Result<(), MakeError> {
    for (branch, directory) in record.branches.iter().zip(directories) {
        let path = branch.directory(&record.path);
        if branch.version() == Version::V1 {
            limits.of_hierarchy(branch.controllers()).try_for_each(|write| put(directory, &path, write))?;
            continue;
        }
        enable::controllers(branch, directory, &record.path, limits)?;
        limits
            .of_unified()
            .filter(|write| !write.closes())
            .try_for_each(|write| put(directory, &path, write))?;
    }
    Ok(())
}

/// Has the kernel refuse devices in the unified cgroup, where the limits ask for it.
pub(super) fn guard(record: &Record, directories: &[OwnedFd], limits: &Limits) -> Result<(), MakeError> {
    let Some(policy) = &limits.program else { return Ok(()) };
    let unified = record.branches.iter().zip(directories).filter(|(one, _)| one.version() == Version::V2);
    for (branch, directory) in unified {
        bpf::load_device_program(&program::compile(policy))
            .and_then(|loaded| bpf::attach_device_program(directory, loaded))
            .map_err(|errno| MakeError::Devices {
                path: branch.directory(&record.path),
                source: Cause(errno),
            })?;
    }
    Ok(())
}

/// Applies the limits that close a cgroup, once the process is in it.
pub(super) fn close(record: &Record, directories: &[OwnedFd], limits: &Limits) -> Result<(), MakeError> {
    let branches = record.branches.iter().zip(directories);
    for (branch, directory) in branches.filter(|(branch, _)| branch.version() == Version::V2) {
        let path = branch.directory(&record.path);
        limits
            .of_unified()
            .filter(|write| write.closes())
            .try_for_each(|write| put(directory, &path, write))?;
    }
    Ok(())
}

/// One write, with its second form where the kernel lacks the first.
fn put(directory: &OwnedFd, path: &str, write: &Write) -> Result<(), MakeError> {
    let error = |file: &str, value: &str, errno| MakeError::Write {
        value: value.to_owned(),
        path: path.to_owned(),
        file: file.to_owned(),
        pointer: write.pointer.to_string(),
        source: Cause(errno),
    };
    match (file::put(directory, &*write.file, &write.value), &write.otherwise) {
        (Ok(()), _) | (Err(Errno::NOENT), Otherwise::Skip) => Ok(()),
        (Err(Errno::NOENT), Otherwise::Write(file, value)) => {
            file::put(directory, &**file, value).map_err(|errno| error(file, value, errno))
        }
        (Err(errno), _) => Err(error(&write.file, &write.value, errno)),
    }
}
