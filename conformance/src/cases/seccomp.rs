//! Filters of system calls.
//!
//! They are about `sysfs(2)`, which nothing calls any more, the runtime least of all: a filter that denies what a
//! runtime does between loading it and executing the program would tell nothing.

use nix::libc::{EPERM, SIGSYS};
use serde_json::{Value, json};

use crate::bundle::Bundle;
use crate::clauses::config_linux;
use crate::container::Container;
use crate::fault::must_hold;
use crate::report::must_be;
use crate::{Case, Judgment};

/// `sysfs(3)`: how many types of file systems there are.
const CALL: &str = "call=139,3";
/// The same in a child, since it may be the end of it.
const TRY: &str = "try=call=139,3";
/// An error number that no system call has of itself.
const ODD: i32 = 4042;

/// A filter that allows everything but what the rule is about.
fn with_rule(b: Bundle, rule: &Value) -> Bundle {
    let mut rule = rule.clone();
    rule["names"] = json!(["sysfs"]);
    b.set("/linux/seccomp", json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}))
}

/// A filter is loaded when the program runs.
const LOADED: Case = Case {
    name: "loaded",
    clause: &config_linux::SECCOMP,
    needs: &[],
    bundle: |b| with_rule(b, &json!({"action": "SCMP_ACT_ERRNO"})),
    run: |c| {
        let report = c.given_report()?;
        report.must_be("/privileges/seccomp_mode", 2)?;
        report.must_be("/privileges/seccomp_filters", 1)
    },
};

/// A filter is loaded with `noNewPrivileges` too, and with no capability left.
const LOADED_UNPRIVILEGED: Case = Case {
    name: "unprivileged",
    clause: &config_linux::SECCOMP,
    needs: &[],
    bundle: |b| {
        let b = b.set("/process/noNewPrivileges", true).remove("/process/capabilities").look(&[CALL]);
        with_rule(b, &json!({"action": "SCMP_ACT_ERRNO", "errnoRet": ODD}))
    },
    run: |c| c.given_report()?.must_be_refused(CALL, &[ODD]),
};

/// An action and what becomes of a child that makes the call.
const ACTIONS: [(&str, &str, &str, i32); 8] = [
    ("allow", "SCMP_ACT_ALLOW", "exited", 0),
    ("errno", "SCMP_ACT_ERRNO", "exited", EPERM),
    ("kill", "SCMP_ACT_KILL", "killed", SIGSYS),
    ("kill-process", "SCMP_ACT_KILL_PROCESS", "killed", SIGSYS),
    ("kill-thread", "SCMP_ACT_KILL_THREAD", "killed", SIGSYS),
    ("log", "SCMP_ACT_LOG", "exited", 0),
    ("trace", "SCMP_ACT_TRACE", "exited", nix::libc::ENOSYS),
    ("trap", "SCMP_ACT_TRAP", "killed", SIGSYS),
];

const fn action(row: usize) -> Case {
    Case {
        name: ACTIONS[row].0,
        clause: &config_linux::SECCOMP_ACTION,
        needs: &[],
        bundle: with_action,
        run: must_act,
    }
}

fn action_of(case: &Case) -> (&'static str, &'static str, i32) {
    let row = ACTIONS.iter().find(|(name, ..)| *name == case.name);
    let (_, action, key, value) = row.expect("each row is in the table");
    (action, key, *value)
}

fn with_action(b: Bundle) -> Bundle {
    let (action, ..) = action_of(b.case);
    // Where the call is allowed, the default denies it for another argument: the filter is shown to be there.
    let denied = json!({
        "names": ["sysfs"],
        "action": "SCMP_ACT_ERRNO",
        "errnoRet": ODD,
        "args": [{"index": 0, "value": 7, "op": "SCMP_CMP_EQ"}],
    });
    let rule = json!({"names": ["sysfs"], "action": action, "args": [{"index": 0, "value": 3, "op": "SCMP_CMP_EQ"}]});
    let b = b.set("/linux/seccomp", json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [denied, rule]}));
    b.look(&[TRY, "call=139,7"])
}

fn must_act(c: &Container) -> Judgment {
    let (_, key, value) = action_of(c.case());
    let report = c.given_report()?;
    report.answer_must_be(TRY, &format!("/{key}"), value)?;
    report.must_be_refused("call=139,7", &[ODD])
}

/// The error number is the configured one.
const ERRNO: Case = Case {
    name: "odd",
    clause: &config_linux::SECCOMP_ERRNO,
    needs: &[],
    bundle: |b| with_rule(b.look(&[CALL]), &json!({"action": "SCMP_ACT_ERRNO", "errnoRet": ODD})),
    run: |c| c.given_report()?.must_be_refused(CALL, &[ODD]),
};

/// Without a number it is `EPERM`.
const ERRNO_DEFAULT: Case = Case {
    name: "default",
    clause: &config_linux::SECCOMP_ERRNO,
    needs: &[],
    bundle: |b| with_rule(b.look(&[CALL]), &json!({"action": "SCMP_ACT_ERRNO"})),
    run: |c| c.given_report()?.must_be_refused(CALL, &[EPERM]),
};

