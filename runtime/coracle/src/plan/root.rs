//! The steps that make the root: mounts, devices, hooks, the change of root, and what is hidden inside it.

use alloc::vec::Vec;

use super::{Pivot, Request, below, devices, has_own, mounts, process};
use crate::config::Config;
use crate::config::namespaces::Kind;
use crate::host::Host;
use crate::step::{Entry, Step};

/// `MS_*` of mount(2).
pub(super) const MS_REC: u32 = 0x4000;
const MS_UNBINDABLE: u32 = 1 << 17;
const MS_PRIVATE: u32 = 1 << 18;
const MS_SLAVE: u32 = 1 << 19;
const MS_SHARED: u32 = 1 << 20;

pub(super) fn steps<'a>(
    config: &'a Config<'_>,
    host: &Host,
    request: &Request<'_>,
    steps: &mut Vec<Step<'a>>,
) {
    let root = below(request.bundle, config.root.path);
    if !has_own(config, Kind::Mount) {
        // A mount would be the host's, and stay.
        steps.push(Step::FindRoot(root));
        hooks(config, steps);
        process::labels(config.process.as_ref(), steps);
        steps.push(Step::EnterRoot(Entry::Chroot));
        return;
    }
    let propagation = config.linux.rootfs_propagation;
    let outer = outer(propagation);
    let is_shared = outer & MS_SHARED != 0;
    steps.push(Step::Propagate(outer));
    if is_shared {
        steps.push(Step::IsolateParent(root.clone()));
    }
    steps.push(Step::OpenRoot(root));
    mounts::steps(config, host, request, steps);
    devices::steps(config, steps);
    hooks(config, steps);
    // While the host's procfs is still there to write them to.
    process::labels(config.process.as_ref(), steps);
    if config.root.readonly {
        steps.push(Step::SealRoot);
    }
    steps.push(Step::EnterRoot(match (request.pivot, is_shared) {
        (Pivot::None, _) => Entry::Move,
        (Pivot::Root, true) => Entry::PivotShared,
        (Pivot::Root, false) => Entry::Pivot,
    }));
    steps.extend(config.linux.readonly_paths.iter().copied().map(Step::ProtectPath));
    steps.extend(config.linux.masked_paths.iter().copied().map(Step::MaskPath));
    steps.extend(propagation.map(Step::PropagateRoot));
}

/// What the mounts of the host become as the container has them, before its own are made.
///
/// What happens in the container stays there, unless the configuration wants it otherwise. What it wants for the root
/// alone is done to the root alone, at the end: the mount that the root lies on must not be tied to the host's, and a
/// slave needs a master.
fn outer(propagation: Option<u32>) -> u32 {
    match propagation {
        Some(all) if all & MS_REC != 0 && all & MS_UNBINDABLE != 0 => MS_PRIVATE | MS_REC,
        Some(asked) if asked & (MS_REC | MS_SHARED) != 0 => asked,
        _ => MS_SLAVE | MS_REC,
    }
}

fn hooks(config: &Config<'_>, steps: &mut Vec<Step<'_>>) {
    if !config.hooks.prestart.is_empty() || !config.hooks.create_runtime.is_empty() {
        steps.push(Step::AwaitHooks);
    }
    if !config.hooks.create_container.is_empty() {
        steps.push(Step::RunCreateContainerHooks);
    }
}
