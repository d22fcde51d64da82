//! The four kinds of line, and what they are made of.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::{Host, SCHEMA, Subject};

/// One line of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase")]
pub enum Line {
    /// The first line: who ran what, where.
    Header(Box<Header>),
    /// A case was judged.
    Outcome(Outcome),
    /// Something was measured once.
    Sample(Sample),
    /// The last line: how many facts there were.
    Footer(Footer),
}

/// What a stream is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Verdicts of conformance cases on one runtime.
    Check,
    /// Samples of scenarios on one or more subjects.
    Bench,
}

/// Who ran what, where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// [`crate::SCHEMA`] of the writer.
    pub schema: u32,
    /// What the stream is about.
    pub kind: Kind,
    /// Version of Loadline that wrote it.
    pub loadline: String,
    /// The runtimes and stores that take part, in the order given.
    pub subjects: Vec<Subject>,
    /// The machine, as far as it can change a figure.
    pub host: Host,
    /// Seconds since the epoch when the run began.
    pub started_unix_s: u64,
    /// Settings of the run that a reader needs, such as `rounds` or `seed`.
    pub settings: BTreeMap<String, String>,
}

impl Header {
    /// A header of now and of this version, without subjects and settings yet.
    #[must_use]
    pub fn new(kind: Kind, host: Host) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            schema: SCHEMA,
            kind,
            loadline: env!("CARGO_PKG_VERSION").to_owned(),
            subjects: Vec::new(),
            host,
            started_unix_s: now.map_or(0, |since| since.as_secs()),
            settings: BTreeMap::new(),
        }
    }
}

/// How binding the clause is, in the words of RFC 2119.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// MUST, MUST NOT, REQUIRED, SHALL.
    Must,
    /// SHOULD, SHOULD NOT, RECOMMENDED.
    Should,
    /// MAY, OPTIONAL.
    May,
}

/// What a case showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Verdict {
    /// The probe or the kernel showed what the clause asks.
    Passed,
    /// Shown otherwise, after every precondition held.
    Failed {
        /// What the clause asks, in concrete values.
        expected: String,
        /// What was seen.
        actual: String,
    },
    /// A step before the clause failed, so the clause was not tested.
    Unreached {
        /// The step that failed, such as `create`.
        step: String,
        /// How it failed.
        why: String,
    },
    /// The host, the version or the profile lacks something that the case declares to need.
    Skipped {
        /// The need, such as `cgroup-v2:memory`.
        need: String,
        /// Why it is not met here, and what would meet it.
        why: String,
    },
    /// The suite's own fault: fixture, probe, sandbox, or a leak of the suite.
    Broken {
        /// What went wrong.
        error: String,
    },
}

/// Why a subject was expected to leave the clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Kind of the deviation: `deviation`, `de-facto`, `ambiguous` or `host`.
    pub kind: String,
    /// Why it is so, in one sentence.
    pub reason: String,
    /// Where it is written down in public, such as an issue of the runtime; empty where it is nowhere.
    pub link: String,
}

/// A case was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Address of the case, such as `runtime/delete-not-stopped/running`.
    pub case: String,
    /// Id of its clause, such as `runtime/delete-not-stopped`.
    pub clause: String,
    /// How binding the clause is.
    pub level: Level,
    /// Where the clause stands, such as `runtime.md#delete`.
    pub address: String,
    /// Name of the subject.
    pub subject: String,
    /// What the case showed.
    pub verdict: Verdict,
    /// The known deviation that the case was expected to show; with [`Verdict::Passed`], the expectation is stale.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known: Option<Known>,
    /// What the clause asks, in Loadline's words.
    pub asks: String,
    /// Command line that repeats the case.
    pub repeat: String,
    /// Wall time of the case, in nanoseconds.
    pub ns: u64,
}

/// What a sample's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// Bytes.
    Bytes,
    /// A plain number, such as system calls or inodes.
    Count,
}

/// Something was measured once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Family of the scenario: `start`, `io`, `dedup`.
    pub family: String,
    /// The scenario, such as `create` or `walk-stat`.
    pub scenario: String,
    /// Name of the subject, such as `runc` or `overlay-4`.
    pub subject: String,
    /// What was measured of it, such as `wall`, `cpu`, `apparent`.
    pub measure: String,
    /// The unit of `value`.
    pub unit: Unit,
    /// The round in which it was taken, from 0; samples of one round are pairs.
    pub round: u32,
    /// The value.
    pub value: u64,
}

/// How many facts a stream holds; its presence shows that nothing was cut off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// Verdicts by kind.
    pub outcomes: Tally,
    /// Number of samples.
    pub samples: u64,
    /// What was left out of the run, each with its reason, such as a runtime that is not installed.
    pub omitted: BTreeMap<String, String>,
    /// Wall time of the run, in nanoseconds.
    pub ns: u64,
}

/// Verdicts by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the verdicts are")]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub unreached: u32,
    pub skipped: u32,
    pub broken: u32,
}

impl Tally {
    /// Counts one more verdict.
    pub fn add(&mut self, verdict: &Verdict) {
        *match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed { .. } => &mut self.failed,
            Verdict::Unreached { .. } => &mut self.unreached,
            Verdict::Skipped { .. } => &mut self.skipped,
            Verdict::Broken { .. } => &mut self.broken,
        } += 1;
    }

    /// The number of verdicts of any kind.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.passed + self.failed + self.unreached + self.skipped + self.broken
    }
}
