//! Races: calls at the same time, on one id or in one place.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use drive::leak::{SETTLE, Snapshot};
use drive::{Done, StepError, sandbox, tree, wait};

use super::promise::promise;
use super::rounds::rounds;
use super::world::{self, RACER};
use crate::act::Act;
use crate::bundle::Bundle;
use crate::container::{self, Container};
use crate::fault::{Fault, Judgment};
use crate::state::Status::{Created, Stopped};
use crate::{Case, Clause};

/// How many calls race for one id.
const RACERS: usize = 16;

const ONE_WINS: Clause = promise(
    "robustness/create-race",
    "runtime.md#create",
    "of several creates with one id exactly one succeeds, and its container is whole",
);

/// Sixteen creates with one id: one wins, and that one starts, is known, and is deleted.
const SAME_ID: Case = Case {
    name: "same-id",
    clause: &ONE_WINS,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let before = world::before(c)?;
        (0..rounds(6)).try_for_each(|_| one_wins(c, &before))
    },
};

fn one_wins(c: &Container, before: &Snapshot) -> Judgment {
    let calls = vec![Verb::Create; RACERS];
    world::forget_output(c)?;
    let (mut winners, mut said) = (Vec::new(), BTreeSet::new());
    for called in at_once(c, &calls)? {
        said.extend(called.as_ref().ok().filter(|done| !done.status.success()).map(Done::said));
        if let Some(done) = Act::of(called, "create").ended().must_succeed()? {
            winners.push(done);
        }
    }
    let [winner] = winners.as_slice() else {
        let said: String = said.into_iter().collect();
        let actual = format!("{} of {RACERS} did; the others said{said}", winners.len());
        return Err(Fault::failed("exactly one `create` to succeed", actual));
    };
    c.adopt(winner.clone());
    c.state().must_be(Created)?;
    must_be_alone(c.state_process().must_succeed()?)?;
    c.start().must_succeed()?;
    c.report().must_succeed()?;
    c.until(Stopped).must_succeed()?;
    c.delete().must_succeed()?;
    container::must_leave_nothing(before)
}

/// No process of a container lives but `pid`, and those that belong to it.
fn must_be_alone(pid: u32) -> Judgment {
    let strangers = || {
        let own = tree::below(pid);
        let mut others = sandbox::members();
        others.retain(|process| process.state != 'Z' && !own.iter().any(|one| one.pid == process.pid));
        others
    };
    if wait::until(SETTLE, || strangers().is_empty().then_some(())).is_some() {
        return Ok(());
    }
    let names: Vec<String> = strangers().iter().map(|one| format!("{} {}", one.pid, one.comm)).collect();
    Err(Fault::failed("no other init alive", names.join(", ")))
}

const ANY_ORDER: Clause = promise(
    "robustness/verb-race",
    "runtime.md#delete",
    "calls on one container at the same time leave no orphan, no state and no hang, whatever their order",
);

/// `start`, `kill` and three forced deletes of a created container.
const START_KILL_DELETE: Case = Case {
    name: "start-kill-delete",
    clause: &ANY_ORDER,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let before = world::before(c)?;
        (0..rounds(4)).try_for_each(|_| {
            world::forget_output(c)?;
            c.create().given()?;
            race(c, &[Verb::Start, Verb::Kill, Verb::Delete, Verb::Delete, Verb::Delete])?;
            world::must_recover(c, &before)
        })
    },
};

/// `create`, and forced deletes of what it is making.
const CREATE_DELETE: Case = Case {
    name: "create-delete",
    clause: &ANY_ORDER,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let before = world::before(c)?;
        (0..rounds(4)).try_for_each(|_| {
            world::forget_output(c)?;
            race(c, &[Verb::Create, Verb::Delete, Verb::Delete, Verb::Delete])?;
            world::must_recover(c, &before)
        })
    },
};

/// `exec` while the container's program is killed.
const EXEC_EXIT: Case = Case {
    name: "exec-exit",
    clause: &ANY_ORDER,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let before = world::before(c)?;
        let waits = c.other("waits", Bundle::pause)?;
        (0..rounds(4)).try_for_each(|_| {
            world::forget_output(&waits)?;
            waits.given_running()?;
            race(&waits, &[Verb::Exec, Verb::Exec, Verb::Kill, Verb::Exec])?;
            waits.call("delete", &["--force"]).ended().must_succeed()?;
            container::must_leave_nothing(&before)
        })
    },
};

/// What takes part in a race.
#[derive(Debug, Clone, Copy)]
enum Verb {
    Create,
    Start,
    Kill,
    Exec,
    Delete,
}

impl Verb {
    fn call(self, handle: &drive::Container) -> Result<Done, StepError> {
        match self {
            Self::Create => handle.create(),
            Self::Start => handle.start(),
            Self::Kill => handle.kill("KILL"),
            Self::Exec => handle.exec(&["/probe", "exit=0"]),
            Self::Delete => handle.delete_force(),
        }
    }
}

/// Calls all of them at the same time; each may come to what it will, in time.
fn race(c: &Container, calls: &[Verb]) -> Judgment {
    for (verb, called) in calls.iter().zip(at_once(c, calls)?) {
        Act::of(called, &format!("{verb:?}").to_lowercase()).ended().must_succeed()?;
    }
    Ok(())
}

/// Calls all of them at the same time; gives what they came to, in their order.
fn at_once(c: &Container, calls: &[Verb]) -> Result<Vec<Result<Done, StepError>>, Fault> {
    let racers: Vec<drive::Container> =
        (0..calls.len()).map(|number| racer(c.handle(), number)).collect::<Result<_, _>>()?;
    let together = Barrier::new(calls.len());
    Ok(thread::scope(|scope| {
        let run = |(racer, verb)| {
            let together = &together;
            scope.spawn(move || {
                together.wait();
                Verb::call(verb, racer)
            })
        };
        let running: Vec<_> = racers.iter().zip(calls.iter().copied()).map(run).collect();
        running.into_iter().map(|call| call.join().expect("a call does not panic")).collect()
    }))
}

/// The same container, with a place for its output that no other call has.
fn racer(of: &drive::Container, number: usize) -> Result<drive::Container, Fault> {
    static ROUND: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let round = ROUND.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let scratch = of.scratch.join(format!("{RACER}{round}-{number}"));
    let ours = |error: std::io::Error| Fault::broken("make a place for output", &error);
    let mut racer = drive::Container::new(&of.runtime, &of.id, &of.bundle, &scratch).map_err(ours)?;
    racer.state_root.clone_from(&of.state_root);
    Ok(racer)
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[&SAME_ID, &START_KILL_DELETE, &CREATE_DELETE, &EXEC_EXIT];
