//! Reports in Markdown: what is read in a repository, in a terminal, or below a workflow's run.

mod bars;
mod conformance;
mod effects;
mod index;
mod performance;
mod readme;

pub use bars::{BARS, bars};
pub use conformance::conformance;
pub use effects::effects;
pub use index::{FILE as INDEX, index};
pub use performance::performance;
pub use readme::{MARKS, PICTURE, insert, picture, readme};

use crate::document::Report;
use crate::finding::{self, Finding};
use crate::markdown::{inline, link};
use crate::rows::verdict::FailureRow;
use crate::table::Table;

/// Bytes that GitHub takes of a job's summary; of a longer one it takes nothing.
const SUMMARY_BYTES: usize = 1 << 20;

/// What stands below a workflow's run: sentences, failures, small tables.
#[must_use]
pub fn summary(report: &Report) -> String {
    let found: Vec<Finding> =
        finding::conformance(report).into_iter().chain(finding::performance(report)).collect();
    let parts = [
        "# Loadline\n".to_owned(),
        findings(&found),
        section("Runtimes", "", &Table::of(&report.standings)),
        section("What fails this run", "", &Table::of(&report.failures)),
        section("Known deviations", "", &Table::of(&report.known)),
        section("Not tested", "", &Table::of(&report.untested)),
    ];
    cut(joined(parts), SUMMARY_BYTES)
}

/// A text cut after a line, with a word about it, where it is longer than `limit` bytes.
fn cut(text: String, limit: usize) -> String {
    const NOTE: &str = "\nCut here, as there is a limit; the whole is in the record.\n";
    if text.len() <= limit {
        return text;
    }
    let room = limit.saturating_sub(NOTE.len());
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last().unwrap_or(0);
    let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
    text[..line].to_owned() + NOTE
}

/// A list of sentences.
fn findings(found: &[Finding]) -> String {
    let item =
        |finding: &Finding| format!("- **{}** {}\n", inline(&finding.headline), inline(&finding.detail));
    found.iter().map(item).collect()
}

/// A heading, a note and a table; nothing where the table is empty.
fn section(title: &str, note: &str, table: &Table) -> String {
    let note = if note.is_empty() { String::new() } else { format!("{note}\n\n") };
    if table.is_empty() { String::new() } else { format!("## {title}\n\n{note}{}", table.markdown()) }
}

fn data(addresses: &[String]) -> String {
    let lines: Vec<String> =
        addresses.iter().map(|address| format!("- {}\n", link(address, address))).collect();
    if lines.is_empty() { String::new() } else { format!("## Raw data\n\n{}", lines.concat()) }
}

/// Parts that are not empty, a line between them.
fn joined<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<String>>().join("\n")
}

/// Rows of which only those with a broken clause are wanted, or only the others.
fn split(rows: &[FailureRow]) -> (Vec<FailureRow>, Vec<FailureRow>) {
    rows.iter().cloned().partition(|row| row.standing == crate::standing::Standing::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn a_summary_begins_with_its_sentences() {
        insta::assert_snapshot!(summary(&Report::of(&example::conformance())));
    }

    #[test]
    fn a_long_text_is_cut_after_a_line() {
        let text = "äöü\n".repeat(100);
        let short = cut(text.clone(), 200);
        assert!(short.len() <= 200 && short.ends_with("the whole is in the record.\n"), "{short}");
        assert!(short.starts_with("äöü\näöü\n"));
        assert_eq!(cut(text.clone(), text.len()), text);
    }
}
