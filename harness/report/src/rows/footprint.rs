//! What a container takes besides time: system calls and memory, one line per runtime.

use measure::sampling::{CALLS, HELD, PEAK};
use measure::start::{calls, resident};
use serde::Serialize;

use crate::quantity::{mebibytes, or_none};
use crate::rows::cost::FAMILY;
use crate::source::{Source, is_judged};
use crate::table::Row;

/// The scenario after which what a container holds was read: its program runs, and its runtime has ended.
const RUNNING: &str = "start/hot";

/// Classes of calls that have a column.
const CLASSES: [&str; 4] = ["calls:execve", "calls:clone", "calls:mount", "calls:open"];

/// What `run` takes with one runtime. Figures are medians.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FootprintRow {
    /// Runtime name and version.
    pub runtime: String,
    /// System calls of `run`, those of all its processes and of the program.
    pub calls: Option<u64>,
    /// Of them, those that execute a program, that make a process or thread, that mount, that open a file.
    pub classes: [Option<u64>; 4],
    /// Largest resident set of the runtime itself, in bytes.
    pub peak_bytes: Option<u64>,
    /// What the processes of a running container hold, in bytes; shared pages by their share.
    pub held_bytes: Option<u64>,
}

impl Row<8> for FootprintRow {
    const HEADER: [&'static str; 8] = [
        "runtime",
        "system calls",
        "execs",
        "clones",
        "mounts",
        "opens",
        "peak RSS [MiB]",
        "held by a container [MiB]",
    ];

    fn cells(&self) -> [String; 8] {
        let count = |value: Option<u64>| or_none(value, |count| count.to_string());
        let [execs, clones, mounts, opens] = self.classes.map(count);
        [
            self.runtime.clone(),
            count(self.calls),
            execs,
            clones,
            mounts,
            opens,
            or_none(self.peak_bytes, mebibytes),
            or_none(self.held_bytes, mebibytes),
        ]
    }
}

/// One row per runtime of which any of that is known.
#[must_use]
pub fn rows(source: &Source) -> Vec<FootprintRow> {
    let names = source.runtimes().into_iter().filter(|name| is_judged(name));
    names.map(|name| row(source, name)).filter(|row| !row.is_empty()).collect()
}

fn row(source: &Source, name: &str) -> FootprintRow {
    let median = |scenario, measure| source.series(FAMILY, scenario, name, measure)?.median();
    FootprintRow {
        runtime: source.title(name),
        calls: median(calls::SCENARIO, CALLS),
        classes: CLASSES.map(|class| median(calls::SCENARIO, class)),
        peak_bytes: median(resident::SCENARIO, PEAK),
        held_bytes: median(RUNNING, HELD),
    }
}

impl FootprintRow {
    fn is_empty(&self) -> bool {
        [self.calls, self.peak_bytes, self.held_bytes].iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use record::{Kind, Sample, Unit};

    use super::*;
    use crate::example;

    fn sample(scenario: &str, subject: &str, measure: &str, (unit, value): (Unit, u64)) -> Sample {
        let own = str::to_owned;
        let (family, scenario, subject) = (own(FAMILY), own(scenario), own(subject));
        Sample { family, scenario, subject, measure: own(measure), unit, round: 1, value }
    }

    #[test]
    fn calls_and_memory_stand_in_one_line_and_what_is_not_known_is_a_dash() {
        let header = example::header(Kind::Bench, &[("a", "1"), ("b", "2"), ("c", "3")]);
        let samples = [
            sample("run/traced", "a", "calls", (Unit::Count, 210)),
            sample("run/traced", "a", "calls:mount", (Unit::Count, 25)),
            sample("run/resident", "a", "peak", (Unit::Bytes, 3 << 20)),
            sample("start/hot", "b", "held", (Unit::Bytes, 1 << 19)),
        ];
        let record = example::bench(header, &samples);
        let rows = rows(&Source::of(&record));
        let cells: Vec<_> = rows.iter().map(Row::cells).collect();
        assert_eq!(cells[0], ["a 1", "210", "–", "–", "25", "–", "3.00", "–"]);
        assert_eq!(cells[1], ["b 2", "–", "–", "–", "–", "–", "–", "0.500"]);
        assert_eq!(cells.len(), 2, "nothing is known of the third");
    }
}
