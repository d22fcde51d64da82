//! The verdicts in Markdown.

use super::{data, findings, joined, section, split};
use crate::document::Report;
use crate::finding;
use crate::markdown::{code, inline, link};
use crate::rows::case;
use crate::rows::level::word;
use crate::rows::verdict::{self, FailureRow};
use crate::table::Table;

/// Sentences, figures by level, what was not tested, failures with their evidence, known deviations, every case;
/// `addresses` are those of the records.
#[must_use]
pub fn conformance(report: &Report, addresses: &[String]) -> String {
    let (broken, others) = split(&report.failures);
    joined([
        "# Who keeps to the specification\n".to_owned(),
        findings(&finding::conformance(report)),
        section("By level", "Cases, by how binding their clauses are.", &Table::of(&report.levels)),
        section("Not tested", "Neither a pass nor a fail.", &Table::of(&report.untested)),
        evidence("Where they leave it", &broken),
        section(
            "Known deviations",
            "Written down before the run, and still there.",
            &Table::of(&report.known),
        ),
        evidence("What else fails the run", &others),
        section(
            "By part of the specification",
            "Cases kept, of those that were judged.",
            &verdict::matrix(&report.topics),
        ),
        section(
            "Withheld",
            "Told only where a public identifier exists; counted nowhere.",
            &Table::of(&report.withheld),
        ),
        section("Conditions", "", &Table::of(&report.conditions)),
        section("All cases", "", &case::table(&report.cases)),
        data(addresses),
    ])
}

fn evidence(title: &str, rows: &[FailureRow]) -> String {
    let cases: String = rows.chunk_by(|a, b| a.case == b.case).map(entry).collect();
    if cases.is_empty() { cases } else { format!("## {title}\n{cases}") }
}

fn entry(rows: &[FailureRow]) -> String {
    let head = rows.first().map(|first| {
        let place = link(&first.link, &first.address);
        format!("\n### {} ({})\n\n{}. {place}\n\n", code(&first.case), word(first.level), inline(&first.asks))
    });
    let seen = |row: &FailureRow| {
        format!(
            "- {}, {}\n  - expected: {}\n  - seen: {}\n  - repeat: {}\n",
            inline(&row.runtime),
            row.standing.word(),
            code(&row.expected),
            code(&row.seen),
            code(&row.repeat),
        )
    };
    head.into_iter().chain(rows.iter().map(seen)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn every_failure_stands_with_its_evidence() {
        insta::assert_snapshot!(conformance(
            &Report::of(&example::conformance()),
            &["data/crun.jsonl".into()]
        ));
    }
}
