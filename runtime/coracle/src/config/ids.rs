//! Ranges of user and group ids (`config-linux.md#user-namespace-mappings`).

use alloc::format;
use alloc::vec::Vec;

use super::document::Node;
use super::read::{Findings, Object, Read};

/// Ids of a user namespace that stand for ids outside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdMapping {
    /// First id inside.
    pub container_id: u32,
    /// First id outside.
    pub host_id: u32,
    /// How many; at least one, and none beyond the range of ids.
    pub size: u32,
}

impl<'d> Read<'d> for IdMapping {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let mapping = Object::read(node, findings)?;
        let container_id = mapping.required("containerID", findings);
        let host_id = mapping.required("hostID", findings);
        let size = mapping.required("size", findings);
        let mapping = Self { container_id: container_id?, host_id: host_id?, size: size? };
        let first = mapping.container_id.max(mapping.host_id);
        if mapping.size == 0 || first.checked_add(mapping.size).is_none() {
            let why = format!("{} ids from {first} on are no range of ids", mapping.size);
            findings.violate(node, why);
        }
        Some(mapping)
    }
}

/// Most lines that the kernel takes.
const MOST_MAPPINGS: usize = 340;

/// Reads the mappings named `name` and checks them against each other, as the kernel does.
///
/// - **Source**: `user_namespaces(7)`.
pub(super) fn mappings(
    object: Object<'_>,
    name: &'static str,
    findings: &mut Findings,
) -> Option<Vec<IdMapping>> {
    let node = object.node_of(name, findings)?;
    let mappings = Vec::<IdMapping>::read(node, findings)?;
    if mappings.len() > MOST_MAPPINGS {
        findings.violate(node, format!("has {} entries, the kernel takes {MOST_MAPPINGS}", mappings.len()));
    }
    if overlap(&mappings, |mapping| mapping.container_id) {
        findings.violate(node, "maps an id of the container twice");
    }
    if overlap(&mappings, |mapping| mapping.host_id) {
        findings.violate(node, "maps to an id of the host twice");
    }
    Some(mappings)
}

fn overlap(mappings: &[IdMapping], first: impl Fn(&IdMapping) -> u32) -> bool {
    let range = |mapping: &IdMapping| (u64::from(first(mapping)), u64::from(mapping.size));
    let mut ranges: Vec<(u64, u64)> = mappings.iter().map(range).collect();
    ranges.sort_unstable();
    ranges.windows(2).any(|pair| pair[0].0 + pair[0].1 > pair[1].0)
}

/// Whether `id` of the container has a counterpart outside.
pub(super) fn is_mapped(mappings: &[IdMapping], id: u32) -> bool {
    mappings.iter().any(|mapping| id.checked_sub(mapping.container_id).is_some_and(|at| at < mapping.size))
}
