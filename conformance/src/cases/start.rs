//! `start` and `kill`.

use crate::clauses::runtime;
use crate::container::Container;
use crate::fault::{must_equal, must_hold};
use crate::state::Status::{Running, Stopped};
use crate::{Case, Judgment};

/// `start` runs the program of `process`.
const RUNS: Case = Case {
    name: "program",
    clause: &runtime::START_RUNS,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.start().must_succeed()?;
        c.report().must_succeed().map(drop)
    },
};

/// After `start` there is a process of the program.
const PROGRAM_RUNS: Case = Case {
    name: "process",
    clause: &runtime::PROGRAM_RUNS,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.create().given()?;
        c.start().given()?;
        c.report().must_succeed()?;
        c.process().must_succeed().map(drop)
    },
};

/// `start` without an id is an error.
const NO_ID: Case = Case {
    name: "no-argument",
    clause: &runtime::START_NO_ID,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.raw("start", &[]).must_fail()?;
        c.start().must_succeed()?;
        c.report().must_succeed().map(drop)
    },
};

/// A running container cannot be started, and trying leaves it running.
const RUNNING: Case = Case {
    name: "running",
    clause: &runtime::START_NOT_CREATED,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let process = c.given_running()?;
        c.start().must_fail()?;
        c.state().must_be(Running)?;
        must_equal("the process", &process, &c.process().must_succeed()?)
    },
};

/// A stopped container cannot be started, and trying leaves it stopped.
const STOPPED: Case = Case {
    name: "stopped",
    clause: &runtime::START_NOT_CREATED,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_stopped()?;
        c.start().must_fail()?;
        c.state().must_be(Stopped)
    },
};

/// A container that does not exist cannot be started.
const UNKNOWN: Case = Case {
    name: "unknown",
    clause: &runtime::START_NOT_CREATED,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_report()?;
        c.raw("start", &["stranger"]).must_fail()
    },
};

/// A container without `process` does not start, wherever the error comes.
const NO_PROCESS: Case = Case {
    name: "missing",
    clause: &runtime::START_NO_PROCESS,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_report()?;
        let other = c.other("without", |b| b.remove("/process"))?;
        // Whether `create` takes it is the matter of another clause.
        let _ = other.create();
        other.start().must_fail()
    },
};

/// `kill` without an id is an error.
const KILL_NO_ID: Case = Case {
    name: "no-argument",
    clause: &runtime::KILL_NO_ID,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let process = c.given_running()?;
        c.raw("kill", &[]).must_fail()?;
        must_equal("the process", &process, &c.process().must_succeed()?)
    },
};

/// A signal for a stopped container is an error, and it stays stopped.
const KILL_STOPPED: Case = Case {
    name: "stopped",
    clause: &runtime::KILL_NOT_ALIVE,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_stopped()?;
        c.kill("TERM").must_fail()?;
        c.state().must_be(Stopped)
    },
};

/// A signal for a container that does not exist is an error.
const KILL_UNKNOWN: Case = Case {
    name: "unknown",
    clause: &runtime::KILL_NOT_ALIVE,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.given_running()?;
        c.raw("kill", &["stranger", "KILL"]).must_fail()?;
        c.process().must_succeed().map(drop)
    },
};

/// `KILL` ends a program that does nothing about it.
const KILL_KILL: Case = Case {
    name: "kill",
    clause: &runtime::KILL_SENDS,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.given_running()?;
        c.kill("KILL").must_succeed()?;
        c.until(Stopped).must_succeed()?;
        must_hold("no process of the program", !c.process().came_about(), "it runs")
    },
};

/// `KILL` ends a container that was created and not started.
const KILL_CREATED: Case = Case {
    name: "created",
    clause: &runtime::KILL_SENDS,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.state_process().given()?;
        c.kill("KILL").must_succeed()?;
        c.until(Stopped).must_succeed().map(drop)
    },
};

/// A signal that the program catches, by its name in lower case, and its number.
const CAUGHT: [(&str, &str, u64); 6] = [
    ("hup", "HUP", 1),
    ("int", "INT", 2),
    ("usr1", "USR1", 10),
    ("usr2", "USR2", 12),
    ("term", "TERM", 15),
    ("winch", "WINCH", 28),
];

/// The program gets just the signal that `kill` was told to send.
const fn caught(name: &'static str) -> Case {
    Case {
        name,
        clause: &runtime::KILL_SENDS,
        needs: &[],
        bundle: |b| {
            b.look(&["catch=HUP,INT,USR1,USR2,TERM,WINCH"]).then(&["wait", "report=/caught", "pause"])
        },
        run: must_catch,
    }
}

fn must_catch(c: &Container) -> Judgment {
    let row = CAUGHT.iter().find(|(name, ..)| *name == c.case().name);
    let (_, signal, number) = row.expect("each row is in the table");
    c.given_running()?;
    c.kill(signal).must_succeed()?;
    let caught = c.later_report("/caught").must_succeed()?;
    caught.must_be("/signals/caught/0/signal", *number)
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &RUNS,
    &PROGRAM_RUNS,
    &NO_ID,
    &RUNNING,
    &STOPPED,
    &UNKNOWN,
    &NO_PROCESS,
    &KILL_NO_ID,
    &KILL_STOPPED,
    &KILL_UNKNOWN,
    &KILL_KILL,
    &KILL_CREATED,
    &caught(CAUGHT[0].0),
    &caught(CAUGHT[1].0),
    &caught(CAUGHT[2].0),
    &caught(CAUGHT[3].0),
    &caught(CAUGHT[4].0),
    &caught(CAUGHT[5].0),
];
