//! A life without trouble leaves nothing: what all other cases of this kind stand on.

use super::promise::promise;
use super::world;
use crate::container;
use crate::{Case, Clause};

const LEAVES_NOTHING: Clause = promise(
    "robustness/life",
    "runtime.md#delete",
    "a container that was deleted leaves no process, mount, cgroup, file or changed setting",
);

/// A container that ran to its end.
const STOPPED: Case = Case {
    name: "stopped",
    clause: &LEAVES_NOTHING,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let before = world::look(c);
        world::live(c)?;
        container::must_leave_nothing(&before)
    },
};

/// One that ran when it was deleted by force.
const RUNNING: Case = Case {
    name: "running",
    clause: &LEAVES_NOTHING,
    needs: &[],
    bundle: |b| b.then(&["fork=3", "pause"]),
    run: |c| {
        let before = world::look(c);
        c.given_running()?;
        c.call("delete", &["--force"]).must_succeed()?;
        container::must_leave_nothing(&before)?;
        c.must_not_exist()
    },
};

/// One that could not be created, since its program's directory cannot be.
const REFUSED: Case = Case {
    name: "refused",
    clause: &LEAVES_NOTHING,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let before = world::before(c)?;
        let refused = c.other("refused", |b| b.mount("/proc/kcore/x", "tmpfs", "tmpfs", &[]))?;
        refused.create().must_fail()?;
        container::must_leave_nothing(&before)?;
        world::must_recover(&c.other("refused", |b| b)?, &before)
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[&STOPPED, &RUNNING, &REFUSED];
