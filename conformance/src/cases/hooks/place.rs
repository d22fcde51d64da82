//! Where hooks run, and where their paths are looked up.

use super::{given_life, kind, with_hook};
use crate::clauses::config;
use crate::container::{Container, namespace};
use crate::fault::must_equal;
use crate::{Case, Clause, Judgment};

/// The namespaces of the base bundle, as the kernel calls them.
const NAMESPACES: [&str; 5] = ["mnt", "pid", "net", "ipc", "uts"];

/// A hook runs in the namespaces of the runtime.
const fn outside(clause: &'static Clause) -> Case {
    Case { name: "namespaces", clause, needs: &[], bundle: with_hook, run: must_run_outside }
}

fn must_run_outside(c: &Container) -> Judgment {
    given_life(c)?;
    let hook = c.hook_report(kind(c.case()), "first").given()?;
    let each = |kind| must_equal(kind, &namespace("self", kind), &hook.namespace(kind)?);
    NAMESPACES.into_iter().try_for_each(each)
}

/// A hook runs in the namespaces of the container.
const fn inside(clause: &'static Clause) -> Case {
    Case { name: "namespaces", clause, needs: &[], bundle: with_hook, run: must_run_inside }
}

fn must_run_inside(c: &Container) -> Judgment {
    c.create().given()?;
    c.start().given()?;
    let program = c.report().given()?;
    let hook = c.hook_report(kind(c.case()), "first").given()?;
    let each = |kind| must_equal(kind, &program.namespace(kind)?, &hook.namespace(kind)?);
    NAMESPACES.into_iter().try_for_each(each)
}

/// The path of a `createContainer` hook leads to a file of the host, which is not in the container's root.
const CREATE_CONTAINER_PATH: Case = Case {
    name: "on-the-host",
    clause: &config::CREATE_CONTAINER_PATH,
    needs: &[],
    bundle: |b| {
        let path = b.outside("hook");
        b.outside_probe("hook")
            .hook("createContainer", "first", &[])
            .set("/hooks/createContainer/0/path", path)
    },
    run: |c| {
        c.create().must_succeed()?;
        c.hook_report("createContainer", "first").must_succeed().map(drop)
    },
};

/// The path of a `startContainer` hook leads to a file of the container's root, which is not on the host.
const START_CONTAINER_PATH: Case = Case {
    name: "in-the-container",
    clause: &config::START_CONTAINER_PATH,
    needs: &[],
    bundle: |b| {
        let hooked = b.probe("lark/hook", 0o755).hook("startContainer", "first", &[]);
        hooked.set("/hooks/startContainer/0/path", "/lark/hook")
    },
    run: |c| {
        c.create().must_succeed()?;
        c.start().must_succeed()?;
        c.report().must_succeed()?;
        c.hook_report("startContainer", "first").must_succeed().map(drop)
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &outside(&config::PRESTART_NAMESPACE),
    &outside(&config::CREATE_RUNTIME_NAMESPACE),
    &inside(&config::CREATE_CONTAINER_NAMESPACE),
    &inside(&config::START_CONTAINER_NAMESPACE),
    &outside(&config::POSTSTART_NAMESPACE),
    &outside(&config::POSTSTOP_NAMESPACE),
    &CREATE_CONTAINER_PATH,
    &START_CONTAINER_PATH,
];
