//! `pause` and `resume`: freezing a container, and letting it go on.

use alloc::string::String;

use crate::cgroup::ControlError;
use crate::state::{Container, Status};

/// Why a container could not be frozen or thawed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum PauseError {
    #[error("container `{id}` is {status}; only one that is created or running can be paused")]
    NotActive { id: String, status: &'static str },

    #[error("container `{id}` is {status}; only one that is paused can be resumed")]
    NotPaused { id: String, status: &'static str },

    #[error(transparent)]
    Control(#[from] ControlError),
}

/// Stops every process of a container.
///
/// # Errors
/// A container that does not run; a host without a freezer; a process that does not stop.
pub fn pause(container: &Container) -> Result<(), PauseError> {
    match container.status() {
        Status::Created | Status::Running => Ok(container.record.cgroup.freeze()?),
        status => Err(PauseError::NotActive { id: id(container), status: word(status) }),
    }
}

/// Lets the processes of a paused container run again.
///
/// # Errors
/// A container that is not paused; a host without a freezer.
pub fn resume(container: &Container) -> Result<(), PauseError> {
    match container.status() {
        Status::Paused => Ok(container.record.cgroup.thaw()?),
        // One that was paused before it was started is created still, and frozen.
        Status::Created if container.record.cgroup.is_frozen() => Ok(container.record.cgroup.thaw()?),
        status => Err(PauseError::NotPaused { id: id(container), status: word(status) }),
    }
}

fn id(container: &Container) -> String {
    container.record.id.clone()
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Creating => "being created",
        Status::Created => "created",
        Status::Running => "running",
        Status::Paused => "paused",
        Status::Stopped => "stopped",
    }
}
