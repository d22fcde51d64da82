//! Handing the notification descriptor to the agent.

use alloc::borrow::ToOwned;
use alloc::string::String;

use rustix::fd::{AsFd, BorrowedFd};
use serde::Serialize;

use crate::cause::Cause;
use crate::handover::{connection, hand_over};

/// What the agent is told, beside the descriptor itself.
///
/// - **Source**: `config-linux.md#the-container-process-state`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessState<'a, S> {
    /// Version of the specification that this structure complies with.
    pub oci_version: &'a str,
    /// Names of the descriptors, in the order in which they are sent.
    fds: [&'static str; 1],
    /// The container process, as the runtime sees it.
    pub pid: i32,
    /// `listenerMetadata` of the configuration.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub metadata: &'a str,
    /// The state of the container, as the verb `state` prints it.
    pub state: S,
}

/// Why the agent could not be told.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum NotifyError {
    #[error("write the container process state as JSON")]
    Json(#[from] serde_json::Error),

    #[error("connect to the seccomp agent at `{path}`")]
    Connect { path: String, source: Cause },

    #[error("send the seccomp descriptor to the agent at `{path}`")]
    Send { path: String, source: Cause },
}

impl<'a, S: Serialize> ProcessState<'a, S> {
    /// The state of a container process whose filter has a listener.
    #[must_use]
    pub fn new(oci_version: &'a str, pid: i32, metadata: Option<&'a str>, state: S) -> Self {
        Self { oci_version, fds: ["seccompFd"], pid, metadata: metadata.unwrap_or_default(), state }
    }

    /// Sends this and `listener` to the agent that listens on `path`, over a connection of its own.
    ///
    /// # Errors
    /// When nobody listens there, or hangs up.
    pub fn send(&self, path: &str, listener: BorrowedFd<'_>) -> Result<(), NotifyError> {
        let text = serde_json::to_vec(self)?;
        let connection = connection(path)
            .map_err(|errno| NotifyError::Connect { path: path.to_owned(), source: Cause(errno) })?;
        hand_over(connection.as_fd(), &text, listener)
            .map_err(|errno| NotifyError::Send { path: path.to_owned(), source: Cause(errno) })
    }
}
