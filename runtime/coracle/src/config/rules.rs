//! What must hold between the sections of a configuration.

use alloc::format;
use alloc::string::String;

use super::Config;
use super::document::Segment;
use super::ids::is_mapped;
use super::mount::Mappings;
use super::namespaces::{Kind, Namespace};
use super::read::Findings;
use super::violation::Violation;

/// Checks one thing that must hold; notes where it does not.
type Rule = fn(&Config<'_>, &mut Findings);

const RULES: [Rule; 8] = [
    names_need_a_uts_namespace,
    sysctl_needs_own_namespaces,
    offsets_need_a_new_time_namespace,
    net_devices_need_a_network_namespace,
    a_user_namespace_needs_mappings,
    mappings_need_a_user_namespace,
    the_user_must_be_mapped,
    mounts_need_a_mapping_to_take,
];

/// Checks all rules. All are about namespaces; what is wrong in that section would only repeat itself.
pub(super) fn check(config: &Config<'_>, findings: &mut Findings) {
    if !findings.touch("/linux/namespaces") {
        for rule in RULES {
            rule(config, findings);
        }
    }
}

fn note(findings: &mut Findings, pointer: impl Into<String>, why: impl Into<String>) {
    findings.violations.push(Violation::new(pointer.into(), why.into()));
}

impl Config<'_> {
    fn has_own(&self, kind: Kind) -> bool {
        self.linux.namespaces.of(kind) != Namespace::Inherit
    }
}

fn names_need_a_uts_namespace(config: &Config<'_>, findings: &mut Findings) {
    for (name, pointer) in [(config.hostname, "/hostname"), (config.domainname, "/domainname")] {
        if name.is_some() && !config.has_own(Kind::Uts) {
            note(findings, pointer, "would rename the host; list a `uts` namespace or leave it out");
        }
    }
}

fn sysctl_needs_own_namespaces(config: &Config<'_>, findings: &mut Findings) {
    for sysctl in &config.linux.sysctl {
        let pointer = || format!("/linux/sysctl/{}", Segment(sysctl.name));
        if !config.has_own(sysctl.kind) {
            let kind = sysctl.kind.name();
            note(
                findings,
                pointer(),
                format!("would set it for the host; list a `{kind}` namespace or leave it out"),
            );
        }
        let name = match sysctl.path.as_c_str() {
            path if path == c"kernel/hostname" => config.hostname,
            path if path == c"kernel/domainname" => config.domainname,
            _ => None,
        };
        if name.is_some_and(|name| name.to_bytes() != sysctl.value.as_bytes()) {
            note(findings, pointer(), "is another name than the property of the document");
        }
    }
}

fn offsets_need_a_new_time_namespace(config: &Config<'_>, findings: &mut Findings) {
    let offsets = config.linux.time_offsets;
    let is_set = offsets.monotonic.is_some() || offsets.boottime.is_some();
    if is_set && config.linux.namespaces.of(Kind::Time) != Namespace::Create {
        note(findings, "/linux/timeOffsets", "needs a `time` namespace that is created, not joined");
    }
}

fn net_devices_need_a_network_namespace(config: &Config<'_>, findings: &mut Findings) {
    if !config.linux.net_devices.is_empty() && !config.has_own(Kind::Network) {
        note(findings, "/linux/netDevices", "needs a `network` namespace to move devices to");
    }
}

fn a_user_namespace_needs_mappings(config: &Config<'_>, findings: &mut Findings) {
    if config.linux.namespaces.of(Kind::User) != Namespace::Create {
        return;
    }
    for (mappings, pointer) in [
        (&config.linux.uid_mappings, "/linux/uidMappings"),
        (&config.linux.gid_mappings, "/linux/gidMappings"),
    ] {
        if mappings.is_empty() && !findings.touch(pointer) {
            note(
                findings,
                pointer,
                "maps no id, so that nobody could be anybody in the new `user` namespace",
            );
        }
    }
}

fn mappings_need_a_user_namespace(config: &Config<'_>, findings: &mut Findings) {
    for (mappings, pointer) in [
        (&config.linux.uid_mappings, "/linux/uidMappings"),
        (&config.linux.gid_mappings, "/linux/gidMappings"),
    ] {
        if !mappings.is_empty() && !config.has_own(Kind::User) {
            note(findings, pointer, "needs a `user` namespace to hold in");
        }
    }
}

fn the_user_must_be_mapped(config: &Config<'_>, findings: &mut Findings) {
    let in_doubt = ["/process/user", "/linux/uidMappings", "/linux/gidMappings"];
    let Some(process) = &config.process else { return };
    let (uids, gids) = (&config.linux.uid_mappings, &config.linux.gid_mappings);
    let maps = config.linux.namespaces.of(Kind::User) == Namespace::Create;
    if !maps || in_doubt.iter().any(|pointer| findings.touch(pointer)) {
        return;
    }
    let user = &process.user;
    let groups = user.additional_gids.iter().enumerate();
    let groups = groups.map(|(index, gid)| (gids, *gid, format!("/process/user/additionalGids/{index}")));
    let ids = [(uids, user.uid, "/process/user/uid".into()), (gids, user.gid, "/process/user/gid".into())];
    for (mappings, id, pointer) in ids.into_iter().chain(groups) {
        if !is_mapped(mappings, id) {
            note(
                findings,
                pointer,
                format!("{id} has no counterpart in the mappings of the `user` namespace"),
            );
        }
    }
}

fn mounts_need_a_mapping_to_take(config: &Config<'_>, findings: &mut Findings) {
    if findings.touch("/mounts") {
        return; // those that could not be read are left out, and the others have moved up
    }
    for (index, mount) in config.mounts.iter().enumerate() {
        let takes = mount.id_map.as_ref().is_some_and(|map| map.mappings == Mappings::Container);
        if takes && !config.has_own(Kind::User) {
            let why = "asks for mapped ids, and neither it nor the container has mappings";
            note(findings, format!("/mounts/{index}/options"), why);
        }
    }
}
