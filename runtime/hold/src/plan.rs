//! What a layer makes of the tree below it: decided in memory, no file is touched.
//!
//! Marks of deletion act on the layers below, wherever they stand in the archive; so they come first. Links are followed
//! inside the root alone. What the specification leaves undefined is refused.
//!
//! Source: image-spec v1.1.1, `layer.md`.

use std::collections::{HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path};

use crate::member::{Member, MemberKind};
use crate::tree::{Kind, Node};

/// A member, and the number of its content.
pub type Numbered = (Member, u64);

/// Why a layer does not fit over what is below it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum PlanError {
    #[error("`{path}` is a mark of deletion that marks nothing, or not a plain empty file")]
    Mark { path: String },

    #[error("`{path}` is in the layer twice")]
    Duplicate { path: String },

    #[error("`{path}` lies below something that is no directory")]
    NotADirectory { path: String },

    #[error("`{path}` leads through a link to nothing, but entries lie below it")]
    Dangling { path: String },

    #[error("`{path}` leads through links that lead in a circle")]
    Circle { path: String },

    #[error("`{path}` is a hard link to what is no file in the image")]
    Hardlink { path: String },
}

/// As many links as Linux follows on one path.
const LINKS: usize = 40;
const MARK: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// Puts the layer number `layer` over the tree.
///
/// # Errors
/// See [`PlanError`]; the tree is then of no use.
pub fn apply(root: &mut Node, layer: usize, members: Vec<Numbered>) -> Result<(), PlanError> {
    let is_mark = |member: &Member| member.path.iter().any(|part| part.as_bytes().starts_with(MARK));
    let (marks, entries): (Vec<_>, Vec<_>) = members.into_iter().partition(|(member, _)| is_mark(member));
    let directories = entries.iter().filter(|(member, _)| member.kind == MemberKind::Directory);
    let own: HashSet<Vec<OsString>> = directories.map(|(member, _)| member.path.clone()).collect();
    marks.iter().try_for_each(|(mark, _)| erase(root, &own, mark))?;
    entries.into_iter().try_for_each(|(member, number)| insert(root, layer, member, number))
}

