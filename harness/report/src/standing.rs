//! How a verdict stands against what was expected of the runtime.

use record::{Outcome, Verdict};
use serde::Serialize;

/// How a verdict stands against what was expected of the runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The clause was kept.
    Passed,
    /// The clause was broken, and nobody had written that down.
    Failed,
    /// The clause was broken or not reached, as was written down.
    Known,
    /// The clause was kept, though a deviation was written down: the note is out of date.
    Stale,
    /// A step before the clause failed.
    Unreached,
    /// Something that the case needs is not there.
    Skipped,
    /// The suite's own fault.
    Broken,
}

impl Standing {
    /// How `outcome` stands.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        match (&outcome.verdict, &outcome.known) {
            (Verdict::Passed, None) => Self::Passed,
            (Verdict::Passed, Some(_)) => Self::Stale,
            (Verdict::Failed { .. } | Verdict::Unreached { .. }, Some(_)) => Self::Known,
            (Verdict::Failed { .. }, None) => Self::Failed,
            (Verdict::Unreached { .. }, None) => Self::Unreached,
            (Verdict::Skipped { .. }, _) => Self::Skipped,
            (Verdict::Broken { .. }, _) => Self::Broken,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Known => "known deviation",
            Self::Stale => "unexpected pass",
            Self::Unreached => "unreached",
            Self::Skipped => "skipped",
            Self::Broken => "suite error",
        }
    }

    /// Whether it makes a run fail.
    #[must_use]
    pub fn is_alarm(self) -> bool {
        !matches!(self, Self::Passed | Self::Known | Self::Skipped)
    }
}

/// What a verdict shows: what was asked for, and what was seen instead; `None` where there is nothing to show.
#[must_use]
pub fn evidence(outcome: &Outcome) -> Option<(String, String)> {
    match &outcome.verdict {
        Verdict::Passed => outcome.known.as_ref().map(|known| {
            (
                "the known deviation: ".to_owned() + &known.reason,
                "the clause is kept; take the note away".to_owned(),
            )
        }),
        Verdict::Failed { expected, actual } => Some((expected.clone(), actual.clone())),
        Verdict::Unreached { step, why } => {
            Some((format!("`{step}` to succeed before the clause is tested"), why.clone()))
        }
        Verdict::Skipped { .. } => None,
        Verdict::Broken { error } => Some(("the suite to work".to_owned(), error.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{known, outcome};

    #[test]
    fn an_expected_failure_is_no_alarm_and_an_unexpected_pass_is() {
        let failed = || Verdict::Failed { expected: "1".into(), actual: "2".into() };
        let standing = |verdict, known| Standing::of(&Outcome { known, ..outcome("a/b/c", verdict) });
        assert_eq!(standing(failed(), None), Standing::Failed);
        assert_eq!(standing(failed(), Some(known())), Standing::Known);
        assert_eq!(standing(Verdict::Passed, Some(known())), Standing::Stale);
        assert!(Standing::Stale.is_alarm() && !Standing::Known.is_alarm() && Standing::Unreached.is_alarm());
    }

    #[test]
    fn what_the_suite_broke_is_no_deviation() {
        let broken =
            Outcome { known: Some(known()), ..outcome("a/b/c", Verdict::Broken { error: "x".into() }) };
        assert_eq!(Standing::of(&broken), Standing::Broken);
    }
}
