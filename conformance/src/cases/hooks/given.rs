//! What hooks are given: arguments, environment, and the state of the container.

use serde_json::{Value, json};

use super::{given_life, kind, with_hook};
use crate::clauses::config;
use crate::container::Container;
use crate::fault::{must_equal, must_hold};
use crate::state::{State, Status};
use crate::{Case, Judgment};

/// A hook gets its arguments, those with spaces and without characters too.
const fn args(name: &'static str) -> Case {
    Case {
        name,
        clause: &config::HOOK_ARGS,
        needs: &[],
        bundle: |b| {
            let kind = kind(b.case);
            b.hook(kind, "first", &["two words", "", "lärk"])
        },
        run: |c| {
            given_life(c)?;
            let hook = c.hook_report(kind(c.case()), "first").given()?;
            let expected = c.bundle().value(&format!("/hooks/{}/0/args", kind(c.case()))).clone();
            hook.must_be("/program/args", expected)
        },
    }
}

/// A hook gets its environment, and nothing of the runtime's.
const fn env(name: &'static str) -> Case {
    Case {
        name,
        clause: &config::HOOK_ENV,
        needs: &[],
        bundle: |b| {
            let pointer = format!("/hooks/{}/0/env", kind(b.case));
            with_hook(b).set(&pointer, json!(["LARK=42=42", "EMPTY="]))
        },
        run: |c| {
            given_life(c)?;
            let hook = c.hook_report(kind(c.case()), "first").given()?;
            // An environment is a set: no order of it is asked for.
            let mut seen: Vec<&Value> = hook.at("/program/env").as_array().into_iter().flatten().collect();
            seen.sort_by_key(ToString::to_string);
            must_equal("environment", &vec![&json!("EMPTY="), &json!("LARK=42=42")], &seen)
        },
    }
}

/// A hook reads the state of its container from its standard input.
const fn state(name: &'static str) -> Case {
    Case { name, clause: &config::HOOKS_STATE, needs: &[], bundle: with_hook, run: must_get_state }
}

fn must_get_state(c: &Container) -> Judgment {
    given_life(c)?;
    let kind = kind(c.case());
    let hook = c.hook_report(kind, "first").given()?;
    let text = hook.seen.stdin.as_ref().map(ToString::to_string).unwrap_or_default();
    let seen = State::parse(&text);
    let state = seen.map_err(|_| crate::Fault::failed("a state on the hook's standard input", text))?;
    must_equal("id", &Some(c.id().to_owned()), &state.id)?;
    must_equal("bundle", &Some(c.bundle().directory_path().display().to_string()), &state.bundle)?;
    let accepted = statuses(kind);
    must_hold(&format!("a status among {accepted:?}"), accepted.contains(&state.status), state.status)?;
    // Of one that is still being created it may be left out.
    let needs_pid = matches!(state.status, Status::Created | Status::Running);
    must_hold("a pid in the state", !needs_pid || state.pid.is_some(), &state.document)
}

/// What the status may be. The text leaves open whether a container whose hooks of `create` run is still `creating`.
fn statuses(kind: &str) -> &'static [Status] {
    match kind {
        "poststart" => &[Status::Running],
        "poststop" => &[Status::Stopped],
        "startContainer" => &[Status::Created],
        _ => &[Status::Creating, Status::Created],
    }
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &args("prestart"),
    &args("create-runtime"),
    &args("create-container"),
    &args("start-container"),
    &args("poststart"),
    &args("poststop"),
    &env("prestart"),
    &env("create-runtime"),
    &env("create-container"),
    &env("start-container"),
    &env("poststart"),
    &env("poststop"),
    &state("prestart"),
    &state("create-runtime"),
    &state("create-container"),
    &state("start-container"),
    &state("poststart"),
    &state("poststop"),
];
