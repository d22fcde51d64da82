//! The steps that make a process what the configuration says: the same for the first one and for those that join.

use alloc::vec::Vec;

use super::Filter;
use crate::config::linux::Linux;
use crate::config::process::Process;
use crate::step::{Module, Step};

pub(super) fn steps<'a>(
    process: &'a Process<'_>,
    linux: &'a Linux<'_>,
    filter: Filter,
    steps: &mut Vec<Step<'a>>,
) {
    limits(process, linux, steps);
    steps.push(Step::DropBounding(process.capabilities.bounding));
    steps.push(Step::BecomeUser(&process.user));
    steps.push(Step::ChangeDirectory(process.cwd));
    steps.push(Step::SetUmask(process.user.umask));
    privileges(process, filter, steps);
}

fn limits<'a>(process: &'a Process<'_>, linux: &'a Linux<'_>, steps: &mut Vec<Step<'a>>) {
    steps.push(Step::ResetAffinity);
    steps.extend(process.rlimits.iter().copied().map(Step::SetRlimit));
    steps.extend(process.scheduler.map(Step::SetScheduler));
    steps.extend(process.io_priority.map(Step::SetIoPriority));
    steps.extend(linux.personality.map(Step::SetPersonality));
    steps.extend(linux.memory_policy.as_ref().map(Step::SetMemoryPolicy));
}

/// The labels of security modules, which the next `execve(2)` applies.
pub(super) fn labels<'a>(process: Option<&'a Process<'_>>, steps: &mut Vec<Step<'a>>) {
    let Some(process) = process else { return };
    let label = |module| move |label| Step::LabelProgram { module, label };
    steps.extend(process.apparmor_profile.map(label(Module::AppArmor)));
    steps.extend(process.selinux_label.map(label(Module::Selinux)));
}

/// Loading a filter without `no_new_privs` needs a capability, so it must come before they are dropped; with it, as late
/// as possible.
fn privileges<'a>(process: &'a Process<'_>, filter: Filter, steps: &mut Vec<Step<'a>>) {
    let capabilities = Step::SetCapabilities(process.capabilities);
    let execute = Step::Execute(process.args.first().copied().unwrap_or_default());
    if !process.no_new_privileges {
        if filter != Filter::None {
            steps.push(Step::LoadSeccomp);
        }
        steps.extend([capabilities, Step::AwaitStart, Step::RunStartContainerHooks, execute]);
        return;
    }
    steps.extend([Step::SetNoNewPrivileges, capabilities]);
    if filter == Filter::WithAgent {
        steps.push(Step::LoadSeccomp);
    }
    steps.extend([Step::AwaitStart, Step::RunStartContainerHooks]);
    if filter == Filter::Alone {
        steps.push(Step::LoadSeccomp);
    }
    steps.push(execute);
}
