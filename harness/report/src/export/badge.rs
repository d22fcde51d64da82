//! A badge as shields.io asks for it: what a project shows of itself on its front page.

use record::setting::SPEC;
use record::{Level, Record};
use serde_json::{Value, json};

use crate::document::Report;
use crate::rows::case;
use crate::rows::level::LevelRow;

/// Name and version of each runtime that was judged, with its badge.
#[must_use]
pub fn badges(records: &[Record], report: &Report) -> Vec<(String, String)> {
    let spec = records.iter().find_map(|record| record.header.settings.get(SPEC));
    let label = spec.map_or("OCI runtime".to_owned(), |spec| format!("OCI runtime {}", minor(spec)));
    let runtimes = case::runtimes(&report.cases).into_iter();
    runtimes
        .map(|runtime| (runtime.to_owned(), format!("{}\n", badge(&label, runtime, &report.levels))))
        .collect()
}

fn badge(label: &str, runtime: &str, levels: &[LevelRow]) -> Value {
    let rows: Vec<&LevelRow> = levels.iter().filter(|row| row.runtime == runtime).collect();
    let sum = |of: fn(&LevelRow) -> u32| rows.iter().map(|row| of(row)).sum::<u32>();
    let must = || rows.iter().filter(|row| row.level == Level::Must);
    let known = match sum(|row| row.known) {
        0 => String::new(),
        known => format!(" · {known} known"),
    };
    let color = match () {
        () if sum(LevelRow::violations) > 0 => "red",
        () if must().any(|row| row.untested > 0) || must().count() == 0 => "yellow",
        () => "green",
    };
    let message = format!("{} of {}{known}", sum(|row| row.passed), sum(LevelRow::total));
    json!({ "schemaVersion": 1, "label": label, "message": message, "color": color })
}

/// `1.3` of `v1.3.0-15-g6999a89`.
fn minor(version: &str) -> String {
    version.trim_start_matches('v').split('.').take(2).collect::<Vec<&str>>().join(".")
}

#[cfg(test)]
mod tests {
    use record::{Outcome, Verdict};

    use super::*;
    use crate::example::{check, conformance, outcome};

    fn drawn(records: &[Record]) -> Vec<(String, String)> {
        badges(records, &Report::of(records))
    }

    #[test]
    fn a_badge_counts_and_colors() {
        let shown = |label: &str, message: &str, color: &str| {
            format!(
                "{{\"color\":\"{color}\",\"label\":\"{label}\",\"message\":\"{message}\",\"schemaVersion\":1}}\n"
            )
        };
        let expected = [
            ("coracle 0.1.0".to_owned(), shown("OCI runtime 1.3", "8 of 8", "green")),
            ("crun 1.8.1".to_owned(), shown("OCI runtime 1.3", "2 of 8 · 1 known", "red")),
        ];
        assert_eq!(drawn(&conformance()), expected);
    }

    #[test]
    fn a_skipped_must_is_yellow() {
        let skipped = Verdict::Skipped { need: "root".into(), why: String::new() };
        let outcomes: [Outcome; 2] = [outcome("a/b/c", Verdict::Passed), outcome("a/b/d", skipped)];
        assert!(drawn(&[check(("crun", "1"), &outcomes)])[0].1.contains("\"yellow\""));
    }
}
