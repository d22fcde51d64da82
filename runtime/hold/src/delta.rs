//! What a layer must hold as a directory, so that overlayfs shows it over the layers below: decided in memory.
//!
//! The two trees are compared, the one below and the one that the layer makes of it. So links that were followed, parents
//! without an entry, and marks that mark nothing need no second thought here. A removed name becomes a device 0:0; a
//! directory of which nothing below is left gets the attribute for opaque ones.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;

use crate::tree::{Attributes, Kind, Moment, Node};

/// The attribute by which overlayfs does not look below a directory.
pub const OPAQUE: &str = "trusted.overlay.opaque";

/// How many removed names share one device: ext4 takes 65 000 names for a file.
const NAMES: u64 = 60_000;

/// More such devices than the entries of a layer can need.
const DEVICES: u64 = 1000;

/// The layer number `layer` as a directory over `lower`, of which it made `upper`; that is [settled](settle).
///
/// Cost: O(n) in the names of both trees.
#[must_use]
pub fn delta(lower: &Node, upper: &Node, layer: usize) -> Node {
    let mut writer = Writer { layer, removed: 0 };
    let shown = writer.directory(Some(lower), upper, Opaque::Never);
    shown.unwrap_or_else(|| directory(upper, upper.attributes.clone(), BTreeMap::new()))
}

/// Marks all names of a file as written by the layer where it writes one of them.
///
/// Overlayfs knows no links between layers: a file that gets one more name comes with all of them.
pub fn settle(upper: &mut Node, layer: usize) {
    let mut inodes = BTreeSet::new();
    collect(upper, layer, &mut inodes);
    claim(upper, layer, &inodes);
}

/// A name in a layer below: the layer's number, and where the name stands.
pub type Place = (usize, PathBuf);

/// Where the layers below have files that are linked to: by inode, for those of `wanted`.
#[must_use]
pub fn places(lower: &Node, wanted: &BTreeSet<u64>) -> BTreeMap<u64, Place> {
    let mut found = BTreeMap::new();
    search(lower, &mut PathBuf::new(), wanted, &mut found);
    found
}

fn search(node: &Node, path: &mut PathBuf, wanted: &BTreeSet<u64>, found: &mut BTreeMap<u64, Place>) {
    let Kind::Directory(children) = &node.kind else { return };
    for (name, child) in children {
        path.push(name);
        match (child.written_by, wanted.contains(&child.inode)) {
            (Some(layer), true) if !child.is_directory() => {
                found.entry(child.inode).or_insert_with(|| (layer, path.clone()));
            }
            _ => search(child, path, wanted, found),
        }
        path.pop();
    }
}

/// The inodes of the files in a tree.
#[must_use]
pub fn files(node: &Node) -> BTreeSet<u64> {
    match &node.kind {
        Kind::Directory(children) => children.values().flat_map(files).collect(),
        Kind::File => BTreeSet::from([node.inode]),
        _ => BTreeSet::new(),
    }
}

/// The inodes that the layer writes.
fn collect(node: &Node, layer: usize, inodes: &mut BTreeSet<u64>) {
    match &node.kind {
        Kind::Directory(children) => children.values().for_each(|child| collect(child, layer, inodes)),
        _ if node.written_by == Some(layer) => drop(inodes.insert(node.inode)),
        _ => {}
    }
}

/// Marks every name of these inodes as written by the layer.
fn claim(node: &mut Node, layer: usize, inodes: &BTreeSet<u64>) {
    match &mut node.kind {
        Kind::Directory(children) => {
            for child in children.values_mut() {
                claim(child, layer, inodes);
            }
        }
        _ if inodes.contains(&node.inode) => node.written_by = Some(layer),
        _ => {}
    }
}

/// Whether a directory may be opaque: that of the root has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opaque {
    Never,
    Allowed,
}

struct Writer {
    layer: usize,
    /// How many removed names there were so far.
    removed: u64,
}

impl Writer {
    /// The directory as the layer needs it; none where what is below shows it already.
    fn directory(&mut self, lower: Option<&Node>, upper: &Node, opaque: Opaque) -> Option<Node> {
        let gone = gone(lower, upper);
        let alone = opaque == Opaque::Allowed && !gone.is_empty() && self.is_all_of(upper);
        let mut attributes = upper.attributes.clone();
        let mut children = self.children(lower.filter(|_| !alone), upper);
        if alone {
            attributes.xattrs.insert(OPAQUE.into(), b"y".to_vec());
        } else {
            children.extend(gone.into_iter().map(|name| (name, self.removal())));
        }
        let same = lower.is_some_and(|lower| lower.attributes == attributes);
        let shown = same && children.is_empty();
        (!shown).then(|| directory(upper, attributes, children))
    }

    fn children(&mut self, lower: Option<&Node>, upper: &Node) -> BTreeMap<OsString, Node> {
        let Kind::Directory(children) = &upper.kind else { return BTreeMap::new() };
        let mut own = BTreeMap::new();
        for (name, child) in children {
            let below = lower.and_then(|lower| lower.child(name));
            let node = if child.is_directory() {
                self.directory(below.filter(|below| below.is_directory()), child, Opaque::Allowed)
            } else {
                let needed = child.written_by == Some(self.layer) || below.is_none();
                needed.then(|| child.clone())
            };
            own.extend(node.map(|node| (name.clone(), node)));
        }
        own
    }

    /// Whether every file in the directory is one of this layer.
    fn is_all_of(&self, node: &Node) -> bool {
        match &node.kind {
            Kind::Directory(children) => children.values().all(|child| self.is_all_of(child)),
            _ => node.written_by == Some(self.layer),
        }
    }

