//! `state`, and what a container goes through.

use serde_json::{Value, json};

use crate::clauses::runtime;
use crate::container::Container;
use crate::fault::{must_equal, must_hold};
use crate::report::must_be;
use crate::state::Status::{Created, Running, Stopped};
use crate::version::Version;
use crate::{Case, Judgment};

/// The state of a running container has all that it must have.
const FIELDS: Case = Case {
    name: "running",
    clause: &runtime::STATE_FIELDS,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let process = c.given_running()?;
        let state = c.state().must_succeed()?.document;
        for name in ["ociVersion", "id", "status", "bundle"] {
            must_hold(&format!("`{name}` in the state"), state[name].is_string(), &state)?;
        }
        must_be("pid", &json!(process), &state["pid"])
    },
};

/// After `create` the status is `created`, and its process is the one that runs the program later.
const STATUS_CREATED: Case = Case {
    name: "after-create",
    clause: &runtime::STATE_CREATED,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.state().must_be(Created)?;
        c.state_process().must_succeed()?;
        must_hold("the program to wait", !c.has_reported(), "it ran")
    },
};

/// After `start` the status is `running`, and the program does run.
const STATUS_RUNNING: Case = Case {
    name: "after-start",
    clause: &runtime::STATE_RUNNING,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.given_running()?;
        c.state().must_be(Running)
    },
};

/// After its program has exited the container is `stopped`.
const STATUS_STOPPED: Case = Case {
    name: "after-exit",
    clause: &runtime::STATE_STOPPED,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_report()?;
        c.until(Stopped).must_succeed().map(drop)
    },
};

/// After its program was killed the container is `stopped`.
const STATUS_KILLED: Case = Case {
    name: "after-kill",
    clause: &runtime::STATE_STOPPED,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.given_running()?;
        c.kill("KILL").given()?;
        c.until(Stopped).must_succeed().map(drop)
    },
};

/// The pid of a created container is that of the process which later runs the program.
const PID_CREATED: Case = Case {
    name: "created",
    clause: &runtime::STATE_PID,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.create().given()?;
        let created = c.state_process().must_succeed()?;
        c.start().given()?;
        c.report().given()?;
        must_equal("pid", &c.process().given()?, &created)
    },
};

/// The pid of a running container is that of its program, as the kernel has it.
const PID_RUNNING: Case = Case {
    name: "running",
    clause: &runtime::STATE_PID,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let process = c.given_running()?;
        must_equal("pid", &Some(process), &c.state().must_succeed()?.pid)
    },
};

/// The state holds the absolute path of a bundle that `create` was given by a relative one.
const BUNDLE: Case = Case {
    name: "absolute",
    clause: &runtime::STATE_BUNDLE,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let path = c.bundle().directory_path().display().to_string();
        // The suite runs in `/`.
        c.create_with(&["--bundle", path.trim_start_matches('/')]).given()?;
        c.state_process().given()?;
        must_equal("bundle", &Some(path), &c.state().must_succeed()?.bundle)
    },
};

/// The state names a version of the specification.
const VERSION: Case = Case {
    name: "semantic",
    clause: &runtime::STATE_VERSION,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.state_process().given()?;
        let version = c.state().must_succeed()?.oci_version.unwrap_or_default();
        must_hold("`ociVersion` to be a semantic version", Version::parse(&version).is_some(), version)
    },
};

/// An id of all kinds of characters comes back as it was given.
const ID: Case = Case {
    name: "unusual",
    clause: &runtime::STATE_ID,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let other = c.other("Lark_42-a.b", |b| b)?;
        other.create().given()?;
        must_equal("id", &Some("Lark_42-a.b".to_owned()), &other.state().must_succeed()?.id)
    },
};

/// Annotations come back, those with an empty value too.
const ANNOTATIONS: Case = Case {
    name: "kept",
    clause: &runtime::STATE_ANNOTATIONS,
    needs: &[],
    bundle: |b| b.set("/annotations", json!({"org.example.lark": "4242", "org.example.empty": ""})),
    run: |c| {
        c.create().given()?;
        let annotations = c.state().must_succeed()?.annotations.unwrap_or_default();
        let value = |name: &str| annotations.get(name).cloned();
        must_equal("org.example.lark", &Some("4242".to_owned()), &value("org.example.lark"))?;
        must_equal("org.example.empty", &Some(String::new()), &value("org.example.empty"))
    },
};

/// The state keeps to its schema while the container is created.
const SCHEMA_CREATED: Case = Case {
    name: "created",
    clause: &runtime::STATE_SCHEMA,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.state_process().given()?;
        must_keep_to_schema(c)
    },
};

/// The state keeps to its schema once the container has stopped.
const SCHEMA_STOPPED: Case = Case {
    name: "stopped",
    clause: &runtime::STATE_SCHEMA,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_stopped()?;
        must_keep_to_schema(c)
    },
};

/// What `state-schema.json` asks for.
fn must_keep_to_schema(c: &Container) -> Judgment {
    let state = c.state().must_succeed()?.document;
    let text = |name: &str| state[name].is_string();
    let known = ["creating", "created", "running", "stopped"].iter().any(|status| state["status"] == *status);
    let strings = |map: &serde_json::Map<String, Value>| map.values().all(Value::is_string);
    let annotations = &state["annotations"];
    let holds = text("ociVersion")
        && text("id")
        && text("bundle")
        && known
        && (state.get("pid").is_none() || state["pid"].as_u64().is_some())
        && (state.get("annotations").is_none() || annotations.as_object().is_some_and(strings));
    must_hold("a state that keeps to state-schema.json", holds, &state)
}

/// `state` without an id is an error.
const NO_ID: Case = Case {
    name: "no-argument",
    clause: &runtime::STATE_NO_ID,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.state().given()?;
        c.raw("state", &[]).must_fail()
    },
};

/// The state of a container that never was is an error.
const UNKNOWN: Case = Case {
    name: "never-created",
    clause: &runtime::STATE_UNKNOWN,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.state().given()?;
        c.raw("state", &["stranger"]).must_fail()
    },
};

/// The state of a container that was deleted is an error.
const UNKNOWN_DELETED: Case = Case {
    name: "deleted",
    clause: &runtime::STATE_UNKNOWN,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_stopped()?;
        c.delete().given()?;
        c.raw("state", &[c.id()]).must_fail()
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &FIELDS,
    &STATUS_CREATED,
    &STATUS_RUNNING,
    &STATUS_STOPPED,
    &STATUS_KILLED,
    &PID_CREATED,
    &PID_RUNNING,
    &BUNDLE,
    &VERSION,
    &ID,
    &ANNOTATIONS,
    &SCHEMA_CREATED,
    &SCHEMA_STOPPED,
    &NO_ID,
    &UNKNOWN,
    &UNKNOWN_DELETED,
];
