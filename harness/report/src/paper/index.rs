//! The first page of the folder of reports: one line per runtime, and where everything else is.

use super::{data, findings, joined, section};
use crate::document::Report;
use crate::finding;
use crate::table::Table;

/// Name of the file, which a repository shows where its folder is opened.
pub const FILE: &str = "README.md";

const PAGES: &str = "| report | for a browser |\n| --- | --- |\n\
                     | [performance.md](performance.md): what a container, a union mount and layers cost | \
                     [performance.html](performance.html) |\n\
                     | [conformance.md](conformance.md): which clauses each runtime keeps, case by case | \
                     [conformance.html](conformance.html) |\n\
                     | [effects.md](effects.md): what others have published, and whether it is seen here | |\n\
                     | this page: one line per runtime | [index.html](index.html) |\n";

/// Runtimes, findings, pages; `addresses` are those of the records.
#[must_use]
pub fn index(report: &Report, addresses: &[String]) -> String {
    let runtimes = Table::of(&report.standings);
    joined([
        "# Reports\n\nMade from the records below by `loadline report` alone; none of it is written by hand.\n".to_owned(),
        section("Runtimes", "Verdicts and figures of one binary in one line.", &runtimes),
        titled("Who keeps to the specification", &findings(&finding::conformance(report))),
        titled("What it costs", &findings(&finding::performance(report))),
        format!("## Pages\n\n{PAGES}"),
        section("Conditions", "", &Table::of(&report.conditions)),
        data(addresses),
    ])
}

fn titled(title: &str, list: &str) -> String {
    if list.is_empty() { String::new() } else { format!("## {title}\n\n{list}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn verdicts_and_figures_of_a_runtime_stand_in_one_line() {
        let records: Vec<_> = example::conformance().into_iter().chain([example::performance(12)]).collect();
        let text = index(&Report::of(&records), &["data/check.jsonl".into()]);
        let line = text.lines().find(|line| line.starts_with("| coracle 0.1.0 |")).unwrap();
        assert!(line.contains(" of ") && line.contains("2."), "{line}");
        assert!(text.contains("[performance.html](performance.html)") && text.contains("(data/check.jsonl)"));
    }
}
