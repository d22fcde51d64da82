//! A cgroup below a container's, for a process that joins the container.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use rustix::fd::OwnedFd;
use rustix::fs::CWD;
use rustix::io::Errno;

use super::place::{Place, PlaceError};
use super::record::{Branch, Record};
use crate::cause::Cause;
use crate::file;

/// What `[CONTROLLERS:]PATH` asks for: a cgroup below the container's, in all hierarchies or in those of controllers.
///
/// Invariant: the path is empty, which means the container's own cgroup, or begins with `/` and has no component `..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below<'a> {
    controllers: Option<&'a str>,
    path: String,
}

/// Why there is no such cgroup to join.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BelowError {
    #[error(transparent)]
    Path(#[from] PlaceError),

    #[error("the container has no cgroup hierarchy with the controller `{name}`; give the path alone")]
    NoHierarchy { name: String },

    #[error("there is no cgroup `{path}`; make it, or name the controllers that have it: `pids:PATH`")]
    Missing { path: String },

    #[error("open cgroup `{path}`")]
    Open { path: String, source: Cause },
}

impl<'a> Below<'a> {
    /// Reads what the command line says.
    ///
    /// # Errors
    /// A path that leads out of the container's cgroup.
    pub fn parse(text: &'a str) -> Result<Self, BelowError> {
        let (controllers, path) = match text.split_once(':') {
            Some((controllers, path)) => (Some(controllers), path),
            None => (None, text),
        };
        let path = match Place::resolve(Some(path), "") {
            Ok(place) => place.path().to_owned(),
            Err(PlaceError::Root { .. }) => String::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { controllers, path })
    }

    /// Whether it is about every hierarchy that no other one names: the unified one has no name.
    pub(super) fn is_everywhere(&self) -> bool {
        self.controllers.is_none()
    }

    /// The path below the container's cgroup; empty for that cgroup itself.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether it is about this hierarchy by name.
    fn names(&self, branch: &Branch) -> bool {
        self.names_each().any(|name| has(branch, name))
    }

    fn names_each(&self) -> impl Iterator<Item = &'a str> {
        self.controllers.into_iter().flat_map(|controllers| controllers.split(','))
    }
}

/// Opens the cgroups that a process joins: the container's own, or what `asked` has for their hierarchy.
///
/// - **Returns** one descriptor for each branch of the record, in the same order.
///
/// # Errors
/// A cgroup that does not exist; a controller in no hierarchy of the container.
pub(super) fn open(record: &Record, asked: &[Below<'_>]) -> Result<Vec<OwnedFd>, BelowError> {
    let is_unknown = |name: &&str| !record.branches.iter().any(|branch| has(branch, name));
    if let Some(name) = asked.iter().flat_map(Below::names_each).find(is_unknown) {
        return Err(BelowError::NoHierarchy { name: name.to_owned() });
    }
    let open = |branch: &Branch| {
        let named = asked.iter().rfind(|below| below.names(branch));
        let meant = named.or_else(|| asked.iter().rfind(|below| below.is_everywhere()));
        let mut path = branch.directory(&record.path);
        path.push_str(meant.map_or("", |below| &below.path));
        file::open_directory(CWD, &path).map_err(|errno| match errno {
            Errno::NOENT if meant.is_some() => BelowError::Missing { path },
            errno => BelowError::Open { path, source: Cause(errno) },
        })
    };
    record.branches.iter().map(open).collect()
}

/// Whether the hierarchy has this controller; the unified one has none by name.
fn has(branch: &Branch, name: &str) -> bool {
    !name.is_empty() && branch.hierarchy.split(',').any(|one| one == name)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn record() -> Record {
        let branch = |hierarchy: &str| Branch {
            hierarchy: hierarchy.to_string(),
            mount: "/sys/fs/cgroup".to_string(),
            made: Vec::new(),
        };
        Record { path: "/web".to_string(), branches: ["cpu,cpuacct", "pids", ""].map(branch).into() }
    }

    fn error(asked: &[&str]) -> String {
        let asked: Result<Vec<_>, _> = asked.iter().map(|text| Below::parse(text)).collect();
        asked.and_then(|asked| open(&record(), &asked)).unwrap_err().to_string()
    }

    #[test]
    fn a_path_counts_from_the_cgroup_of_the_container_and_stays_below_it() {
        let path = |text| Below::parse(text).unwrap().path;
        assert_eq!(path("jobs/one"), "/jobs/one");
        assert_eq!(path("/jobs//one/"), "/jobs/one");
        assert_eq!(path("cpu,pids:/jobs"), "/jobs");
        assert_eq!(path("/"), "");
        for up in ["..", "a/../../b", "pids:/.."] {
            assert!(matches!(Below::parse(up), Err(BelowError::Path(PlaceError::Relative { .. }))), "{up}");
        }
    }

    #[test]
    fn a_hierarchy_is_known_by_any_of_its_controllers() {
        let record = record();
        let named = |text| {
            let below = Below::parse(text).unwrap();
            record.branches.iter().map(|branch| below.names(branch)).collect::<Vec<_>>()
        };
        assert_eq!(named("cpuacct:/a"), [true, false, false]);
        assert_eq!(named("pids,cpu:/a"), [true, true, false]);
        assert_eq!(named("/a"), [false, false, false]);
    }

    #[test]
    fn what_is_not_there_is_named() {
        assert!(error(&["memory:/a"]).contains("`memory`; give the path alone"));
        assert!(error(&[":/a"]).contains("with the controller ``"));
        let missing = error(&["/no/such/cgroup"]);
        assert!(missing.starts_with("there is no cgroup `/sys/fs/cgroup/web/no/such/cgroup`"), "{missing}");
    }
}
