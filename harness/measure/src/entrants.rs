//! Who takes part: the reference runtime, the runtimes that were named, and those that are installed.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use drive::{OpenError, Runtime, own};

/// Runtimes that are looked for by name; where several versions are found, all take part.
pub const KNOWN: [&str; 3] = ["crun", "runc", "youki"];

/// Runtimes that ratios may be to, the preferred one first.
const REFERENCES: [&str; 2] = ["crun", "runc"];

/// The runtimes of a run, each under a name of its own, and those that are missing.
#[derive(Debug, Default)]
pub struct Entrants {
    /// Those that take part; `subject.name` tells two versions of one runtime apart.
    pub runtimes: Vec<Runtime>,
    /// Those that do not, each with its reason.
    pub omitted: BTreeMap<String, String>,
}

impl Entrants {
    /// Builds coracle, opens the binaries in `named`, and looks for those of [`KNOWN`] in `$PATH` and in Loadline's
    /// cache, where `.ci/peers` puts newer ones.
    ///
    /// # Errors
    /// [`OpenError`] of a binary that was named. Whatever else cannot be had is omitted, with its reason.
    pub fn find(named: &[PathBuf]) -> Result<Self, OpenError> {
        let mut entrants = Self::default();
        match own::coracle() {
            Ok(path) => entrants.add_installed("coracle", &path),
            Err(error) => entrants.omit("coracle", &error),
        }
        for path in named {
            entrants.add(Runtime::open(path)?);
        }
        for name in KNOWN {
            let places = places(name);
            if places.is_empty() {
                entrants.omitted.insert(name.to_owned(), "not installed".to_owned());
            }
            for path in &places {
                entrants.add_installed(name, path);
            }
        }
        name_apart(&mut entrants.runtimes);
        Ok(entrants)
    }

    /// Exactly these binaries, in this order, one of them twice if it is given twice.
    ///
    /// # Errors
    /// [`OpenError`] of the first that cannot be used.
    pub fn exactly(paths: &[PathBuf]) -> Result<Self, OpenError> {
        let mut runtimes = paths.iter().map(|path| Runtime::open(path)).collect::<Result<Vec<_>, _>>()?;
        name_apart(&mut runtimes);
        Ok(Self { runtimes, omitted: BTreeMap::new() })
    }

    /// Name of the runtime that ratios are to: the newest crun, else the newest runc, else nobody.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        let newest = REFERENCES.into_iter().find_map(|name| self.newest(name));
        newest.map(|runtime| runtime.subject.name.as_str())
    }

    /// The newest of the runtimes called `name`.
    #[must_use]
    pub fn newest(&self, name: &str) -> Option<&Runtime> {
        let of_name = self.runtimes.iter().filter(|runtime| runtime.name == name);
        of_name.max_by_key(|runtime| numbers(&runtime.subject.version))
    }

    fn add(&mut self, runtime: Runtime) {
        let known = |other: &Runtime| other.subject.sha256 == runtime.subject.sha256;
        if !self.runtimes.iter().any(known) {
            self.runtimes.push(runtime);
        }
    }

    fn add_installed(&mut self, name: &str, path: &Path) {
        match Runtime::open(path) {
            Ok(runtime) => self.add(runtime),
            Err(error) => self.omit(name, &error),
        }
    }

    fn omit(&mut self, name: &str, error: &dyn Error) {
        self.omitted.insert(name.to_owned(), crate::chain(error));
    }
}

/// Every file called `name` in the directories of `$PATH` and in `CACHE/loadline/*/bin`; links to one file count once.
fn places(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let directories = env::split_paths(&path).chain(caches());
    let mut found: Vec<PathBuf> = Vec::new();
    for place in directories.filter_map(|directory| fs::canonicalize(directory.join(name)).ok()) {
        if place.is_file() && !found.contains(&place) {
            found.push(place);
        }
    }
    found
}

