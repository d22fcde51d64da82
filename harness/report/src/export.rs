//! What other programs read: each format in a file of its own, defined elsewhere.

pub mod badge;
pub mod bmf;
pub mod csv;
pub mod github;
pub mod junit;
pub mod oci;
pub mod tap;

use record::{Header, Outcome, Record};

/// The verdicts on one runtime about one file of the specification.
struct Chapter<'a> {
    header: &'a Header,
    /// Name of the runtime.
    subject: &'a str,
    /// The file, such as `runtime.md`.
    file: &'a str,
    outcomes: Vec<&'a Outcome>,
}

/// The verdicts by runtime and file, in the order in which they were first met.
fn chapters(records: &[Record]) -> Vec<Chapter<'_>> {
    let mut chapters: Vec<Chapter> = Vec::new();
    let all = records
        .iter()
        .flat_map(|record| record.outcomes.iter().map(move |outcome| (&record.header, outcome)));
    for (header, outcome) in all {
        let file = outcome.address.split('#').next().unwrap_or_default();
        let here = |chapter: &&mut Chapter| {
            std::ptr::eq(chapter.header, header) && chapter.subject == outcome.subject && chapter.file == file
        };
        match chapters.iter_mut().find(here) {
            Some(chapter) => chapter.outcomes.push(outcome),
            None => {
                chapters.push(Chapter { header, subject: &outcome.subject, file, outcomes: vec![outcome] });
            }
        }
    }
    chapters
}

/// `needs cgroup-v2:io: why`, for what was skipped.
fn need(outcome: &Outcome) -> String {
    match &outcome.verdict {
        record::Verdict::Skipped { need, why } => format!("needs {need}: {why}"),
        _ => String::new(),
    }
}

/// The note of a known deviation, in one line.
fn note(outcome: &Outcome) -> String {
    let note = |known: &record::Known| format!("{} {}", known.reason, known.link).trim_end().to_owned();
    outcome.known.as_ref().map(note).unwrap_or_default()
}
