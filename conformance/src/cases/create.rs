//! `create`: what it makes, what it refuses, and what it leaves when it refuses.

use serde_json::json;

use crate::Case;
use crate::clauses::{bundle, runtime};
use crate::container::{must_leave_nothing, namespace, now_ns};
use crate::fault::{Fault, must_equal, must_hold};
use crate::report::mounts_of;
use crate::state::Status::{Created, Running, Stopped};

/// `create` makes a container that has a process.
const CREATES: Case = Case {
    name: "new",
    clause: &runtime::CREATE_CREATES,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().must_succeed()?;
        c.state().must_be(Created)?;
        c.state_process().must_succeed().map(drop)
    },
};

/// A configuration without `process` is enough for `create`.
const CREATES_WITHOUT_PROCESS: Case = Case {
    name: "without-process",
    clause: &runtime::CREATE_CREATES,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_report()?;
        let other = c.other("without", |b| b.remove("/process"))?;
        other.create().must_succeed()?;
        other.state().must_be(Created)
    },
};

/// `create` without an id is an error.
const NO_ID: Case = Case {
    name: "no-id",
    clause: &runtime::CREATE_NO_ARGUMENTS,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        let bundle = c.bundle().directory_path().display().to_string();
        c.raw("create", &["--bundle", &bundle]).must_fail()
    },
};

/// `create` without a bundle, where there is none in the working directory either, is an error.
const NO_BUNDLE: Case = Case {
    name: "no-bundle",
    clause: &runtime::CREATE_NO_ARGUMENTS,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        let other = c.other("nowhere", |b| b)?;
        other.create_with(&[]).must_fail()?;
        other.must_not_exist()
    },
};

/// The id of a created container is taken, and the container stays as it was.
const DUPLICATE_CREATED: Case = Case {
    name: "created",
    clause: &runtime::CREATE_DUPLICATE,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        let before = c.state_process().given()?;
        c.create_again().must_fail()?;
        c.state().must_be(Created)?;
        must_equal("pid", &before, &c.state_process().must_succeed()?)?;
        c.start().must_succeed()?;
        c.report().must_succeed().map(drop)
    },
};

/// The id of a running container is taken, and the container stays as it was.
const DUPLICATE_RUNNING: Case = Case {
    name: "running",
    clause: &runtime::CREATE_DUPLICATE,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let before = c.given_running()?;
        c.create_again().must_fail()?;
        c.state().must_be(Running)?;
        must_equal("the process", &before, &c.process().must_succeed()?)
    },
};

/// The id of a stopped container is taken until it is deleted.
const DUPLICATE_STOPPED: Case = Case {
    name: "stopped",
    clause: &runtime::CREATE_DUPLICATE,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_stopped()?;
        c.create_again().must_fail()?;
        c.state().must_be(Stopped)
    },
};

/// The program begins after `start` was called, not before.
const PROGRAM_WAITS: Case = Case {
    name: "until-start",
    clause: &runtime::PROGRAM_WAITS,
    needs: &[],
    // A program that ends would leave no process to see, where it began too early.
    bundle: |b| b.pause(),
    run: |c| {
        c.create().given()?;
        c.state_process().given()?;
        let called = now_ns();
        c.start().given()?;
        let began = c.report().given()?.seen.entered_ns;
        must_hold("the program to begin after `start` is called", began >= called, "it began before")
    },
};

/// The container process does not have the arguments of the program before `start`.
const ARGS_WAIT: Case = Case {
    name: "until-start",
    clause: &runtime::ARGS_WAIT,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        c.create().given()?;
        c.state_process().given()?;
        must_hold("no process with the program's arguments", !c.process().came_about(), "there is one")?;
        c.start().given()?;
        c.report().given()?;
        c.process().must_succeed().map(drop)
    },
};

/// Other arguments written into `config.json` after `create` do not reach the program.
const CONFIG_FIXED_ARGS: Case = Case {
    name: "args",
    clause: &runtime::CONFIG_FIXED,
    needs: &[],
    bundle: |b| b.look(&["echo=before"]),
    run: |c| {
        c.create().given()?;
        c.rewrite(|b| b.look(&["echo=after"]))?;
        c.start().given()?;
        c.report().given()?.must_be("/program/args", json!(c.bundle().args()))
    },
};

/// Another working directory written into `config.json` after `create` is not used.
const CONFIG_FIXED_CWD: Case = Case {
    name: "cwd",
    clause: &runtime::CONFIG_FIXED,
    needs: &[],
    bundle: |b| b.directory("before").directory("after").set("/process/cwd", "/before"),
    run: |c| {
        c.create().given()?;
        c.rewrite(|b| b.set("/process/cwd", "/after"))?;
        c.start().given()?;
        c.report().given()?.must_be("/program/cwd", "/before")
    },
};

/// Mounts are there before `start`.
const APPLIES_MOUNTS: Case = Case {
    name: "mounts",
    clause: &runtime::CREATE_APPLIES,
    needs: &[],
    bundle: |b| b.directory("lark").mount("/lark", "tmpfs", "lark", &["size=424k"]),
    run: |c| {
        c.create().given()?;
        let mounts = mounts_of(c.state_process().given()?);
        let found = mounts.iter().any(|mount| mount.point == "/lark" && mount.kind == "tmpfs");
        let places = mounts.iter().map(|mount| mount.point.to_string()).collect::<Vec<_>>().join(" ");
        must_hold("a tmpfs on /lark before `start`", found, format!("mounts on {places}"))
    },
};