    /// What stands for a removed name.
    fn removal(&mut self) -> Node {
        let modified = Moment { seconds: 0, nanoseconds: 0 };
        let attributes = Attributes { mode: 0, uid: 0, gid: 0, modified, xattrs: BTreeMap::new() };
        let inode = u64::MAX - self.layer as u64 * DEVICES - self.removed / NAMES;
        self.removed += 1;
        Node { attributes, kind: Kind::Character(0, 0), inode, written_by: Some(self.layer) }
    }
}

fn directory(node: &Node, attributes: Attributes, children: BTreeMap<OsString, Node>) -> Node {
    Node { attributes, kind: Kind::Directory(children), inode: node.inode, written_by: node.written_by }
}

/// The names that `lower` has and `upper` has no more.
fn gone(lower: Option<&Node>, upper: &Node) -> Vec<OsString> {
    match lower.map(|lower| &lower.kind) {
        Some(Kind::Directory(children)) => {
            children.keys().filter(|name| upper.child(name).is_none()).cloned().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::{Member, MemberKind};
    use crate::plan;

    /// Reads `d/` as a directory, `l->t` as a symbolic link, `h=>t` as a hard link, the rest as files.
    fn member(text: &str) -> Member {
        let parts =
            |path: &str| path.split('/').filter(|part| !part.is_empty()).map(OsString::from).collect();
        let (path, kind) = match (text.split_once("=>"), text.split_once("->")) {
            (Some((path, target)), _) => (path, MemberKind::Hardlink(parts(target))),
            (_, Some((path, target))) => (path, MemberKind::Symlink(target.into())),
            _ if text.ends_with('/') => (text, MemberKind::Directory),
            _ => (text, MemberKind::File),
        };
        let modified = Moment { seconds: 1, nanoseconds: 0 };
        let attributes = Attributes { mode: 0o755, uid: 0, gid: 0, modified, xattrs: BTreeMap::new() };
        Member { path: parts(path), kind, attributes, size: 0 }
    }

    /// What the last of some layers must hold: `-name` for a removed name, `name/!` for an opaque directory.
    fn last(layers: &[&str]) -> String {
        let (mut tree, mut own) = (Node::implied(0), Node::implied(0));
        for (number, layer) in layers.iter().enumerate() {
            let lower = tree.clone();
            let members = layer.split_whitespace().map(member).zip(number as u64 * 1000 + 1..).collect();
            plan::apply(&mut tree, number, members).unwrap();
            settle(&mut tree, number);
            own = delta(&lower, &tree, number);
        }
        let mut lines = Vec::new();
        list(&own, "", &mut lines);
        lines.join(" ")
    }

    fn list(node: &Node, at: &str, lines: &mut Vec<String>) {
        let Kind::Directory(children) = &node.kind else { return };
        for (name, child) in children {
            let name = name.to_string_lossy();
            let opaque = child.attributes.xattrs.contains_key(std::ffi::OsStr::new(OPAQUE));
            lines.push(match &child.kind {
                Kind::Directory(_) if opaque => format!("{at}{name}/!"),
                Kind::Directory(_) => format!("{at}{name}/"),
                Kind::Character(0, 0) => format!("{at}-{name}"),
                _ => format!("{at}{name}@{}", child.inode),
            });
            list(child, &format!("{at}{name}/"), lines);
        }
    }

    #[test]
    fn a_layer_holds_what_it_changes_and_marks_what_it_removes() {
        let vectors: &[(&[&str], &str)] = &[
            (&["a/ a/f g", "a/f"], "a/ a/f@1001"),
            (&["a/ a/f g", ".wh.g"], "-g"),
            (&["a/ a/f a/g", "a/.wh.f"], "a/ a/-f"),
            (&["a/ a/f a/b/ a/b/g", "a/ a/.wh..wh..opq a/h"], "a/! a/h@1003"),
            (&["a/ a/f a/b/ a/b/g", "a/.wh..wh..opq a/b/h"], "a/! a/b/ a/b/h@1002"),
            (&["f g", ".wh..wh..opq h"], "-f -g h@1002"),
            (&["d/ d/x", "d"], "d@1001"),
            (&["d", "d/ d/x"], "d/ d/x@1002"),
            (&["a/", "a/"], ""),
            (&["f", ".wh.f f"], "f@1002"),
            (&["", "d/ d/.wh.x d/y"], "d/ d/y@1003"),
            (&["d/ d/a", "d/ d/.wh..wh..opq d/.wh.a d/c"], "d/! d/c@1004"),
        ];
        for (layers, expected) in vectors {
            assert_eq!(last(layers), *expected, "{layers:?}");
        }
    }

    #[test]
    fn a_link_to_a_file_below_brings_all_names_of_the_file() {
        assert_eq!(last(&["t s=>t", "h=>t"]), "h@1 s@1 t@1");
        assert_eq!(last(&["t", "h=>t", "i=>h"]), "h@1 i@1 t@1");
    }

    #[test]
    fn entries_behind_a_link_come_where_it_leads() {
        assert_eq!(last(&["real/ lnk->real", "lnk/f"]), "real/ real/f@1001");
        assert_eq!(last(&["real/ real/x real/y lnk->real", "lnk/.wh.x"]), "real/ real/-x");
    }

    #[test]
    fn files_of_layers_below_are_found_by_their_inode() {
        let mut tree = Node::implied(0);
        plan::apply(&mut tree, 0, vec![(member("d/t"), 5)]).unwrap();
        let places = places(&tree, &BTreeSet::from([5, 6]));
        assert_eq!(places, BTreeMap::from([(5, (0, PathBuf::from("d/t")))]));
    }
}
