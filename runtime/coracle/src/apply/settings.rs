//! What the program runs as: limits, scheduling, user, capabilities.

use core::ffi::CStr;

use rustix::fs::{CWD, Mode};
use rustix::io::Errno;
use rustix::process::{Gid, Uid, chdir, umask};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use alloc::vec::Vec;

use super::Process;
use super::fault::Fault;
use crate::config::capabilities::Capabilities;
use crate::config::numbers::Numbers;
use crate::config::process::User;
use crate::file::put;
use crate::state::Status;
use crate::step::{Module, Step};
use crate::sys::{identity, limit, schedule};

/// As many processors as any kernel is built for.
const EVERY_PROCESSOR: [u64; 128] = [u64::MAX; 128];

impl Process<'_> {
    pub(super) fn perform_setting(&mut self, step: &Step<'_>) -> Result<(), Fault> {
        match step {
            Step::SetRlimit(one) => Ok(limit::set(one.resource, one.soft, one.hard)?),
            Step::SetScheduler(scheduler) => Ok(schedule::set_scheduling(scheduler)?),
            Step::SetIoPriority(priority) => Ok(schedule::set_io_priority(priority.0)?),
            Step::ResetAffinity => Ok(schedule::set_affinity(&EVERY_PROCESSOR)?),
            Step::SetAffinity(words) => Ok(schedule::set_affinity(words)?),
            Step::SetPersonality(persona) => Ok(schedule::set_personality(*persona)?),
            Step::SetMemoryPolicy(policy) => {
                let nodes = policy.nodes.as_ref().map(Numbers::words).unwrap_or_default();
                Ok(schedule::set_memory_policy(policy.mode, nodes)?)
            }
            Step::DropBounding(kept) => Ok(drop_bounding(*kept)?),
            Step::BecomeUser(user) => Ok(become_user(user)?),
            Step::ChangeDirectory(path) => Ok(chdir(*path)?),
            Step::SetUmask(bits) => {
                umask(bits.map_or(self.umask, |bits| Mode::from_raw_mode(u32::from(bits))));
                Ok(())
            }
            Step::SetNoNewPrivileges => Ok(identity::set_no_new_privs()?),
            Step::SetCapabilities(sets) => Ok(set_capabilities(*sets)?),
            Step::RaiseEffective(permitted) => Ok(identity::set_capabilities(*permitted, *permitted, 0)?),
            Step::LoadSeccomp => self.load_seccomp(),
            Step::AwaitStart => self.await_start(),
            Step::RunStartContainerHooks => self.run_hooks(&self.hooks.start_container, Status::Created),
            Step::Execute(name) => self.execute(name),
            _ => Err(Errno::NOSYS.into()),
        }
    }
}

/// Until the kernel says that there are no more capabilities: newer ones than coracle knows go too.
fn drop_bounding(kept: u64) -> Result<(), Errno> {
    for number in (0..64).filter(|number| kept >> number & 1 == 0) {
        match identity::drop_bounding(number) {
            Ok(()) => {}
            Err(Errno::INVAL) => break,
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

fn become_user(user: &User) -> Result<(), Errno> {
    match identity::clear_securebits() {
        // Without the capability there are none to clear: setting them takes the same one.
        Ok(()) | Err(Errno::PERM) => {}
        Err(errno) => return Err(errno),
    }
    let groups: Vec<Gid> = user.additional_gids.iter().copied().map(Gid::from_raw).collect();
    match set_thread_groups(&groups) {
        // In a user namespace made without privileges the groups cannot be changed, not even given up.
        Err(Errno::PERM) if groups.is_empty() => {}
        outcome => outcome?,
    }
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    if !uid.is_root() {
        identity::keep_capabilities()?;
    }
    set_thread_res_gid(gid, gid, gid)?;
    set_thread_res_uid(uid, uid, uid)
}

fn set_capabilities(sets: Capabilities) -> Result<(), Errno> {
    identity::set_capabilities(sets.effective, sets.permitted, sets.inheritable)?;
    identity::clear_ambient()?;
    (0..64).filter(|number| sets.ambient >> number & 1 == 1).try_for_each(identity::raise_ambient)
}

/// Has the next `execve(2)` label the program; through the host's procfs, which is still mounted.
pub(super) fn label(module: Module, label: &CStr) -> Result<(), Fault> {
    let label = label.to_string_lossy();
    let written = match module {
        Module::Selinux => put(CWD, c"/proc/self/attr/exec", &label),
        Module::AppArmor => {
            let command = alloc::format!("exec {label}");
            // The file of its own is there since Linux 5.8; before that, modules shared one.
            match put(CWD, c"/proc/self/attr/apparmor/exec", &command) {
                Err(Errno::NOENT) => put(CWD, c"/proc/self/attr/exec", &command),
                outcome => outcome,
            }
        }
    };
    match written {
        Err(Errno::NOENT | Errno::INVAL) => {
            Err(Fault::Other("the host has no such security module, or no such label".into()))
        }
        outcome => Ok(outcome?),
    }
}