/// Namespaces are there before `start`.
const APPLIES_NAMESPACES: Case = Case {
    name: "namespaces",
    clause: &runtime::CREATE_APPLIES,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        let process = c.state_process().given()?.to_string();
        for kind in ["pid", "net", "ipc", "uts", "mnt"] {
            let (ours, its) = (namespace("self", kind), namespace(&process, kind));
            must_hold(
                &format!("a new {kind} namespace before `start`"),
                ours != its && !its.is_empty(),
                its,
            )?;
        }
        Ok(())
    },
};

/// The root of the container process is the bundle's before `start`.
const APPLIES_ROOT: Case = Case {
    name: "root",
    clause: &runtime::CREATE_APPLIES,
    needs: &[],
    bundle: |b| b.file("lark", "4242"),
    run: |c| {
        c.create().given()?;
        let process = c.state_process().given()?;
        let text = std::fs::read_to_string(format!("/proc/{process}/root/lark")).unwrap_or_default();
        must_equal("the text of /lark in the process's root", &"4242".to_owned(), &text)
    },
};

/// A bind mount from nowhere is an error, and no container comes of it.
const ENVIRONMENT_ERROR: Case = Case {
    name: "missing-source",
    clause: &runtime::ENVIRONMENT_ERROR,
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        b.outside_directory("there").directory("lark").mount("/lark", "bind", &source, &["bind"])
    },
    run: |c| {
        c.must_not_create(|b| {
            let missing = b.outside("missing");
            b.set("/mounts/-/source", missing)
        })
    },
};

/// A kernel parameter that does not exist is an error, and no container comes of it.
const CANNOT_APPLY_SYSCTL: Case = Case {
    name: "sysctl",
    clause: &runtime::CANNOT_APPLY,
    needs: &[],
    bundle: |b| b.set("/linux/sysctl", json!({"net.ipv4.ip_forward": "1"})),
    run: |c| c.must_not_create(|b| b.set("/linux/sysctl", json!({"net.ipv4.lark": "1"}))),
};

/// A file system that the kernel does not have is an error, and no container comes of it.
const CANNOT_APPLY_FILE_SYSTEM: Case = Case {
    name: "file-system",
    clause: &runtime::CANNOT_APPLY,
    needs: &[],
    bundle: |b| b.directory("lark").mount("/lark", "tmpfs", "lark", &[]),
    run: |c| c.must_not_create(|b| b.set("/mounts/-/type", "larkfs")),
};

/// A namespace path that leads nowhere is an error, and no container comes of it.
const CANNOT_APPLY_NAMESPACE: Case = Case {
    name: "namespace",
    clause: &runtime::CANNOT_APPLY,
    needs: &[],
    bundle: |b| b.set("/linux/namespaces/1/path", "/proc/self/ns/net"),
    run: |c| c.must_not_create(|b| b.set("/linux/namespaces/1/path", "/no/such/namespace")),
};

/// A `create` that fails for a mount leaves nothing, and the id is free.
const LEAVES_NOTHING_MOUNT: Case = Case {
    name: "missing-source",
    clause: &runtime::ERROR_LEAVES_NOTHING,
    needs: &[],
    bundle: |b| {
        let missing = b.outside("missing");
        b.outside_directory("there").mount("/dev/lark", "bind", &missing, &["bind"])
    },
    run: |c| {
        let before = c.surroundings();
        c.create().given_error()?;
        must_leave_nothing(&before)?;
        c.must_not_exist()?;
        let there = c.bundle().outside("there");
        c.rewrite(|b| b.set("/mounts/-/source", there))?;
        c.create().must_succeed().map(drop)
    },
};

/// A `create` that fails for a hook leaves nothing.
const LEAVES_NOTHING_HOOK: Case = Case {
    name: "failing-hook",
    clause: &runtime::ERROR_LEAVES_NOTHING,
    needs: &[],
    bundle: |b| b.hook("createRuntime", "failing", &["exit=7"]),
    run: |c| {
        let before = c.surroundings();
        c.create().given_error()?;
        c.hook_report("createRuntime", "failing").given()?;
        must_leave_nothing(&before)?;
        c.must_not_exist()
    },
};

/// A second `create` with an id that is in use leaves nothing.
const LEAVES_NOTHING_DUPLICATE: Case = Case {
    name: "duplicate",
    clause: &runtime::ERROR_LEAVES_NOTHING,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        let before = c.surroundings();
        c.create_again().given_error()?;
        must_leave_nothing(&before)?;
        c.state().must_be(Created)
    },
};

/// The configuration is read from `config.json`, and from nowhere else.
const CONFIG_JSON: Case = Case {
    name: "name",
    clause: &bundle::CONFIG_JSON,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_report()?;
        let other = c.other("renamed", |b| b)?;
        let path = other.bundle().directory_path();
        let renamed = std::fs::rename(path.join("config.json"), path.join("configuration.json"));
        renamed.map_err(|error| Fault::broken("rename the configuration", &error))?;
        other.create().must_fail()?;
        other.must_not_exist()
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &CONFIG_JSON,
    &CREATES,
    &CREATES_WITHOUT_PROCESS,
    &NO_ID,
    &NO_BUNDLE,
    &DUPLICATE_CREATED,
    &DUPLICATE_RUNNING,
    &DUPLICATE_STOPPED,
    &PROGRAM_WAITS,
    &ARGS_WAIT,
    &CONFIG_FIXED_ARGS,
    &CONFIG_FIXED_CWD,
    &APPLIES_MOUNTS,
    &APPLIES_NAMESPACES,
    &APPLIES_ROOT,
    &ENVIRONMENT_ERROR,
    &CANNOT_APPLY_SYSCTL,
    &CANNOT_APPLY_FILE_SYSTEM,
    &CANNOT_APPLY_NAMESPACE,
    &LEAVES_NOTHING_MOUNT,
    &LEAVES_NOTHING_HOOK,
    &LEAVES_NOTHING_DUPLICATE,
];
