//! One fault: an operation is hit by it, and everything is looked at afterwards.

use std::time::Duration;

use drive::inject::{Ruling, Scope, Sites, trace};
use drive::leak::Snapshot;
use drive::{Done, StepError};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Seen};
use super::operation::Operation;
use super::steady::Steady;
use super::verdict::Verdict;
use super::world;
use crate::container::{self, Container};
use crate::fault::{Fault as Why, Judgment};
use crate::report::Report;
use crate::state::Status;

/// How long an operation that is hit may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// How long what it left may take to vanish, before it counts as left.
const PATIENCE: Duration = Duration::from_millis(500);

/// What came of one fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The fault.
    pub fault: Fault,
    /// What came of it.
    pub verdict: Verdict,
    /// What was seen, for people.
    pub detail: String,
}

/// What trials of one operation share.
pub(super) struct Bench<'a> {
    pub(super) container: &'a Container,
    pub(super) operation: Operation,
    /// Before there was any container.
    pub(super) before: Snapshot,
    /// What the program reports where nothing goes wrong.
    pub(super) usual: Steady,
}

impl Bench<'_> {
    /// The calls that the operation makes where nothing goes wrong, in order.
    pub(super) fn sites(&self) -> Result<Vec<Seen>, Why> {
        let (mut sites, mut seen) = (Sites::default(), Vec::new());
        self.operation.prepare(self.container)?;
        let step = self.operation.step(self.container);
        let traced = trace(&step, &Scope::of(self.container.handle()), &mut |call| {
            seen.push(Seen::of(&sites.site(call)));
            Ruling::Go
        });
        crate::act::Act::of(traced, "the call under the tracer").given()?;
        self.container.call("delete", &["--force"]).ended().given()?;
        container::must_leave_nothing(&self.before)?;
        Ok(seen)
    }

    /// Hits the operation by the fault, judges, and cleans up as far as the runtime can.
    pub(super) fn run(&self, fault: &Fault) -> Result<Trial, Why> {
        self.operation.prepare(self.container)?;
        let ready = world::look(self.container);
        let (fired, called) = self.hit(fault);
        let (verdict, detail) = match called {
            _ if !fired => (Verdict::Unfired, String::new()),
            Err(error @ StepError::Deadline { .. }) => (Verdict::Hang, error.to_string()),
            Err(error) => return Err(Why::broken("make the call", &error)),
            Ok(done) => self.judge(fault, &done, &ready),
        };
        let (verdict, detail) = self.clean(verdict, detail);
        Ok(Trial { fault: fault.clone(), verdict, detail })
    }

    /// Makes the call under the tracer; whether the fault came to pass, and how the call ended.
    fn hit(&self, fault: &Fault) -> (bool, Result<Done, StepError>) {
        let (mut sites, mut fired) = (Sites::default(), false);
        let step = drive::Step { deadline: DEADLINE, ..self.operation.step(self.container) };
        let called = trace(&step, &Scope::of(self.container.handle()), &mut |call| {
            if fired || sites.site(call).to_string() != fault.site {
                return Ruling::Go;
            }
            fired = true;
            fault.effect.ruling()
        });
        (fired, called)
    }

    fn judge(&self, fault: &Fault, done: &Done, ready: &Snapshot) -> (Verdict, String) {
        let killed = matches!(fault.effect, super::fault::Effect::Kill(super::fault::Killed::Runtime));
        let said = done.said();
        match done.status.code() {
            None if killed => (Verdict::CleanFail, String::new()),
            None => (Verdict::Crash, format!("{}{said}", done.status_text())),
            Some(_) if has_panicked(done) => (Verdict::Crash, format!("{}{said}", done.status_text())),
            Some(0) => match self.works(done) {
                Ok(()) => (Verdict::Tolerated, String::new()),
                Err(_) if self.has_lost_its_process(fault) => (Verdict::Tolerated, String::new()),
                Err(why) => (Verdict::Silent, text(why)),
            },
            Some(_) => failed(done, ready),
        }
    }

    /// Whether the fault killed the very process that `create` left waiting, and the runtime says so.
    ///
    /// That process may die at any time; no `create` can have known, but the state must tell.
    fn has_lost_its_process(&self, fault: &Fault) -> bool {
        let killed = fault.effect == super::fault::Effect::Kill(super::fault::Killed::Caller);
        killed
            && self.operation == Operation::Create
            && self.container.state().must_be(Status::Stopped).is_ok()
    }

    /// The operation said that it went well: then everything must be as if nothing had happened.
    fn works(&self, done: &Done) -> Judgment {
        let c = self.container;
        if self.operation == Operation::Create {
            c.adopt(done.clone());
            c.state().must_be(Status::Created)?;
            c.start().must_succeed()?;
        }
        if matches!(self.operation, Operation::Create | Operation::Start) {
            self.must_be_usual(&c.report().must_succeed()?)?;
        }
        match self.operation {
            Operation::Exec if !done.stdout().contains("here") => {
                return Err(Why::failed("the program's word", done.stdout()));
            }
            Operation::Create | Operation::Start | Operation::Exec => {
                drop(c.kill("KILL").must_succeed()?);
            }
            Operation::Kill => {}
            Operation::Delete => return container::must_leave_nothing(&self.before),
        }
        c.until(Status::Stopped).must_succeed()?;
        c.delete().must_succeed()?;
        container::must_leave_nothing(&self.before)
    }

    fn must_be_usual(&self, report: &Report) -> Judgment {
        let difference = self.usual.difference(report.at(""));
        difference.map_or(Ok(()), |difference| Err(Why::failed("the usual report", difference)))
    }

    /// A forced delete must leave nothing, and the id must be free: else the verdict is worse.
    fn clean(&self, verdict: Verdict, detail: String) -> (Verdict, String) {
        match world::must_recover(self.container, &self.before) {
            Err(why) if verdict < Verdict::Leak => (Verdict::Leak, format!("{}; {detail}", text(why))),
            _ => (verdict, detail),
        }
    }
}

/// The operation said that it went wrong: then nothing may be there that was not there before it.
fn failed(done: &Done, ready: &Snapshot) -> (Verdict, String) {
    let left = ready.left_within(PATIENCE);
    let message = done.said();
    let silent = if message.is_empty() { ", without a message" } else { "" };
    let verdict = if left.is_empty() { Verdict::CleanFail } else { Verdict::DirtyFail };
    let left: Vec<String> = left.iter().map(ToString::to_string).collect();
    (verdict, format!("{}{message}{silent}; left: {}", done.status_text(), left.join(", ")))
}

/// Whether it ended by a panic of its language's: these have an exit status of their own.
fn has_panicked(done: &Done) -> bool {
    let said = done.stderr();
    done.status.code() == Some(101)
        || ["panicked at ", "panic: ", "fatal error: "]
            .iter()
            .any(|mark| said.lines().any(|line| line.contains(mark)))
}

fn text(why: Why) -> String {
    match why {
        Why::Failed { expected, actual } => format!("expected {expected}, seen {actual}"),
        Why::Unreached { step, why } => format!("{step}: {why}"),
        Why::Broken { error } => error,
    }
}
