//! How many system calls a `run` makes, by class: figures that do not depend on how busy the machine is.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use drive::Runtime;
use record::Unit;

use crate::sampling::{CALLS, Reading};

/// Scenario under which the counts are recorded.
pub const SCENARIO: &str = "run/traced";

/// Times that a `run` is counted: a runtime of many threads makes now more, now fewer.
pub const ROUNDS: u32 = 3;

/// Classes of calls that cost more than others, each under the name of its measure.
pub const CLASSES: [(&str, &[&str]); 6] = [
    (
        "calls:mount",
        &[
            "fsconfig",
            "fsmount",
            "fsopen",
            "mount",
            "mount_setattr",
            "move_mount",
            "open_tree",
            "pivot_root",
            "umount2",
        ],
    ),
    ("calls:clone", &["clone", "clone3", "fork", "vfork"]),
    ("calls:namespace", &["setns", "unshare"]),
    ("calls:execve", &["execve", "execveat"]),
    ("calls:open", &["open", "openat", "openat2"]),
    ("calls:futex", &["futex"]),
];

/// Why calls cannot be counted.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum CallsError {
    #[error("strace is not installed, so system calls are not counted; try apt-get install strace")]
    NoStrace,

    #[error("write the wrapper `{path}`")]
    Wrapper { path: PathBuf, source: io::Error },

    #[error("read the counts of strace in `{path}`")]
    Read { path: PathBuf, source: io::Error },

    #[error("strace counted nothing; is tracing forbidden here?")]
    Nothing,

    #[error("the trace does not show that {what}")]
    NotSeen { what: &'static str },
}

/// A binary that runs another under strace, and where the counts of its last call are.
#[derive(Debug, Clone)]
pub(super) struct Traced {
    wrapper: PathBuf,
    counts: PathBuf,
}

impl Traced {
    /// Writes a wrapper of `program` into `home`.
    pub(super) fn wrap(program: &Path, home: &Path) -> Result<Self, CallsError> {
        let counts = home.join("counts");
        Ok(Self { wrapper: wrap(program, home, &format!("-f -c -o '{}'", counts.display()))?, counts })
    }

    /// The wrapper in place of `runtime`.
    pub(super) fn runtime(&self, runtime: &Runtime) -> Runtime {
        Runtime { path: self.wrapper.clone(), ..runtime.clone() }
    }

    /// What the last call made: all calls, and those of each class.
    pub(super) fn readings(&self) -> Result<Vec<Reading>, CallsError> {
        let failed = |source| CallsError::Read { path: self.counts.clone(), source };
        let counts = parse(&fs::read_to_string(&self.counts).map_err(failed)?);
        if counts.is_empty() {
            return Err(CallsError::Nothing);
        }
        let of = |names: &[&str]| names.iter().filter_map(|name| counts.get(*name)).sum();
        let reading = |measure, value| Reading { measure, unit: Unit::Count, value };
        let classes = CLASSES.iter().map(|(measure, names)| reading(measure, of(names)));
        Ok(std::iter::once(reading(CALLS, counts.values().sum())).chain(classes).collect())
    }
}

/// Writes a script into `home` that runs `program` under strace with these options.
pub(super) fn wrap(program: &Path, home: &Path, options: &str) -> Result<PathBuf, CallsError> {
    let strace = strace().ok_or(CallsError::NoStrace)?;
    let wrapper = home.join("traced");
    let script =
        format!("#!/bin/sh\nexec '{}' {options} -- '{}' \"$@\"\n", strace.display(), program.display());
    let written = fs::create_dir_all(home)
        .and_then(|()| fs::write(&wrapper, script))
        .and_then(|()| fs::set_permissions(&wrapper, Permissions::from_mode(0o755)));
    written.map_err(|source| CallsError::Wrapper { path: wrapper.clone(), source })?;
    Ok(wrapper)
}

/// Where strace is.
#[must_use]
pub fn strace() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|directory| directory.join("strace")).find(|path| path.is_file())
}

/// Calls by name in the table of `strace -c`: share, seconds, µs a call, calls, errors if any, name.
fn parse(table: &str) -> BTreeMap<String, u64> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (name, calls) = (*fields.last()?, fields.get(3)?.parse().ok()?);
        (fields.len() >= 5 && name != "total").then(|| (name.to_owned(), calls))
    };
    table.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 62.50    0.000050          50         1           execve
 37.50    0.000030           5         6         2 openat
  0.00    0.000000           0         3           mount
------ ----------- ----------- --------- --------- ----------------
100.00    0.000080           8        10         2 total
";

    #[test]
    fn the_table_is_read_without_its_header_and_total() {
        let own = |name: &str, calls| (name.to_owned(), calls);
        let expected = BTreeMap::from([own("execve", 1), own("openat", 6), own("mount", 3)]);
        assert_eq!(parse(TABLE), expected);
        assert!(parse("strace: attach: ptrace: Operation not permitted\n").is_empty());
    }

    #[test]
    fn counts_are_of_all_calls_and_of_each_class() {
        let scratch = tempfile::tempdir().unwrap();
        let (wrapper, counts) = (scratch.path().join("traced"), scratch.path().join("counts"));
        fs::write(&counts, TABLE).unwrap();
        let readings = Traced { wrapper, counts: counts.clone() }.readings().unwrap();
        let value = |measure| readings.iter().find(|reading| reading.measure == measure).map(|r| r.value);
        assert_eq!((value(CALLS), value("calls:open"), value("calls:mount")), (Some(10), Some(6), Some(3)));
        assert_eq!(value("calls:futex"), Some(0));
        fs::write(&counts, "").unwrap();
        let traced = Traced { wrapper: counts.clone(), counts };
        assert!(matches!(traced.readings(), Err(CallsError::Nothing)));
    }
}
