//! The Test Anything Protocol, version 14: one subtest per runtime and file of the specification.
//!
//! The plan stands first, so that a stream that was cut off shows. An unexpected pass is `not ok`, since consumers
//! let `ok # TODO` go by.

use std::fmt::Write;

use record::{Outcome, Record};

use super::{chapters, need, note};
use crate::source::titled;
use crate::standing::{Standing, evidence};

/// The verdicts of all records.
#[must_use]
pub fn tap(records: &[Record]) -> String {
    let chapters = chapters(records);
    let mut out = format!("TAP version 14\n1..{}\n", chapters.len());
    for (number, chapter) in (1..).zip(&chapters) {
        let title = escape(&format!("{} {}", titled(chapter.header, chapter.subject), chapter.file));
        let _ = write!(out, "# Subtest: {title}\n    1..{}\n", chapter.outcomes.len());
        for (number, outcome) in (1..).zip(&chapter.outcomes) {
            out.push_str(&point(number, outcome));
        }
        let held = !chapter.outcomes.iter().any(|outcome| Standing::of(outcome).is_alarm());
        let _ = writeln!(out, "{}ok {number} - {title}", if held { "" } else { "not " });
    }
    out
}

fn point(number: u32, outcome: &Outcome) -> String {
    let standing = Standing::of(outcome);
    let case = escape(&outcome.case);
    match standing {
        Standing::Passed => format!("    ok {number} - {case}\n"),
        Standing::Skipped => format!("    ok {number} - {case} # SKIP {}\n", escape(&need(outcome))),
        Standing::Known => format!("    not ok {number} - {case} # TODO {}\n", escape(&note(outcome))),
        _ => format!("    not ok {number} - {case}\n{}", block(outcome, standing)),
    }
}

/// The evidence as YAML; each text is a JSON string, which YAML reads as it is.
fn block(outcome: &Outcome, standing: Standing) -> String {
    let (expected, seen) = evidence(outcome).unwrap_or_default();
    let entries = [
        ("severity", standing.word()),
        ("message", &outcome.asks),
        ("address", &outcome.address),
        ("expected", &expected),
        ("seen", &seen),
        ("repeat", &outcome.repeat),
    ];
    let lines = entries.map(|(name, text)| format!("      {name}: {}\n", serde_json::Value::from(text)));
    format!("      ---\n{}      ...\n", lines.concat())
}

/// What would end a description, or the line, stands for itself.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn every_standing_has_its_line() {
        insta::assert_snapshot!(tap(&example::conformance()));
    }

    #[test]
    fn descriptions_hold_no_directive_of_their_own() {
        let outcome = example::outcome("a/b # SKIP \\ me/c\nok 2", record::Verdict::Passed);
        let text = tap(&[example::check(("crun", "1"), &[outcome])]);
        assert!(text.contains("    ok 1 - a/b \\# SKIP \\\\ me/c ok 2\n"), "{text}");
    }
}
