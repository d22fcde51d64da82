//! The set of files in which results are handed in, as OCI's distribution conformance has it.

use std::collections::BTreeMap;

use record::setting::SPEC;
use record::{Outcome, Record};
use serde::Serialize;
use serde_json::json;

use super::junit;
use crate::document::Report;
use crate::file::File;
use crate::page::conformance;
use crate::paper;
use crate::source::titled;
use crate::standing::Standing;

/// A result in OCI's words; where several meet, the greatest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
enum Status {
    Skip,
    Pass,
    #[serde(rename = "FAIL")]
    Fail,
    Error,
}

impl Status {
    /// OCI has no words for known deviations and for clauses that were not reached.
    fn of(outcome: &Outcome) -> Self {
        match Standing::of(outcome) {
            Standing::Passed => Self::Pass,
            Standing::Failed | Standing::Known | Standing::Stale | Standing::Unreached => Self::Fail,
            Standing::Skipped => Self::Skip,
            Standing::Broken => Self::Error,
        }
    }
}

/// The files of one record, in a directory named by runtime and version.
///
/// # Errors
/// Those of writing JSON, which these rows do not have.
pub fn files(record: &Record) -> Result<Vec<File>, serde_json::Error> {
    let records = std::slice::from_ref(record);
    let report = Report::of(records);
    let subject = record.outcomes.first().map_or("", |outcome| outcome.subject.as_str());
    let directory = directory(&titled(&record.header, subject));
    let file = |name: &str, text: String| File { name: format!("{directory}/{name}"), text };
    Ok(vec![
        file("results.yaml", results(record)?),
        file("report.html", conformance::conformance(records, &report, &[])),
        file("junit.xml", junit::junit(records)),
        file("README.md", paper::conformance(&report, &[])),
        file("PRODUCT.yaml", product(record, subject)?),
    ])
}

/// A name as that of a directory: `crun-1.8.1`, and no way out of the one that it lies in.
#[must_use]
pub fn directory(name: &str) -> String {
    let plain = name.replace(|c: char| !(c.is_ascii_alphanumeric() || "._-+".contains(c)), "-");
    plain.trim_start_matches('.').to_owned()
}

/// JSON, which is YAML: configuration, then the status of each clause by file of the specification.
fn results(record: &Record) -> Result<String, serde_json::Error> {
    let mut areas: BTreeMap<&str, BTreeMap<&str, Status>> = BTreeMap::new();
    for outcome in &record.outcomes {
        let area = areas.entry(outcome.address.split('#').next().unwrap_or_default()).or_default();
        let status = area.entry(&outcome.clause).or_insert(Status::Skip);
        *status = Status::of(outcome).max(*status);
    }
    let result = record.outcomes.iter().map(Status::of).max();
    let header = &record.header;
    let configuration = json!({
        "spec": header.settings.get(SPEC),
        "loadline": header.loadline,
        "settings": header.settings,
        "subjects": header.subjects,
        "host": header.host,
    });
    let whole = json!({ "configuration": configuration, "result": result, "areas": areas });
    serde_json::to_string_pretty(&whole).map(|text| text + "\n")
}

/// What Loadline knows of the product; whoever hands it in fills in the rest.
fn product(record: &Record, subject: &str) -> Result<String, serde_json::Error> {
    let found = record.header.subjects.iter().find(|known| known.name == subject);
    let whole = json!({
        "vendor": "",
        "name": subject,
        "version": found.map_or("", |subject| subject.version.as_str()),
        "website_url": "",
        "repo_url": "",
        "documentation_url": "",
        "product_logo_url": "",
        "type": "runtime",
        "description": "",
    });
    serde_json::to_string_pretty(&whole).map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn the_greatest_status_of_a_clause_wins() {
        let [_, record] = example::conformance();
        let files = files(&record).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let expected = ["results.yaml", "report.html", "junit.xml", "README.md", "PRODUCT.yaml"];
        assert_eq!(names, expected.map(|name| format!("crun-1.8.1/{name}")));
        let results: serde_json::Value = serde_json::from_str(&files[0].text).unwrap();
        assert_eq!(results["areas"]["runtime.md"]["runtime/state-fields"], "Pass");
        assert_eq!(results["areas"]["runtime.md"]["runtime/delete-not-stopped"], "FAIL");
        assert_eq!(results["areas"]["config-linux.md"]["config-linux/resources"], "Skip");
        assert_eq!(results["result"], "Error");
    }

    #[test]
    fn a_directory_lies_where_it_should() {
        assert_eq!(
            (directory("crun 1.8.1"), directory("../../etc")),
            ("crun-1.8.1".into(), "-..-etc".into())
        );
    }
}
