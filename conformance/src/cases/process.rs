//! The process: its program, arguments, environment, directory, terminal.

use serde_json::json;

use crate::clauses::config;
use crate::fault::must_hold;
use crate::{Case, Need};

/// The process starts in `cwd`.
const CWD: Case = Case {
    name: "directory",
    clause: &config::CWD,
    needs: &[],
    bundle: |b| b.directory("lark/deep").set("/process/cwd", "/lark/deep"),
    run: |c| c.given_report()?.must_be("/program/cwd", "/lark/deep"),
};

/// A relative `cwd` is an error, even where there is such a directory.
const CWD_RELATIVE: Case = Case {
    name: "relative",
    clause: &config::CWD_ABSOLUTE,
    needs: &[],
    bundle: |b| b.directory("lark").set("/process/cwd", "/lark"),
    run: |c| c.must_not_run(|b| b.set("/process/cwd", "lark")),
};

/// The variables of `env` are there, with values that hold `=`, and empty ones.
const ENV_GIVEN: Case = Case {
    name: "given",
    clause: &config::ENV,
    needs: &[],
    bundle: |b| b.set("/process/env", json!(["PATH=/", "LARK=42=42", "EMPTY="])),
    run: |c| {
        let report = c.given_report()?;
        let there =
            |entry: &str| report.at("/program/env").as_array().is_some_and(|env| env.contains(&json!(entry)));
        let all = ["PATH=/", "LARK=42=42", "EMPTY="].into_iter().all(there);
        must_hold("PATH=/, LARK=42=42, EMPTY= in the environment", all, report.at("/program/env"))
    },
};

/// Nothing else is in the environment.
const ENV_EXACT: Case = Case {
    name: "nothing-else",
    clause: &config::ENV,
    needs: &[],
    bundle: |b| b.set("/process/env", json!(["LARK=4242"])),
    run: |c| c.given_report()?.must_be("/program/env", json!(["LARK=4242"])),
};

/// Arguments arrive as they are: with spaces, without characters, beyond ASCII.
const ARGS: Case = Case {
    name: "words",
    clause: &config::ARGS,
    needs: &[],
    bundle: |b| b.look(&["two words", "", "lärk", "$HOME", "--"]),
    run: |c| c.given_report()?.must_be("/program/args", json!(c.bundle().args())),
};

/// `args` without an entry is an error.
const ARGS_EMPTY: Case = Case {
    name: "empty",
    clause: &config::ARGS_ONE,
    needs: &[],
    bundle: |b| b,
    run: |c| c.must_not_run(|b| b.set("/process/args", json!([]))),
};

/// A program without a slash in its name is looked up in the `PATH` of its own environment.
const ARGS_PATH: Case = Case {
    name: "path",
    clause: &config::ARGS_ONE,
    needs: &[],
    bundle: |b| {
        let b = b.probe("lark/bin/skylark", 0o755).directory("empty").program("skylark");
        b.set("/process/env", json!(["PATH=/empty:/lark/bin"]))
    },
    run: |c| c.given_report()?.must_be("/program/executable", "/lark/bin/skylark"),
};

/// A program that is not there is an error.
const ARGS_MISSING: Case = Case {
    name: "missing",
    clause: &config::ARGS_ONE,
    needs: &[],
    bundle: |b| b,
    run: |c| c.must_not_run(|b| b.program("/no/such/program")),
};

/// Without a terminal `consoleSize` is no error, and there is no terminal.
const CONSOLE_SIZE_IGNORED: Case = Case {
    name: "no-terminal",
    clause: &config::CONSOLE_SIZE_IGNORED,
    needs: &[],
    bundle: |b| b.set("/process/consoleSize", json!({"height": 43, "width": 132})),
    run: |c| {
        c.create().must_succeed()?;
        c.start().must_succeed()?;
        let report = c.report().must_succeed()?;
        let terminal = report.seen.descriptors.iter().any(|descriptor| descriptor.terminal.is_some());
        must_hold("no terminal", !terminal, report.at("/descriptors"))
    },
};

