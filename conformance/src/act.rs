//! What came of one act of a case, before it is known what the case made of it.

use drive::{Done, StepError};

use crate::fault::{Fault, Judgment};

/// What came of one act: a call of the runtime, or a look at what it made.
///
/// The case says what it means: [`Act::given`] where it stands before the clause, [`Act::must_succeed`] and
/// [`Act::must_fail`] where the clause asks for it.
#[derive(Debug)]
#[must_use = "an act means nothing until the case says what it should have come to"]
pub struct Act<T> {
    step: String,
    came_to: Result<T, Trouble>,
}

/// Why an act came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It ended by itself, with an error.
    Error(String),
    /// It did not end by itself, or not in an orderly way.
    Crash(String),
    /// Nothing was to be seen.
    Missing(String),
    /// The suite could not do its part.
    Ours(String),
}

impl Trouble {
    fn text(&self) -> &str {
        match self {
            Self::Error(text) | Self::Crash(text) | Self::Missing(text) | Self::Ours(text) => text,
        }
    }
}

impl<T> Act<T> {
    /// An act called `step` that came to `came_to`.
    pub fn new(step: impl Into<String>, came_to: Result<T, Trouble>) -> Self {
        Self { step: step.into(), came_to }
    }

    /// What is to hold before the clause can be tested.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where it does not hold.
    pub fn given(self) -> Result<T, Fault> {
        self.came_to.map_err(|trouble| match trouble {
            Trouble::Ours(error) => Fault::Broken { error: format!("{}: {error}", self.step) },
            other => Fault::unreached(self.step, other.text()),
        })
    }

    /// What the clause asks for.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it did not come about.
    pub fn must_succeed(self) -> Result<T, Fault> {
        self.came_to.map_err(|trouble| match trouble {
            Trouble::Ours(error) => Fault::Broken { error: format!("{}: {error}", self.step) },
            other => Fault::failed(format!("{} to succeed", self.step), other.text()),
        })
    }

    /// What is to fail before the clause can be tested.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where it did not end with an error.
    pub fn given_error(self) -> Judgment {
        let step = format!("an error of {}", self.step);
        match self.came_to {
            Err(Trouble::Error(_)) => Ok(()),
            Err(Trouble::Ours(error)) => Err(Fault::Broken { error: format!("{step}: {error}") }),
            Err(other) => Err(Fault::unreached(step, other.text())),
            Ok(_) => Err(Fault::unreached(step, "it succeeded")),
        }
    }

    /// The clause asks for an error: the act has to end by itself, in time, and say so by its exit status.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it succeeded, hung or crashed.
    pub fn must_fail(self) -> Judgment {
        let expected = format!("{} to end with an error", self.step);
        match self.came_to {
            Err(Trouble::Error(_)) => Ok(()),
            Err(Trouble::Ours(error)) => Err(Fault::Broken { error: format!("{}: {error}", self.step) }),
            Err(other) => Err(Fault::failed(expected, other.text())),
            Ok(_) => Err(Fault::failed(expected, "it succeeded")),
        }
    }

    /// Whether it came about; the suite's own trouble aside.
    #[must_use]
    pub fn came_about(&self) -> bool {
        self.came_to.is_ok()
    }

    /// What it came to, for acts that are made of others.
    pub(crate) fn into_result(self) -> Result<T, Trouble> {
        self.came_to
    }

    /// Goes on with what it came to.
    pub fn and_then<U>(self, next: impl FnOnce(T) -> Result<U, Trouble>) -> Act<U> {
        Act { step: self.step, came_to: self.came_to.and_then(next) }
    }
}

impl Act<Done> {
    /// A call of the runtime: it came about where it exited with 0.
    pub fn of(called: Result<Done, StepError>, verb: &str) -> Self {
        Self::new(format!("`{verb}`"), called.map_err(|error| trouble(&error)).and_then(orderly))
    }
}

impl Act<Done> {
    /// A call that may succeed or fail, as long as it ends in an orderly way: how it succeeded, if it did.
    pub fn ended(self) -> Act<Option<Done>> {
        let came_to = match self.came_to {
            Ok(done) => Ok(Some(done)),
            Err(Trouble::Error(_)) => Ok(None),
            Err(other) => Err(other),
        };
        Act { step: self.step, came_to }
    }
}

pub(crate) fn trouble(error: &StepError) -> Trouble {
    match error {
        StepError::Deadline { .. } => Trouble::Crash(error.to_string()),
        StepError::Exit { .. } => Trouble::Error(error.to_string()),
        StepError::Output { .. } | StepError::Spawn { .. } | StepError::Wait { .. } => {
            let cause =
                std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
            Trouble::Ours(format!("{error}{cause}"))
        }
    }
}

fn orderly(done: Done) -> Result<Done, Trouble> {
    match done.status.code() {
        Some(0) => Ok(done),
        Some(_) => Err(Trouble::Error(format!("{}{}", done.status_text(), done.said()))),
        None => Err(Trouble::Crash(format!("{}{}", done.status_text(), done.said()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(came_to: Result<u8, Trouble>) -> Act<u8> {
        Act::new("`create`", came_to)
    }

    fn error() -> Trouble {
        Trouble::Error("exit status 1".to_owned())
    }

    #[test]
    fn a_step_before_the_clause_is_unreached_and_the_clause_itself_fails() {
        assert_eq!(act(Ok(1)).given(), Ok(1));
        assert_eq!(act(Err(error())).given(), Err(Fault::unreached("`create`", "exit status 1")));
        assert_eq!(
            act(Err(error())).must_succeed(),
            Err(Fault::failed("`create` to succeed", "exit status 1"))
        );
    }

    #[test]
    fn an_error_is_an_exit_status_and_neither_a_crash_nor_success() {
        assert_eq!(act(Err(error())).must_fail(), Ok(()));
        let crash = || Trouble::Crash("signal 11".to_owned());
        let expected = "`create` to end with an error";
        assert_eq!(act(Err(crash())).must_fail(), Err(Fault::failed(expected, "signal 11")));
        assert_eq!(act(Ok(1)).must_fail(), Err(Fault::failed(expected, "it succeeded")));
    }

    #[test]
    fn what_the_suite_cannot_do_is_nobodys_violation() {
        let ours = || Trouble::Ours("no space".to_owned());
        let broken = || Fault::Broken { error: "`create`: no space".to_owned() };
        assert_eq!(act(Err(ours())).given(), Err(broken()));
        assert_eq!(act(Err(ours())).must_succeed(), Err(broken()));
        assert_eq!(act(Err(ours())).must_fail(), Err(broken()));
    }
}
