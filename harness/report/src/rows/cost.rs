//! What a container costs: one line per runtime.

use measure::sampling::{CPU, FLOOR, WALL};
use serde::Serialize;

use crate::quantity::{Ratio, milliseconds, or_none, ratio};
use crate::source::{Source, is_judged};
use crate::table::Row;

/// Name of the family of samples.
pub const FAMILY: &str = "start";

/// `run` back to back.
pub const HOT: &str = "run/hot";

/// `run` after 100 ms of rest.
pub const ISOLATED: &str = "run/isolated";

/// From calling the runtime until the program's first instruction.
pub const FIRST: &str = "first-instruction/hot";

/// What a container costs with one runtime. A scenario in which the machine changed its pace gives no figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostRow {
    /// Runtime name and version, or `floor`: the same program without a container.
    pub runtime: String,
    /// Median of `run` back to back, in nanoseconds.
    pub run_ns: Option<u64>,
    /// Median of `run` after 100 ms of rest, in nanoseconds.
    pub isolated_ns: Option<u64>,
    /// Median time from calling the runtime until the program's first instruction, in nanoseconds.
    pub first_instruction_ns: Option<u64>,
    /// Median processor time of `run`, in nanoseconds.
    pub cpu_ns: Option<u64>,
    /// `run` beside the reference runtime's.
    pub to_reference: Option<Ratio>,
    /// `run` beside a start of the same program without a container.
    pub to_floor: Option<Ratio>,
}

impl Row<7> for CostRow {
    const HEADER: [&'static str; 7] = [
        "runtime",
        "run [ms]",
        "run after rest [ms]",
        "to first instruction [ms]",
        "CPU [ms]",
        "× reference",
        "× floor",
    ];

    fn cells(&self) -> [String; 7] {
        [
            self.runtime.clone(),
            or_none(self.run_ns, milliseconds),
            or_none(self.isolated_ns, milliseconds),
            or_none(self.first_instruction_ns, milliseconds),
            or_none(self.cpu_ns, milliseconds),
            ratio(self.to_reference),
            ratio(self.to_floor),
        ]
    }
}

impl CostRow {
    /// Whether it is the program without a container.
    #[must_use]
    pub fn is_floor(&self) -> bool {
        self.runtime == FLOOR
    }
}

/// One row per runtime that was started at all.
#[must_use]
pub fn rows(source: &Source) -> Vec<CostRow> {
    let scenarios = [HOT, ISOLATED, FIRST].map(|scenario| source.subjects(FAMILY, scenario));
    let mut names: Vec<&str> = Vec::new();
    for name in scenarios.into_iter().flatten() {
        if (is_judged(name) || name == FLOOR) && !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| row(source, name)).collect()
}

fn row(source: &Source, name: &str) -> CostRow {
    let counts = |scenario| !source.drifted(FAMILY, scenario);
    let median = |scenario, measure| {
        source.series(FAMILY, scenario, name, measure).filter(|_| counts(scenario))?.median()
    };
    let beside = |other| {
        let found = source.beside((FAMILY, HOT), (name, other), WALL).filter(|_| counts(HOT))?;
        Some(found.ratio.into())
    };
    CostRow {
        runtime: source.title(name),
        run_ns: median(HOT, WALL),
        isolated_ns: median(ISOLATED, WALL),
        first_instruction_ns: median(FIRST, WALL),
        cpu_ns: median(HOT, CPU),
        to_reference: source.reference().filter(|other| *other != name).and_then(beside),
        to_floor: Some(FLOOR).filter(|other| *other != name).and_then(beside),
    }
}

#[cfg(test)]
mod tests {
    use record::Kind;

    use super::*;
    use crate::example;

    /// The row of `b`, where the floor takes so many times as long in the second half.
    fn row_of_b(late: f64) -> CostRow {
        let record = example::bench(example::header(Kind::Bench, &[]), &example::paced((FAMILY, HOT), late));
        rows(&Source::of(&record)).into_iter().find(|row| row.runtime == "b").unwrap()
    }

    #[test]
    fn a_scenario_in_which_the_machine_changed_its_pace_gives_no_figure() {
        let (steady, void) = (row_of_b(1.0), row_of_b(1.5));
        assert!(steady.run_ns.is_some() && steady.to_floor.is_some() && steady.cpu_ns.is_some());
        assert!(void.run_ns.is_none() && void.to_floor.is_none() && void.cpu_ns.is_none());
    }
}
