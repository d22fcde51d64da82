//! Whom the container's cgroup is handed over to.

use crate::cgroup::Layout;
use crate::config::Config;
use crate::config::ids::IdMapping;
use crate::config::mount::Mount;
use crate::config::namespaces::{Kind, Namespace};
use crate::host::Host;

const MS_RDONLY: u32 = 1;

/// The user of the host who gets the cgroup, which is that of the process; nobody where it stays the runtime's.
///
/// Only version 2 can be handed over safely, and only to a container that sees no other cgroup and may write to its own.
/// A user namespace that was there before may map its ids in any way, so nothing is given to one.
///
/// - **Source**: `config-linux.md#cgroup-ownership`.
pub(crate) fn cgroup_owner(config: &Config<'_>, host: &Host) -> Option<u32> {
    let namespaces = &config.linux.namespaces;
    let is_safe = host.is_privileged && matches!(host.layout, Some(Layout::V2));
    let sees_its_own = namespaces.of(Kind::Cgroup) == Namespace::Create;
    if !is_safe || !sees_its_own || !config.mounts.iter().any(is_writable) {
        return None;
    }
    let user = config.process.as_ref().map_or(0, |process| process.user.uid);
    match namespaces.of(Kind::User) {
        Namespace::Inherit => Some(user),
        Namespace::Create => outside(&config.linux.uid_mappings, user),
        Namespace::Join(_) => None,
    }
}

fn is_writable(mount: &Mount<'_>) -> bool {
    mount.source == Some(c"cgroup")
        && mount.destination == c"/sys/fs/cgroup"
        && mount.options.flags.set & MS_RDONLY == 0
}

/// What an id of the container is on the host.
fn outside(mappings: &[IdMapping], id: u32) -> Option<u32> {
    mappings.iter().find_map(|mapping| {
        let offset = id.checked_sub(mapping.container_id).filter(|offset| *offset < mapping.size)?;
        Some(mapping.host_id + offset)
    })
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::config::Document;

    /// The owner under these namespaces besides the mount namespace, with these options of the mount.
    fn owner(namespaces: &str, options: &str) -> Option<u32> {
        let text = format!(
            r#"{{"ociVersion": "1.3.0", "root": {{"path": "rootfs"}},
            "mounts": [{{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": [{options}]}}],
            "process": {{"args": ["/a"], "cwd": "/", "user": {{"uid": 7, "gid": 0}}}},
            "linux": {{"namespaces": [{{"type": "mount"}} {namespaces}],
                "uidMappings": [{{"containerID": 0, "hostID": 100000, "size": 10}}],
                "gidMappings": [{{"containerID": 0, "hostID": 100000, "size": 10}}]}}}}"#
        );
        let document = Document::parse(text.into_bytes()).unwrap();
        let config = Config::check(&document).unwrap();
        cgroup_owner(&config, &Host { layout: Some(Layout::V2), is_privileged: true })
    }

    #[test]
    fn only_a_writable_cgroup_of_its_own_is_the_users() {
        let own = r#", {"type": "cgroup"}, {"type": "user"}"#;
        assert_eq!(owner(own, r#""rw""#), Some(100_007));
        assert_eq!(owner(own, r#""ro""#), None);
        assert_eq!(owner(r#", {"type": "user"}"#, r#""rw""#), None);
        assert_eq!(owner(r#", {"type": "cgroup"}, {"type": "user", "path": "/proc/1/ns/user"}"#, ""), None);
    }

    #[test]
    fn an_id_that_is_not_mapped_is_nobody() {
        let mapping = [IdMapping { container_id: 5, host_id: 100, size: 2 }];
        assert_eq!([4, 5, 6, 7].map(|id| outside(&mapping, id)), [None, Some(100), Some(101), None]);
    }
}
