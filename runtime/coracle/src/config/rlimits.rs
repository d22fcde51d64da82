//! `process.rlimits`: limits of resources (`config.md#posix-process`).

use alloc::format;
use alloc::vec::Vec;

use super::document::Node;
use super::read::{Findings, Object, Read};

/// A limit for setrlimit(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rlimit {
    /// Number of the resource, `RLIMIT_*` of `asm-generic/resource.h`.
    pub resource: u32,
    /// Limit in force, at most `hard`; the greatest number is no limit.
    pub soft: u64,
    /// How far the process may raise it.
    pub hard: u64,
}

/// All resources that Linux limits.
pub const RESOURCES: [(&str, u32); 16] = [
    ("RLIMIT_AS", 9),
    ("RLIMIT_CORE", 4),
    ("RLIMIT_CPU", 0),
    ("RLIMIT_DATA", 2),
    ("RLIMIT_FSIZE", 1),
    ("RLIMIT_LOCKS", 10),
    ("RLIMIT_MEMLOCK", 8),
    ("RLIMIT_MSGQUEUE", 12),
    ("RLIMIT_NICE", 13),
    ("RLIMIT_NOFILE", 7),
    ("RLIMIT_NPROC", 6),
    ("RLIMIT_RSS", 5),
    ("RLIMIT_RTPRIO", 14),
    ("RLIMIT_RTTIME", 15),
    ("RLIMIT_SIGPENDING", 11),
    ("RLIMIT_STACK", 3),
];

impl<'d> Read<'d> for Rlimit {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let limit = Object::read(node, findings)?;
        let kind = limit.required_node("type", findings);
        let resource = kind.and_then(|kind| findings.word(kind, &RESOURCES));
        let soft = limit.required("soft", findings);
        let hard = limit.required("hard", findings);
        let limit = Self { resource: resource?, soft: soft?, hard: hard? };
        if limit.soft > limit.hard {
            findings.violate(
                node,
                format!("the soft limit {} is above the hard one, {}", limit.soft, limit.hard),
            );
        }
        Some(limit)
    }
}

/// Reads the limits of a process; each resource may have one.
pub(super) fn rlimits(process: Object<'_>, findings: &mut Findings) -> Vec<Rlimit> {
    let Some(node) = process.node_of("rlimits", findings) else { return Vec::new() };
    let limits = Vec::<Rlimit>::read(node, findings).unwrap_or_default();
    for (name, resource) in RESOURCES {
        if limits.iter().filter(|limit| limit.resource == resource).count() > 1 {
            findings.violate(node, format!("`{name}` is given more than once"));
        }
    }
    limits
}