/// A number for an action that has none is an error.
const ERRNO_FOR_ALLOW: Case = Case {
    name: "allow",
    clause: &config_linux::SECCOMP_ERRNO_UNSUPPORTED,
    needs: &[],
    bundle: |b| with_rule(b, &json!({"action": "SCMP_ACT_KILL"})),
    run: |c| c.must_not_run(|b| b.set("/linux/seccomp/syscalls/0/errnoRet", 42)),
};

/// A rule without a name is an error.
const NO_NAMES: Case = Case {
    name: "empty",
    clause: &config_linux::SECCOMP_NAMES,
    needs: &[],
    bundle: |b| with_rule(b, &json!({"action": "SCMP_ACT_ERRNO"})),
    run: |c| c.must_not_run(|b| b.set("/linux/seccomp/syscalls/0/names", json!([]))),
};

/// A comparison of the first argument: operator, values, an argument that it holds for, and one that it does not.
const OPERATORS: [(&str, &str, u64, u64, u64, u64); 7] = [
    ("equal", "SCMP_CMP_EQ", 42, 0, 42, 43),
    ("greater", "SCMP_CMP_GT", 42, 0, 43, 42),
    ("greater-or-equal", "SCMP_CMP_GE", 42, 0, 42, 41),
    ("less", "SCMP_CMP_LT", 42, 0, 41, 42),
    ("less-or-equal", "SCMP_CMP_LE", 42, 0, 42, 43),
    ("masked", "SCMP_CMP_MASKED_EQ", 0xf0, 0x40, 0x4a, 0x5a),
    ("not-equal", "SCMP_CMP_NE", 42, 0, 43, 42),
];

const fn operator(row: usize) -> Case {
    Case {
        name: OPERATORS[row].0,
        clause: &config_linux::SECCOMP_OPERATOR,
        needs: &[],
        bundle: with_operator,
        run: must_compare,
    }
}

fn calls(case: &Case) -> (&'static str, u64, u64, [String; 2]) {
    let row = OPERATORS.iter().find(|(name, ..)| *name == case.name);
    let (_, operator, value, two, holds, not) = row.expect("each row is in the table");
    (operator, *value, *two, [holds, not].map(|argument| format!("call=139,{argument}")))
}

fn with_operator(b: Bundle) -> Bundle {
    let (operator, value, two, calls) = calls(b.case);
    let argument = json!({"index": 0, "value": value, "valueTwo": two, "op": operator});
    let b = b.look(&[&calls[0], &calls[1]]);
    with_rule(b, &json!({"action": "SCMP_ACT_ERRNO", "errnoRet": ODD, "args": [argument]}))
}

fn must_compare(c: &Container) -> Judgment {
    let (.., [holds, not]) = calls(c.case());
    let report = c.given_report()?;
    report.must_be_refused(&holds, &[ODD])?;
    let other = report.answer(&not);
    must_hold(&format!("{not} not to be filtered"), !other.is_null() && other["errno"] != ODD, other)
}

/// Arguments are compared in full: the upper half of 64 bits counts.
const WIDE: Case = Case {
    name: "upper-half",
    clause: &config_linux::SECCOMP_OPERATOR,
    needs: &[],
    bundle: |b| {
        let argument = json!({"index": 1, "value": 0x0001_0000_0007_u64, "op": "SCMP_CMP_EQ"});
        let b = b.look(&["call=139,3,4294967303", "call=139,3,7"]);
        with_rule(b, &json!({"action": "SCMP_ACT_ERRNO", "errnoRet": ODD, "args": [argument]}))
    },
    run: |c| {
        let report = c.given_report()?;
        report.must_be_refused("call=139,3,4294967303", &[ODD])?;
        must_be("errno of call=139,3,7", &Value::Null, &report.answer("call=139,3,7")["errno"])
    },
};

/// A flag that changes nothing but the log is taken, and the filter is there.
const FLAGS: Case = Case {
    name: "log",
    clause: &config_linux::SECCOMP_FLAGS,
    needs: &[],
    bundle: |b| {
        let b = with_rule(b.look(&[CALL]), &json!({"action": "SCMP_ACT_ERRNO", "errnoRet": ODD}));
        b.set("/linux/seccomp/flags", json!(["SECCOMP_FILTER_FLAG_LOG"]))
    },
    run: |c| {
        c.create().must_succeed()?;
        c.start().must_succeed()?;
        c.report().must_succeed()?.must_be_refused(CALL, &[ODD])
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &LOADED,
    &LOADED_UNPRIVILEGED,
    &action(0),
    &action(1),
    &action(2),
    &action(3),
    &action(4),
    &action(5),
    &action(6),
    &action(7),
    &ERRNO,
    &ERRNO_DEFAULT,
    &ERRNO_FOR_ALLOW,
    &NO_NAMES,
    &operator(0),
    &operator(1),
    &operator(2),
    &operator(3),
    &operator(4),
    &operator(5),
    &operator(6),
    &WIDE,
    &FLAGS,
];
