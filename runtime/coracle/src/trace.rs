//! The waterfall of one start: which step of which side came when, and how long it took.
//!
//! Both sides note moments in memory that they share; the runtime puts them in order and writes them, once, when all
//! is over. Without a trace nothing is noted, and no system call is made for it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ffi::CStr;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, write};
use rustix::time::{ClockId, clock_gettime};

use crate::cause::Cause;
use crate::step::Step;
use crate::sys::shared;

/// What the runtime's side does, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Read,
    Judge,
    Reserve,
    MakeCgroups,
    Prepare,
    Clone,
    Record,
    Accompany,
    Wait,
    CleanUp,
}

impl Phase {
    const ALL: [Self; 10] = [
        Self::Read,
        Self::Judge,
        Self::Reserve,
        Self::MakeCgroups,
        Self::Prepare,
        Self::Clone,
        Self::Record,
        Self::Accompany,
        Self::Wait,
        Self::CleanUp,
    ];

    fn text(self) -> &'static str {
        match self {
            Self::Read => "read the configuration and check it",
            Self::Judge => "hold it against the host, compile its filter",
            Self::Reserve => "take the id",
            Self::MakeCgroups => "make the cgroups",
            Self::Prepare => "plan, and make what the process needs",
            Self::Clone => "clone",
            Self::Record => "put the process on record",
            Self::Accompany => "let the process go on until it is created, or runs",
            Self::Wait => "wait for the end of the program",
            Self::CleanUp => "remove what was made",
        }
    }
}

/// Most steps of a process that are told apart; a plan with a thousand mounts has as many.
const STEPS: usize = 4096;

/// Notes moments, or does nothing.
#[derive(Debug)]
pub(crate) struct Trace<'a> {
    on: Option<On<'a>>,
}

#[derive(Debug)]
struct On<'a> {
    path: &'a CStr,
    began_ns: u64,
    /// When each phase, and each step, had ended; zero where it did not take place.
    ended_ns: &'static [AtomicU64],
    steps: RefCell<Vec<String>>,
}

/// Why a trace was not written.
#[derive(Debug, thiserror::Error)]
#[error("write the trace `{path}`")]
pub(crate) struct TraceError {
    path: String,
    source: Cause,
}

impl<'a> Trace<'a> {
    /// A trace for the file `path`; none without one, or without memory for it.
    pub(crate) fn begin(path: Option<&'a CStr>) -> Self {
        let on = path.and_then(|path| {
            let ended_ns = shared::words(Phase::ALL.len() + STEPS).ok()?;
            Some(On { path, began_ns: now_ns(), ended_ns, steps: RefCell::default() })
        });
        Self { on }
    }

    /// The runtime has done this.
    pub(crate) fn phase(&self, phase: Phase) {
        self.note(phase as usize);
    }

    /// The process has done its step of this number.
    pub(crate) fn step(&self, number: usize) {
        if number < STEPS {
            self.note(Phase::ALL.len() + number);
        }
    }

    /// These are the steps of the process.
    pub(crate) fn name_steps(&self, steps: &[Step<'_>]) {
        if let Some(on) = &self.on {
            *on.steps.borrow_mut() = steps.iter().map(ToString::to_string).collect();
        }
    }

    /// Writes the waterfall.
    ///
    /// # Errors
    /// [`TraceError`].
    pub(crate) fn write(&self) -> Result<(), TraceError> {
        let Some(on) = &self.on else { return Ok(()) };
        let text = on.waterfall().to_string();
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let put = || {
            let file = openat(CWD, on.path, flags, Mode::from_raw_mode(0o600))?;
            let mut rest = text.as_bytes();
            while !rest.is_empty() {
                let written = write(&file, rest)?;
                rest = rest.get(written..).unwrap_or_default();
            }
            Ok(())
        };
        put().map_err(|errno: Errno| TraceError {
            path: on.path.to_string_lossy().into_owned(),
            source: Cause(errno),
        })
    }

    fn note(&self, place: usize) {
        if let Some(slot) = self.on.as_ref().and_then(|on| on.ended_ns.get(place)) {
            slot.store(now_ns(), Ordering::Relaxed);
        }
    }
}

impl On<'_> {
    fn waterfall(&self) -> Waterfall {
        let (phases, steps) = self.ended_ns.split_at(Phase::ALL.len());
        let load = |slot: &AtomicU64| Some(slot.load(Ordering::Relaxed)).filter(|moment| *moment > 0);
        let names = Phase::ALL.iter().map(|phase| phase.text().to_string());
        let cloned = phases.get(Phase::Prepare as usize).and_then(load).unwrap_or(self.began_ns);
        let runtime = bars("runtime", self.began_ns, names.zip(phases.iter().map(load)));
        let mut process: Vec<Bar> =
            bars("process", cloned, self.steps.borrow().iter().cloned().zip(steps.iter().map(load)));
        // The last step has no end of its own: the program takes the place of the process, as the runtime notices.
        let runs = phases.get(Phase::Accompany as usize).and_then(load);
        let last = self.steps.borrow().get(process.len()).cloned();
        let from = process.last().map_or(cloned, |bar| bar.to_ns);
        if let (Some(what), Some(to_ns)) = (last, runs.filter(|to_ns| *to_ns >= from)) {
            process.push(Bar { side: "process", what, from_ns: from, to_ns });
        }
        let mut bars = [runtime, process].concat();
        bars.sort_by_key(|bar| (bar.from_ns, bar.to_ns));
        Waterfall { began_ns: self.began_ns, bars }
    }
}

