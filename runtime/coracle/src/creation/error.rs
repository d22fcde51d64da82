//! Why a container was not created.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::bundle::BundleError;
use crate::cause::Cause;
use crate::cgroup::{LayoutError, MakeError, PlaceError};
use crate::config::violation::Violation;
use crate::hooks::HookError;
use crate::network::NetworkError;
use crate::resctrl::ResctrlError;
use crate::seccomp::NotifyError;
use crate::state::{IdError, StateError};

/// Why a container was not created; nothing is left of the attempt.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum CreateError {
    #[error(transparent)]
    Id(#[from] IdError),

    #[error(transparent)]
    Bundle(#[from] BundleError),

    #[error("`config.json` cannot be honored: {}", list(.0))]
    Invalid(Vec<Violation>),

    #[error(transparent)]
    Layout(#[from] LayoutError),

    #[error(transparent)]
    State(#[from] StateError),

    #[error(transparent)]
    Cgroup(#[from] MakeError),

    #[error("descriptor {number} is to be preserved, but is not open")]
    Preserved { number: u32 },

    #[error("prepare {what}")]
    Prepare { what: &'static str, source: Cause },

    #[error("open `{path}`")]
    Open { path: String, source: Cause },

    #[error("connect to the socket `{path}`")]
    Connect { path: String, source: Cause },

    #[error("send the descriptor of the process to the socket `{path}`")]
    Send { path: String, source: Cause },

    #[error("write `{path}`")]
    Write { path: String, source: Cause },

    #[error("map the {kind} ids of the user namespace")]
    Map { kind: &'static str, source: Cause },

    #[error("map the ids of the mount on `{destination}`")]
    MapMount { destination: String, source: Cause },

    #[error(transparent)]
    Network(#[from] NetworkError),

    #[error(transparent)]
    Resctrl(#[from] ResctrlError),

    #[error(
        "map the ids of the user namespace by `{program}`; /etc/subuid and /etc/subgid have to allow them"
    )]
    Mapper { program: String, source: HookError },

    #[error("clone the container's process")]
    Clone { source: Cause },

    /// What a step of the new process said.
    #[error("{0}")]
    Step(String),

    #[error("the container's process ended before it was created")]
    Vanished,

    #[error(transparent)]
    Hook(#[from] HookError),

    #[error(transparent)]
    Notify(#[from] NotifyError),

    #[error("interrupted by signal {signal}")]
    Interrupted { signal: u32 },
}

impl From<PlaceError> for CreateError {
    fn from(error: PlaceError) -> Self {
        Self::Invalid([Violation::new("/linux/cgroupsPath", error.to_string())].into())
    }
}

fn list(violations: &[Violation]) -> String {
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    lines.join("; ")
}
