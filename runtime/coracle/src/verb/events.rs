//! `events`: the figures of a container, once or again and again.

use alloc::string::String;

use rustix::io::Errno;
use rustix::thread::{NanosleepRelativeResult, Timespec, nanosleep};
use serde::Serialize;

use crate::cause::Cause;
use crate::cgroup::{ControlError, Stats};
use crate::cli::Events;
use crate::state::{Container, Status};
use crate::stream::Stream;

/// Why no figures were printed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum EventsError {
    #[error("container `{id}` is stopped; it uses nothing")]
    Stopped { id: String },

    #[error(transparent)]
    Control(#[from] ControlError),

    #[error("write the figures as JSON")]
    Json(#[from] serde_json::Error),

    #[error("write to standard output")]
    Write(#[source] Cause),
}

/// A line of output, in the shape that engines read.
#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Stats>,
}

/// Prints the figures of a container, at intervals until it has stopped, or once.
///
/// An `oom` event follows the figures when the kernel has killed a process for want of memory since the last ones.
///
/// # Errors
/// A container that is stopped at the beginning; a cgroup that cannot be read; nobody who reads.
pub fn events(asked: Events<'_>, container: &Container) -> Result<(), EventsError> {
    let id = &container.record.id;
    if container.status() == Status::Stopped {
        return Err(EventsError::Stopped { id: id.clone() });
    }
    let mut killed = container.record.cgroup.oom_kills();
    loop {
        print(&Event { kind: "stats", id, data: Some(container.record.cgroup.stats()?) })?;
        let Some(interval_ns) = asked.interval_ns else { return Ok(()) };
        sleep(interval_ns);
        let now = container.record.cgroup.oom_kills();
        if now > killed {
            print(&Event { kind: "oom", id, data: None })?;
        }
        killed = now;
        if container.status() == Status::Stopped {
            return Ok(());
        }
    }
}

fn print(event: &Event<'_>) -> Result<(), EventsError> {
    let line = serde_json::to_string(event)? + "\n";
    Stream::Out.put(line.as_bytes()).map_err(|errno: Errno| EventsError::Write(Cause(errno)))
}

/// Waits, however often a signal interrupts.
fn sleep(duration_ns: u64) {
    const SECOND_NS: u64 = 1_000_000_000;
    let (secs, nanos) = (duration_ns / SECOND_NS, duration_ns % SECOND_NS);
    let mut left = Timespec { tv_sec: secs.cast_signed(), tv_nsec: nanos.cast_signed() };
    while let NanosleepRelativeResult::Interrupted(rest) = nanosleep(&left) {
        left = rest;
    }
}
