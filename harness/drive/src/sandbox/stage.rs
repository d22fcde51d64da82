//! What the three processes of a sandbox do, each in its turn.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, exit};

use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::wait::{WaitStatus, wait};
use rustix::process::{Signal, set_parent_process_death_signal};

use super::fault::{During as _, StageError};
use super::{Job, Orders, Stage, cgroup, mounts, reexecute};
use crate::sys;

/// Exit status of a stage that could not do its part; its answer says why.
pub(super) const SETUP_FAILED: i32 = 121;

/// Does what the orders say, and exits.
pub(super) fn follow(orders: &Orders, jobs: &[Job]) -> ! {
    let done = set_parent_process_death_signal(Some(Signal::KILL)).during("ask to die with the parent");
    let code = done.and_then(|()| match orders.stage {
        Stage::Warden => warden(orders),
        Stage::Init => init(orders),
        Stage::Worker => worker(orders, jobs),
    });
    exit(code.unwrap_or_else(|error| {
        // Where even the answer cannot be written, the exit status still tells.
        let _ = write!(io::stdout(), "{error}");
        SETUP_FAILED
    }))
}

fn warden(orders: &Orders) -> Result<i32, StageError> {
    let mut namespaces = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC;
    if orders.root {
        cgroup::enter(&orders.cgroup, &orders.sandbox)?;
        namespaces |= CloneFlags::CLONE_NEWCGROUP;
    } else {
        user_namespace()?;
    }
    unshare(namespaces).during("make namespaces")?;
    if orders.root && cgroup::is_v2(orders.sandbox.cgroups) {
        cgroup::delegate(&orders.cgroup)?;
    }
    let init = reexecute(&Orders { stage: Stage::Init, ..orders.clone() }).and_then(|mut init| init.spawn());
    let status = init.and_then(|init| sys::wait(init.id())).during("run init")?.status;
    Ok(code_of(status))
}

/// Becomes root in a user namespace that holds just this user and group.
fn user_namespace() -> Result<(), StageError> {
    let (uid, gid) = (nix::unistd::geteuid(), nix::unistd::getegid());
    unshare(CloneFlags::CLONE_NEWUSER).during("make a user namespace; without root, one is needed")?;
    fs::write("/proc/self/setgroups", "deny").during("give up setgroups")?;
    fs::write("/proc/self/uid_map", format!("0 {uid} 1")).during("map the user")?;
    fs::write("/proc/self/gid_map", format!("0 {gid} 1")).during("map the group")
}

fn init(orders: &Orders) -> Result<i32, StageError> {
    mounts::set_up(orders)?;
    let bytes = orders.sandbox.disk_bytes;
    setrlimit(Resource::RLIMIT_CORE, 0, 0).during("forbid core dumps")?;
    setrlimit(Resource::RLIMIT_FSIZE, bytes, bytes).during("limit the size of files")?;
    let worker = reexecute(&Orders { stage: Stage::Worker, ..orders.clone() });
    let worker = worker.and_then(|mut worker| worker.spawn()).during("start the worker")?;
    reap_until(worker.id())
}

/// Reaps every orphan until the worker has ended; its exit status becomes init's.
fn reap_until(worker: u32) -> Result<i32, StageError> {
    loop {
        match wait().during("reap")? {
            WaitStatus::Exited(pid, code) if pid.as_raw().cast_unsigned() == worker => return Ok(code),
            WaitStatus::Signaled(pid, signal, _) if pid.as_raw().cast_unsigned() == worker => {
                return Ok(128 + signal as i32);
            }
            _ => {}
        }
    }
}

fn worker(orders: &Orders, jobs: &[Job]) -> Result<i32, StageError> {
    let unknown = || StageError::UnknownJob { name: orders.job.clone() };
    let job = jobs.iter().find(|job| job.name == orders.job).ok_or_else(unknown)?;
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input).during("read the job's input")?;
    let answer = (job.run)(&input);
    let mut out = io::stdout();
    out.write_all(&answer).and_then(|()| out.flush()).during("write the job's answer")?;
    Ok(0)
}

/// As shells do: a signal counts from 128.
fn code_of(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}
