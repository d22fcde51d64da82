//! The first steps: namespaces, session, keyring, names.

use alloc::vec::Vec;

use super::{Request, has_own, text};
use crate::cgroup::Layout;
use crate::config::Config;
use crate::config::namespaces::{Kind, Namespace};
use crate::host::Host;
use crate::step::Step;

/// The namespaces that are made with the process.
///
/// Not the cgroup namespace, whose root would be the runtime's cgroup, nor the time namespace, whose clocks would be set.
pub(super) fn cloned(config: &Config<'_>) -> u32 {
    config.linux.namespaces.created() & !(Kind::Cgroup.flag() | Kind::Time.flag())
}

/// Whether the process must wait until it is in its cgroups: one of version 2 it is in from its first instruction.
pub(crate) fn awaits_cgroups(config: &Config<'_>, host: &Host) -> bool {
    config.linux.namespaces.of(Kind::Cgroup) == Namespace::Create && !matches!(host.layout, Some(Layout::V2))
}

pub(super) fn steps<'a>(
    config: &'a Config<'_>,
    host: &Host,
    request: &Request<'_>,
    steps: &mut Vec<Step<'a>>,
) {
    let namespaces = &config.linux.namespaces;
    let is_created = |kind| namespaces.of(kind) == Namespace::Create;
    if is_created(Kind::User) {
        steps.push(Step::AwaitMappings);
    }
    // The user and the PID namespace are joined around the clone; a process cannot change the latter.
    let joined = namespaces.joined().filter(|(kind, _)| !matches!(kind, Kind::User | Kind::Pid));
    steps.extend(joined.map(|(kind, path)| Step::Join(kind, path)));
    if has_own(config, Kind::User) {
        steps.push(Step::BecomeRoot);
    }
    if is_created(Kind::Cgroup) {
        if awaits_cgroups(config, host) {
            steps.push(Step::AwaitCgroups);
        }
        steps.push(Step::UnshareCgroups);
    }
    if is_created(Kind::Time) {
        steps.push(Step::ShiftClocks(config.linux.time_offsets));
    }
    steps.push(Step::StartSession);
    steps.extend(request.keyring.map(|name| Step::MakeKeyring(text(&[name]))));
    steps.extend(config.hostname.map(Step::SetHostname));
    steps.extend(config.domainname.map(Step::SetDomainname));
    if is_created(Kind::Network) {
        steps.push(Step::RaiseLoopback);
    }
    steps.extend(config.linux.sysctl.iter().map(Step::SetSysctl));
    steps.extend(config.process.as_ref().and_then(|process| process.oom_score_adj).map(Step::SetOomScore));
}
