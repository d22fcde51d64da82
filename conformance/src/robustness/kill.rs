//! The runtime is killed at random moments of its calls; what it leaves can be cleaned up, and its id used again.

use std::time::Duration;

use drive::leak::Snapshot;
use rustix::process::Signal;

use super::operation::Operation;
use super::promise::promise;
use super::rounds::{random, rounds};
use super::world;
use crate::act::{Act, trouble};
use crate::container::{self, Container};
use crate::fault::{Fault, Judgment};
use crate::{Case, Clause};

/// How many calls are timed, to know between which moments a kill may fall.
const TIMED: usize = 5;

const CAN_BE_CLEANED: Clause = promise(
    "robustness/kill",
    "runtime.md#delete",
    "whatever is left when the runtime is killed, a forced delete removes, and the id is free",
);

/// A kill at random moments of one operation.
macro_rules! kill_case {
    ($constant:ident, $name:literal, $operation:ident) => {
        const $constant: Case = Case {
            name: $name,
            clause: &CAN_BE_CLEANED,
            needs: &[],
            bundle: |b| b,
            run: |c| kill_at_random(c, Operation::$operation),
        };
    };
}

kill_case!(CREATE, "create", Create);
kill_case!(START, "start", Start);
kill_case!(EXEC, "exec", Exec);
kill_case!(KILL, "kill", Kill);
kill_case!(DELETE, "delete", Delete);

fn kill_at_random(c: &Container, operation: Operation) -> Judgment {
    let before = world::before(c)?;
    // `start` runs the program to its end; the others need one that goes on.
    let waits = c.other("waits", |b| if operation == Operation::Start { b } else { b.pause() })?;
    let longest = longest(&waits, operation)?;
    let mut random = random();
    (0..rounds(12)).try_for_each(|_| {
        world::forget_output(c)?;
        world::forget_output(&waits)?;
        operation.prepare(&waits)?;
        let moment = Duration::from_nanos(random.u64(0..=longest));
        interrupted(&waits, operation, Signal::KILL, moment)?;
        recovered(&waits, c, &before).map_err(|fault| at(moment, fault))
    })
}

/// The longest of some calls, and a little more, in nanoseconds: a moment before that hits any part of it.
fn longest(c: &Container, operation: Operation) -> Result<u64, Fault> {
    let mut longest = 0;
    for _ in 0..TIMED {
        operation.prepare(c)?;
        let done = Act::of(operation.step(c).run(), "the call itself").given()?;
        longest = longest.max(done.wall_ns);
        Act::of(c.handle().delete_force(), "delete").ended().given()?;
    }
    Ok(longest + longest / 10)
}

/// Makes the call and interrupts it; however it ends, it must end.
fn interrupted(c: &Container, operation: Operation, signal: Signal, moment: Duration) -> Judgment {
    match operation.step(c).run_interrupted(signal, moment) {
        Ok(_) => Ok(()),
        Err(error) => Act::of(Err(error), "the interrupted call").must_succeed().map(drop),
    }
}

/// A forced delete leaves nothing of `killed`; another container with its id can be made, and so can `plain`.
fn recovered(killed: &Container, plain: &Container, before: &Snapshot) -> Judgment {
    killed.call("delete", &["--force"]).ended().must_succeed()?;
    container::must_leave_nothing(before)?;
    killed.must_not_exist()?;
    killed.create().must_succeed()?;
    killed.call("delete", &["--force"]).must_succeed()?;
    container::must_leave_nothing(before)?;
    world::must_live(plain)
}

/// Says when it happened.
fn at(moment: Duration, fault: Fault) -> Fault {
    match fault {
        Fault::Failed { expected, actual } => {
            Fault::Failed { expected, actual: format!("{actual}; killed after {} µs", moment.as_micros()) }
        }
        other => other,
    }
}

const UNDOES: Clause =
    promise("robustness/interrupt", "runtime.md#create", "a create that is asked to end undoes what it made");

/// `create` gets a signal that asks it to end.
macro_rules! interrupt_case {
    ($constant:ident, $name:literal, $signal:ident) => {
        const $constant: Case = Case {
            name: $name,
            clause: &UNDOES,
            needs: &[],
            bundle: |b| b,
            run: |c| undoes(c, Signal::$signal),
        };
    };
}

interrupt_case!(TERM, "term", TERM);
interrupt_case!(INT, "int", INT);
interrupt_case!(HUP, "hup", HUP);

fn undoes(c: &Container, signal: Signal) -> Judgment {
    let before = world::before(c)?;
    let longest = longest(c, Operation::Create)?;
    let mut random = random();
    (0..rounds(6)).try_for_each(|_| {
        world::forget_output(c)?;
        let moment = Duration::from_nanos(random.u64(0..=longest));
        let called = Operation::Create.step(c).run_interrupted(signal, moment);
        let done =
            Act::new("the interrupted `create`", called.map_err(|error| trouble(&error))).must_succeed()?;
        if done.status.success() {
            // The signal came too late, or not at all.
            c.call("delete", &["--force"]).given()?;
        }
        container::must_leave_nothing(&before).map_err(|fault| at(moment, fault))
    })
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[&CREATE, &START, &EXEC, &KILL, &DELETE, &TERM, &INT, &HUP];
