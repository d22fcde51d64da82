//! Applying limits to cgroups that are open: controllers first, then one write each, then the device program.

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

/// Applies limits to cgroups that are open, one descriptor for each branch of the record.
pub(super) fn apply(record: &Record, directories: &[OwnedFd], limits: &Limits) -> Result<(), MakeError> {
    for (branch, directory) in record.branches.iter().zip(directories) {
        let path = branch.directory(&record.path);
        if branch.version() == Version::V1 {
            limits.of_hierarchy(branch.controllers()).try_for_each(|write| put(directory, &path, write))?;
            continue;
        }
        enable::controllers(branch, directory, &record.path, limits)?;
        limits.of_unified().try_for_each(|write| put(directory, &path, write))?;
        if let Some(policy) = limits.program.as_ref() {
            bpf::load_device_program(&program::compile(policy))
                .and_then(|loaded| bpf::attach_device_program(directory, loaded))
                .map_err(|errno| MakeError::Devices { path, source: Cause(errno) })?;
        }
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