fn caches() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or(home).unwrap_or_default();
    let entries = fs::read_dir(cache.join("loadline")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path().join("bin")).collect();
    found.sort();
    found
}

/// Where a name occurs twice, its bearers are called by name and version, and by number where that is the same too.
fn name_apart(runtimes: &mut [Runtime]) {
    let names: Vec<String> = runtimes.iter().map(|runtime| runtime.name.clone()).collect();
    let shared = |name: &str| names.iter().filter(|other| *other == name).count() > 1;
    let mut taken: Vec<String> = Vec::new();
    for runtime in runtimes {
        let version = &runtime.subject.version;
        let long =
            if version.is_empty() { runtime.name.clone() } else { format!("{}-{version}", runtime.name) };
        let name = if shared(&runtime.name) { long } else { runtime.name.clone() };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name));
        runtime.subject.name = free.unwrap_or(name);
        taken.push(runtime.subject.name.clone());
    }
}

/// The numbers of a version, for comparing: 1.28 is newer than 1.8.1.
fn numbers(version: &str) -> Vec<u32> {
    version.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Subject;

    fn runtime(name: &str, version: &str) -> Runtime {
        let subject = Subject { version: version.to_owned(), ..Subject::without_binary(name) };
        Runtime::known(subject)
    }

    fn entrants(list: &[(&str, &str)]) -> Entrants {
        let mut runtimes: Vec<Runtime> = list.iter().map(|(name, version)| runtime(name, version)).collect();
        name_apart(&mut runtimes);
        Entrants { runtimes, omitted: BTreeMap::new() }
    }

    fn names(entrants: &Entrants) -> Vec<&str> {
        entrants.runtimes.iter().map(|runtime| runtime.subject.name.as_str()).collect()
    }

    #[test]
    fn a_name_stays_as_it_is_until_two_bear_it() {
        assert_eq!(names(&entrants(&[("coracle", "0.1.0"), ("runc", "1.1.5")])), ["coracle", "runc"]);
        let two = entrants(&[("crun", "1.8.1"), ("crun", "1.28"), ("runc", "1.1.5")]);
        assert_eq!(names(&two), ["crun-1.8.1", "crun-1.28", "runc"]);
        let same = entrants(&[("crun", "1.28"), ("crun", "1.28"), ("crun", "")]);
        assert_eq!(names(&same), ["crun-1.28", "crun-1.28-2", "crun"]);
    }

    #[test]
    fn ratios_are_to_the_newest_crun_then_to_runc() {
        let list = [("coracle", "0.1.0"), ("crun", "1.8.1"), ("crun", "1.28"), ("runc", "1.3.6")];
        assert_eq!(entrants(&list).reference(), Some("crun-1.28"));
        assert_eq!(entrants(&[list[0], list[3]]).reference(), Some("runc"));
        assert_eq!(entrants(&list[..1]).reference(), None);
    }

    #[test]
    fn a_binary_found_twice_takes_part_once_but_twice_where_that_is_asked_for() {
        let mut found = Entrants::default();
        found.add_installed("true", Path::new("/bin/true"));
        found.add_installed("true", Path::new("/bin/true"));
        assert_eq!(found.runtimes.len(), 1);
        let twice = Entrants::exactly(&["/bin/true".into(), "/bin/true".into()]).unwrap();
        assert_eq!(twice.runtimes.len(), 2);
        assert_ne!(twice.runtimes[0].subject.name, twice.runtimes[1].subject.name);
    }

    #[test]
    fn what_cannot_be_opened_is_refused_where_it_was_named_and_omitted_where_it_was_found() {
        Entrants::exactly(&["/no/such/runtime".into()]).unwrap_err();
        let mut found = Entrants::default();
        found.add_installed("runc", Path::new("/etc/passwd"));
        assert!(found.runtimes.is_empty() && found.omitted["runc"].contains("not executable"));
    }
}
