//! Where in the hierarchies a container's cgroup lies.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// The path of a container's cgroup, the same in every hierarchy, from the root of its mount.
///
/// An absolute `cgroupsPath` counts from there, as the specification asks. So does a relative one, and without any the
/// path is `/<id>`: the same value then names the same cgroup wherever coracle is called from.
///
/// Invariant: begins with `/`, has at least one component, none of them `.` or `..`, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

/// Why a `cgroupsPath` names no place for a container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum PlaceError {
    #[error("cgroups path `{path}` names the root of the hierarchy; name a cgroup below it")]
    Root { path: String },

    /// Guards against paths such as `/jobs/../..`.
    #[error("cgroups path `{path}` has the component `{component}`; name the cgroup without it")]
    Relative { path: String, component: String },

    #[error("cgroups path {path:?} has a control character; remove it")]
    Control { path: String },

    #[error("cgroups path has {bytes} bytes, or a component longer than {NAME_BYTES}; shorten it")]
    Long { bytes: usize },
}

/// Longest file name, `NAME_MAX` of `linux/limits.h`.
const NAME_BYTES: usize = 255;
/// Longest path that leaves room for the mount point and a file name within `PATH_MAX`.
const PATH_BYTES: usize = 3072;

impl Place {
    /// The place that a configuration asks for.
    ///
    /// - **Takes** `cgroupsPath` where the configuration has one, and a valid container id.
    /// - **Errors**: a path that is empty, the root, leaves its parent, or cannot be a directory name.
    /// - **Source**: `config-linux.md#cgroups-path`.
    ///
    /// # Errors
    /// As above.
    pub fn resolve(cgroups_path: Option<&str>, id: &str) -> Result<Self, PlaceError> {
        let asked = cgroups_path.unwrap_or(id);
        let path = || asked.to_owned();
        if asked.chars().any(char::is_control) {
            return Err(PlaceError::Control { path: path() });
        }
        let mut place = String::with_capacity(asked.len() + 1);
        for component in asked.split('/').filter(|component| !component.is_empty()) {
            if matches!(component, "." | "..") {
                return Err(PlaceError::Relative { path: path(), component: component.to_owned() });
            }
            if component.len() > NAME_BYTES {
                return Err(PlaceError::Long { bytes: asked.len() });
            }
            place.push('/');
            place.push_str(component);
        }
        match place.len() {
            0 => Err(PlaceError::Root { path: path() }),
            1..=PATH_BYTES => Ok(Self(place)),
            _ => Err(PlaceError::Long { bytes: asked.len() }),
        }
    }

    /// The path, beginning with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0
    }
}

/// `/a`, `/a/b`, `/a/b/c` for `/a/b/c`.
pub(crate) fn prefixes(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let ends = path.match_indices('/').skip(1).map(|(index, _)| index);
    let ends: Vec<usize> = ends.chain([path.len()]).collect();
    ends.into_iter().map(|end| &path[..end])
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn path(cgroups_path: Option<&str>) -> Result<String, PlaceError> {
        Place::resolve(cgroups_path, "web").map(|place| place.path().to_string())
    }

    #[test]
    fn one_value_names_one_place() {
        assert_eq!(path(None).as_deref(), Ok("/web"));
        assert_eq!(path(Some("/jobs/web")).as_deref(), Ok("/jobs/web"));
        assert_eq!(path(Some("jobs/web")).as_deref(), Ok("/jobs/web"));
        assert_eq!(path(Some("//jobs///web/")).as_deref(), Ok("/jobs/web"));
        assert_eq!(path(Some("a.slice:b:c")).as_deref(), Ok("/a.slice:b:c"));
    }

    #[test]
    fn the_root_and_ways_up_are_refused() {
        for root in ["", "/", "//"] {
            assert!(matches!(path(Some(root)), Err(PlaceError::Root { .. })), "{root}");
        }
        for up in ["..", "/..", "/a/../b", "a/.."] {
            assert!(matches!(path(Some(up)), Err(PlaceError::Relative { .. })), "{up}");
        }
    }

    #[test]
    fn what_cannot_be_a_directory_name_is_refused() {
        assert!(matches!(path(Some("/a\nb")), Err(PlaceError::Control { .. })));
        assert!(matches!(path(Some("/a\0b")), Err(PlaceError::Control { .. })));
        assert!(matches!(path(Some(&"x".repeat(256))), Err(PlaceError::Long { bytes: 256 })));
        assert!(matches!(path(Some(&"x/".repeat(2000))), Err(PlaceError::Long { .. })));
        assert_eq!(path(Some(&"x".repeat(255))).map(|path| path.len()), Ok(256));
    }
}
