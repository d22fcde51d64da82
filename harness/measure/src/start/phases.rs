//! Where the time of a `run` goes, for any runtime: from a few system calls that every runtime has to make, with their times,
//! and the time that the program writes down itself.

use std::fs;
use std::path::{Path, PathBuf};

use drive::Runtime;
use record::Unit;
use rustix::time::{ClockId, clock_gettime};

use super::calls::{self, CallsError};
use crate::clock::now_ns;
use crate::sampling::Reading;

/// Scenario under which phases are recorded.
pub const SCENARIO: &str = "run/phases";

/// Times that a `run` is taken apart.
pub const ROUNDS: u32 = 11;

/// The phases, in their order, each by its measure and by what ends it.
pub const PHASES: [(&str, &str); 7] = [
    ("phase:prepare", "a process is cloned"),
    ("phase:isolate", "something is mounted after that"),
    ("phase:mount", "the root is changed"),
    ("phase:confine", "the program is executed"),
    ("phase:exec", "the program's first instruction runs"),
    ("phase:program", "the program ends"),
    ("phase:clean-up", "the runtime ends"),
];

/// The calls that are traced, and no others: each costs much more than it would.
const CALLS: &str =
    "execve,execveat,clone,clone3,fork,vfork,mount,fsmount,move_mount,pivot_root,chroot,exit_group";

/// Makes a process, unless it makes a thread.
const CLONES: [&str; 4] = ["clone", "clone3", "fork", "vfork"];
const MOUNTS: [&str; 3] = ["mount", "fsmount", "move_mount"];
/// `chroot` only where there is no `pivot_root`.
const ROOTS: [&str; 2] = ["pivot_root", "chroot"];

/// A binary that runs another under strace, and where the calls of its last run are.
#[derive(Debug, Clone)]
pub(super) struct Timed {
    wrapper: PathBuf,
    calls: PathBuf,
}

/// A traced call, or the end of a process.
#[derive(Debug, PartialEq, Eq)]
struct Event<'a> {
    process: &'a str,
    /// On the clock of the day.
    ns: u64,
    call: &'a str,
    arguments: &'a str,
}

impl Timed {
    /// Writes a wrapper of `program` into `home`.
    pub(super) fn wrap(program: &Path, home: &Path) -> Result<Self, CallsError> {
        let calls = home.join("calls");
        let options = format!("-f -ttt --seccomp-bpf -e trace={CALLS} -o '{}'", calls.display());
        Ok(Self { wrapper: calls::wrap(program, home, &options)?, calls })
    }

    /// The wrapper in place of `runtime`.
    pub(super) fn runtime(&self, runtime: &Runtime) -> Runtime {
        Runtime { path: self.wrapper.clone(), ..runtime.clone() }
    }

    /// How long each phase of the last run took; `first_ns` is when the program began, on `CLOCK_MONOTONIC`.
    pub(super) fn readings(&self, program: &str, first_ns: u64) -> Result<Vec<Reading>, CallsError> {
        let failed = |source| CallsError::Read { path: self.calls.clone(), source };
        let text = fs::read_to_string(&self.calls).map_err(failed)?;
        let events: Vec<Event> = text.lines().filter_map(parse).collect();
        let ends = ends(&events, program, first_ns + behind_ns())?;
        let mut reached = events.first().map_or(0, |event| event.ns);
        let mut readings = Vec::new();
        for ((measure, _), end) in PHASES.into_iter().zip(ends) {
            let value = end.saturating_sub(reached);
            readings.push(Reading { measure, unit: Unit::Ns, value });
            reached = reached.max(end);
        }
        Ok(readings)
    }
}

/// By how much `CLOCK_MONOTONIC` is behind the clock of the day, which strace reads.
fn behind_ns() -> u64 {
    let day = clock_gettime(ClockId::Realtime);
    let day_ns = day.tv_sec.cast_unsigned() * 1_000_000_000 + day.tv_nsec.cast_unsigned();
    day_ns.saturating_sub(now_ns())
}

