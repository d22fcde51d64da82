//! What the bars are about, besides the plain scenarios.

use fixtures::bundle::{Bundle, HERE};
use serde_json::{Value, json};

use crate::sampling::{Reading, TakeError};
use crate::start::scenario::RUN;
use crate::start::{Berth, Scenario, passed_on};

/// The names in a profile as engines have it: calls that any program may make.
const CALLS: &str = include_str!("calls.txt");

/// A whole life: `create`, `start`, and once the program has ended, `delete`. The wait is not on the clock.
pub(super) const LIFE: Scenario = Scenario {
    name: "life",
    timed: |berth| berth.container().create(),
    after: |berth, created| {
        let created = created.success()?;
        berth.created()?;
        let started = berth.container().start()?.success()?;
        berth.ended()?;
        let deleted = berth.container().delete()?.success()?;
        berth.deleted()?;
        Ok(vec![Reading::wall(created.wall_ns + started.wall_ns + deleted.wall_ns)])
    },
    ..RUN
};

/// `run` under a profile, after one that may have kept what it compiled.
pub(super) const SECCOMP_WARM: Scenario = Scenario { name: "seccomp-warm", before: run_once, ..SECCOMP_COLD };

/// `run` under a profile, with an empty state root.
pub(super) const SECCOMP_COLD: Scenario =
    Scenario { name: "seccomp-cold", bundle: |bundle| bundle.set("/linux/seccomp", profile()), ..RUN };

/// `run` with so many mounts more.
pub(super) static MOUNTS: [Scenario; 3] =
    [mounts::<10>("mounts-10"), mounts::<505>("mounts-505"), mounts::<1000>("mounts-1000")];

/// `run` with so many variables more.
pub(super) static VARIABLES: [Scenario; 3] = [
    variables::<10>("variables-10"),
    variables::<5005>("variables-5005"),
    variables::<10_000>("variables-10000"),
];

const fn mounts<const COUNT: usize>(name: &'static str) -> Scenario {
    Scenario { name, bundle: with_mounts::<COUNT>, ..RUN }
}

const fn variables<const COUNT: usize>(name: &'static str) -> Scenario {
    Scenario { name, bundle: with_variables::<COUNT>, ..RUN }
}

/// Bind mounts of one directory of the host, each on a place of its own. It is outside of the root file system, as
/// volumes are: for a source on a mount that has others below it, the kernel looks at each of these at every bind.
fn with_mounts<const COUNT: usize>(bundle: Bundle) -> Bundle {
    (0..COUNT).fold(bundle, |bundle, at| bundle.mount("bind", HERE, &format!("/mnt/{at:04}"), &["bind"]))
}

fn with_variables<const COUNT: usize>(bundle: Bundle) -> Bundle {
    (0..COUNT).fold(bundle, |bundle, at| bundle.variable(&format!("VARIABLE_{at:05}"), "value"))
}

fn run_once(berth: &Berth) -> Result<(), TakeError> {
    passed_on(berth.container().run()?).map(drop)
}

/// A profile in the manner of engines: everything is refused but what is named; a few calls depend on arguments.
fn profile() -> Value {
    let allow = |names: Value, args: Value| json!({"names": names, "action": "SCMP_ACT_ALLOW", "args": args});
    let equal = |value: u64| json!([{"index": 0, "value": value, "op": "SCMP_CMP_EQ"}]);
    let personalities = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];
    let mut rules = vec![allow(json!(CALLS.lines().collect::<Vec<_>>()), json!([]))];
    rules.extend(personalities.map(|value| allow(json!(["personality"]), equal(value))));
    // No new namespaces by `clone`; `clone3`, whose flags a filter cannot see, claims not to exist.
    let namespaces = json!([{"index": 0, "value": 0x7e02_0000, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]);
    rules.push(allow(json!(["clone"]), namespaces));
    rules.push(json!({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}));
    json!({
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": 1,
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": rules,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::start::payload::ENDS_WITH;

    #[test]
    fn the_profile_has_as_many_names_as_the_bar_says() {
        let profile = profile();
        let names = profile["syscalls"][0]["names"].as_array().unwrap();
        assert_eq!((names.len(), profile["architectures"].as_array().unwrap().len()), (350, 3));
        assert!(names.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()), "sorted, each once");
    }

    #[test]
    fn points_of_one_line_are_equally_far_apart() {
        let count = |scenario: &Scenario, pointer: &str| {
            let plain = Bundle::plain().config("/b".as_ref()).unwrap();
            let grown = (scenario.bundle)(Bundle::plain()).config("/b".as_ref()).unwrap();
            let length = |config: &Value| config.pointer(pointer).unwrap().as_array().unwrap().len();
            length(&grown) - length(&plain)
        };
        assert_eq!(MOUNTS.each_ref().map(|one| count(one, "/mounts")), [10, 505, 1000]);
        assert_eq!(VARIABLES.each_ref().map(|one| count(one, "/process/env")), [10, 5005, 10_000]);
    }

    #[test]
    fn the_floor_runs_what_the_scenario_does() {
        let bytes = fixtures::floor::BYTES;
        let word = format!("exit={ENDS_WITH}\0");
        assert!(bytes.windows(word.len()).any(|part| part == word.as_bytes()));
    }
}