/// Removes what a mark of deletion names.
fn erase(root: &mut Node, own: &HashSet<Vec<OsString>>, mark: &Member) -> Result<(), PlanError> {
    let refused = || PlanError::Mark { path: shown(&mark.path) };
    let (last, parents) = mark.path.split_last().ok_or_else(refused)?;
    let target = last.as_bytes().strip_prefix(MARK).ok_or_else(refused)?;
    let plain = mark.kind == MemberKind::File && mark.size == 0;
    let nested = parents.iter().any(|part| part.as_bytes().starts_with(MARK));
    let opaque = last.as_bytes() == OPAQUE;
    let nothing = matches!(target, b"" | b"." | b"..") || (target.starts_with(MARK) && !opaque);
    if !plain || nested || nothing {
        return Err(refused());
    }
    // A directory of this layer in the place of a link: below that link nothing is meant.
    if first_obstacle(root, parents).is_some_and(|path| own.contains(path)) {
        return Ok(());
    }
    let parent = match resolve(root, parents) {
        Ok(parent) => parent,
        Err(PlanError::Dangling { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    if let Some(children) = root.find_mut(&parent).and_then(Node::children_mut) {
        if opaque { children.clear() } else { drop(children.remove(OsStr::from_bytes(target))) }
    }
    Ok(())
}

/// The shortest part of a path that is there and no directory.
fn first_obstacle<'path>(root: &Node, path: &'path [OsString]) -> Option<&'path [OsString]> {
    let mut node = root;
    for (depth, name) in path.iter().enumerate() {
        node = node.child(name)?;
        if !node.is_directory() {
            return Some(&path[..=depth]);
        }
    }
    None
}

/// Puts one member into the tree, with the parents that it lacks.
fn insert(root: &mut Node, layer: usize, member: Member, number: u64) -> Result<(), PlanError> {
    let path = shown(&member.path);
    let Some((name, parents)) = member.path.split_last() else {
        root.attributes = member.attributes;
        root.written_by = Some(layer);
        return Ok(());
    };
    let parent = resolve(root, parents)?;
    let mut node = match member.kind {
        MemberKind::Hardlink(target) => linked(root, &target, &path)?,
        kind => Node { attributes: member.attributes, kind: own(kind), inode: number, written_by: None },
    };
    node.written_by = Some(layer);
    let children =
        directory(root, layer, &parent, number).ok_or(PlanError::NotADirectory { path: path.clone() })?;
    match children.get_mut(name) {
        Some(old) if old.is_directory() && node.is_directory() => {
            old.attributes = node.attributes;
            old.written_by = node.written_by;
        }
        Some(old) if old.written_by == Some(layer) => return Err(PlanError::Duplicate { path }),
        _ => drop(children.insert(name.clone(), node)),
    }
    Ok(())
}

/// The kind of a member that is a file of its own.
fn own(kind: MemberKind) -> Kind {
    match kind {
        MemberKind::Directory => Kind::Directory(std::collections::BTreeMap::new()),
        MemberKind::Symlink(target) => Kind::Symlink(target),
        MemberKind::Character(major, minor) => Kind::Character(major, minor),
        MemberKind::Block(major, minor) => Kind::Block(major, minor),
        MemberKind::Fifo => Kind::Fifo,
        MemberKind::File | MemberKind::Hardlink(_) => Kind::File,
    }
}

/// The node that a hard link names: its parents in the root, its last part never followed.
fn linked(root: &Node, target: &[OsString], path: &str) -> Result<Node, PlanError> {
    let refused = || PlanError::Hardlink { path: path.to_owned() };
    let (name, parents) = target.split_last().ok_or_else(refused)?;
    let parent = resolve(root, parents).map_err(|_| refused())?;
    let found = root.find(&parent).and_then(|node| node.child(name));
    found.filter(|node| !node.is_directory()).cloned().ok_or_else(refused)
}

/// Where a path leads, links followed as if the root were `/`; its end may be missing, but not behind a link.
///
/// Cost: one look into a directory for each part, of links too.
fn resolve(root: &Node, path: &[OsString]) -> Result<Vec<OsString>, PlanError> {
    let mut open: VecDeque<(OsString, bool)> = path.iter().map(|part| (part.clone(), false)).collect();
    let (mut done, mut links): (Vec<OsString>, usize) = (Vec::new(), 0);
    // What each part of `done` stands for.
    let mut nodes: Vec<Option<&Node>> = Vec::new();
    while let Some((part, behind_link)) = open.pop_front() {
        if part == ".." {
            done.pop();
            nodes.pop();
            continue;
        }
        let above = nodes.last().copied().unwrap_or(Some(root));
        let node = above.and_then(|above| above.child(&part));
        match node.map(|node| &node.kind) {
            Some(Kind::Symlink(target)) => {
                links += 1;
                if links > LINKS {
                    return Err(PlanError::Circle { path: shown(path) });
                }
                if target.is_absolute() {
                    done.clear();
                    nodes.clear();
                }
                follow(target, &mut open);
                continue;
            }
            Some(Kind::Directory(_)) => {}
            _ if behind_link => return Err(PlanError::Dangling { path: shown(path) }),
            _ => {}
        }
        done.push(part);
        nodes.push(node);
    }
    Ok(done)
}

/// Puts the parts of a link's target before what is still to be walked.
fn follow(target: &Path, open: &mut VecDeque<(OsString, bool)>) {
    let parts =
        target.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    let parts: Vec<_> = parts.map(|part| (part.as_os_str().to_owned(), true)).collect();
    parts.into_iter().rev().for_each(|part| open.push_front(part));
}

/// What is in the directory at `path`, which is made where it is missing; none where a file of this layer is in the way.
fn directory<'tree>(
    root: &'tree mut Node,
    layer: usize,
    path: &[OsString],
    number: u64,
) -> Option<&'tree mut std::collections::BTreeMap<OsString, Node>> {
    let mut node = root;
    for name in path {
        let implied = || Node::implied(number);
        node = node.children_mut()?.entry(name.clone()).or_insert_with(implied);
        if !node.is_directory() {
            if node.written_by == Some(layer) {
                return None;
            }
            *node = implied();
        }
    }
    node.children_mut()
}

