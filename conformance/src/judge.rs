//! Judges one case on one runtime: in a sandbox of its own, which is this program, re-executed.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use drive::Runtime;
use drive::leak::Snapshot;
use drive::sandbox::{Sandbox, SandboxError};
use nix::mount::{MsFlags, mount};
use record::{Outcome, Subject, Verdict};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::container::{self, Container, HOME, Setting};
use crate::facts::Facts;
use crate::fault::Fault;
use crate::version::Version;
use crate::{Case, cases};

/// Size of the file system that a case has for its bundles and state.
const DISK: &str = "mode=755,size=64m";

/// The command that repeats a case on a runtime, for people.
pub type Repeat = fn(&Runtime, &str) -> String;

/// A runtime, what is known of it and its host, and how to get at it.
#[derive(Debug, Clone)]
pub struct Judge {
    runtime: Runtime,
    facts: Facts,
    sandbox: Sandbox,
    repeat: Repeat,
}

/// Why nothing can be judged.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum PrepareError {
    #[error("no sandbox can be made here, and without one nothing is judged; run as root")]
    Sandbox(#[from] SandboxError),

    #[error("the sandbox gave an answer that cannot be read")]
    Answer { source: serde_json::Error },

    #[error("`{path}` cannot run the plainest bundle, so no clause can be tested: {why}")]
    Smoke { path: PathBuf, why: String },
}

#[derive(Serialize, Deserialize)]
struct Question {
    subject: Subject,
    spec: Option<Version>,
}

#[derive(Serialize, Deserialize)]
struct Orders {
    subject: Subject,
    facts: Facts,
    case: String,
}

impl Judge {
    /// Finds out what the host and the runtime have. `keep` are paths below `/tmp` and `/run` that the runtime needs.
    ///
    /// Cost: a sandbox, and one call of the runtime.
    ///
    /// # Errors
    /// [`PrepareError`] where no sandbox can be made.
    pub fn prepare(
        runtime: &Runtime,
        spec: Option<Version>,
        keep: &[PathBuf],
        repeat: Repeat,
    ) -> Result<Self, PrepareError> {
        let mut keep = keep.to_vec();
        keep.push(runtime.path.clone());
        let sandbox = Sandbox { keep, ..Sandbox::default() };
        let question = Question { subject: runtime.subject.clone(), spec };
        let answer = sandbox.run("facts", &bytes(&question))?;
        let facts = serde_json::from_slice(&answer).map_err(|source| PrepareError::Answer { source })?;
        Ok(Self { runtime: runtime.clone(), facts, sandbox, repeat })
    }

    /// The runtime, as records name it.
    pub(crate) fn subject(&self) -> &Subject {
        &self.runtime.subject
    }

    /// Runs a job of ours, which answers or says why not, in the sandbox of a case.
    pub(crate) fn ask<T: DeserializeOwned>(&self, job: &str, order: &impl Serialize) -> Result<T, String> {
        let answer = self.sandbox.run(job, &bytes(order)).map_err(|error| error.to_string())?;
        let answered: Result<Result<T, String>, _> = serde_json::from_slice(&answer);
        answered.map_err(|error| format!("the job `{job}` gave no answer: {error}"))?
    }

    /// The same, with more time for each case.
    #[must_use]
    pub fn within(mut self, deadline: Duration) -> Self {
        self.sandbox.deadline = deadline;
        self
    }

    /// What the host and the runtime have.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Runs the plainest bundle; where that fails, no verdict would say anything about its clause.
    ///
    /// # Errors
    /// [`PrepareError::Smoke`], with what the runtime said.
    pub fn smoke(&self) -> Result<(), PrepareError> {
        let why = match self.run(&cases::SMOKE) {
            Verdict::Passed => return Ok(()),
            Verdict::Failed { expected, actual } => format!("expected {expected}, seen {actual}"),
            Verdict::Unreached { step, why } => format!("{step}: {why}"),
            Verdict::Skipped { need, why } => format!("{need}: {why}"),
            Verdict::Broken { error } => error,
        };
        Err(PrepareError::Smoke { path: self.runtime.path.clone(), why })
    }

    /// The first need of the case that is not met, and what would meet it.
    #[must_use]
    pub fn unmet(&self, case: &Case) -> Option<(String, String)> {
        case.needs.iter().find_map(|need| Some((need.to_string(), need.unmet(&self.facts)?)))
    }

    /// Judges the case.
    #[must_use]
    pub fn judge(&self, case: &'static Case) -> Outcome {
        let began = Instant::now();
        let verdict =
            self.unmet(case).map_or_else(|| self.run(case), |(need, why)| Verdict::Skipped { need, why });
        Outcome {
            case: case.id(),
            clause: case.clause.id.to_owned(),
            level: case.clause.level,
            address: case.clause.address.to_owned(),
            subject: self.runtime.subject.name.clone(),
            verdict,
            known: None,
            asks: case.clause.asks.to_owned(),
            repeat: (self.repeat)(&self.runtime, &case.id()),
            ns: u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX),
        }
    }

    fn run(&self, case: &'static Case) -> Verdict {
        let (subject, facts) = (self.runtime.subject.clone(), self.facts.clone());
        let orders = Orders { subject, facts, case: case.id() };
        match self.sandbox.run("case", &bytes(&orders)) {
            Ok(answer) => serde_json::from_slice(&answer).unwrap_or_else(|error| Verdict::Broken {
                error: format!("the case gave no verdict: {error}"),
            }),
            Err(error) => Verdict::Broken { error: error.to_string() },
        }
    }
}

pub(crate) fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain data has a JSON form")
}

/// What the host and a runtime have.
pub(crate) fn facts_job(input: &[u8]) -> Vec<u8> {
    let question: Question = serde_json::from_slice(input).expect("the input is written by `Judge::prepare`");
    let runtime = Runtime::known(question.subject);
    bytes(&Facts::probe(&runtime, Path::new("/run"), question.spec))
}

/// What comes of one of the cases.
pub(crate) fn case_job(input: &[u8], all: &[&'static Case]) -> Vec<u8> {
    let orders: Orders = serde_json::from_slice(input).expect("the input is written by `Judge::run`");
    let found = all.iter().find(|case| case.id() == orders.case);
    let case = found.expect("the program that asks is the one that answers");
    let setting = Setting {
        runtime: Runtime::known(orders.subject),
        facts: orders.facts,
        case,
        ids: Rc::new(RefCell::new(Vec::new())),
    };
    bytes(&judged(&setting).map_or_else(Fault::into_verdict, |()| Verdict::Passed))
}

fn judged(setting: &Setting) -> Result<(), Fault> {
    stage().map_err(|error| Fault::broken("make a place for the case", &error))?;
    let before = Snapshot::take(&[]);
    let container = setting.container("one", |bundle| bundle)?;
    (setting.case.run)(&container)?;
    sentinel(&container, &before)
}

/// A file system of the case's own, on which programs may gain privileges and devices may be opened.
pub(crate) fn stage() -> std::io::Result<()> {
    fs::create_dir_all(HOME)?;
    mount(Some("case"), HOME, Some("tmpfs"), MsFlags::empty(), Some(DISK))?;
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));
    std::env::set_current_dir("/")
}

/// Removes what the case made by way of the runtime, and looks whether all of it is gone.
fn sentinel(container: &Container, before: &Snapshot) -> Result<(), Fault> {
    container.delete_all();
    container::must_leave_nothing(before).map_err(|fault| match fault {
        Fault::Failed { expected, actual } => {
            Fault::failed(format!("{expected} once the container is deleted (runtime.md#delete)"), actual)
        }
        other => other,
    })
}