/// `noNewPrivileges` is set, as the kernel has it.
const NO_NEW_PRIVILEGES: Case = Case {
    name: "set",
    clause: &config::NO_NEW_PRIVILEGES,
    needs: &[],
    bundle: |b| b.set("/process/noNewPrivileges", true),
    run: |c| c.given_report()?.must_be("/privileges/no_new_privs", true),
};

/// With `noNewPrivileges` a set-user-id program of root's does not make root of a user.
const NO_NEW_PRIVILEGES_EXEC: Case = Case {
    name: "set-user-id",
    clause: &config::NO_NEW_PRIVILEGES,
    needs: &[Need::Root],
    bundle: |b| {
        let b = b.probe("lark/setuid", 0o4755).directory("out").set("/process/user/uid", 4242);
        let nonce = format!("nonce={}", b.nonce());
        b.then(&["exec=/lark/setuid", &nonce, "report=/out/later"])
    },
    run: |c| {
        c.given_report()?;
        // Without the property the program gains the privileges: else this bundle would show nothing.
        let gained = c.later_report("/out/later").given()?;
        gained.must_be("/identity/uid/effective", 0).map_err(|_| {
            crate::Fault::unreached(
                "a set-user-id program that gains privileges",
                gained.at("/identity/uid").to_string(),
            )
        })?;
        let kept = c.other("kept", |b| b.set("/process/noNewPrivileges", true))?;
        kept.given_report()?;
        kept.later_report("/out/later").must_succeed()?.must_be("/identity/uid/effective", 4242)
    },
};

/// `oomScoreAdj` is applied.
const OOM_SCORE_SET: Case = Case {
    name: "raised",
    clause: &config::OOM_SCORE_SET,
    needs: &[],
    bundle: |b| b.set("/process/oomScoreAdj", 424),
    run: |c| c.given_report()?.must_be("/schedule/oom_score_adj", "424"),
};

/// Without `oomScoreAdj` the process has the runtime's caller's value.
const OOM_SCORE_UNSET: Case = Case {
    name: "callers",
    clause: &config::OOM_SCORE_UNSET,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let written = std::fs::write("/proc/self/oom_score_adj", "321");
        written.map_err(|error| crate::Fault::broken("raise the own oom score", &error))?;
        c.given_report()?.must_be("/schedule/oom_score_adj", "321")
    },
};

/// Policy and nice value are applied.
const SCHEDULER_BATCH: Case = Case {
    name: "batch",
    clause: &config::SCHEDULER,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/process/scheduler", json!({"policy": "SCHED_BATCH", "nice": 7})),
    run: |c| {
        let report = c.given_report()?;
        report.must_be("/schedule/policy/number", 3)?;
        report.must_be("/schedule/nice", 7)
    },
};

/// A policy without parameters is applied.
const SCHEDULER_IDLE: Case = Case {
    name: "idle",
    clause: &config::SCHEDULER,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/process/scheduler", json!({"policy": "SCHED_IDLE"})),
    run: |c| c.given_report()?.must_be("/schedule/policy/number", 5),
};

/// Class and priority are applied.
const IO_PRIORITY: Case = Case {
    name: "best-effort",
    clause: &config::IO_PRIORITY,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/process/ioPriority", json!({"class": "IOPRIO_CLASS_BE", "priority": 6})),
    run: |c| c.given_report()?.must_be("/schedule/io_priority", (2 << 13) | 6),
};

/// The idle class is applied.
const IO_PRIORITY_IDLE: Case = Case {
    name: "idle",
    clause: &config::IO_PRIORITY,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/process/ioPriority", json!({"class": "IOPRIO_CLASS_IDLE", "priority": 0})),
    run: |c| c.given_report()?.must_be("/schedule/io_priority", 3 << 13),
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &CWD,
    &CWD_RELATIVE,
    &ENV_GIVEN,
    &ENV_EXACT,
    &ARGS,
    &ARGS_EMPTY,
    &ARGS_PATH,
    &ARGS_MISSING,
    &CONSOLE_SIZE_IGNORED,
    &NO_NEW_PRIVILEGES,
    &NO_NEW_PRIVILEGES_EXEC,
    &OOM_SCORE_SET,
    &OOM_SCORE_UNSET,
    &SCHEDULER_BATCH,
    &SCHEDULER_IDLE,
    &IO_PRIORITY,
    &IO_PRIORITY_IDLE,
];
