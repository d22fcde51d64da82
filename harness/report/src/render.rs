//! The one way in: records and a format, out come files as text.

use record::Record;
use serde::Serialize;

use crate::document::Report;
use crate::export::{badge, bmf, csv, github, junit, oci, tap};
use crate::file::File;
use crate::format::Format;
use crate::page::{conformance, index, performance};
use crate::paper;

/// Why records cannot be told in a format.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum RenderError {
    #[error(
        "the records hold no verdicts, which `{format}` is made of; give one that `loadline check` wrote"
    )]
    NoVerdicts { format: &'static str },

    #[error("the records hold no samples, which `{format}` is made of; give one that `loadline bench` wrote")]
    NoSamples { format: &'static str },

    #[error("write the rows as JSON")]
    Json(#[from] serde_json::Error),
}

/// Tells `records`, which may be of several runs, in one format.
///
/// What may not be published (see [`crate::disclosure`]) is told on a terminal only.
///
/// - **Returns** one file for most formats, several where a format is defined so. A caller without a directory
///   prints the texts one after the other.
///
/// # Errors
/// See [`RenderError`].
pub fn render(records: &[Record], format: Format) -> Result<Vec<File>, RenderError> {
    possible(records, format)?;
    if format == Format::Terminal {
        return Ok(vec![File::new("report.txt", Report::of(records).terminal())]);
    }
    let (records, report) = Report::public(records);
    let one = |name: &str, text: String| Ok(vec![File::new(name, text)]);
    match format {
        Format::Terminal => one("report.txt", report.terminal()),
        Format::Markdown => one("report.md", report.markdown()),
        Format::Json => one("report.json", report.json()?),
        Format::Html => Ok(pages(&records, &report, &[])),
        Format::Folder => Ok(whole(&records, &report, &[])),
        Format::Readme => one("readme.md", paper::readme(&report)),
        Format::Summary => one("summary.md", paper::summary(&report)),
        Format::Annotations => one("annotations.txt", github::annotations(&report.failures)),
        Format::Tap => one("conformance.tap", tap::tap(&records)),
        Format::Junit => one("junit.xml", junit::junit(&records)),
        Format::Badge => Ok(badges(&records, &report)),
        Format::Oci => oci_sets(&records),
        Format::Csv => Ok(tables(&records)),
        Format::Bmf => one("bmf.json", bmf::bmf(&records)?),
        Format::Github => directions(&report),
    }
}

/// Everything for a folder of reports; `addresses` are those of the records, relative to the folder.
#[must_use]
pub fn folder(records: &[Record], addresses: &[String]) -> Vec<File> {
    let (records, report) = Report::public(records);
    whole(&records, &report, addresses)
}

/// Refuses what would be an empty answer, which a reader may take for a good one.
fn possible(records: &[Record], format: Format) -> Result<(), RenderError> {
    let verdicts = records.iter().any(|record| !record.outcomes.is_empty());
    let samples = records.iter().any(|record| !record.samples.is_empty());
    match format {
        Format::Annotations | Format::Tap | Format::Junit | Format::Badge | Format::Oci if !verdicts => {
            Err(RenderError::NoVerdicts { format: format.name() })
        }
        Format::Csv | Format::Bmf | Format::Github if !samples => {
            Err(RenderError::NoSamples { format: format.name() })
        }
        _ => Ok(()),
    }
}

fn pages(records: &[Record], report: &Report, data: &[String]) -> Vec<File> {
    vec![
        File::new(index::FILE, index::index(records, report)),
        File::new(performance::FILE, performance::performance(records, report, data)),
        File::new(conformance::FILE, conformance::conformance(records, report, data)),
    ]
}

fn whole(records: &[Record], report: &Report, data: &[String]) -> Vec<File> {
    let mut files = pages(records, report, data);
    files.push(File::new("performance.md", paper::performance(report, data)));
    files.push(File::new("conformance.md", paper::conformance(report, data)));
    files.push(File::new("effects.md", paper::effects(report, data)));
    files.push(File::new(paper::INDEX, paper::index(report, data)));
    files.extend(paper::bars(records, data).map(|text| File::new(paper::BARS, text)));
    files.extend(paper::picture(records).map(|picture| File::new(paper::PICTURE, picture)));
    files
}

fn badges(records: &[Record], report: &Report) -> Vec<File> {
    let badges = badge::badges(records, report).into_iter();
    badges
        .map(|(runtime, text)| File::new(&format!("badge-{}.json", oci::directory(&runtime)), text))
        .collect()
}

fn oci_sets(records: &[Record]) -> Result<Vec<File>, RenderError> {
    let judged = records.iter().filter(|record| !record.outcomes.is_empty());
    let sets = judged.map(oci::files).collect::<Result<Vec<_>, _>>()?;
    Ok(sets.into_iter().flatten().collect())
}

fn tables(records: &[Record]) -> Vec<File> {
    vec![File::new("samples.csv", csv::samples(records)), File::new("summaries.csv", csv::summaries(records))]
}

/// One file per direction that has figures, as an empty one is an error to its reader.
fn directions(report: &Report) -> Result<Vec<File>, RenderError> {
    let files = [
        ("smaller-is-better.json", github::smaller_is_better(report)),
        ("bigger-is-better.json", github::bigger_is_better(report)),
    ];
    let shown = files.into_iter().filter(|(_, figures)| !figures.is_empty());
    shown.map(|(name, figures)| Ok(File::new(name, json(&figures)?))).collect()
}

fn json(rows: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(rows).map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn records() -> Vec<Record> {
        example::conformance().into_iter().chain([example::small()]).collect()
    }

    #[test]
    fn every_format_tells_something_and_ends_with_a_line_feed() {
        for format in Format::ALL {
            let files = render(&records(), format).unwrap();
            assert!(!files.is_empty(), "{format:?}");
            assert!(files.iter().all(|file| file.text.ends_with('\n') && file.text.len() > 20), "{format:?}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_refused_with_advice() {
        let check = example::conformance();
        let bench = [example::small()];
        let refusal = |records: &[Record], format| render(records, format).unwrap_err().to_string();
        assert!(refusal(&bench, Format::Tap).contains("`loadline check`"));
        assert!(refusal(&check, Format::Bmf).contains("`loadline bench`"));
        assert!(render(&[], Format::Terminal).is_ok());
    }

    #[test]
    fn nothing_withheld_is_told_in_any_format_but_a_terminal() {
        let secret = |text: &str| record::Verdict::Failed { expected: "x".into(), actual: text.into() };
        let hidden = example::outcome("hardening/escape/x", secret("TOP SECRET"));
        let shown = example::outcome("runtime/kill/y", record::Verdict::Passed);
        let check = example::check(("crun", "1.28"), &[hidden, shown]);
        let records = [check, example::small()];
        for format in Format::ALL.into_iter().filter(|format| *format != Format::Terminal) {
            let files = render(&records, format).unwrap();
            assert!(files.iter().all(|file| !file.text.contains("TOP SECRET")), "{format:?}");
        }
        assert!(render(&records, Format::Terminal).unwrap()[0].text.contains("TOP SECRET"));
    }
}
