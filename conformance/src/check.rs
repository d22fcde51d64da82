//! A whole run: selected cases on one runtime, judged side by side, compared with what is known, and recorded.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use drive::Runtime;
use record::{Outcome, Tally, WriteError, Writer};

use crate::expect::{self, Comparison, ExpectError, Expectation};
use crate::judge::{Judge, PrepareError, Repeat};
use crate::select::{self, SelectError};
use crate::version::Version;
use crate::{Case, cases};

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The runtime under test.
    pub runtime: Runtime,
    /// Addresses of cases or beginnings of them; all cases where there are none.
    pub select: Vec<String>,
    /// How many cases run at once.
    pub jobs: usize,
    /// The version of the specification that judges; else the one that the runtime claims.
    pub spec: Option<Version>,
    /// Paths below `/tmp` and `/run` that the runtime needs besides its own binary.
    pub keep: Vec<PathBuf>,
    /// The command that repeats a case.
    pub repeat: Repeat,
}

/// Why a run told nothing.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum CheckError {
    #[error(transparent)]
    Select(#[from] SelectError),

    #[error("read what is known of the runtime")]
    Expect(#[from] ExpectError),

    #[error(transparent)]
    Prepare(#[from] PrepareError),

    #[error(transparent)]
    Record(#[from] WriteError),
}

impl CheckError {
    /// The exit status that a run with this error has: 2 where the caller named something that is not there, else 3.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Select(_) | Self::Expect(_) => 2,
            Self::Prepare(_) | Self::Record(_) => 3,
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Every outcome, in the order of the cases.
    pub outcomes: Vec<Outcome>,
    /// Verdicts by kind.
    pub tally: Tally,
    /// Why the run is not green: by case, in words.
    pub unexpected: BTreeMap<String, String>,
}

impl Summary {
    /// Adds an outcome, compared with what is known; gives it back with what was known.
    pub fn add(&mut self, mut outcome: Outcome, known: &[Expectation]) -> Outcome {
        match expect::compare(known, &outcome, &expect::today()) {
            Comparison::Held | Comparison::Broken => {}
            Comparison::Known(entry) => outcome.known = Some(entry.to_record()),
            Comparison::Stale(entry, why) => {
                outcome.known = Some(entry.to_record());
                self.unexpected.insert(outcome.case.clone(), why);
            }
            Comparison::Unexpected(why) => {
                self.unexpected.insert(outcome.case.clone(), why);
            }
        }
        self.tally.add(&outcome.verdict);
        self.outcomes.push(outcome.clone());
        outcome
    }

    /// The exit status: 0 held, 1 a clause broke or an expectation did, 3 the suite failed or nothing ran.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let ran = self.tally.total() - self.tally.skipped;
        match (self.tally.broken, self.unexpected.len()) {
            (0, 0) if ran == 0 => 3,
            (0, 0) => 0,
            (0, _) => 1,
            _ => 3,
        }
    }
}

/// Judges the selected cases and records each outcome as it is found; `progress` hears of each, and of how many.
///
/// First runs the plainest bundle: where that fails, so would everything, for no reason of its own.
///
/// # Errors
/// See [`CheckError`]; a clause that breaks is no error but part of the [`Summary`].
pub fn check<W: Write>(
    options: &Options,
    writer: &mut Writer<W>,
    mut progress: impl FnMut(&Outcome, usize),
) -> Result<Summary, CheckError> {
    let selected = select::select(&cases::all(), &options.select)?;
    let judge = Judge::prepare(&options.runtime, options.spec.clone(), &options.keep, options.repeat)?;
    let known = expect::known(&options.runtime, judge.facts())?;
    judge.smoke()?;
    let mut summary = Summary::default();
    let mut written = Ok(());
    judge_all(&judge, &selected, options.jobs, |outcome| {
        let outcome = summary.add(outcome, &known);
        progress(&outcome, selected.len());
        if written.is_ok() {
            written = writer.outcome(outcome);
        }
    });
    written?;
    summary.outcomes.sort_by_key(|outcome| selected.iter().position(|case| case.id() == outcome.case));
    Ok(summary)
}

/// Judges the cases, `jobs` at once; `each` hears of every outcome, in the order in which they are found.
pub fn judge_all(judge: &Judge, selected: &[&'static Case], jobs: usize, mut each: impl FnMut(Outcome)) {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(case) = selected.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // The receiver outlives the threads.
                    let _ = sender.send(judge.judge(case));
                }
            });
        }
        drop(sender);
        receiver.iter().for_each(&mut each);
    });
}
