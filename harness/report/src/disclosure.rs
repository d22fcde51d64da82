//! What may be published: nothing about a third party's hardening that has no public identifier.
//!
//! Which cells are withheld depends on what is public, never on what was found: a cell that passes is withheld as
//! well, and nothing is counted over those cells, or their absence would tell.

use record::{Outcome, Record, Tally};
use serde::Serialize;

use crate::source::titled;
use crate::table::Row;

/// First words of cases that attack a runtime rather than ask it.
const ATTACKS: [&str; 2] = ["hardening/", "robustness/"];

/// The runtime whose own authors publish this.
const OWN: &str = "coracle";

/// A case whose verdict is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Name and version of the runtime.
    pub runtime: String,
    /// Address of the case.
    pub case: String,
}

impl Row<2> for Withheld {
    const HEADER: [&'static str; 2] = ["runtime", "case"];

    fn cells(&self) -> [String; 2] {
        [self.runtime.clone(), self.case.clone()]
    }
}

/// Records with the verdicts that may not be published taken out, and what was taken out.
#[must_use]
pub fn withhold(records: &[Record]) -> (Vec<Record>, Vec<Withheld>) {
    let mut withheld = Vec::new();
    let public = records.iter().map(|record| {
        let (hidden, outcomes): (Vec<Outcome>, Vec<Outcome>) =
            record.outcomes.iter().cloned().partition(is_withheld);
        withheld.extend(hidden.into_iter().map(|outcome| Withheld {
            runtime: titled(&record.header, &outcome.subject),
            case: outcome.case,
        }));
        let mut footer = record.footer.clone();
        footer.outcomes = Tally::default();
        for outcome in &outcomes {
            footer.outcomes.add(&outcome.verdict);
        }
        Record { outcomes, footer, ..record.clone() }
    });
    (public.collect(), withheld)
}

fn is_withheld(outcome: &Outcome) -> bool {
    let attack =
        ATTACKS.iter().any(|word| outcome.case.starts_with(word) || outcome.clause.starts_with(word));
    let public = outcome.known.as_ref().is_some_and(|known| !known.link.is_empty());
    let own = outcome.subject.strip_prefix(OWN).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    attack && !own && !public
}

#[cfg(test)]
mod tests {
    use record::Verdict;

    use super::*;
    use crate::example::{check, known, outcome};

    #[test]
    fn attacks_on_others_are_withheld_whatever_they_showed() {
        let failed = Verdict::Failed { expected: "secret".into(), actual: "secret".into() };
        let own = Outcome { subject: "coracle".into(), ..outcome("hardening/own/x", Verdict::Passed) };
        let public = Outcome { known: Some(known()), ..outcome("hardening/public/x", failed.clone()) };
        let outcomes = [
            outcome("hardening/leak/a", failed),
            outcome("hardening/leak/b", Verdict::Passed),
            outcome("runtime/kill/c", Verdict::Passed),
            own,
            public,
        ];
        let (records, withheld) = withhold(&[check(("crun", "1.28"), &outcomes)]);
        let cases = |of: &[Withheld]| of.iter().map(|one| one.case.clone()).collect::<Vec<_>>();
        assert_eq!(cases(&withheld), ["hardening/leak/a", "hardening/leak/b"]);
        let left: Vec<&str> = records[0].outcomes.iter().map(|outcome| outcome.case.as_str()).collect();
        assert_eq!(left, ["runtime/kill/c", "hardening/own/x", "hardening/public/x"]);
        assert_eq!(records[0].footer.outcomes.total(), 3);
    }
}
