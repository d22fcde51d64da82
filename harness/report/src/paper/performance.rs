//! The figures in Markdown.

use super::{data, findings, joined, section};
use crate::document::{Report, Section};
use crate::finding;

/// Sentences, small tables, all figures, conditions; `addresses` are those of the records.
#[must_use]
pub fn performance(report: &Report, addresses: &[String]) -> String {
    let [cost, footprints, origins, union, saving] = report.figures();
    let [derived, instances, start, io, controls, conditions, omitted] = report.behind();
    let part = |(title, note, table): Section| section(title, note, &table);
    joined([
        "# What a container costs\n".to_owned(),
        findings(&finding::performance(report)),
        part(cost),
        part(footprints),
        part(origins),
        part(union),
        part(saving),
        part(derived),
        part(instances),
        part(start),
        part(io),
        part(controls),
        part(conditions),
        part(omitted),
        data(addresses),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn sentences_come_first_and_figures_after_them() {
        insta::assert_snapshot!(performance(
            &Report::of(&[example::performance(12)]),
            &["data/bench.jsonl".into()]
        ));
    }
}
