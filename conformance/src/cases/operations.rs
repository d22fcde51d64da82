//! All operations together, and what a state holds at each point.

use serde_json::{Value, json};

use crate::clauses::operations;
use crate::container::Container;
use crate::fault::must_hold;
use crate::state::Status::{Created, Running, Stopped};
use crate::{Case, Judgment};

/// One process, one user: every operation in its turn.
const SAME_ENTITY: Case = Case {
    name: "every-operation",
    clause: &operations::SAME_ENTITY,
    needs: &[],
    bundle: |b| b.pause(),
    run: must_do_all,
};

/// Every operation does what it is for.
const OPERATIONS: Case = Case {
    name: "each",
    clause: &operations::OPERATIONS,
    needs: &[],
    bundle: |b| b.pause(),
    run: must_do_all,
};

fn must_do_all(c: &Container) -> Judgment {
    c.create().must_succeed()?;
    c.state().must_be(Created)?;
    c.start().must_succeed()?;
    c.state().must_be(Running)?;
    c.kill("KILL").must_succeed()?;
    c.until(Stopped).must_succeed()?;
    c.delete().must_succeed()?;
    c.must_not_exist()
}

/// The status in the state as it was printed.
fn status(c: &Container) -> Result<Value, crate::Fault> {
    Ok(c.state().must_succeed()?.document["status"].clone())
}

/// A status is a string from the first state to the last.
const STATUS_REQUIRED: Case = Case {
    name: "at-each-point",
    clause: &operations::STATUS_REQUIRED,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        let created = status(c)?;
        must_hold("a string after `create`", created.is_string(), created)?;
        c.state_process().given()?;
        c.start().given()?;
        c.until(Stopped).given()?;
        let stopped = status(c)?;
        must_hold("a string after the end", stopped.is_string(), stopped)
    },
};

/// A container that is created, runs or has stopped is called so, and not by another word.
const STATUS_OTHER_WORDS: Case = Case {
    name: "known-states",
    clause: &operations::STATUS_OTHER_WORDS,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let must_be = |word: &str| status(c).and_then(|seen| must_hold(word, seen == word, seen));
        c.create().given()?;
        must_be("created")?;
        c.start().given()?;
        c.report().given()?;
        must_be("running")?;
        c.kill("KILL").given()?;
        c.until(Stopped).given()?;
        must_be("stopped")
    },
};

/// Without annotations in the configuration there are none in the state.
const NO_ANNOTATIONS: Case = Case {
    name: "none-configured",
    clause: &operations::NO_ANNOTATIONS,
    needs: &[],
    bundle: |b| b.remove("/annotations"),
    run: |c| {
        c.create().given()?;
        c.state_process().given()?;
        let annotations = c.state().must_succeed()?.document["annotations"].clone();
        let is_empty = annotations.is_null() || annotations == json!({});
        must_hold("no annotations, or an empty map", is_empty, annotations)
    },
};

/// Properties of several sections hold at the same time.
const ENVIRONMENT: Case = Case {
    name: "several-sections",
    clause: &operations::ENVIRONMENT,
    needs: &[],
    bundle: |b| {
        let b = b.set("/hostname", "skylark").set("/process/cwd", "/proc");
        b.push("/process/env", "LARK=up").set("/process/user/umask", 0o27)
    },
    run: |c| {
        let report = c.given_report()?;
        report.must_be("/host/hostname", "skylark")?;
        report.must_be("/program/cwd", "/proc")?;
        report.must_be("/identity/umask", 0o27)?;
        let told =
            report.at("/program/env").as_array().is_some_and(|all| all.iter().any(|one| one == "LARK=up"));
        must_hold("the variable `LARK=up`", told, report.at("/program/env"))
    },
};

/// A program that exits ends the container, also with an error.
const EXITED: Case = Case {
    name: "exited",
    clause: &operations::PROCESS_ENDS,
    needs: &[],
    bundle: |b| b.then(&["exit=7"]),
    run: |c| {
        c.given_report()?;
        c.until(Stopped).must_succeed().map(drop)
    },
};

/// `kill` ends it.
const KILLED: Case = Case {
    name: "killed",
    clause: &operations::PROCESS_ENDS,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.given_running()?;
        c.kill("KILL").given()?;
        c.until(Stopped).must_succeed().map(drop)
    },
};

/// A capability that nobody knows is worth a warning, and the container is created and runs all the same.
const WARNINGS: Case = Case {
    name: "unknown-capability",
    clause: &operations::WARNINGS,
    needs: &[],
    bundle: |b| b.push("/process/capabilities/bounding", "CAP_LARK"),
    run: |c| {
        c.create().must_succeed()?;
        c.start().must_succeed()?;
        c.report().must_succeed().map(drop)
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &SAME_ENTITY,
    &OPERATIONS,
    &STATUS_REQUIRED,
    &STATUS_OTHER_WORDS,
    &NO_ANNOTATIONS,
    &ENVIRONMENT,
    &EXITED,
    &KILLED,
    &WARNINGS,
];
