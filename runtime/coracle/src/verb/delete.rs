//! `delete`.

use alloc::string::ToString;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use super::error::VerbError;
use super::start::contains;
use crate::cgroup;
use crate::cli::Log;
use crate::config::{Config, Document};
use crate::hooks::{self, HookState};
use crate::state::{Alive, Container, Containers, Directory, Id, Init, StateError, Status};

/// How a container is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delete {
    /// Only if it is stopped.
    Stopped,
    /// Whatever it does, and however damaged its record is; one that does not exist is as good as deleted.
    Force,
}

/// How long a process may take to end once it was killed.
const DEADLINE_MS: u64 = 10_000;

/// Deletes a container: its cgroups and its record; then runs the `poststop` hooks.
///
/// - **Source**: `runtime.md#delete`.
///
/// # Errors
/// A container that is not stopped, unless it is [`Delete::Force`]; something that cannot be removed.
pub fn delete(containers: &Containers, id: &Id, how: Delete, log: &Log<'_>) -> Result<(), VerbError> {
    let directory = match locked(containers, id, how) {
        Err(VerbError::State(StateError::Unknown { .. })) if how == Delete::Force => return Ok(()),
        outcome => outcome?,
    };
    match (directory.load(), how) {
        (Ok(loaded), _) => delete_known(Container::of(directory, loaded), how, log),
        (Err(_), Delete::Force) => delete_damaged(directory),
        (Err(error), Delete::Stopped) => Err(error.into()),
    }
}

/// The directory of the container, locked.
fn locked(containers: &Containers, id: &Id, how: Delete) -> Result<Directory, VerbError> {
    let directory = containers.directory(id)?;
    if !directory.try_lock()? {
        meet_holder(&directory, how)?;
        directory.lock()?;
    }
    directory.still_there()?;
    Ok(directory)
}

/// Does not wait for a `run` that holds the container as long as its program runs: ends the program, so that it lets go and
/// perhaps cleans up itself, or says at once that the container runs.
fn meet_holder(directory: &Directory, how: Delete) -> Result<(), VerbError> {
    // One that is still being created is waited for.
    let Ok((record, _, true)) = directory.load() else { return Ok(()) };
    match (record.init.find(), how) {
        (None, _) => Ok(()),
        (Some(alive), Delete::Force) => end(&record.id, &alive, &record.cgroup),
        (Some(_), Delete::Stopped) => {
            Err(VerbError::NotStopped { id: record.id, status: Status::Running.word() })
        }
    }
}

fn delete_known(container: Container, how: Delete, log: &Log<'_>) -> Result<(), VerbError> {
    let status = container.status();
    if status != Status::Stopped && how == Delete::Stopped {
        return Err(VerbError::NotStopped { id: container.record.id.clone(), status: status.word() });
    }
    let (init, cgroup) = (container.record.init, container.record.cgroup.clone());
    clear(&container.record.id, Some(init), &cgroup, how)?;
    if let Some(groups) = &container.record.resctrl {
        groups.remove()?;
    }
    finish(container, log)
}

/// Removes the record, then runs the `poststop` hooks; a failing one is only worth a warning.
pub(super) fn finish(container: Container, log: &Log<'_>) -> Result<(), VerbError> {
    let Container { directory, record, configuration, .. } = container;
    if !contains(&configuration, b"\"poststop\"") {
        return Ok(directory.remove()?);
    }
    directory.remove()?;
    let Ok(document) = Document::parse(configuration) else { return Ok(()) };
    let Ok(config) = Config::check(&document) else { return Ok(()) };
    let state = HookState::after(&record, &config).with(Status::Stopped, 0);
    for hook in &config.hooks.poststop {
        if let Err(error) = hooks::run(core::slice::from_ref(hook), &state, None) {
            log.warning(&hooks::told(&error));
        }
    }
    Ok(())
}

/// Cleans up by the links alone.
fn delete_damaged(directory: Directory) -> Result<(), VerbError> {
    if let Some(anchor) = directory.anchors() {
        clear(directory.id().as_str(), anchor.init, &anchor.cgroup, Delete::Force)?;
    }
    Ok(directory.remove()?)
}

/// Ends what is left of the container's processes, and removes its cgroups.
fn clear(id: &str, init: Option<Init>, cgroup: &cgroup::Record, how: Delete) -> Result<(), VerbError> {
    if how == Delete::Force {
        if let Some(alive) = init.and_then(|init| init.find()) {
            end(id, &alive, cgroup)?;
        }
        match cgroup.kill_all() {
            // A cgroup that was never ours holds nobody whom we started.
            Ok(()) | Err(cgroup::ControlError::NotOurs { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(cgroup.remove()?)
}

/// Kills the first process, and waits for its end.
fn end(id: &str, alive: &Alive, cgroup: &cgroup::Record) -> Result<(), VerbError> {
    // It may have ended since it was found.
    let _killed = alive.signal(Signal::KILL);
    if cgroup.is_frozen() {
        // A frozen process of version 1 dies when it thaws.
        cgroup.thaw()?;
    }
    let timeout = Timespec { tv_sec: (DEADLINE_MS / 1000).cast_signed(), tv_nsec: 0 };
    match poll(&mut [PollFd::new(alive.pidfd(), PollFlags::IN)], Some(&timeout)) {
        Ok(0) => Err(VerbError::Unkillable { id: id.to_string(), deadline_ms: DEADLINE_MS }),
        _ => Ok(()),
    }
}
