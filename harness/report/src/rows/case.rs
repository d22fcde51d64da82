//! Every case beside every runtime.

use record::{Level, Record};
use serde::Serialize;

use crate::quantity::NONE;
use crate::rows::level::word;
use crate::source::titled;
use crate::standing::Standing;
use crate::table::Table;

/// How one case stands on every runtime that it was run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// Address of the case.
    pub case: String,
    /// How binding its clause is.
    pub level: Level,
    /// What the clause asks.
    pub asks: String,
    /// Where it stands.
    pub address: String,
    /// Name and version of the runtime, and how the case stands on it.
    pub standings: Vec<(String, Standing)>,
}

/// One row per case, in the order in which they were first met.
#[must_use]
pub fn rows(records: &[Record]) -> Vec<CaseRow> {
    let mut rows: Vec<CaseRow> = Vec::new();
    let all = records.iter().flat_map(|record| record.outcomes.iter().map(move |outcome| (record, outcome)));
    for (record, outcome) in all {
        let standing = (titled(&record.header, &outcome.subject), Standing::of(outcome));
        match rows.iter_mut().find(|row| row.case == outcome.case) {
            Some(row) => row.standings.push(standing),
            None => rows.push(CaseRow {
                case: outcome.case.clone(),
                level: outcome.level,
                asks: outcome.asks.clone(),
                address: outcome.address.clone(),
                standings: vec![standing],
            }),
        }
    }
    rows.sort_by(|a, b| a.case.cmp(&b.case));
    rows
}

/// Names of all runtimes in `rows`, in the order in which they were met.
#[must_use]
pub fn runtimes(rows: &[CaseRow]) -> Vec<&str> {
    rows.iter().flat_map(|row| &row.standings).fold(Vec::new(), |mut seen, (runtime, _)| {
        if !seen.contains(&runtime.as_str()) {
            seen.push(runtime);
        }
        seen
    })
}

/// One line per case, one column per runtime.
#[must_use]
pub fn table(rows: &[CaseRow]) -> Table {
    let runtimes = runtimes(rows);
    let line = |row: &CaseRow| {
        let standing = |runtime: &&str| {
            let found = row.standings.iter().find(|(name, _)| name == runtime);
            found.map_or(NONE, |(_, standing)| standing.word()).to_owned()
        };
        let first = [row.case.clone(), word(row.level).to_owned(), row.asks.clone()];
        first.into_iter().chain(runtimes.iter().map(standing)).collect()
    };
    let header = ["case", "level", "asks"].into_iter().chain(runtimes.iter().copied());
    Table::with_columns(header.map(str::to_owned).collect(), rows.iter().map(line).collect())
}
