//! What is there before and after: processes, mounts, cgroups and files, so that leftovers show.
//!
//! Meant for use inside a [`crate::sandbox`], where nothing else changes them.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{sandbox, wait};

/// How long the kernel may take to undo what was asked of it.
const SETTLE: Duration = Duration::from_secs(2);

/// One thing that was not there before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leak {
    /// A process of this name.
    Process(String),
    /// A mount on this place.
    Mount(String),
    /// A cgroup.
    Cgroup(PathBuf),
    /// A file or directory below one of the watched roots.
    File(PathBuf),
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(name) => write!(f, "process {name}"),
            Self::Mount(place) => write!(f, "mount on `{place}`"),
            Self::Cgroup(path) => write!(f, "cgroup `{}`", path.display()),
            Self::File(path) => write!(f, "file `{}`", path.display()),
        }
    }
}

/// What there is at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    roots: Vec<PathBuf>,
    found: BTreeSet<Leak>,
}

impl Snapshot {
    /// Looks at processes, mounts and cgroups, and at the names below `roots`.
    #[must_use]
    pub fn take(roots: &[&Path]) -> Self {
        let roots: Vec<PathBuf> = roots.iter().map(|root| (*root).to_owned()).collect();
        let found = look(&roots);
        Self { roots, found }
    }

    /// What is there now and was not then. Looks again until there is nothing, since the kernel tears down in its own
    /// time, or two seconds have passed.
    #[must_use]
    pub fn left(&self) -> Vec<Leak> {
        let mut left = Vec::new();
        let settled = wait::until(SETTLE, || {
            left = look(&self.roots).difference(&self.found).cloned().collect();
            left.is_empty().then_some(())
        });
        if settled.is_some() { Vec::new() } else { left }
    }
}

fn look(roots: &[PathBuf]) -> BTreeSet<Leak> {
    let processes = sandbox::members().into_iter().filter(|process| process.state != 'Z');
    let named = processes.map(|process| Leak::Process(format!("{} {}", process.pid, process.comm)));
    let mountinfo = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let mounts = mountinfo.lines().filter_map(|line| line.split(' ').nth(4));
    let cgroups = below(Path::new("/sys/fs/cgroup")).into_iter().filter(|path| path.is_dir());
    let files = roots.iter().flat_map(|root| below(root));
    named
        .chain(mounts.map(|place| Leak::Mount(place.to_owned())))
        .chain(cgroups.map(Leak::Cgroup))
        .chain(files.map(Leak::File))
        .collect()
}

/// All paths below `root`, following no links.
fn below(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let each = |entry: fs::DirEntry| {
        let directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let mut found = if directory { below(&entry.path()) } else { Vec::new() };
        found.push(entry.path());
        found
    };
    entries.flat_map(each).collect()
}
