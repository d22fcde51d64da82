//! The second place in which it is written what must be cleaned up: the target of a symbolic link.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::init::Init;
use crate::cgroup;
use crate::cgroup::record::{Branch, Directory};

/// The process and the cgroups of a container, short enough for the target of a link on any ordinary host.
///
/// Written as lines: `pid started_ticks`, zeros without a process; the path of the cgroup; then for each branch its
/// inodes, its hierarchy and its mount, separated by tabs. Directories made are always the last ones of the path, so
/// their inodes say which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The process, if there is one yet.
    pub init: Option<Init>,
    /// The cgroups, or those to be made.
    pub cgroup: cgroup::Record,
}

impl Anchor {
    /// The target of the link.
    #[must_use]
    pub fn text(init: Option<Init>, cgroup: &cgroup::Record) -> String {
        let Init { pid, started_ticks } = init.unwrap_or(Init { pid: 0, started_ticks: 0 });
        let mut text = String::new();
        // Writing to a string does not fail.
        let _written = write!(text, "{pid} {started_ticks}\n{}", cgroup.path);
        for branch in &cgroup.branches {
            let inodes: Vec<String> =
                branch.made.iter().map(|made| alloc::format!("{}", made.inode)).collect();
            let _written = write!(text, "\n{}\t{}\t{}", inodes.join(" "), branch.hierarchy, branch.mount);
        }
        text
    }

    /// Reads the target of a link; nothing if it is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (pid, started_ticks) = lines.next()?.split_once(' ')?;
        let init = Init { pid: pid.parse().ok()?, started_ticks: started_ticks.parse().ok()? };
        let path = lines.next().filter(|path| path.starts_with('/'))?;
        let branches = lines.map(|line| branch(line, path)).collect::<Option<_>>()?;
        let cgroup = cgroup::Record { path: path.to_owned(), branches };
        Some(Self { init: (init.pid > 0).then_some(init), cgroup })
    }
}

fn branch(line: &str, path: &str) -> Option<Branch> {
    let mut fields = line.split('\t');
    let inodes: Vec<u64> =
        fields.next()?.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let (hierarchy, mount) = (fields.next()?, fields.next()?);
    let prefixes: Vec<&str> = cgroup::place::prefixes(path).collect();
    let first = prefixes.len().checked_sub(inodes.len())?;
    let made = prefixes.iter().skip(first).zip(inodes);
    Some(Branch {
        hierarchy: hierarchy.to_owned(),
        mount: mount.to_owned(),
        made: made.map(|(path, inode)| Directory { path: (*path).to_owned(), inode }).collect(),
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn anchor() -> Anchor {
        let directory = |path: &str, inode| Directory { path: path.to_owned(), inode };
        let branch = |hierarchy: &str, mount: &str, made| Branch {
            hierarchy: hierarchy.to_owned(),
            mount: mount.to_owned(),
            made,
        };
        Anchor {
            init: Some(Init { pid: 42, started_ticks: 99 }),
            cgroup: cgroup::Record {
                path: "/jobs/web".to_owned(),
                branches: vec![
                    branch(
                        "cpu,cpuacct",
                        "/odd place",
                        vec![directory("/jobs", 3), directory("/jobs/web", 4)],
                    ),
                    branch("memory", "/m", vec![]),
                    branch("", "/sys/fs/cgroup", vec![directory("/jobs/web", 0)]),
                ],
            },
        }
    }

    #[test]
    fn anchors_come_back_as_they_were_written() {
        let anchor = anchor();
        assert_eq!(Anchor::parse(&Anchor::text(anchor.init, &anchor.cgroup)), Some(anchor.clone()));
        let without = Anchor { init: None, ..anchor };
        assert_eq!(Anchor::parse(&Anchor::text(None, &without.cgroup)), Some(without));
    }

    #[test]
    fn what_is_no_anchor_is_not_taken_for_one() {
        for text in
            ["", "x", "1 2", "1 2\nrelative", "1 2\n/a\n1 2 3\t\t/m", "1 2\n/a\nx\t\t/m", "1 2\n/a\n1"]
        {
            assert_eq!(Anchor::parse(text), None, "{text:?}");
        }
    }
}
