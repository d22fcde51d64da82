//! What is there before and after: processes, mounts, cgroups, files and settings, so that leftovers show.
//!
//! Meant for use inside a [`crate::sandbox`], where nothing else changes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{sandbox, wait};

/// How long the kernel may take to undo what was asked of it.
pub const SETTLE: Duration = Duration::from_secs(2);

/// What of the whole machine no container may change: files of the kernel's.
const SETTINGS: [&str; 3] =
    ["/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname", "/proc/sys/kernel/core_pattern"];

/// One thing that was not there before, or not so.
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
    /// A file or directory that was there, with other permissions or another owner.
    Changed(PathBuf),
    /// A setting of the host that has another value.
    Setting(String),
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(name) => write!(f, "process {name}"),
            Self::Mount(place) => write!(f, "mount on `{place}`"),
            Self::Cgroup(path) => write!(f, "cgroup `{}`", path.display()),
            Self::File(path) => write!(f, "file `{}`", path.display()),
            Self::Changed(path) => write!(f, "other permissions of `{}`", path.display()),
            Self::Setting(name) => write!(f, "another value of `{name}`"),
        }
    }
}

/// What there is at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    roots: Vec<PathBuf>,
    except: Vec<PathBuf>,
    found: Found,
}

/// What a look finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    things: BTreeSet<Leak>,
    /// Permissions and owners of files, values of settings.
    values: BTreeMap<Leak, String>,
}

impl Snapshot {
    /// Looks at processes, mounts, cgroups and settings, and at the files below `roots`.
    #[must_use]
    pub fn take(roots: &[&Path]) -> Self {
        Self::take_except(roots, &[])
    }

    /// The same, but for what lies below `except`.
    #[must_use]
    pub fn take_except(roots: &[&Path], except: &[&Path]) -> Self {
        let owned = |paths: &[&Path]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        let (roots, except) = (owned(roots), owned(except));
        let found = Found::look(&roots, &except);
        Self { roots, except, found }
    }

    /// What is there now and was not then. Looks again until there is nothing, since the kernel tears down in its own
    /// time, or two seconds have passed.
    #[must_use]
    pub fn left(&self) -> Vec<Leak> {
        self.left_within(SETTLE)
    }

    /// The same, with another patience.
    #[must_use]
    pub fn left_within(&self, patience: Duration) -> Vec<Leak> {
        let mut left = Vec::new();
        let settled = wait::until(patience, || {
            left = Found::look(&self.roots, &self.except).beyond(&self.found);
            left.is_empty().then_some(())
        });
        if settled.is_some() { Vec::new() } else { left }
    }
}

impl Found {
    fn look(roots: &[PathBuf], except: &[PathBuf]) -> Self {
        let processes = sandbox::members().into_iter().filter(|process| process.state != 'Z');
        let named = processes.map(|process| Leak::Process(format!("{} {}", process.pid, process.comm)));
        let mountinfo = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let places = mountinfo.lines().filter_map(|line| line.split(' ').nth(4));
        let cgroups = below(Path::new("/sys/fs/cgroup"), &[]).into_iter().filter(|path| path.is_dir());
        let files: Vec<PathBuf> = roots.iter().flat_map(|root| below(root, except)).collect();
        let settings =
            SETTINGS.iter().map(|name| (Leak::Setting((*name).to_owned()), fs::read_to_string(name)));
        let values = settings.map(|(name, value)| (name, value.unwrap_or_default()));
        Self {
            values: values
                .chain(files.iter().map(|path| (Leak::Changed(path.clone()), access(path))))
                .collect(),
            things: named
                .chain(mounts(places))
                .chain(cgroups.map(Leak::Cgroup))
                .chain(files.into_iter().map(Leak::File))
                .collect(),
        }
    }

    /// What is here and not there, or here otherwise.
    fn beyond(&self, before: &Self) -> Vec<Leak> {
        let new = self.things.difference(&before.things).cloned();
        let changed = before
            .values
            .iter()
            .filter(|(name, value)| self.values.get(name).is_some_and(|now| now != *value));
        new.chain(changed.map(|(name, _)| name.clone())).collect()
    }
}

/// A mount for each of the places; of several on one, all but the first with their number.
fn mounts<'a>(places: impl Iterator<Item = &'a str>) -> Vec<Leak> {
    let mut counts = BTreeMap::<&str, usize>::new();
    let named = places.map(|place| {
        let count = counts.entry(place).or_default();
        *count += 1;
        Leak::Mount(if *count == 1 { place.to_owned() } else { format!("{place} ({count})") })
    });
    named.collect()
}

/// Who may do what with a file; links have no permissions of their own.
fn access(path: &Path) -> String {
    let seen = fs::symlink_metadata(path);
    seen.map_or_else(|_| String::new(), |seen| format!("{:o} {} {}", seen.mode(), seen.uid(), seen.gid()))
}

/// All paths below `root`, following no links.
fn below(root: &Path, except: &[PathBuf]) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let seen = entries.filter(|entry| !except.contains(&entry.path()));
    let each = |entry: fs::DirEntry| {
        let directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let mut found = if directory { below(&entry.path(), except) } else { Vec::new() };
        found.push(entry.path());
        found
    };
    seen.flat_map(each).collect()
}
