//! Deviations that are written down, each with its reason.

use record::{Header, Outcome, Record};
use serde::Serialize;

use crate::rows::verdict;
use crate::source::titled;
use crate::standing::Standing;
use crate::table::Row;

/// A known deviation that a case showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownRow {
    /// Name and version of the runtime.
    pub runtime: String,
    /// Address of the case.
    pub case: String,
    /// What the clause asks.
    pub asks: String,
    /// Where the clause stands.
    pub address: String,
    /// The same as a link into the version of the specification that judged.
    pub clause_link: String,
    /// Kind of the deviation, such as `de-facto`.
    pub kind: String,
    /// Why it is so.
    pub reason: String,
    /// Where it is written down in public; empty where it is nowhere.
    pub link: String,
}

impl Row<6> for KnownRow {
    const HEADER: [&'static str; 6] = ["runtime", "case", "asks", "kind", "reason", "written down at"];

    fn cells(&self) -> [String; 6] {
        let Self { runtime, case, asks, kind, reason, link, .. } = self.clone();
        [runtime, case, asks, kind, reason, link]
    }
}

/// One row per case that deviated as was written down.
#[must_use]
pub fn rows(records: &[Record]) -> Vec<KnownRow> {
    let all = records.iter().flat_map(|record| record.outcomes.iter().map(move |outcome| (record, outcome)));
    all.filter_map(|(record, outcome)| row(&record.header, outcome)).collect()
}

fn row(header: &Header, outcome: &Outcome) -> Option<KnownRow> {
    let known = outcome.known.clone().filter(|_| Standing::of(outcome) == Standing::Known)?;
    Some(KnownRow {
        runtime: titled(header, &outcome.subject),
        case: outcome.case.clone(),
        asks: outcome.asks.clone(),
        address: outcome.address.clone(),
        clause_link: verdict::link(header, &outcome.address),
        kind: known.kind,
        reason: known.reason,
        link: known.link,
    })
}
