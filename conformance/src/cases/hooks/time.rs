//! That hooks run, as part of which operation, and in which order.

use std::time::Duration;

use drive::wait;

use super::{Life, Span, given_life, kind, must_precede, with_hook};
use crate::clauses::{config, runtime};
use crate::container::{Container, now_ns};
use crate::fault::{must_equal, must_hold};
use crate::{Case, Clause, Fault, Judgment};

/// How long what must wait for a gate is watched while the gate is closed.
const HELD: Duration = Duration::from_millis(300);

/// How long a hook may take to begin.
const BEGINS: Duration = Duration::from_secs(5);

/// A hook runs, once.
const fn invoked(clause: &'static Clause) -> Case {
    Case { name: "once", clause, needs: &[], bundle: with_hook, run: must_run_once }
}

fn must_run_once(c: &Container) -> Judgment {
    given_life(c)?;
    let times = c.hook_times(kind(c.case()), "first").must_succeed()?;
    must_equal("how often the hook ran", &1, &times.len())
}

/// A hook runs between the call and the return of an operation.
const fn during(clause: &'static Clause, name: &'static str, run: fn(&Container) -> Judgment) -> Case {
    Case { name, clause, needs: &[], bundle: with_hook, run }
}

fn must_run_during(c: &Container, operation: fn(&Life) -> Span) -> Judgment {
    let (called, returned) = operation(&given_life(c)?);
    let began = time_of(c)?;
    must_precede("the hook to run after the operation was called", (called, began))?;
    must_precede("the hook to run before the operation returned", (began, returned))
}

/// When the hook `first` began.
fn time_of(c: &Container) -> Result<u64, Fault> {
    Ok(c.hook_times(kind(c.case()), "first").must_succeed()?[0])
}

/// `startContainer` hooks come before the program.
const BEFORE_PROGRAM: Case = Case {
    name: "before-program",
    clause: &config::START_CONTAINER_WHEN,
    needs: &[],
    bundle: with_hook,
    run: |c| {
        let life = given_life(c)?;
        must_precede("the hook to run before the program", (time_of(c)?, life.program))
    },
};

/// `start` does not return before its `startContainer` hooks are done.
const START_WAITS: Case = Case {
    name: "during-start",
    clause: &config::START_CONTAINER_WHEN,
    needs: &[],
    bundle: |b| b.hook("startContainer", "first", &["await=/go"]),
    run: |c| {
        c.create().given()?;
        let (started, (early, released)) = c.start_while(|returned| {
            let early = wait::until(HELD, || returned().then_some(()));
            (early.is_some(), c.release("go"))
        });
        released?;
        started.given()?;
        c.report().given()?;
        c.hook_times("startContainer", "first").must_succeed()?;
        must_hold("`start` to return after the hook is done", !early, "it returned while the hook ran")
    },
};

/// `poststart` hooks come after the program was executed, however long that takes.
///
/// When hook and program began would not tell, since either may be the first to get a processor. So the program is held
/// back, and the hook does not begin; and while the hook is held back, the program has been executed.
const AFTER_PROGRAM: Case = Case {
    name: "after-program",
    clause: &config::POSTSTART_WHEN,
    needs: &[],
    bundle: |b| {
        let done = format!("await={}", b.root().join("done").display());
        // There until `create` is over: a hook that runs that early is not held back.
        let b = b.file("done", "").hook("startContainer", "gate", &["await=/go"]);
        b.hook("poststart", "first", &[&done]).pause()
    },
    run: |c| {
        c.create().given()?;
        let process = c.state_process().given()?;
        let removed = std::fs::remove_file(c.bundle().root().join("done"));
        removed.map_err(|error| Fault::broken("take a file out of the root", &error))?;
        let (started, seen) = c.start_while(|_| hold_back(c, process));
        let (opened, executed) = seen?;
        started.given()?;
        must_precede("the hook to run after the program was let go", (opened, time_of(c)?))?;
        must_hold("the program to be executed before the hook", executed, "it was not while the hook waited")
    },
};

