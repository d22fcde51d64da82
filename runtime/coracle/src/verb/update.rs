//! `update`: other limits for a container that runs.

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

use crate::cause::Cause;
use crate::cgroup::{Layout, LayoutError, UpdateError};
use crate::cli::Update;
use crate::config::Document;
use crate::config::resources::Resources;
use crate::config::violation::{Violation, lines};
use crate::file;
use crate::resctrl::ResctrlError;
use crate::state::{Container, Status};
use crate::sys::stdio;

/// Why the limits of a container were not changed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum UpdateVerbError {
    #[error("container `{id}` is stopped; nothing is left to limit")]
    Stopped { id: String },

    #[error(
        "`--l3-cache-schema` and `--mem-bw-schema` need a container that was created with `linux.intelRdt`"
    )]
    NoIntelRdt,

    #[error("read the resources in `{path}`")]
    Read { path: String, source: Cause },

    #[error("the resources in `{path}` are not valid: {}", lines(violations))]
    Invalid { path: String, violations: Vec<Violation> },

    #[error(transparent)]
    Layout(#[from] LayoutError),

    #[error(transparent)]
    Update(#[from] UpdateError),

    #[error(transparent)]
    Class(#[from] ResctrlError),
}

/// Changes the limits of a container; what is not mentioned stays.
///
/// # Errors
/// A container that is stopped; resources that cannot be read, are not valid, or that the kernel refuses.
pub fn update(asked: &Update<'_>, container: &Container) -> Result<(), UpdateVerbError> {
    if container.status() == Status::Stopped {
        return Err(UpdateVerbError::Stopped { id: container.record.id.clone() });
    }
    let shares: Vec<&str> = asked.l3_cache_schema.into_iter().chain(asked.mem_bw_schema).collect();
    match &container.record.resctrl {
        Some(groups) => groups.share(&shares)?,
        None if shares.is_empty() => {}
        None => return Err(UpdateVerbError::NoIntelRdt),
    }
    let layout = Layout::discover()?;
    let Some(path) = asked.resources else {
        let resources = Resources {
            memory: Some(asked.memory.clone()),
            cpu: Some(asked.cpu.clone()),
            pids: Some(asked.pids.clone()),
            block_io: Some(asked.block_io.clone()),
            ..Resources::default()
        };
        return Ok(container.record.cgroup.update(&layout, &resources)?);
    };
    let name = || path.to_string_lossy().into_owned();
    let text = read(path).map_err(|errno| UpdateVerbError::Read { path: name(), source: Cause(errno) })?;
    let invalid = |violations| UpdateVerbError::Invalid { path: name(), violations };
    let document = Document::parse(text).map_err(|violation| invalid(alloc::vec![violation]))?;
    let resources = Resources::check(&document).map_err(invalid)?;
    Ok(container.record.cgroup.update(&layout, &resources)?)
}

fn read(path: &CStr) -> Result<Vec<u8>, Errno> {
    if path == c"-" {
        return file::drain_bytes(stdio::stdin());
    }
    let opened: OwnedFd = openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    file::drain_bytes(opened)
}
