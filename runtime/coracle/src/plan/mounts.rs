//! Mounts: from options to flags and attributes.

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::CStr;

use super::{Request, below, c_string, text};
use crate::cgroup::Layout;
use crate::config::Config;
use crate::config::mount::{Bind, Mount};
use crate::host::Host;
use crate::step::{Adjustment, CgroupMount, CgroupView, Filesystem, Remount, Step, Tree};

const MS_REMOUNT: u32 = 32;
const MS_NOATIME: u32 = 1024;
const MS_RELATIME: u32 = 1 << 21;
const MS_STRICTATIME: u32 = 1 << 24;

const ATTR_ATIME: u64 = 0x70;
const ATTR_NOATIME: u64 = 0x10;
const ATTR_STRICTATIME: u64 = 0x20;

/// `MS_*` and the `MOUNT_ATTR_*` that means the same.
const ATTRIBUTES: [(u32, u64); 6] = [(1, 1), (2, 2), (4, 4), (8, 8), (2048, 0x80), (256, 0x20_0000)];

pub(super) fn steps<'a>(
    config: &'a Config<'_>,
    host: &Host,
    request: &Request<'_>,
    steps: &mut Vec<Step<'a>>,
) {
    let mut prepared = 0..;
    for mount in &config.mounts {
        let after = Adjustment {
            recursive: (mount.options.recursive.set, mount.options.recursive.clear),
            propagation: &mount.options.propagation,
        };
        steps.push(match (mount.bind, mount.kind) {
            _ if mount.options.flags.set & MS_REMOUNT != 0 => remount(mount, after),
            (Some(bind), _) => {
                let mut tree = tree(mount, bind, request, after);
                tree.prepared = tree.id_map.and_then(|_| prepared.next());
                Step::MountTree(tree)
            }
            (None, Some(kind)) if kind == c"cgroup" || kind == c"cgroup2" => {
                cgroups(config, mount, host, request)
            }
            (None, Some(kind)) => Step::MountFilesystem(filesystem(config, mount, kind, after)),
            (None, None) => remount(mount, after),
        });
    }
}

fn remount<'a>(mount: &'a Mount<'_>, after: Adjustment<'a>) -> Step<'a> {
    Step::Remount(Remount {
        destination: mount.destination,
        flags: mount.options.flags.set,
        data: joined(&mount.options.data, None),
        after,
    })
}

fn filesystem<'a>(
    config: &Config<'_>,
    mount: &'a Mount<'_>,
    kind: &'a CStr,
    after: Adjustment<'a>,
) -> Filesystem<'a> {
    Filesystem {
        destination: mount.destination,
        kind,
        source: mount.source.unwrap_or(kind),
        flags: mount.options.flags.set,
        data: joined(&mount.options.data, config.linux.mount_label),
        // Labels and masks go through these two: a link in the image must not lead them elsewhere.
        is_exact: kind == c"proc" || kind == c"sysfs",
        copies_up: mount.options.copy_up,
        after,
    }
}

fn tree<'a>(mount: &'a Mount<'_>, bind: Bind, request: &Request<'_>, after: Adjustment<'a>) -> Tree<'a> {
    Tree {
        destination: mount.destination,
        source: below(request.bundle, mount.source.unwrap_or(c"")),
        id_map: mount.id_map.as_ref(),
        prepared: None,
        is_recursive: bind == Bind::Tree,
        attributes: attributes(mount.options.flags.set, mount.options.flags.clear),
        after,
    }
}

/// The flags of mount(2) as attributes to set, and to clear before.
pub(crate) fn attributes(set: u32, clear: u32) -> (u64, u64) {
    let translate = |flags: u32| {
        let known = ATTRIBUTES.iter().filter(|(flag, _)| flags & flag != 0);
        known.fold(0, |all, (_, attribute)| all | attribute)
    };
    let access_time = match () {
        () if set & MS_NOATIME != 0 => Some(ATTR_NOATIME),
        () if set & MS_STRICTATIME != 0 => Some(ATTR_STRICTATIME),
        () if set & MS_RELATIME != 0 || clear & (MS_NOATIME | MS_STRICTATIME) != 0 => Some(0),
        () => None,
    };
    match access_time {
        Some(value) => (translate(set) | value, translate(clear) | ATTR_ATIME),
        None => (translate(set), translate(clear)),
    }
}

/// Options joined by commas, and the label of the mount.
fn joined(data: &[&CStr], label: Option<&CStr>) -> CString {
    let mut options: Vec<Vec<u8>> = data.iter().map(|option| option.to_bytes().to_vec()).collect();
    options.extend(label.map(|label| [b"context=\"", label.to_bytes(), b"\""].concat()));
    c_string(options.join(&b','))
}

fn cgroups<'a>(config: &Config<'_>, mount: &'a Mount<'_>, host: &Host, request: &Request<'_>) -> Step<'a> {
    let flags = mount.options.flags.set;
    let destination = mount.destination;
    let path = request.cgroup.unwrap_or_default();
    let has_namespace = super::has_own(config, crate::config::namespaces::Kind::Cgroup);
    let view = match &host.layout {
        // Mounting cgroup2 anew costs milliseconds on an idle host, and without a namespace would show all of it.
        Some(Layout::V2) if has_namespace => CgroupView::Unified(text(&[crate::cgroup::layout::MOUNT, path])),
        Some(Layout::V2) | None => CgroupView::Unified(text(&[crate::cgroup::layout::MOUNT])),
        Some(layout) => {
            let name = |name: &str| text(&[name.strip_prefix("name=").unwrap_or(name)]);
            let hierarchies = layout.hierarchies().iter();
            let first = hierarchies.map(|one| (name(&one.name), text(&[&one.mount, path])));
            let last = layout.unified().map(|mount| (text(&["unified"]), text(&[mount, path])));
            CgroupView::Hierarchies(first.chain(last).collect())
        }
    };
    Step::MountCgroups(CgroupMount { destination, view, flags })
}
