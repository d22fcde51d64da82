//! Whether a runtime keeps to the specification, in a sentence.

use record::Level;

use super::{Finding, listed};
use crate::document::Report;
use crate::rows::case;
use crate::rows::level::{LevelRow, word};

/// One finding per runtime, in the order of the records.
pub(super) fn findings(report: &Report) -> Vec<Finding> {
    case::runtimes(&report.cases).into_iter().map(|runtime| finding(report, runtime)).collect()
}

fn finding(report: &Report, runtime: &str) -> Finding {
    let levels: Vec<&LevelRow> = report.levels.iter().filter(|row| row.runtime == runtime).collect();
    let sum = |of: fn(&LevelRow) -> u32| levels.iter().map(|row| u64::from(of(row))).sum::<u64>();
    let untested: u64 =
        report.untested.iter().filter(|row| row.runtime == runtime).map(|row| row.count).sum();
    let (run, broken, kept) = (sum(LevelRow::total), sum(LevelRow::violations), sum(|row| row.passed));
    let all = run + not_run(report, runtime);
    let headline = match (broken, untested) {
        (0, 0) => format!("`{runtime}` conforms: all {all} cases show their clauses kept."),
        (0, _) => format!("No violation found in `{runtime}`; {untested} of {all} cases not tested."),
        _ => format!("`{runtime}` leaves the specification in {} ({}).", cases(broken), by_level(&levels)),
    };
    let rest = [
        (kept, "kept"),
        (sum(|row| row.failed), "broken"),
        (sum(|row| row.known - row.excused), "broken as is known"),
        (sum(|row| row.excused), "apart (an ambiguous sentence, or the host)"),
        (untested, "not tested"),
    ];
    let told = rest.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let detail = format!("Of {}: {}.", cases(all), listed(&told.collect::<Vec<String>>()));
    Finding { kind: runtime.to_owned(), headline, detail }
}

/// Cases that a selection left out.
fn not_run(report: &Report, runtime: &str) -> u64 {
    let rows = report.untested.iter().filter(|row| row.runtime == runtime && row.cases.is_empty());
    rows.map(|row| row.count).sum()
}

fn by_level(levels: &[&LevelRow]) -> String {
    let told = [Level::Must, Level::Should, Level::May].into_iter().filter_map(|level| {
        let count = levels.iter().filter(|row| row.level == level).map(|row| row.violations()).sum::<u32>();
        (count > 0).then(|| format!("{count} {}", word(level)))
    });
    listed(&told.collect::<Vec<String>>())
}

fn cases(count: u64) -> String {
    if count == 1 { "1 case".to_owned() } else { format!("{count} cases") }
}