/// A path as messages have it.
fn shown(path: &[OsString]) -> String {
    path.join(OsStr::new("/")).as_bytes().escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use fixtures::archive;
    use fixtures::tree::{Entry, Kind as Built};

    use super::*;

    /// Reads `d/` as a directory, `l->t` as a symbolic link, `h=>t` as a hard link, the rest as files.
    fn entry(text: &str) -> Entry {
        if let Some((path, target)) = text.split_once("=>") {
            return Entry::hardlink(path, target);
        }
        if let Some((path, target)) = text.split_once("->") {
            return Entry::symlink(path, target);
        }
        text.strip_suffix('/').map_or_else(|| Entry::file(text, ""), Entry::directory)
    }

    fn members(entries: &[Entry], first: u64) -> Result<Vec<Numbered>, String> {
        let bytes = archive::pack(entries);
        let mut archive = tar::Archive::new(bytes.as_slice());
        let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| crate::member::read(&mut entry.unwrap());
        let members: Result<Vec<_>, _> = archive.entries().unwrap().map(read).collect();
        Ok(members.map_err(|error| error.to_string())?.into_iter().zip(first..).collect())
    }

    /// The tree of some layers, or why they are refused.
    fn stack(layers: &[Vec<Entry>]) -> Result<Node, String> {
        let mut root = Node::implied(0);
        for (number, entries) in layers.iter().enumerate() {
            let members = members(entries, number as u64 * 1000 + 1)?;
            apply(&mut root, number, members).map_err(|error| error.to_string())?;
        }
        Ok(root)
    }

    fn list(node: &Node, at: &str, lines: &mut Vec<String>) {
        let Kind::Directory(children) = &node.kind else { return };
        for (name, child) in children {
            let path = format!("{at}{}", name.to_string_lossy());
            let mark = match &child.kind {
                Kind::Directory(_) => "/".to_owned(),
                Kind::Symlink(target) => format!("->{}", target.display()),
                _ => format!("@{}", child.inode),
            };
            lines.push(format!("{path}{mark}"));
            list(child, &format!("{path}/"), lines);
        }
    }

    /// One line for the tree of layers that are written as words; files with the number of their content.
    fn tree(layers: &[&str]) -> String {
        let layers: Vec<Vec<Entry>> =
            layers.iter().map(|layer| layer.split_whitespace().map(entry).collect()).collect();
        match stack(&layers) {
            Ok(root) => {
                let mut lines = Vec::new();
                list(&root, "", &mut lines);
                lines.join(" ")
            }
            Err(error) => format!("refused: {error}"),
        }
    }

    #[test]
    fn layers_amount_to_the_trees_that_the_specification_gives() {
        let base = "a/ a/b/ a/b/c/ a/b/c/bar keep";
        let vectors: &[(&[&str], &str)] = &[
            (
                &["etc/ etc/config bin/ bin/tool", "etc/d/ etc/d/x bin/tool etc/.wh.config"],
                "bin/ bin/tool@1003 etc/ etc/d/ etc/d/x@1002",
            ),
            (
                &["file1 a/file2 b/ c/file3", ".wh.file1 a/.wh.file2 .wh.b file4"],
                "a/ c/ c/file3@4 file4@1004",
            ),
            (&["bin/ bin/a bin/t/ bin/t/one", "bin/ bin/.wh..wh..opq"], "bin/"),
            (&[base, "a/ a/b/ a/b/c/ a/b/c/foo a/.wh..wh..opq"], "a/ a/b/ a/b/c/ a/b/c/foo@1004 keep@5"),
            (&[base, "a/ a/.wh..wh..opq a/b/ a/b/c/ a/b/c/foo"], "a/ a/b/ a/b/c/ a/b/c/foo@1005 keep@5"),
            (&[base, "a/b/c/foo a/.wh..wh..opq"], "a/ a/b/ a/b/c/ a/b/c/foo@1001 keep@5"),
            (&["f", "f .wh.f"], "f@1001"),
            (&["f", ".wh.f f"], "f@1002"),
            (&["real/ lnk->real", "lnk/file"], "lnk->real real/ real/file@1001"),
            (&["p p5=>p", "p p5=>p"], "p@1001 p5@1001"),
            (&["t", "h=>t"], "h@1 t@1"),
            (&["real/x lnk->real", "lnk/ lnk/y"], "lnk/ lnk/y@1002 real/ real/x@1"),
            (&["d/x", "d"], "d@1001"),
            (&["d", "d/x"], "d/ d/x@1001"),
            (&["lnk->/host", "lnk/.wh.secret"], "lnk->/host"),
            (&["p/q/r"], "p/ p/q/ p/q/r@1"),
            (&["A B=>A", ".wh.A"], "B@1"),
            (&["A B=>A", "A"], "A@1001 B@1"),
            (&["", "d/ d/.wh.x d/y"], "d/ d/y@1003"),
            (&["d/a", "d/ d/.wh..wh..opq d/.wh.a d/c"], "d/ d/c@1004"),
        ];
        for (layers, expected) in vectors {
            assert_eq!(tree(layers), *expected, "{layers:?}");
        }
    }

    #[test]
    fn what_is_undefined_or_leads_out_is_refused() {
        let mark = "is a mark of deletion that marks nothing, or not a plain empty file";
        let vectors: &[(&[&str], &str)] = &[
            (&["d/ d/f", "d/.wh."], &format!("`d/.wh.` {mark}")),
            (&["d/ d/f", "d/.wh.."], &format!("`d/.wh..` {mark}")),
            (&["g", ".wh..."], &format!("`.wh...` {mark}")),
            (&["f", ".wh.f/"], &format!("`.wh.f` {mark}")),
            (&["f", ".wh..wh.plnk"], &format!("`.wh..wh.plnk` {mark}")),
            (&["lnk->/host", "lnk/pwn"], "`lnk` leads through a link to nothing, but entries lie below it"),
            (
                &["lnk->../../host lnk/pwn2"],
                "`lnk` leads through a link to nothing, but entries lie below it",
            ),
            (&["../pwn"], "name `../pwn` has a part `..`, which would leave the root"),
            (
                &["hl=>../../host/secret"],
                "name `../../host/secret` has a part `..`, which would leave the root",
            ),
            (&["l->/host hl=>l/secret"], "`hl` is a hard link to what is no file in the image"),
            (&["d/ h=>d"], "`h` is a hard link to what is no file in the image"),
            (&[".->/host"], "`.` stands for the root, which can only be a directory"),
            (&["foo->/host foo/"], "`foo` is in the layer twice"),
            (&["f f"], "`f` is in the layer twice"),
            (&["f f/x"], "`f/x` lies below something that is no directory"),
            (&["a->b b->a", "a/x"], "`a` leads through links that lead in a circle"),
        ];
        for (layers, expected) in vectors {
            assert_eq!(tree(layers), format!("refused: {expected}"), "{layers:?}");
        }
    }

    #[test]
    fn a_deleted_file_of_overlayfs_is_no_device_of_a_layer() {
        let layers = [vec![Entry::file("f", "")], vec![Entry::new("f", Built::CharacterDevice(0, 0))]];
        assert_eq!(
            stack(&layers),
            Err("`f` is the device 0:0, which means a deleted file to overlayfs".into())
        );
    }

    #[test]
    fn a_parent_without_an_entry_keeps_what_it_is_below_and_a_new_one_is_of_root() {
        let base = vec![Entry::directory("p").mode(0o700).owner(7, 7)];
        let root = stack(&[base, vec![Entry::file("p/q/r", "")]]).unwrap();
        let shape = |path: &[&str]| {
            let path: Vec<OsString> = path.iter().map(OsString::from).collect();
            root.find(&path).map(|node| (node.attributes.mode, node.attributes.uid, node.attributes.gid))
        };
        assert_eq!((shape(&["p"]), shape(&["p", "q"])), (Some((0o700, 7, 7)), Some((0o755, 0, 0))));
    }

    #[test]
    fn a_thousand_layers_of_one_file_each_give_every_file() {
        let layers: Vec<Vec<Entry>> =
            (0..1000).map(|number| vec![Entry::file(format!("f{number}"), "")]).collect();
        let mut lines = Vec::new();
        list(&stack(&layers).unwrap(), "", &mut lines);
        assert_eq!(lines.len(), 1000);
    }

    #[test]
    fn many_entries_and_marks_deep_in_a_tree_take_no_more_than_a_moment() {
        let deep = vec!["d"; 250].join("/");
        let base: Vec<Entry> = (0..5000).map(|number| Entry::file(format!("{deep}/{number}"), "")).collect();
        let marks: Vec<Entry> = (0..5000).map(|number| Entry::whiteout(format!("{deep}/{number}"))).collect();
        // Of this thread alone, however busy the machine is.
        let seconds = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec;
        let began = seconds();
        let root = stack(&[base, marks]).unwrap();
        // 2 s without optimization; 20 s where each look starts at the root.
        assert!(seconds() - began < 8, "{} s", seconds() - began);
        let path: Vec<OsString> = deep.split('/').map(OsString::from).collect();
        assert_eq!(root.find(&path).map(Node::is_directory), Some(true));
    }
}
