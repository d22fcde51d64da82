//! What is on the clock: scenarios as data.

use std::path::Path;

use drive::Done;
use fixtures::bundle::{Bundle, BundleError};
use fixtures::probe;

use super::berth::{Berth, Timed, cost, passed_on};
use super::payload::Payload;
use crate::sampling::{Reading, TakeError};

/// What `exec` runs: the same end.
const EXECUTED: &str = "exit=42";

/// What is on the clock, and what comes before and after it.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name, such as `create`.
    pub name: &'static str,
    /// How many times the usual time it is worth.
    pub weight: u32,
    /// What the program in the container does.
    pub payload: Payload,
    /// Changes the bundle.
    pub bundle: fn(Bundle) -> Bundle,
    /// Leads to where the clock starts.
    pub before: fn(&Berth) -> Result<(), TakeError>,
    /// The one call on the clock.
    pub timed: fn(&Berth) -> Timed,
    /// Makes sure that it did what it should; returns what it cost.
    pub after: fn(&Berth, Done) -> Result<Vec<Reading>, TakeError>,
}

/// All scenarios; what a newcomer asks for first stands first.
pub const SCENARIOS: [&Scenario; 7] = [&RUN, &FIRST_INSTRUCTION, &CREATE, &START, &KILL, &DELETE, &EXEC];

/// `run` of a program that ends at once: everything there is to a container.
pub const RUN: Scenario = Scenario {
    name: "run",
    weight: 3,
    payload: Payload::Ends,
    bundle: |bundle| bundle,
    before: nothing,
    timed: |berth| berth.container().run(),
    after: |_, done| passed_on(done).map(|done| cost(&done)),
};

/// From calling `run` until the program's first instruction, by the program's own clock.
pub const FIRST_INSTRUCTION: Scenario = Scenario {
    name: "first-instruction",
    weight: 1,
    payload: Payload::Stamps,
    after: |berth, done| {
        let done = passed_on(done)?;
        Ok(vec![Reading::wall(berth.stamp_ns()?.saturating_sub(done.began_ns))])
    },
    ..RUN
};

/// `create` alone.
pub const CREATE: Scenario = Scenario {
    name: "create",
    weight: 1,
    payload: Payload::Waits,
    bundle: |bundle| bundle,
    before: nothing,
    timed: |berth| berth.container().create(),
    after: |berth, done| {
        let done = done.success()?;
        berth.created().map(|()| cost(&done))
    },
};

/// `start` alone, on a container already created.
pub const START: Scenario = Scenario {
    name: "start",
    before: Berth::create,
    timed: |berth| berth.container().start(),
    after: |berth, done| {
        let done = done.success()?;
        berth.runs()?;
        Ok([cost(&done), vec![berth.held()]].concat())
    },
    ..CREATE
};

/// `kill` with SIGKILL, of a program that runs.
pub const KILL: Scenario = Scenario {
    name: "kill",
    before: Berth::start,
    timed: |berth| berth.container().kill("KILL"),
    after: |berth, done| {
        let done = done.success()?;
        berth.ended().map(|()| cost(&done))
    },
    ..CREATE
};

/// `delete` of a container that has stopped.
pub const DELETE: Scenario = Scenario {
    name: "delete",
    before: Berth::kill,
    timed: |berth| berth.container().delete(),
    after: |berth, done| {
        let done = done.success()?;
        berth.deleted().map(|()| cost(&done))
    },
    ..CREATE
};

/// `exec` of one more program in a container that runs.
pub const EXEC: Scenario = Scenario {
    name: "exec",
    before: Berth::start,
    timed: |berth| berth.container().exec(&["/probe", EXECUTED]),
    after: |_, done| passed_on(done).map(|done| cost(&done)),
    ..CREATE
};

/// Calls that a runtime is known not to return from, which would cost a deadline each.
const AVOIDED: [(&str, &[&str], &str); 1] = [(
    "youki",
    &["run", "first-instruction"],
    "a `run` in the foreground of a program shorter than a millisecond hangs in youki 0.7.0",
)];

impl Scenario {
    /// Writes its bundle to `path`, for containers in the cgroup `cgroup`.
    ///
    /// It is what `crun spec` writes: no rules for devices, which are a program to load on every start, and no limits,
    /// which not every host lets a runtime raise.
    pub(crate) fn write(&self, path: &Path, cgroup: &str) -> Result<(), BundleError> {
        let words = self.payload.arguments(Path::new("/"));
        let words = std::iter::once(probe::PATH).chain(words.iter().map(String::as_str)).collect::<Vec<_>>();
        let plain = Bundle::plain().args(&words).remove("/linux/resources").remove("/process/rlimits");
        let writable = plain.set("/root/readonly", false).set("/linux/cgroupsPath", cgroup);
        (self.bundle)(writable).write(path)
    }

    /// Why it is not tried with a runtime of this name.
    #[must_use]
    pub fn avoided_by(&self, runtime: &str) -> Option<&'static str> {
        // A variation of `run` is called `run-…`.
        let whole =
            self.name.split_once('-').filter(|(verb, _)| *verb == "run").map_or(self.name, |(verb, _)| verb);
        let avoids = |name: &str, scenarios: &[&str]| name == runtime && scenarios.contains(&whole);
        AVOIDED.iter().find(|(name, scenarios, _)| avoids(name, scenarios)).map(|(_, _, why)| *why)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for all that comes before")]
fn nothing(_: &Berth) -> Result<(), TakeError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names = SCENARIOS.map(|scenario| scenario.name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn a_known_hang_is_avoided_with_that_runtime_alone() {
        assert!(RUN.avoided_by("youki").is_some() && FIRST_INSTRUCTION.avoided_by("youki").is_some());
        let varied = Scenario { name: "run-seccomp", ..RUN };
        assert!(varied.avoided_by("youki").is_some() && varied.avoided_by("runc").is_none());
        assert!(RUN.avoided_by("crun").is_none() && CREATE.avoided_by("youki").is_none());
    }

    #[test]
    fn what_exec_runs_ends_as_the_payload_does() {
        assert_eq!(Payload::Ends.arguments(Path::new("/")), [EXECUTED]);
    }

    #[test]
    fn a_bundle_has_the_cgroup_the_payload_and_no_rules_for_devices() {
        let scratch = tempfile::tempdir().unwrap();
        FIRST_INSTRUCTION.write(scratch.path(), "/loadline-1/container").unwrap();
        let text = std::fs::read_to_string(scratch.path().join("config.json")).unwrap();
        let config: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(config["linux"]["cgroupsPath"], "/loadline-1/container");
        assert_eq!(config["process"]["args"], serde_json::json!(["/probe", "stamp=/stamp", EXECUTED]));
        assert_eq!(config["root"]["readonly"], false);
        assert!(config["linux"]["resources"].is_null() && config["process"]["rlimits"].is_null());
    }
}
