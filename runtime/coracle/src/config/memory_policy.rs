//! `linux.memoryPolicy`: where memory is taken from (`config-linux.md#memory-policy`).

use super::document::Node;
use super::numbers::{Numbers, numbers};
use super::read::{Findings, Object, Read};
use super::scheduling::bits;

/// Parameters for `set_mempolicy(2)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryPolicy {
    /// Mode with its flags, as the system call takes them.
    pub mode: u32,
    /// Memory nodes; present for the modes that need them.
    pub nodes: Option<Numbers>,
}

/// Modes, their numbers, and whether they come with memory nodes.
pub const MODES: [(&str, Mode); 7] = [
    ("MPOL_DEFAULT", Mode { number: 0, nodes: Need::None }),
    ("MPOL_PREFERRED", Mode { number: 1, nodes: Need::Perhaps }),
    ("MPOL_BIND", Mode { number: 2, nodes: Need::Some }),
    ("MPOL_INTERLEAVE", Mode { number: 3, nodes: Need::Some }),
    ("MPOL_LOCAL", Mode { number: 4, nodes: Need::None }),
    ("MPOL_PREFERRED_MANY", Mode { number: 5, nodes: Need::Some }),
    ("MPOL_WEIGHTED_INTERLEAVE", Mode { number: 6, nodes: Need::Some }),
];

/// Flags that are part of the mode.
pub const MODE_FLAGS: [(&str, u64); 3] = [
    ("MPOL_F_NUMA_BALANCING", 1 << 13),
    ("MPOL_F_RELATIVE_NODES", RELATIVE),
    ("MPOL_F_STATIC_NODES", STATIC),
];

const RELATIVE: u64 = 1 << 14;
const STATIC: u64 = 1 << 15;

/// Most memory nodes of any Linux, `MAX_NUMNODES`.
const MOST_NODES: u32 = 1024;

/// A mode of memory policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    number: u32,
    nodes: Need,
}

/// Whether a mode comes with memory nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    None,
    Perhaps,
    Some,
}

impl<'d> Read<'d> for MemoryPolicy {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let policy = Object::read(node, findings)?;
        let mode = policy.required_node("mode", findings);
        let mode = mode.and_then(|mode| findings.word(mode, &MODES));
        let found = findings.violations.len();
        let nodes = numbers(policy, "nodes", MOST_NODES, findings);
        if findings.violations.len() > found {
            return None;
        }
        let flags = policy.node_of("flags", findings);
        let flags = flags.map_or(0, |flags| bits(flags, &MODE_FLAGS, findings));
        let mode = mode?;
        match (mode.nodes, &nodes) {
            (Need::None, Some(_)) => findings.violate(node, "names memory nodes, and a mode that takes none"),
            (Need::Some, None) => findings.violate(node, "names no memory nodes, and a mode that needs some"),
            _ => {}
        }
        if flags & (STATIC | RELATIVE) == STATIC | RELATIVE {
            findings.violate(node, "memory nodes cannot be static and relative at once");
        }
        if flags & (STATIC | RELATIVE) != 0 && nodes.is_none() {
            findings.violate(node, "says how memory nodes are meant, and names none");
        }
        Some(Self { mode: mode.number | u32::try_from(flags).unwrap_or_default(), nodes })
    }
}
