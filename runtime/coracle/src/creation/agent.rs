//! The agent that decides with a seccomp filter.

use rustix::fd::AsFd;
use rustix::process::{PidfdGetfdFlags, pidfd_getfd};

use super::draft::{Child, failed};
use super::error::CreateError;
use crate::config::Config;
use crate::seccomp::ProcessState;
use crate::state::State;
use crate::sync::Order;

/// Hands the listener of a process's filter, its descriptor `number`, to the agent, and lets the process go on.
///
/// - **Takes** the state of the container, which the agent is told.
/// - **Source**: `config-linux.md#the-container-process-state`.
pub(crate) fn introduce(
    child: &Child,
    number: i32,
    config: &Config<'_>,
    state: State<'_>,
) -> Result<(), CreateError> {
    let listener = pidfd_getfd(&child.pidfd, number, PidfdGetfdFlags::empty())
        .map_err(|errno| failed("the listener of the seccomp filter", errno))?;
    let section = config.linux.seccomp.and_then(|section| section.read().ok()).unwrap_or_default();
    ProcessState::new(config.oci_version, child.pid.as_raw_pid(), section.listener_metadata, state)
        .send(section.listener_path.unwrap_or_default(), listener.as_fd())?;
    child.tell(&Order::HooksDone)
}
