//! The page of verdicts: whether runtimes keep to the specification, and where they do not.

mod evidence;

use std::collections::BTreeSet;

use record::Record;
use record::setting::SPEC;

use super::{figure, findings, folded, page, raw, scroll, section};
use crate::document::Report;
use crate::finding;
use crate::markup::{Element, element, link, prose, text};
use crate::plot::Words;
use crate::plot::shares::{self, Shares};
use crate::rows::case;
use crate::rows::known::KnownRow;
use crate::rows::level::{LevelRow, word};
use crate::rows::verdict;
use crate::standing::Standing;
use crate::table::Table;

/// Name of the page's file.
pub const FILE: &str = "conformance.html";

/// The page of `records`, whose report is `report`; `data` are addresses of the records, relative to the page.
#[must_use]
pub fn conformance(records: &[Record], report: &Report, data: &[String]) -> String {
    let records: Vec<&Record> = records.iter().filter(|record| !record.outcomes.is_empty()).collect();
    let sections = [
        section("levels", "By level", LEVELS, levels(&report.levels)),
        section("untested", "Not tested", UNTESTED, table("Not tested", &Table::of(&report.untested))),
        section(
            "failures",
            "Where they leave it",
            FAILURES,
            evidence::list(&report.failures, &[Standing::Failed]),
        ),
        section("known", "Known deviations", KNOWN, known(&report.known)),
        section("alarms", "What else fails the run", ALARMS, evidence::list(&report.failures, &ALARMING)),
        section(
            "topics",
            "By part of the specification",
            TOPICS,
            table("By part", &verdict::matrix(&report.topics)),
        ),
        section("withheld", "Withheld", WITHHELD, table("Withheld", &Table::of(&report.withheld))),
        section("conditions", "Conditions", CONDITIONS, conditions(&records, report, data)),
        section("cases", "All cases", CASES, all(report)),
    ];
    let found = finding::conformance(report);
    let shown = (!found.is_empty()).then(|| findings(&found));
    let content = std::iter::once(subtitle(&records)).chain(shown).chain(sections.into_iter().flatten());
    page(FILE, "Who keeps to the specification", content)
}

const LEVELS: &str = "A case counts as kept only where the program inside the container, or the kernel, showed what the \
                      clause asks.";
const UNTESTED: &str =
    "Neither a pass nor a fail: what a case needs is not there, or a step before its clause failed.";
const FAILURES: &str = "Each clause in our words, with what was expected, what was seen, and a command that repeats it. \
                        Exit statuses count as zero or not; messages are never judged.";
const ALARMS: &str =
    "Cases that did not reach their clause, notes that are out of date, and the suite's own faults.";
const KNOWN: &str = "Written down with a reason before the run, and still there.";
const TOPICS: &str = "Cases kept, of those that were judged.";
const WITHHELD: &str = "Attacks on other people's runtimes are told only where a public identifier exists for them, \
                        whatever they showed, and are counted nowhere.";
const CONDITIONS: &str = "The verbs are those of runc's command line, as the specification defines none.";
const CASES: &str = "One line per case, one column per runtime.";

fn subtitle(records: &[&Record]) -> Element {
    let specs: BTreeSet<&str> =
        records.iter().filter_map(|record| record.header.settings.get(SPEC)).map(String::as_str).collect();
    let specs = specs.into_iter().map(|spec| format!("runtime-spec {spec}"));
    let machines: BTreeSet<String> = records.iter().map(|record| super::machine(&record.header)).collect();
    let told = match &specs.collect::<Vec<String>>()[..] {
        [] => String::new(),
        specs => format!("Judged by {}. ", specs.join(" and ")),
    };
    let machines = machines.into_iter().collect::<Vec<String>>().join(" ");
    let nothing = "No record holds verdicts; `loadline check` makes one that does.";
    prose("p", if records.is_empty() { nothing.to_owned() } else { told + &machines }.as_str()).class("sub")
}

/// What fails a run and is no broken clause.
const ALARMING: [Standing; 3] = [Standing::Stale, Standing::Unreached, Standing::Broken];

/// The parts of a bar, by class and word.
const PARTS: [(&str, &str); 4] =
    [("good", "kept"), ("noted", "known deviation"), ("bad", "broken"), ("blank", "not tested")];

fn levels(rows: &[LevelRow]) -> Vec<Element> {
    let mut groups: Vec<Shares> = Vec::new();
    for row in rows {
        let bar = (row.runtime.clone(), format!("{} of {} kept", row.passed, row.total()), parts(row));
        match groups.last_mut().filter(|group| group.label == word(row.level)) {
            Some(group) => group.bars.push(bar),
            None => groups.push(Shares { label: word(row.level).to_owned(), bars: vec![bar] }),
        }
    }
    let told = rows
        .iter()
        .map(|row| format!("{}, {}: {} of {}", row.runtime, word(row.level), row.passed, row.total()));
    let words = Words {
        id: "shares".to_owned(),
        title: "Cases by how binding their clauses are".to_owned(),
        description: format!("Cases kept. {}.", told.collect::<Vec<String>>().join("; ")),
    };
    let plot = |room| shares::plot(&words, room, &PARTS, &groups);
    let conditions = "Every case is one question about one clause; clauses with many facets have many cases.";
    if rows.is_empty() { Vec::new() } else { vec![figure(plot, &words, conditions, &Table::of(rows))] }
}

fn parts(row: &LevelRow) -> Vec<u32> {
    vec![row.passed, row.known, row.failed, row.untested]
}

fn table(what: &str, table: &Table) -> Vec<Element> {
    if table.is_empty() { Vec::new() } else { vec![scroll(what, table)] }
}

fn known(rows: &[KnownRow]) -> Vec<Element> {
    let item = |row: &KnownRow| {
        let head = text("h3", &row.case).child(text("span", &row.kind).class("tag"));
        let place = (!row.link.is_empty()).then(|| link(&row.link, &row.link));
        let reason = prose("p", &format!("`{}`: {}. ", row.runtime, row.reason)).children(place);
        element("article")
            .class("evidence")
            .child(head)
            .child(prose("p", &row.asks).class("asks"))
            .child(reason)
    };
    rows.iter().map(item).collect()
}

fn conditions(records: &[&Record], report: &Report, data: &[String]) -> Vec<Element> {
    let machine = table("Machine, binaries, settings", &Table::of(&report.conditions));
    let omitted = table("Left out, and why", &Table::of(&report.omitted));
    if records.is_empty() {
        Vec::new()
    } else {
        machine.into_iter().chain(omitted).chain(raw(data)).collect()
    }
}

fn all(report: &Report) -> Vec<Element> {
    let table = case::table(&report.cases);
    let what = format!("{} cases", report.cases.len());
    if table.is_empty() { Vec::new() } else { vec![folded(&what, &table)] }
}
