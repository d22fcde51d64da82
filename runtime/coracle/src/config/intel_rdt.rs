//! `linux.intelRdt`: shares of caches and memory bandwidth (`config-linux.md#intelrdt`).

use alloc::format;
use alloc::vec::Vec;

use super::document::Node;
use super::read::{Findings, Object, Read};

/// A class of service, and what it is entitled to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntelRdt<'d> {
    /// The class; the container's id where absent.
    pub class: Option<Class<'d>>,
    /// Lines for the `schemata` file, in the order in which they must be written; none of them has a newline.
    pub schemata: Vec<&'d str>,
    /// Whether the container gets a monitoring group.
    pub monitored: bool,
}

/// A class of service that the configuration names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class<'d> {
    /// The root of the file system, `/`.
    Default,
    /// A directory in it; a single name.
    Named(&'d str),
}

impl<'d> Read<'d> for IntelRdt<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let rdt = Object::read(node, findings)?;
        let class = rdt.node_of("closID", findings).and_then(|node| class(node, findings));
        let mut schemata = Vec::new();
        for (name, prefix) in [("l3CacheSchema", "L3:"), ("memBwSchema", "MB:")] {
            let Some(node) = rdt.node_of(name, findings) else { continue };
            schemata.extend(line(node, findings));
            if node.string().is_some_and(|line| !line.starts_with(prefix)) {
                findings.violate(node, format!("{:?} does not begin with `{prefix}`", node.raw()));
            }
        }
        if let Some(node) = rdt.node_of("schemata", findings) {
            let lines = findings.items(node);
            schemata.extend(lines.filter_map(|node| line(node, findings)));
        }
        Some(Self { class, schemata, monitored: rdt.or_default("enableMonitoring", findings) })
    }
}

fn class<'d>(node: Node<'d>, findings: &mut Findings) -> Option<Class<'d>> {
    // These have a meaning in the file system, where a class is a directory among them.
    const TAKEN: [&str; 6] = ["", ".", "..", "info", "mon_data", "mon_groups"];
    let name = <&str>::read(node, findings)?;
    if name == "/" {
        return Some(Class::Default);
    }
    if TAKEN.contains(&name) || name.contains(['/', '\n', '\0']) {
        findings.violate(node, format!("{name:?} cannot be the name of a class"));
    }
    Some(Class::Named(name))
}

fn line<'d>(node: Node<'d>, findings: &mut Findings) -> Option<&'d str> {
    let line = <&str>::read(node, findings)?;
    if line.contains('\n') {
        findings.violate(node, format!("{line:?} is more than one line"));
    }
    Some(line)
}
