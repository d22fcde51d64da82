//! What the front page of the project says: three small tables and one picture.

use measure::io;
use measure::session::Extent;
use record::Record;

use super::joined;
use crate::document::Report;
use crate::page::performance::start;
use crate::plot::{self, Room};
use crate::quantity::{NONE, milliseconds, or_none, significant};
use crate::rows::saving::{SavingRow, can_share};
use crate::rows::standing::StandingRow;
use crate::rows::union::{UnionRow, depths, layers};
use crate::source::Source;
use crate::table::Table;

/// Name of the picture's file.
pub const PICTURE: &str = "start.svg";

/// Rows of the table of operations; the page has all of them.
const OPERATIONS: usize = 6;

/// Three small tables, those that have lines; the picture is looked for beside the reports, where runs were timed.
#[must_use]
pub fn readme(report: &Report) -> String {
    let drawn = report.standings.iter().any(|row| row.run_ns.is_some());
    let picture =
        format!("![Distribution of the time that a container takes, by runtime](reports/{PICTURE})\n");
    let shown = |table: Table| if table.is_empty() { String::new() } else { table.markdown() };
    joined([
        if drawn { picture } else { String::new() },
        shown(runtimes(&report.standings)),
        shown(operations(&report.union)),
        shown(images(&report.saving)),
    ])
}

/// Between which lines of a front page the tables stand.
pub const MARKS: [&str; 2] =
    ["<!-- tables: made by `loadline report`, not by hand -->", "<!-- end of the tables -->"];

/// `page` with `tables` between its [`MARKS`], in place of whatever was there; `None` where they are not both there.
#[must_use]
pub fn insert(page: &str, tables: &str) -> Option<String> {
    let [first, last] = MARKS;
    let (before, rest) = page.split_once(first)?;
    let (_, after) = rest.split_once(last)?;
    Some(format!("{before}{first}\n\n{}\n\n{last}{after}", tables.trim_end()))
}

/// The distribution of whole runs as a picture that stands alone; `None` where there is none.
#[must_use]
pub fn picture(records: &[Record]) -> Option<String> {
    let sources: Vec<Source> = records.iter().map(Source::of).collect();
    let drawn = sources.iter().find_map(start::runs)?;
    let (words, rains) = drawn;
    let svg = plot::rain::plot(&words, Room::Desk, "ms per run", &rains);
    Some(format!("{}\n", plot::alone(svg)))
}

fn runtimes(rows: &[StandingRow]) -> Table {
    let line = |row: &StandingRow| {
        let kept = row
            .must
            .as_ref()
            .map_or(NONE.to_owned(), |row| format!("{} of {}", row.passed, row.total() - row.untested));
        let times = or_none(row.to_reference, |ratio| significant(ratio.value));
        vec![
            row.runtime.clone(),
            kept,
            or_none(row.run_ns, milliseconds),
            or_none(row.isolated_ns, milliseconds),
            times,
        ]
    };
    table(
        &["runtime", "MUST cases kept", "a run [ms]", "after rest [ms]", "× reference"],
        rows.iter().map(line).collect(),
    )
}

/// The operations that a union mount costs most at, of those that a look takes: the others are variants of them.
fn operations(rows: &[UnionRow]) -> Table {
    let depths = depths(rows);
    let taken = |row: &&UnionRow| io::operations(Extent::Look).any(|known| known.name == row.operation);
    let mut rows: Vec<&UnionRow> = rows.iter().filter(|row| row.deepest().is_some()).filter(taken).collect();
    rows.sort_by(|a, b| b.deepest_value().total_cmp(&a.deepest_value()));
    let line = |row: &&UnionRow| {
        let ratios = depths.iter().map(|depth| or_none(row.at(*depth), |ratio| significant(ratio.value)));
        std::iter::once(row.operation.clone()).chain(ratios).collect()
    };
    let columns = depths.iter().map(|depth| format!("{} ×", layers(*depth)));
    let header = std::iter::once("on an overlay of".to_owned()).chain(columns).collect();
    Table::with_columns(header, rows.iter().take(OPERATIONS).map(line).collect())
}

fn images(rows: &[SavingRow]) -> Table {
    let line = |row: &SavingRow| {
        let saved = or_none(row.saved_percent, significant);
        vec![row.images.clone(), row.level.clone(), crate::quantity::mebibytes(row.bytes), saved]
    };
    table(
        &["images", "kept as", "size [MiB]", "saved [%]"],
        rows.iter().filter(|row| can_share(rows, &row.images)).map(line).collect(),
    )
}

fn table(header: &[&str], rows: Vec<Vec<String>>) -> Table {
    Table::with_columns(header.iter().map(|title| (*title).to_owned()).collect(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn records() -> Vec<Record> {
        example::conformance().into_iter().chain([example::performance(12)]).collect()
    }

    #[test]
    fn the_front_page_has_three_small_tables() {
        insta::assert_snapshot!(readme(&Report::of(&records())));
    }

    #[test]
    fn what_was_not_measured_has_no_table_and_no_picture() {
        let text = readme(&Report::of(&example::conformance()));
        assert!(!text.contains(PICTURE) && !text.contains("layer"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("| ---")).count(), 1, "{text}");
    }

    #[test]
    fn tables_stand_between_their_marks_however_often_they_are_made() {
        let [first, last] = MARKS;
        let page = format!("# Front\n{first}\nold\n{last}\n## Next\n");
        let once = insert(&page, "| new |\n").unwrap();
        assert_eq!(once, format!("# Front\n{first}\n\n| new |\n\n{last}\n## Next\n"));
        assert_eq!(insert(&once, "| new |\n").unwrap(), once);
        assert_eq!((insert("no marks", "x"), insert(last, "x")), (None, None));
    }

    #[test]
    fn the_picture_stands_alone() {
        let svg = picture(&records()).unwrap();
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let styles =
            parsed.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "style")));
        assert_eq!(styles.count(), 1);
        assert_eq!(parsed.root_element().tag_name().namespace(), Some("http://www.w3.org/2000/svg"));
        assert!(picture(&example::conformance()).is_none());
    }
}
