//! `kill`.

use alloc::string::ToString;

use super::error::VerbError;
use crate::cause::Cause;
use crate::state::{Container, Status};
use crate::sys::signal;

/// Which processes of a container a signal goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The first one.
    Init,
    /// All of them.
    All,
}

/// Sends a signal, 0 to 64, to a container.
///
/// - **Source**: `runtime.md#kill`.
///
/// # Errors
/// A container that is neither created nor running; with [`Target::All`], none is needed to be.
pub fn kill(container: &Container, number: u8, target: Target) -> Result<(), VerbError> {
    let id = container.record.id.as_str();
    let failed = |errno| VerbError::Signal { id: id.to_string(), signal: number, source: Cause(errno) };
    if target == Target::All {
        // Without a PID namespace, processes outlive the first one: they are reached through the cgroup.
        for pid in container.record.cgroup.processes()? {
            signal::send(pid, number).map_err(failed)?;
        }
        return Ok(());
    }
    let init = container.record.init.find().filter(|_| container.status() != Status::Stopped);
    let Some(init) = init else {
        return Err(VerbError::NotAlive { id: id.to_string(), status: Status::Stopped.word() });
    };
    signal::send_to(init.pidfd(), number).map_err(failed)
}
