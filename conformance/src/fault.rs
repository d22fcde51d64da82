//! Why a case did not pass: the clause was broken, or was never reached, or the suite itself failed.

use std::fmt;

use record::Verdict;

/// What running a case gives: nothing to say where everything was shown as the clause asks.
pub type Judgment = Result<(), Fault>;

/// Why a case did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the verdicts")]
pub enum Fault {
    /// Shown otherwise, after every precondition held.
    Failed { expected: String, actual: String },
    /// A step before the clause failed.
    Unreached { step: String, why: String },
    /// The suite's own fault.
    Broken { error: String },
}

impl Fault {
    /// The clause is broken: `actual` was seen where `expected` should be.
    pub fn failed(expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::Failed { expected: expected.into(), actual: actual.into() }
    }

    /// The step `step` did not come about.
    pub fn unreached(step: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Unreached { step: step.into(), why: why.into() }
    }

    /// The suite could not do its own part.
    pub fn broken(what: &str, error: &dyn fmt::Display) -> Self {
        Self::Broken { error: format!("{what}: {error}") }
    }

    /// What the record says of it.
    #[must_use]
    pub fn into_verdict(self) -> Verdict {
        match self {
            Self::Failed { expected, actual } => Verdict::Failed { expected, actual },
            Self::Unreached { step, why } => Verdict::Unreached { step, why },
            Self::Broken { error } => Verdict::Broken { error },
        }
    }
}

/// Holds where `actual` is `expected`.
///
/// # Errors
/// [`Fault::Failed`], with `what` before both values.
pub fn must_equal<T: PartialEq + fmt::Debug>(what: &str, expected: &T, actual: &T) -> Judgment {
    if expected == actual {
        return Ok(());
    }
    Err(Fault::failed(format!("{what}: {expected:?}"), format!("{what}: {actual:?}")))
}

/// Holds where `holds`; `actual` says what was seen.
///
/// # Errors
/// [`Fault::Failed`].
pub fn must_hold(expected: &str, holds: bool, actual: impl fmt::Display) -> Judgment {
    if holds { Ok(()) } else { Err(Fault::failed(expected, actual.to_string())) }
}
