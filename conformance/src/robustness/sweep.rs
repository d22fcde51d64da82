//! All chosen faults of one operation, in fresh sandboxes where the last one was left dirty.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use drive::Runtime;
use drive::sandbox::Job;
use record::Subject;
use serde::{Deserialize, Serialize};

use super::fault::{self, Depth, Fault, Seen};
use super::operation::Operation;
use super::promise::promise;
use super::rounds::random;
use super::steady::Steady;
use super::trial::{Bench, Trial};
use super::verdict::Verdict;
use super::world;
use crate::container::{Container, Setting};
use crate::facts::Facts;
use crate::fault::Fault as Why;
use crate::judge::{self, Judge};
use crate::{Case, Clause};

/// What a program that sweeps has to pass to `drive::sandbox::enter`.
pub(crate) const JOBS: [Job; 2] =
    [Job { name: "fault-sites", run: sites_job }, Job { name: "faults", run: faults_job }];

const SURVIVES: Clause = promise(
    "robustness/fault",
    "runtime.md#errors",
    "when any of its system calls fails, an operation goes on without harm or leaves everything as it was",
);

/// The container that is hit: with as many properties as every runtime takes, so that one that is missing shows.
const RICH: Case = Case {
    name: "faults",
    clause: &SURVIVES,
    needs: &[],
    bundle: |b| {
        b.set("/hostname", "hit")
            .set("/process/user/umask", 0o27)
            .set("/process/noNewPrivileges", true)
            .set("/process/oomScoreAdj", 100)
            .set("/process/rlimits", serde_json::json!([{"type": "RLIMIT_NOFILE", "soft": 77, "hard": 99}]))
            .set("/linux/maskedPaths", serde_json::json!(["/proc/keys", "/proc/scsi"]))
            .set("/linux/readonlyPaths", serde_json::json!(["/proc/bus", "/proc/sys"]))
            .set("/linux/sysctl", serde_json::json!({"kernel.domainname": "fault"}))
            .mount("/scratch", "tmpfs", "tmpfs", &["nosuid", "size=64k"])
            .look(&["stat=/dev/null", "read=/proc/keys", "read=/proc/sys/kernel/domainname"])
            .pause()
    },
    run: |_| Ok(()),
};

/// What came of all faults of one operation.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The operation, in lower case.
    pub operation: String,
    /// How many calls it makes that can be hit.
    pub sites: usize,
    /// Each fault.
    pub trials: Vec<Trial>,
}

/// The operations that are swept, by name.
pub const OPERATIONS: [&str; 5] = ["create", "start", "exec", "kill", "delete"];

#[derive(Serialize, Deserialize)]
struct Orders {
    subject: Subject,
    facts: Facts,
    operation: Operation,
    faults: Vec<Fault>,
}

/// Sweeps one operation.
///
/// Cost: a tenth of a second for each fault, more where something is left.
///
/// # Errors
/// What keeps the suite from its part, in words.
pub fn sweep(judge: &Judge, operation: &str, depth: Depth) -> Result<Sweep, String> {
    let operation =
        Operation::named(operation).ok_or_else(|| format!("there is no operation `{operation}`"))?;
    let order = |faults: &[Fault]| Orders {
        subject: judge.subject().clone(),
        facts: judge.facts().clone(),
        operation,
        faults: faults.to_vec(),
    };
    let seen: Vec<Seen> = judge.ask("fault-sites", &order(&[]))?;
    let chosen = fault::choose(&seen, depth, &mut random());
    let mut trials: Vec<Trial> = Vec::new();
    while let Some(left) = chosen.get(trials.len()..).filter(|left| !left.is_empty()) {
        let more: Vec<Trial> = judge.ask("faults", &order(left))?;
        if more.is_empty() {
            return Err("a batch of faults came to nothing".to_owned());
        }
        trials.extend(more);
    }
    Ok(Sweep { operation: format!("{operation:?}").to_lowercase(), sites: seen.len(), trials })
}

impl Sweep {
    /// How many faults came to what.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<Verdict, usize> {
        let mut tally = BTreeMap::new();
        for trial in &self.trials {
            *tally.entry(trial.verdict).or_default() += 1;
        }
        tally
    }

    /// The faults that a runtime does not survive as it should.
    #[must_use]
    pub fn violations(&self) -> Vec<&Trial> {
        self.trials.iter().filter(|trial| !trial.verdict.conforms(trial.fault.effect)).collect()
    }
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} faults at {} calls:", self.operation, self.trials.len(), self.sites)?;
        for (verdict, count) in self.tally() {
            write!(f, " {count} {verdict}")?;
        }
        for trial in self.violations() {
            let Trial { fault, verdict, detail } = trial;
            write!(f, "\n  {verdict}: {} at {}: {detail}", fault.effect, fault.site)?;
        }
        Ok(())
    }
}

fn sites_job(input: &[u8]) -> Vec<u8> {
    judge::bytes(&with_bench(input, |bench, _| bench.sites()))
}

/// Goes through the faults until one leaves something: what comes after it needs a fresh sandbox.
fn faults_job(input: &[u8]) -> Vec<u8> {
    judge::bytes(&with_bench(input, |bench, faults| {
        let mut trials = Vec::new();
        for fault in faults {
            let trial = bench.run(fault)?;
            let is_dirty = trial.verdict >= Verdict::Leak;
            trials.push(trial);
            if is_dirty {
                break;
            }
        }
        Ok(trials)
    }))
}

fn with_bench<T>(
    input: &[u8],
    act: impl FnOnce(&Bench<'_>, &[Fault]) -> Result<T, Why>,
) -> Result<T, String> {
    let orders: Orders = serde_json::from_slice(input).expect("the input is written by `sweep`");
    let setting = Setting {
        runtime: Runtime::known(orders.subject),
        facts: orders.facts,
        case: &RICH,
        ids: Rc::new(RefCell::new(Vec::new())),
    };
    let acted = || {
        judge::stage().map_err(|error| Why::broken("make a place for the case", &error))?;
        let container = setting.container("one", |bundle| bundle)?;
        act(&bench(&container, orders.operation)?, &orders.faults)
    };
    acted().map_err(|why| format!("{why:?}"))
}

/// Three ordinary lives, which show what stays the same; then the look at everything.
fn bench(container: &Container, operation: Operation) -> Result<Bench<'_>, Why> {
    let documents: Vec<serde_json::Value> = (0..3)
        .map(|_| {
            let document = container.given_report()?.at("").clone();
            container.call("delete", &["--force"]).given()?;
            Ok(document)
        })
        .collect::<Result<_, Why>>()?;
    let before = world::look(container);
    Ok(Bench { container, operation, before, usual: Steady::of(&documents) })
}
