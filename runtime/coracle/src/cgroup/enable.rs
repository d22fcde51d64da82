//! Enabling version 2 controllers, only those that limits need, only where they are missing.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fd::OwnedFd;
use rustix::fs::CWD;

use super::error::MakeError;
use super::limits::{Limits, Write};
use super::place::prefixes;
use super::record::Branch;
use crate::cause::Cause;
use crate::file;

/// Files of the core, such as `cgroup.max.descendants`, belong to no controller.
const CORE: &str = "cgroup";

/// Makes the controllers that `limits` write to available in the container's cgroup.
///
/// Costs one read when they already are, which is so for every container but the first below a parent.
pub(super) fn controllers(
    branch: &Branch,
    directory: &OwnedFd,
    path: &str,
    limits: &Limits,
) -> Result<(), MakeError> {
    if limits.of_unified().all(|write| write.controller == CORE) {
        return Ok(());
    }
    let missing = missing(limits, &list(directory, &branch.directory(path))?);
    if missing.is_empty() {
        return Ok(());
    }
    let root = open(&branch.mount)?;
    let offered = list(&root, &branch.mount)?;
    if let Some(write) = missing.iter().find(|write| !has(&offered, &write.controller)) {
        return Err(MakeError::Absent {
            pointer: write.pointer.to_string(),
            controller: write.controller.to_string(),
            path: branch.mount.clone(),
        });
    }
    let request = request(&missing);
    enable(&root, &branch.mount, &request)?;
    for prefix in prefixes(path).filter(|prefix| *prefix != path) {
        let ancestor = branch.directory(prefix);
        enable(&open(&ancestor)?, &ancestor, &request)?;
    }
    Ok(())
}

/// The writes whose controller is not in `present`.
fn missing<'a>(limits: &'a Limits, present: &str) -> Vec<&'a Write> {
    limits.of_unified().filter(|write| write.controller != CORE && !has(present, &write.controller)).collect()
}

/// What enables the controllers of `writes`, such as `+cpu +memory`.
fn request(writes: &[&Write]) -> String {
    let mut names: Vec<&str> = writes.iter().map(|write| &*write.controller).collect();
    names.sort_unstable();
    names.dedup();
    let signed: Vec<String> = names.into_iter().map(|name| "+".to_owned() + name).collect();
    signed.join(" ")
}

fn enable(directory: &OwnedFd, path: &str, request: &str) -> Result<(), MakeError> {
    file::put(directory, "cgroup.subtree_control", request).map_err(|errno| MakeError::Enable {
        controllers: request.to_owned(),
        path: path.to_owned(),
        source: Cause(errno),
    })
}

fn open(path: &str) -> Result<OwnedFd, MakeError> {
    file::open_directory(CWD, path)
        .map_err(|errno| MakeError::Directory { path: path.to_owned(), source: Cause(errno) })
}

fn list(directory: &OwnedFd, path: &str) -> Result<String, MakeError> {
    let file = "cgroup.controllers";
    file::take(directory, file).map_err(|errno| MakeError::Read {
        path: path.to_owned(),
        file: file.to_owned(),
        source: Cause(errno),
    })
}

fn has(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|word| word == name)
}
