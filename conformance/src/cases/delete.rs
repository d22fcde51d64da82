//! `delete`: when it may, what it takes with it, and what it leaves alone.

use crate::clauses::runtime;
use crate::container::{must_leave_nothing, namespace};
use crate::fault::{must_equal, must_hold};
use crate::state::Status::{Created, Running};
use crate::{Case, Need};

/// `delete` without an id is an error.
const NO_ID: Case = Case {
    name: "no-argument",
    clause: &runtime::DELETE_NO_ID,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let stopped = c.given_stopped()?;
        c.raw("delete", &[]).must_fail()?;
        c.state().must_be(stopped.status)
    },
};

/// A created container cannot be deleted, and trying leaves it created.
const CREATED: Case = Case {
    name: "created",
    clause: &runtime::DELETE_NOT_STOPPED,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.create().given()?;
        c.delete().must_fail()?;
        c.state().must_be(Created)
    },
};

/// A running container cannot be deleted, and trying leaves it running.
const RUNNING: Case = Case {
    name: "running",
    clause: &runtime::DELETE_NOT_STOPPED,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let process = c.given_running()?;
        c.delete().must_fail()?;
        c.state().must_be(Running)?;
        must_equal("the process", &process, &c.process().must_succeed()?)
    },
};

/// A container that was deleted is not known any more.
const REMOVES_STATE: Case = Case {
    name: "state",
    clause: &runtime::DELETE_REMOVES,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_stopped()?;
        c.delete().must_succeed()?;
        c.must_not_exist()
    },
};

/// The cgroup that `create` made goes with the container.
const REMOVES_CGROUP: Case = Case {
    name: "cgroup",
    clause: &runtime::DELETE_REMOVES,
    needs: &[Need::Root, Need::Cgroup("pids")],
    bundle: |b| b.set("/linux/cgroupsPath", "/lark-4242").pause(),
    run: |c| {
        let process = c.given_running()?;
        let cgroup = c.cgroup(process, "pids").given()?;
        must_hold_given("a cgroup of its own", cgroup.ends_with("lark-4242"), &cgroup)?;
        c.kill("KILL").given()?;
        c.until(crate::state::Status::Stopped).given()?;
        c.delete().must_succeed()?;
        must_hold("no cgroup", !cgroup.exists(), format!("`{}` is there", cgroup.display()))
    },
};

/// The cgroups that `create` made on the way to the container's go with it, once they are empty.
const REMOVES_CGROUP_PARENT: Case = Case {
    name: "cgroup-above",
    clause: &runtime::DELETE_REMOVES,
    needs: &[Need::Root, Need::Cgroup("pids")],
    bundle: |b| b.set("/linux/cgroupsPath", "/lark-4242/deep").pause(),
    run: |c| {
        let process = c.given_running()?;
        let cgroup = c.cgroup(process, "pids").given()?;
        must_hold_given("a cgroup of its own", cgroup.ends_with("lark-4242/deep"), &cgroup)?;
        c.kill("KILL").given()?;
        c.until(crate::state::Status::Stopped).given()?;
        c.delete().must_succeed()?;
        let above = cgroup.with_file_name("");
        must_hold("no cgroup above", !above.exists(), format!("`{}` is there", above.display()))
    },
};

/// What has to hold before the clause can be tested.
fn must_hold_given(what: &str, holds: bool, seen: &std::path::Path) -> crate::Judgment {
    if holds { Ok(()) } else { Err(crate::Fault::unreached(what, seen.display().to_string())) }
}

/// Deleting undoes all that `create` did: processes, mounts, cgroups, and files beside those of the bundle.
const DESTROYED: Case = Case {
    name: "everything",
    clause: &runtime::DESTROYED,
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        b.outside_directory("there").directory("lark").mount("/lark", "bind", &source, &["bind"])
    },
    run: |c| {
        let before = c.surroundings();
        c.given_stopped()?;
        c.delete().must_succeed()?;
        must_leave_nothing(&before)
    },
};

/// The source of a bind mount stays as it was.
const KEEPS_SOURCE: Case = Case {
    name: "bind-source",
    clause: &runtime::DELETE_KEEPS_OTHERS,
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        b.outside_file("there/lark", "4242").directory("lark").mount("/lark", "bind", &source, &["bind"])
    },
    run: |c| {
        c.given_stopped()?;
        c.delete().given()?;
        let text = std::fs::read_to_string(c.bundle().outside("there/lark")).unwrap_or_default();
        must_equal("the file that was mounted", &"4242".to_owned(), &text)?;
        must_hold("the bundle to stay", c.bundle().root().join("probe").exists(), "its root is gone")
    },
};

/// A namespace that the container joined outlives it.
const KEEPS_NAMESPACE: Case = Case {
    name: "joined-namespace",
    clause: &runtime::DELETE_KEEPS_OTHERS,
    needs: &[],
    bundle: |b| b.pause(),
    run: |c| {
        let holder = c.given_running()?;
        let network = namespace(&holder.to_string(), "net");
        let path = format!("/proc/{holder}/ns/net");
        let guest = c.other("guest", |b| b.set("/linux/namespaces/1/path", path))?;
        let inside = guest.given_running()?;
        let joined = namespace(&inside.to_string(), "net") == network;
        must_hold_given("the guest in the network of the other", joined, std::path::Path::new(&network))?;
        guest.kill("KILL").given()?;
        guest.until(crate::state::Status::Stopped).given()?;
        guest.delete().given()?;
        must_equal("the process in that namespace", &holder, &c.process().must_succeed()?)
    },
};

/// The id of a deleted container can be used again.
const ID_FREE: Case = Case {
    name: "after-delete",
    clause: &runtime::ID_FREE,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        c.given_stopped()?;
        c.delete().given()?;
        let again = c.other(c.id(), |b| b)?;
        again.create().must_succeed()?;
        again.start().must_succeed()?;
        again.report().must_succeed().map(drop)
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &NO_ID,
    &CREATED,
    &RUNNING,
    &REMOVES_STATE,
    &REMOVES_CGROUP,
    &REMOVES_CGROUP_PARENT,
    &DESTROYED,
    &KEEPS_SOURCE,
    &KEEPS_NAMESPACE,
    &ID_FREE,
];