/// Bars that begin where the one before them ends, up to the first that has no end.
fn bars(side: &'static str, began_ns: u64, ends: impl Iterator<Item = (String, Option<u64>)>) -> Vec<Bar> {
    let mut from_ns = began_ns;
    let ended = ends.map_while(|(what, to_ns)| Some((what, to_ns?)));
    ended
        .map(|(what, to_ns)| Bar { side, what, from_ns: core::mem::replace(&mut from_ns, to_ns), to_ns })
        .collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Bar {
    side: &'static str,
    what: String,
    from_ns: u64,
    to_ns: u64,
}

/// Bars in the order of their beginning; displayed as lines of text.
struct Waterfall {
    began_ns: u64,
    bars: Vec<Bar>,
}

impl fmt::Display for Waterfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: u64 = 40;
        // One column more, as what takes no time is drawn too.
        const ROOM: usize = 41;
        let whole = self.bars.iter().map(|bar| bar.to_ns).max().unwrap_or_default() - self.began_ns;
        writeln!(f, "  at [µs]      took  side     {:ROOM$} step", "")?;
        for bar in &self.bars {
            let (at, took) = (bar.from_ns - self.began_ns, bar.to_ns - bar.from_ns);
            let column = |ns: u64| usize::try_from(ns * WIDTH / whole.max(1)).unwrap_or_default();
            let (first, end) = (column(at), column(at + took));
            let drawn = format!("{:first$}{}", "", "#".repeat((end - first).max(1)));
            let (at, took) = (Micros(at), Micros(took));
            writeln!(f, "{at:>9} {took:>9}  {}  {drawn:ROOM$} {}", bar.side, bar.what)?;
        }
        Ok(())
    }
}

/// Nanoseconds, displayed in microseconds with one decimal.
struct Micros(u64);

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.0 / 1000, self.0 % 1000 / 100))
    }
}

fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stand_in_the_order_of_their_beginning_on_both_sides() {
        let ends = |list: &[(&str, Option<u64>)]| -> Vec<(String, Option<u64>)> {
            list.iter().map(|(what, end)| ((*what).to_string(), *end)).collect()
        };
        let runtime = bars("runtime", 1000, ends(&[("read", Some(3000)), ("clone", Some(5000))]).into_iter());
        let process = bars(
            "process",
            3000,
            ends(&[("mount", Some(11_000)), ("pivot", None), ("x", Some(1))]).into_iter(),
        );
        assert_eq!(process.len(), 1, "nothing is told of what came after a step that did not end");
        let text = Waterfall { began_ns: 1000, bars: [runtime, process].concat() }.to_string();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            lines[0].split_whitespace().collect::<Vec<_>>(),
            ["0.0", "2.0", "runtime", "########", "read"]
        );
        let last = ["2.0", "8.0", "process", "################################", "mount"];
        assert_eq!(lines[2].split_whitespace().collect::<Vec<_>>(), last);
    }

    #[test]
    fn without_a_file_nothing_is_noted_or_written() {
        let trace = Trace::begin(None);
        trace.phase(Phase::Read);
        trace.step(3);
        assert!(trace.on.is_none() && trace.write().is_ok());
    }
}
