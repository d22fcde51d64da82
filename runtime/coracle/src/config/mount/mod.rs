//! `mounts`: what is mounted where, its options taken apart (`config.md#mounts`).

pub mod options;

use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;

use self::options::Effect;
use super::document::Node;
use super::ids::{IdMapping, mappings};
use super::read::{Findings, Object, Read};

/// One mount.
#[derive(Debug, Clone, PartialEq)]
pub struct Mount<'d> {
    /// Path inside the container; not empty. A relative one counts from `/` too.
    pub destination: &'d CStr,
    /// Device, file, directory or dummy. A bind mount has one, absolute or relative to the bundle.
    pub source: Option<&'d CStr>,
    /// File system type; present unless the mount is a bind mount, a remount or only changes propagation.
    pub kind: Option<&'d CStr>,
    /// Whether the source itself is mounted, and with it what is mounted below it.
    pub bind: Option<Bind>,
    /// What the options ask for; the last of contradicting ones counts.
    pub options: Options<'d>,
    /// Whose ids the files get, where an option or the mappings ask for that.
    pub id_map: Option<IdMap>,
}

/// How much of the source a bind mount takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bind {
    /// The mount at the source alone, `bind`.
    One,
    /// That and every mount below it, `rbind`.
    Tree,
}

/// Options of a mount, by what they act on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options<'d> {
    /// Flags of mount(2), `MS_*`: of the mount and of the file system. Not `MS_BIND`, `MS_REC` or propagation.
    pub flags: Change<u32>,
    /// Attributes of `mount_setattr(2)`, `MOUNT_ATTR_*`, for the mount and all below it: `rro` and its like.
    pub recursive: Change<u64>,
    /// Propagation types to set, one after another: `MS_SHARED`, `MS_PRIVATE`, `MS_SLAVE` or `MS_UNBINDABLE`, each
    /// alone or with `MS_REC`.
    pub propagation: Vec<u32>,
    /// What only the file system understands, in its order; joined by commas for mount(2). Bind mounts have none.
    pub data: Vec<&'d CStr>,
    /// Whether a new tmpfs gets what it would cover, `tmpcopyup`.
    pub copy_up: bool,
}

/// Bits that a mount gets and loses; what is in neither stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change<T> {
    /// Bits to set.
    pub set: T,
    /// Bits to clear, disjoint from `set` but for the access-time field of `mount_setattr(2)`.
    pub clear: T,
}

/// An id mapping of a mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdMap {
    /// Whether it holds for the mounts below too, `ridmap`.
    pub recursive: bool,
    /// Which ids become which.
    pub mappings: Mappings,
}

/// Where the mappings of a mount come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mappings {
    /// The container's user namespace, which it has.
    Container,
    /// The mount itself.
    Own {
        /// User ids.
        uids: Vec<IdMapping>,
        /// Group ids.
        gids: Vec<IdMapping>,
    },
}

impl<'d> Read<'d> for Mount<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let mount = Object::read(node, findings)?;
        let destination = destination(mount, findings);
        let (bind, ids, options) = match mount.node_of("options", findings) {
            Some(list) => options(list, findings),
            None => Default::default(),
        };
        let source = mount.optional("source", findings);
        let kind = mount.optional("type", findings).filter(|kind: &&CStr| !kind.is_empty());
        let id_map = id_map(mount, ids, findings);
        let mount = Self { destination: destination?, source, kind, bind, options, id_map };
        for rule in RULES {
            rule(&mount, node, findings);
        }
        Some(mount)
    }
}

fn destination<'d>(mount: Object<'d>, findings: &mut Findings) -> Option<&'d CStr> {
    let node = mount.required_node("destination", findings)?;
    let destination = <&CStr>::read(node, findings)?;
    if destination.is_empty() {
        findings.violate(node, "is empty; `/` is the root");
    }
    Some(destination)
}

/// Whether ids are mapped, and if so on all mounts below too.
type MapIds = Option<bool>;

/// Takes a list of options apart.
fn options<'d>(list: Node<'d>, findings: &mut Findings) -> (Option<Bind>, MapIds, Options<'d>) {
    let (mut bind, mut ids, mut options) = (None, None, Options::default());
    for node in findings.items(list) {
        let Some(option) = <&CStr>::read(node, findings).filter(|option| !option.is_empty()) else {
            continue;
        };
        match options::effect(node.raw()) {
            Some(Effect::Bind(how)) => bind = Some(how),
            Some(Effect::MapIds { recursive }) => ids = Some(recursive),
            Some(effect) => options.apply(effect),
            None => options.data.push(option),
        }
    }
    (bind, ids, options)
}

/// The mapping that the options or the mappings of a mount ask for.
fn id_map(mount: Object<'_>, asked: MapIds, findings: &mut Findings) -> Option<IdMap> {
    let uids = mappings(mount, "uidMappings", findings).filter(|uids| !uids.is_empty());
    let gids = mappings(mount, "gidMappings", findings).filter(|gids| !gids.is_empty());
    let recursive = asked.unwrap_or_default();
    match (uids, gids) {
        (Some(uids), Some(gids)) => Some(IdMap { recursive, mappings: Mappings::Own { uids, gids } }),
        (None, None) => asked.map(|recursive| IdMap { recursive, mappings: Mappings::Container }),
        _ => {
            findings.violate(mount.node(), "has one of `uidMappings` and `gidMappings`, which go together");
            None
        }
    }
}

/// What must hold between the properties of a mount.
type Rule = fn(&Mount<'_>, Node<'_>, &mut Findings);

const RULES: [Rule; 5] = [
    maps_ids_only_if_bound,
    has_something_to_mount,
    has_no_data_if_bound,
    has_source_if_bound,
    copies_into_a_tmpfs,
];

fn has_something_to_mount(mount: &Mount<'_>, node: Node<'_>, findings: &mut Findings) {
    let changes_only =
        mount.options.flags.set & options::REMOUNT != 0 || !mount.options.propagation.is_empty();
    if mount.kind.is_none() && mount.bind.is_none() && !changes_only {
        findings.violate(node, "has no `type`, and neither `bind` nor `rbind` among its options");
    }
}

fn has_no_data_if_bound(mount: &Mount<'_>, node: Node<'_>, findings: &mut Findings) {
    if mount.bind.is_some() {
        for option in &mount.options.data {
            let option = option.to_string_lossy();
            findings.violate(node, format!("`{option}` is for a file system, and a bind mount mounts none"));
        }
    }
}

fn has_source_if_bound(mount: &Mount<'_>, node: Node<'_>, findings: &mut Findings) {
    let remounts = mount.options.flags.set & options::REMOUNT != 0;
    if mount.bind.is_some() && !remounts && mount.source.is_none_or(CStr::is_empty) {
        findings.violate(node, "is a bind mount without `source`");
    }
}

fn maps_ids_only_if_bound(mount: &Mount<'_>, node: Node<'_>, findings: &mut Findings) {
    if mount.id_map.is_some() && mount.bind.is_none() {
        findings.violate(node, "asks for mapped ids, which only bind mounts can have here");
    }
}

fn copies_into_a_tmpfs(mount: &Mount<'_>, node: Node<'_>, findings: &mut Findings) {
    if mount.options.copy_up && mount.kind != Some(c"tmpfs") {
        findings.violate(node, "has the option `tmpcopyup`, which only a `tmpfs` knows");
    }
}
