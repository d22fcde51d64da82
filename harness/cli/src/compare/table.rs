//! The table of a comparison: one line for each exact figure, and for each batch.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use ::report::quantity::{Ratio, milliseconds, ratio, significant};
use ::report::table::{Row, Table};
use anyhow::Context as _;
use measure::gate::exact::Exact;
use measure::gate::{Finding, Judgment, Outcome};
use record::Unit;

use crate::exit::Failure;

/// What the last column says of a regression.
const MORE: &str = "more";

/// One line of the comparison.
struct CompareRow {
    what: String,
    base: String,
    head: String,
    ratio: String,
    limit: String,
    finding: &'static str,
}

impl Row<6> for CompareRow {
    const HEADER: [&'static str; 6] = ["what", "base", "head", "head ÷ base", "limit", "finding"];

    fn cells(&self) -> [String; 6] {
        let Self { what, base, head, ratio, limit, finding } = self;
        [what.clone(), base.clone(), head.clone(), ratio.clone(), limit.clone(), (*finding).to_owned()]
    }
}

/// Prints the table and writes it into `out`, and into the job summary where a CI gives one.
pub(super) fn tell(exact: &[Exact], timed: &[Outcome], out: &Path) -> Result<(), Failure> {
    let rows: Vec<CompareRow> =
        exact.iter().map(exact_row).chain(timed.iter().flat_map(timed_rows)).collect();
    let table = Table::of(&rows);
    println!("{}", table.terminal());
    let path = out.join("compare.md");
    fs::write(&path, table.markdown())
        .with_context(|| format!("write `{}`", path.display()))
        .map_err(Failure::Host)?;
    println!("{}", path.display());
    let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY") else { return Ok(()) };
    let appended = OpenOptions::new().create(true).append(true).open(&summary);
    let appended = appended.and_then(|mut file| write!(file, "## Loadline\n\n{}\n", table.markdown()));
    appended.context("append to $GITHUB_STEP_SUMMARY").map_err(Failure::Host)
}

fn exact_row(exact: &Exact) -> CompareRow {
    let number =
        |value: u64| if exact.unit == Unit::Bytes { format!("{value} B") } else { value.to_string() };
    let range = |(least, most)| {
        if least == most { number(least) } else { format!("{}–{}", number(least), number(most)) }
    };
    CompareRow {
        what: exact.what.clone(),
        base: range(exact.base),
        head: range(exact.head),
        ratio: exact.ratio().map_or_else(|| ::report::quantity::NONE.to_owned(), significant),
        limit: significant(exact.limit),
        finding: if exact.is_more() { MORE } else { "held" },
    }
}

fn timed_rows(outcome: &Outcome) -> Vec<CompareRow> {
    let row = |(number, batch): (usize, &Judgment)| CompareRow {
        what: format!("run/{}, batch {number}, {} pairs", outcome.limit.mode.name(), batch.pairs),
        base: format!("{} ms", milliseconds(batch.medians_ns.0)),
        head: format!("{} ms", milliseconds(batch.medians_ns.1)),
        ratio: ratio(Some(Ratio::from(batch.ratio))),
        limit: significant(outcome.limit.ratio),
        finding: word(batch),
    };
    (1..).zip(&outcome.batches).map(row).collect()
}

fn word(batch: &Judgment) -> &'static str {
    match batch.finding {
        Finding::Held => "held",
        Finding::Unclear => "not shown",
        Finding::Slower => MORE,
        Finding::VoidItself => "void: base differs from itself",
        Finding::VoidDrift => "void: the machine changed its pace",
        Finding::VoidTime => "void: no time to repeat it",
    }
}
