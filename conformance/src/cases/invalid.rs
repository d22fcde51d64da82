//! Values that no runtime may take: of the wrong type, out of range, or of no meaning.

use serde_json::{Value, json};

use crate::bundle::Bundle;
use crate::clauses::config;
use crate::container::Container;
use crate::{Case, Judgment, Need};

/// A property, a value that it may have, and one that it may not.
struct Row {
    name: &'static str,
    needs: &'static [Need],
    pointer: &'static str,
    good: fn() -> Value,
    bad: fn() -> Value,
}

const fn row(name: &'static str, pointer: &'static str, good: fn() -> Value, bad: fn() -> Value) -> Row {
    Row { name, needs: &[], pointer, good, bad }
}

const ROWS: [Row; 20] = [
    row("args-text", "/process/args", || Value::Null, || json!("/probe")),
    row("annotations-number", "/annotations", || json!({"org.example": "1"}), || json!({"org.example": 1})),
    row("capabilities-text", "/process/capabilities/bounding", || json!(["CAP_KILL"]), || json!("CAP_KILL")),
    row("env-number", "/process/env", || json!(["A=1"]), || json!([1])),
    row("hooks-array", "/hooks", || json!({}), || json!(["lark"])),
    row("hostname-number", "/hostname", || json!("lark"), || json!(42)),
    row(
        "linux-array",
        "/linux/namespaces",
        || json!([{"type": "mount"}, {"type": "pid"}]),
        || json!({"type": "mount"}),
    ),
    row("mounts-text", "/linux/maskedPaths", || json!([]), || json!("/lark")),
    row("namespace-type", "/linux/namespaces/-/type", || json!("mount"), || json!("lark")),
    row(
        "personality-domain",
        "/linux/personality",
        || json!({"domain": "LINUX"}),
        || json!({"domain": "LARK"}),
    ),
    row("pids-text", "/linux/resources/pids", || json!({"limit": 424}), || json!({"limit": "many"})),
    row("propagation", "/linux/rootfsPropagation", || json!("private"), || json!("sideways")),
    row("readonly-text", "/root/readonly", || json!(false), || json!("no")),
    row("rlimit-negative", "/process/rlimits", || limit(42), || limit(-42)),
    row("root-text", "/root", || json!({"path": "rootfs"}), || json!("rootfs")),
    row("seccomp-action", "/linux/seccomp", || seccomp("SCMP_ACT_ERRNO"), || seccomp("SCMP_ACT_LARK")),
    row(
        "seccomp-default",
        "/linux/seccomp/defaultAction",
        || json!("SCMP_ACT_ALLOW"),
        || json!("SCMP_ACT_LARK"),
    ),
    row("terminal-text", "/process/terminal", || json!(false), || json!("no")),
    row("uid-negative", "/process/user/uid", || json!(0), || json!(-1)),
    row("uid-too-large", "/process/user/uid", || json!(0), || json!(1_u64 << 32)),
];

fn limit(hard: i64) -> Value {
    json!([{"type": "RLIMIT_NOFILE", "soft": 42, "hard": hard}])
}

fn seccomp(action: &str) -> Value {
    json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["sysfs"], "action": action}]})
}

const fn invalid(index: usize) -> Case {
    Case {
        name: ROWS[index].name,
        clause: &config::INVALID_VALUE,
        needs: ROWS[index].needs,
        bundle: |b| {
            let row = row_of(b.case);
            b.set(row.pointer, (row.good)())
        },
        run: must_refuse,
    }
}

fn row_of(case: &Case) -> &'static Row {
    ROWS.iter().find(|row| row.name == case.name).expect("each row is in the table")
}

fn must_refuse(c: &Container) -> Judgment {
    let row = row_of(c.case());
    let refuse = |b: Bundle| b.set(row.pointer, (row.bad)());
    if row.pointer.starts_with("/process") { c.must_not_run(refuse) } else { c.must_not_create(refuse) }
}

/// A policy that does not exist is an error.
const SCHEDULER: Case = Case {
    name: "scheduler-policy",
    clause: &config::INVALID_VALUE,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/process/scheduler", json!({"policy": "SCHED_OTHER"})),
    run: |c| c.must_not_run(|b| b.set("/process/scheduler/policy", "SCHED_LARK")),
};

/// A class that does not exist is an error.
const IO_CLASS: Case = Case {
    name: "io-class",
    clause: &config::INVALID_VALUE,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/process/ioPriority", json!({"class": "IOPRIO_CLASS_BE", "priority": 4})),
    run: |c| c.must_not_run(|b| b.set("/process/ioPriority/class", "IOPRIO_CLASS_LARK")),
};

/// A priority out of range is an error.
const IO_LEVEL: Case = Case {
    name: "io-priority",
    clause: &config::INVALID_VALUE,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/process/ioPriority", json!({"class": "IOPRIO_CLASS_BE", "priority": 4})),
    run: |c| c.must_not_run(|b| b.set("/process/ioPriority/priority", 8)),
};

/// A configuration that is no JSON is an error.
const SYNTAX: Case = Case {
    name: "syntax",
    clause: &config::INVALID_VALUE,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_report()?;
        let other = c.other("cut", |b| b)?;
        let path = other.bundle().directory_path().join("config.json");
        let cut =
            std::fs::read_to_string(&path).and_then(|text| std::fs::write(&path, &text[..text.len() / 2]));
        cut.map_err(|error| crate::Fault::broken("cut the configuration", &error))?;
        other.create().must_fail()?;
        other.must_not_exist()
    },
};

/// A configuration without a version is an error.
const NO_VERSION: Case = Case {
    name: "missing",
    clause: &config::OCI_VERSION,
    needs: &[],
    bundle: |b| b,
    run: |c| c.must_not_create(|b| b.remove("/ociVersion")),
};

/// A version that is none is an error.
const NO_SEMANTIC_VERSION: Case = Case {
    name: "not-semantic",
    clause: &config::OCI_VERSION,
    needs: &[],
    bundle: |b| b,
    run: |c| c.must_not_create(|b| b.set("/ociVersion", "latest")),
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &invalid(0),
    &invalid(1),
    &invalid(2),
    &invalid(3),
    &invalid(4),
    &invalid(5),
    &invalid(6),
    &invalid(7),
    &invalid(8),
    &invalid(9),
    &invalid(10),
    &invalid(11),
    &invalid(12),
    &invalid(13),
    &invalid(14),
    &invalid(15),
    &invalid(16),
    &invalid(17),
    &invalid(18),
    &invalid(19),
    &SCHEDULER,
    &IO_CLASS,
    &IO_LEVEL,
    &SYNTAX,
    &NO_VERSION,
    &NO_SEMANTIC_VERSION,
];
