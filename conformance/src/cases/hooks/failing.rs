//! Hooks that fail, hang, or should never have been accepted.

use serde_json::json;

use super::{kind, with_hook};
use crate::clauses::{config, runtime};
use crate::container::Container;
use crate::fault::{Fault, must_hold};
use crate::state::Status::Stopped;
use crate::{Case, Clause, Judgment, Need};

/// A hook of `create` that fails makes `create` fail, and no container comes of it.
const fn in_create(clause: &'static Clause) -> Case {
    Case { name: "exit-status", clause, needs: &[], bundle: with_hook, run: must_fail_create }
}

fn must_fail_create(c: &Container) -> Judgment {
    c.create().given()?;
    c.hook_report(kind(c.case()), "first").given()?;
    let failing = failing(c)?;
    failing.create().must_fail()?;
    failing.hook_report(kind(c.case()), "failing").given()?;
    failing.must_not_exist()
}

/// The same container with a hook that fails.
fn failing(c: &Container) -> Result<Container, Fault> {
    c.other("failing", |b| b.remove("/hooks").hook(kind(c.case()), "failing", &["exit=7"]))
}

/// A `startContainer` hook that fails makes `start` fail, and the program does not run.
const START_CONTAINER: Case = Case {
    name: "exit-status",
    clause: &runtime::START_CONTAINER_FAILS,
    needs: &[],
    bundle: with_hook,
    run: |c| {
        c.given_report()?;
        let failing = failing(c)?;
        failing.create().given()?;
        failing.start().must_fail()?;
        failing.hook_report("startContainer", "failing").given()?;
        let ran = failing.has_reported() || failing.process().came_about();
        must_hold("the program not to run", !ran, "it ran")?;
        must_be_over(&failing)
    },
};

/// A `poststart` hook that fails makes `start` fail and stops the container; before 1.3 it was a warning.
const POSTSTART: Case = Case {
    name: "exit-status",
    clause: &runtime::POSTSTART_FAILS,
    needs: &[Need::Spec(1, 3)],
    bundle: |b| with_hook(b).pause(),
    run: |c| {
        c.given_running()?;
        let failing = failing(c)?;
        failing.create().given()?;
        failing.start().must_fail()?;
        failing.hook_report("poststart", "failing").given()?;
        must_be_over(&failing)
    },
};

/// The container is stopped; whether the runtime still knows it then is left open.
fn must_be_over(c: &Container) -> Judgment {
    if c.must_not_exist().is_ok() { Ok(()) } else { c.until(Stopped).must_succeed().map(drop) }
}

/// A `poststop` hook that fails keeps neither the next one nor `delete` from going on.
const POSTSTOP: Case = Case {
    name: "others-go-on",
    clause: &runtime::POSTSTOP_FAILS,
    needs: &[],
    bundle: |b| b.hook("poststop", "failing", &["exit=7"]).hook("poststop", "next", &[]),
    run: |c| {
        c.given_stopped()?;
        c.delete().must_succeed()?;
        c.hook_report("poststop", "failing").given()?;
        c.hook_report("poststop", "next").must_succeed()?;
        c.must_not_exist()
    },
};

/// A hook that outlives its timeout is aborted, which is a failure.
const TIMEOUT: Case = Case {
    name: "aborted",
    clause: &config::HOOK_TIMEOUT,
    needs: &[],
    bundle: |b| b.hook("createRuntime", "first", &[]).set("/hooks/createRuntime/0/timeout", 1),
    run: |c| {
        c.create().given()?;
        let hanging = c.other("hanging", |b| {
            let hook = b.remove("/hooks").hook("createRuntime", "hanging", &["pause"]);
            hook.set("/hooks/createRuntime/0/timeout", 1)
        })?;
        hanging.create().must_fail()?;
        hanging.hook_report("createRuntime", "hanging").given()?;
        hanging.must_not_exist()
    },
};

/// A timeout of zero is an error.
const TIMEOUT_ZERO: Case = Case {
    name: "zero",
    clause: &config::HOOK_TIMEOUT_POSITIVE,
    needs: &[],
    bundle: |b| b.hook("createRuntime", "first", &[]).set("/hooks/createRuntime/0/timeout", 5),
    run: |c| c.must_not_create(|b| b.set("/hooks/createRuntime/0/timeout", 0)),
};

/// A timeout below zero is an error.
const TIMEOUT_NEGATIVE: Case = Case {
    name: "negative",
    clause: &config::HOOK_TIMEOUT_POSITIVE,
    needs: &[],
    bundle: |b| b.hook("createRuntime", "first", &[]).set("/hooks/createRuntime/0/timeout", 5),
    run: |c| c.must_not_create(|b| b.set("/hooks/createRuntime/0/timeout", -1)),
};

/// A relative path is an error, even where it leads to a program.
const RELATIVE_PATH: Case = Case {
    name: "relative",
    clause: &config::HOOK_PATH_ABSOLUTE,
    needs: &[],
    bundle: |b| b.hook("createRuntime", "first", &[]),
    run: |c| {
        c.must_not_create(|b| {
            // The suite runs in `/`, so this is the same file.
            let relative = b.hook_path("createRuntime").trim_start_matches('/').to_owned();
            b.set("/hooks/createRuntime/0/path", json!(relative))
        })
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &in_create(&runtime::PRESTART_FAILS),
    &in_create(&runtime::CREATE_RUNTIME_FAILS),
    &in_create(&runtime::CREATE_CONTAINER_FAILS),
    &START_CONTAINER,
    &POSTSTART,
    &POSTSTOP,
    &TIMEOUT,
    &TIMEOUT_ZERO,
    &TIMEOUT_NEGATIVE,
    &RELATIVE_PATH,
];