/// When each of the [`PHASES`] ended.
fn ends(events: &[Event], program: &str, first_ns: u64) -> Result<[u64; 7], CallsError> {
    let first = |what: &'static str, after: u64, is: &dyn Fn(&Event) -> bool| {
        let found = events.iter().find(|event| event.ns >= after && is(event));
        found.ok_or(CallsError::NotSeen { what })
    };
    let runtime = events.first().ok_or(CallsError::Nothing)?.process;
    let makes_process =
        |event: &Event| CLONES.contains(&event.call) && !event.arguments.contains("CLONE_THREAD");
    let cloned = first(PHASES[0].1, 0, &makes_process)?.ns;
    let mounted = first(PHASES[1].1, cloned, &|event| MOUNTS.contains(&event.call))?.ns;
    let is_program = |event: &Event| {
        event.call.starts_with("execve") && event.arguments.split(", ").any(|word| word.contains(program))
    };
    let root = ROOTS.iter().find_map(|root| first("", mounted, &|event| event.call == *root).ok());
    let rooted = root.ok_or(CallsError::NotSeen { what: PHASES[2].1 })?.ns;
    let executed = first(PHASES[3].1, rooted, &is_program)?;
    let of = |process: &str, event: &Event| event.process == process && event.call == "exit_group";
    let ended = first(PHASES[5].1, executed.ns, &|event| of(executed.process, event))?.ns;
    let done = events.iter().rfind(|event| event.process == runtime && event.call == "+++");
    let done = done.ok_or(CallsError::NotSeen { what: PHASES[6].1 })?.ns;
    Ok([cloned, mounted, rooted, executed.ns, first_ns, ended, done])
}

/// A line of strace: process, seconds since 1970, and a call with its arguments, or `+++` at the end of the process. The end
/// of a call that another one came between is none.
fn parse(line: &str) -> Option<Event<'_>> {
    let (process, rest) = line.split_once(' ')?;
    let (time, rest) = rest.trim_start().split_once(' ')?;
    let (seconds, fraction) = time.split_once('.')?;
    let micros: u64 = fraction.parse().ok()?;
    let ns = seconds.parse::<u64>().ok()? * 1_000_000_000 + micros * 1_000;
    let (call, arguments) = match rest.split_once('(') {
        Some((call, arguments)) if !call.contains(' ') => (call, arguments),
        _ if rest.starts_with("+++") => ("+++", rest),
        _ => return None,
    };
    Some(Event { process, ns, call, arguments })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In thousandths of a second after 1.0: a thread, a helper's end, and calls that others come between.
    const TRACE: &str = r#"7 1.000000 execve("/usr/bin/runtime", ["runtime", "run"], 0x7ffd /* 9 vars */) = 0
7 1.002000 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 8
7 1.003000 clone(child_stack=NULL, flags=CLONE_NEWNS|SIGCHLD <unfinished ...>
9 1.004000 mount("none", "/", NULL, MS_REC|MS_SLAVE, NULL) = 0
7 1.004100 <... clone resumed>) = 9
9 1.005000 chroot(".") = 0
9 1.006000 pivot_root(".", ".") = 0
9 1.008000 execve("/probe", ["/probe", "exit=42"], 0x7ffd /* 2 vars */ <unfinished ...>
9 1.011000 exit_group(42) = ?
9 1.011100 +++ exited with 42 +++
8 1.012000 +++ exited with 42 +++
7 1.015000 exit_group(42) = ?
7 1.015100 +++ exited with 42 +++
"#;

    fn told(trace: &str) -> Result<[u64; 7], String> {
        let events: Vec<Event> = trace.lines().filter_map(parse).collect();
        let micros = ends(&events, "/probe", 1_009_000_000).map_err(|error| error.to_string())?;
        Ok(micros.map(|ns| ns / 1000 - 1_000_000))
    }

    #[test]
    fn phases_end_where_the_calls_say() {
        assert_eq!(told(TRACE), Ok([3000, 4000, 6000, 8000, 9000, 11000, 15100]));
    }

    #[test]
    fn a_root_that_is_changed_without_pivot_root_is_found_too() {
        let trace = TRACE.replace("pivot_root", "umount2");
        assert_eq!(told(&trace).unwrap()[2], 5000);
    }

    #[test]
    fn what_was_not_seen_is_named() {
        for (call, what) in [("mount(", PHASES[1].1), ("execve(\"/probe", PHASES[3].1)] {
            let kept: Vec<&str> = TRACE.lines().filter(|line| !line.contains(call)).collect();
            let trace = kept.join("\n");
            assert_eq!(told(&trace), Err(format!("the trace does not show that {what}")));
        }
        assert!(told("").is_err());
    }

    #[test]
    fn the_end_of_an_interrupted_call_is_no_call() {
        assert_eq!(parse("7 1.004100 <... clone resumed>) = 9"), None);
        let event = parse("7     1.5 +++ killed by SIGKILL +++").unwrap();
        assert_eq!((event.process, event.call), ("7", "+++"));
    }
}
