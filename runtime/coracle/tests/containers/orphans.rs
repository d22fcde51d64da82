//! Processes without a parent that a container leaves to others: one without a PID namespace of its own.

use std::fs;
use std::process::{Child, Stdio};

use crate::container::{Container, is_root, until};
use fixtures::bundle::Bundle;
use serde_json::json;

/// A container that is run in the foreground, whose program has left an orphan.
struct Running {
    container: Container,
    runtime: Child,
    init: i32,
    orphan: i32,
}

/// A process: its parent, and whether it has ended without being reaped.
fn look(pid: i32) -> Option<(i32, bool)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut words = text.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = words.next()?;
    Some((words.next()?.parse().ok()?, state == "Z"))
}

impl Running {
    fn new(options: &[&str]) -> Self {
        let namespaces = json!(["mount", "ipc", "uts"].map(|kind| json!({"type": kind})));
        let bundle = Bundle::base().args(&["/probe", "try=fork=1", "report=/out/forked", "pause"]);
        let container = Container::new(&bundle.set("/linux/namespaces", namespaces));
        let bundle = container.path("bundle");
        let mut call = container.call("run", &[options, &["--bundle", &bundle]].concat(), &[]);
        // What it leaves would keep a pipe of ours open.
        let runtime = call.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("run starts");
        let init = i32::try_from(container.report("forked").identity.pid).expect("a process id");
        let all = container.output(&mut container.call("ps", &["--format", "json"], &[]));
        let all: Vec<i32> = serde_json::from_slice(&all.stdout).expect("process ids");
        let orphan = *all.iter().find(|pid| **pid != init).expect("an orphan");
        Self { container, runtime, init, orphan }
    }

    fn runtime(&self) -> i32 {
        i32::try_from(self.runtime.id()).expect("a process id")
    }

    /// Ends the program; the exit code of the runtime.
    fn end(&mut self) -> Option<i32> {
        kill(self.init);
        self.runtime.wait().expect("its end").code()
    }
}

/// A test that has failed leaves nothing: the runtime holds on to the container until the program has ended.
impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.runtime.try_wait(), Ok(None)) {
            self.end();
        }
    }
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).expect("a process id");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it is killed");
}

const KILLED: Option<i32> = Some(128 + 9);

#[test]
fn an_orphan_is_adopted_and_reaped_while_the_program_runs() {
    if !is_root() {
        return;
    }
    let mut running = Running::new(&[]);
    assert_eq!(look(running.orphan), Some((running.runtime(), false)));
    kill(running.orphan);
    until("the end of the orphan", || look(running.orphan).is_none());
    assert_eq!(running.end(), KILLED);
}

#[test]
fn no_orphan_is_adopted_where_that_is_not_wanted() {
    if !is_root() {
        return;
    }
    let mut running = Running::new(&["--no-subreaper"]);
    let (parent, _) = look(running.orphan).expect("it lives");
    assert!(parent != running.runtime() && parent != running.init, "{parent}");
    assert_eq!(running.end(), KILLED);
}

#[test]
fn what_a_container_has_left_ends_with_it() {
    if !is_root() {
        return;
    }
    for options in [&[][..], &["--no-subreaper"]] {
        let mut running = Running::new(options);
        assert_eq!(running.end(), KILLED);
        until("the end of the orphan", || look(running.orphan).is_none_or(|(_, has_ended)| has_ended));
        let why = running.container.complaint(&mut running.container.call("state", &[], &[]));
        assert!(why.contains("does not exist"), "{why}");
    }
}
