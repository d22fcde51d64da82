//! Why a verb on a container failed.

use alloc::string::String;

use crate::cause::Cause;
use crate::cgroup::ControlError;
use crate::hooks::HookError;
use crate::resctrl::ResctrlError;
use crate::state::{IdError, StateError};

/// Why a verb on a container that exists failed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum VerbError {
    #[error(transparent)]
    Id(#[from] IdError),

    #[error(transparent)]
    State(#[from] StateError),

    #[error(transparent)]
    Cgroup(#[from] ControlError),

    #[error(transparent)]
    Class(#[from] ResctrlError),

    #[error("container `{id}` is {status}, not created; only a created one can be started")]
    NotCreated { id: String, status: &'static str },

    #[error("container `{id}` is {status}; only a created or running one can be signaled")]
    NotAlive { id: String, status: &'static str },

    #[error("container `{id}` is {status}; kill it first, or use `--force`")]
    NotStopped { id: String, status: &'static str },

    #[error("knock at the gate of container `{id}`")]
    Knock { id: String, source: Cause },

    /// What the container's process said.
    #[error("{0}")]
    Step(String),

    #[error("send signal {signal} to container `{id}`")]
    Signal { id: String, signal: u8, source: Cause },

    #[error("container `{id}` did not end in {deadline_ms} ms after it was killed")]
    Unkillable { id: String, deadline_ms: u64 },

    #[error("container `{id}` was stopped")]
    Hook { id: String, source: HookError },
}
