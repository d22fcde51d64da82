//! Under which conditions figures were taken, and whether the run can be trusted.

use measure::sampling::{AGAIN, FLOOR, WALL};
use measure::statistics::Confidence;
use record::{Host, Record};
use serde::Serialize;

use crate::quantity::{Ratio, mebibytes, or_none, ratio, significant};
use crate::source::Source;
use crate::table::Row;

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionRow {
    /// What it is about, such as `kernel`.
    pub what: String,
    /// What it was.
    pub value: String,
}

/// A control of one scenario: a subject beside itself, and the pace of the machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlRow {
    /// Family and scenario, such as `start run/hot`.
    pub scenario: String,
    /// The subject that took part twice.
    pub subject: String,
    /// The ratio of its two series; its 99 % interval should hold 1.
    pub against_itself: Option<Ratio>,
    /// How far the canary's second half is from its first, as a ratio.
    pub canary_drift: Option<f64>,
    /// Whether the control found a difference where there is none.
    pub alarm: bool,
    /// Whether the canary drifted beyond doubt, which voids the scenario.
    pub void: bool,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OmittedRow {
    /// What was left out.
    pub what: String,
    /// Why.
    pub why: String,
}

impl Row<2> for ConditionRow {
    const HEADER: [&'static str; 2] = ["condition", "value"];

    fn cells(&self) -> [String; 2] {
        [self.what.clone(), self.value.clone()]
    }
}

impl Row<5> for ControlRow {
    const HEADER: [&'static str; 5] =
        ["scenario", "taken twice", "× itself (99 %)", "floor, late × early", "can tell"];

    fn cells(&self) -> [String; 5] {
        let trust = match self {
            Self { void: true, .. } => "no: void, the machine changed its pace",
            Self { alarm: true, .. } => "no: differs from itself",
            _ => "yes",
        };
        let drift = or_none(self.canary_drift, significant);
        [self.scenario.clone(), self.subject.clone(), ratio(self.against_itself), drift, trust.to_owned()]
    }
}

impl Row<2> for OmittedRow {
    const HEADER: [&'static str; 2] = ["left out", "why"];

    fn cells(&self) -> [String; 2] {
        [self.what.clone(), self.why.clone()]
    }
}

/// The machine, the binaries and the settings; what several records share stands once.
#[must_use]
pub fn conditions(records: &[Record]) -> Vec<ConditionRow> {
    let mut rows: Vec<ConditionRow> = Vec::new();
    for row in records.iter().flat_map(of_record) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

fn of_record(record: &Record) -> Vec<ConditionRow> {
    let header = &record.header;
    let mut pairs = host(&header.host);
    pairs.push(("loadline".into(), header.loadline.clone()));
    for subject in header.subjects.iter().filter(|subject| !subject.path.is_empty()) {
        let (version, hash) = (&subject.version, subject.sha256.get(..12).unwrap_or_default());
        pairs.push((subject.name.clone(), format!("{version}, {}, sha256 {hash}…", subject.path)));
    }
    pairs.extend(header.settings.iter().map(|(name, value)| (name.clone(), value.clone())));
    pairs.into_iter().map(|(what, value)| ConditionRow { what, value }).collect()
}

fn host(host: &Host) -> Vec<(String, String)> {
    let place = if host.hypervisor { "virtual machine" } else { "no hypervisor seen" };
    let governor = if host.governor.is_empty() { "none" } else { &host.governor };
    let pairs = [
        ("kernel", format!("{} {}", host.kernel, host.machine)),
        ("processor", format!("{} × {}, {place}", host.cpus, host.cpu)),
        ("governor", governor.to_owned()),
        ("memory [MiB]", mebibytes(host.memory_bytes)),
        ("cgroups of the host", format!("{:?}", host.cgroups).to_lowercase()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

/// One row per scenario in which a subject took part twice.
#[must_use]
pub fn controls(source: &Source) -> Vec<ControlRow> {
    let families = ["start", "io"].into_iter();
    let places =
        families.flat_map(|family| source.scenarios(family).into_iter().map(move |name| (family, name)));
    places.filter_map(|place| control(source, place)).collect()
}

fn control(source: &Source, (family, scenario): (&str, &str)) -> Option<ControlRow> {
    let subjects = source.subjects(family, scenario);
    let subject = subjects.iter().find_map(|name| name.strip_suffix(AGAIN))?;
    let series = |name: &str| source.series(family, scenario, name, WALL);
    let again = series(&format!("{subject}{AGAIN}"))?;
    let found = again.beside(series(subject)?, Confidence::P990)?;
    Some(ControlRow {
        scenario: format!("{family} {scenario}"),
        subject: subject.to_owned(),
        against_itself: Some(found.ratio.into()),
        canary_drift: series(FLOOR).and_then(measure::summary::Series::drift),
        alarm: !found.ratio.holds(1.0),
        void: source.drifted(family, scenario),
    })
}

/// One row per thing that was left out of any record.
#[must_use]
pub fn omitted(records: &[Record]) -> Vec<OmittedRow> {
    let all = records.iter().flat_map(|record| &record.footer.omitted);
    all.map(|(what, why)| OmittedRow { what: what.clone(), why: why.clone() }).collect()
}