/// Lets the program go, and then the hook `first`: when the program was, and whether it was executed before the hook.
fn hold_back(c: &Container, process: u32) -> Result<(u64, bool), Fault> {
    let began = || c.hook_times("poststart", "first").came_about().then_some(());
    wait::until(HELD, began);
    let opened = now_ns();
    c.release("go")?;
    wait::until(BEGINS, began);
    let executed = wait::until(HELD, || c.is_program(process).then_some(()));
    c.release("done")?;
    Ok((opened, executed.is_some()))
}

/// Hooks of one kind run in the order listed.
const fn in_order(name: &'static str) -> Case {
    Case {
        name,
        clause: &config::HOOKS_ORDER,
        needs: &[],
        bundle: |b| {
            let kind = kind(b.case);
            b.hook(kind, "zebra", &[]).hook(kind, "ant", &[]).hook(kind, "mole", &[])
        },
        run: |c| {
            given_life(c)?;
            let began = |name| Ok::<u64, Fault>(c.hook_times(kind(c.case()), name).must_succeed()?[0]);
            let (zebra, ant, mole) = (began("zebra")?, began("ant")?, began("mole")?);
            must_precede("the first hook to run before the second", (zebra, ant))?;
            must_precede("the second hook to run before the third", (ant, mole))
        },
    }
}

/// `prestart` hooks run before `createRuntime` hooks.
const PRESTART_BEFORE: Case = Case {
    name: "order",
    clause: &config::PRESTART_BEFORE,
    needs: &[],
    bundle: |b| b.hook("createRuntime", "later", &[]).hook("prestart", "earlier", &[]),
    run: |c| must_come_before(c, ("prestart", "earlier"), ("createRuntime", "later")),
};

/// `createContainer` hooks run after `createRuntime` hooks.
const CREATE_CONTAINER_AFTER: Case = Case {
    name: "order",
    clause: &config::CREATE_CONTAINER_AFTER,
    needs: &[],
    bundle: |b| b.hook("createContainer", "later", &[]).hook("createRuntime", "earlier", &[]),
    run: |c| must_come_before(c, ("createRuntime", "earlier"), ("createContainer", "later")),
};

fn must_come_before(c: &Container, earlier: (&str, &str), later: (&str, &str)) -> Judgment {
    c.create().given()?;
    let earlier_ns = c.hook_times(earlier.0, earlier.1).must_succeed()?[0];
    let later_ns = c.hook_times(later.0, later.1).must_succeed()?[0];
    must_precede(&format!("{} before {}", earlier.0, later.0), (earlier_ns, later_ns))
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &invoked(&runtime::PRESTART_INVOKED),
    &invoked(&runtime::CREATE_RUNTIME_INVOKED),
    &invoked(&runtime::CREATE_CONTAINER_INVOKED),
    &invoked(&runtime::START_CONTAINER_INVOKED),
    &invoked(&runtime::POSTSTART_INVOKED),
    &invoked(&runtime::POSTSTOP_INVOKED),
    &during(&config::PRESTART_WHEN, "during-create", |c| must_run_during(c, |life| life.create)),
    &during(&config::CREATE_RUNTIME_WHEN, "during-create", |c| must_run_during(c, |life| life.create)),
    &during(&config::CREATE_CONTAINER_WHEN, "during-create", |c| must_run_during(c, |life| life.create)),
    &START_WAITS,
    &during(&config::POSTSTART_WHEN, "during-start", |c| must_run_during(c, |life| life.start)),
    &during(&config::POSTSTOP_WHEN, "during-delete", |c| must_run_during(c, |life| life.delete)),
    &BEFORE_PROGRAM,
    &AFTER_PROGRAM,
    &in_order("prestart"),
    &in_order("create-runtime"),
    &in_order("create-container"),
    &in_order("start-container"),
    &in_order("poststart"),
    &in_order("poststop"),
    &PRESTART_BEFORE,
    &CREATE_CONTAINER_AFTER,
];
