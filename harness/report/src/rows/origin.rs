//! What `run` costs by where the root file system comes from: one line per runtime and mode.

use measure::sampling::{FLOOR, WALL};
use measure::summary::Series;
use serde::Serialize;

use crate::quantity::{milliseconds, or_none};
use crate::rows::cost::FAMILY;
use crate::source::{Source, is_judged};
use crate::table::Row;

/// Modes in which it was measured.
const MODES: [&str; 2] = [HOT, "cold"];

/// Back to back.
const HOT: &str = "hot";

/// Scenarios: a bare bundle, a copy of an image, its layers mounted.
const ORIGINS: [&str; 3] = ["run", "run-from-copy", "run-from-overlay"];

/// What `run` costs with one runtime, in one mode. A race in which the machine changed its pace gives no figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OriginRow {
    /// Runtime name and version, or `floor`: the same program without a container.
    pub runtime: String,
    /// `hot` or `cold`.
    pub mode: &'static str,
    /// From a root that holds the program and nothing else.
    pub bare: Option<Median>,
    /// From a root with all files of an image.
    pub copy: Option<Median>,
    /// From a root of the image's layers, mounted over each other.
    pub overlay: Option<Median>,
}

/// The middle of a series, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Median {
    /// Median, in nanoseconds.
    pub p50_ns: u64,
    /// 95 % bootstrap interval of the median, in nanoseconds.
    pub ci95_ns: (u64, u64),
}

impl Row<5> for OriginRow {
    const HEADER: [&'static str; 5] = ["runtime", "mode", "bare [ms]", "copy [ms]", "overlay [ms]"];

    fn cells(&self) -> [String; 5] {
        let [bare, copy, overlay] = [self.bare, self.copy, self.overlay].map(|cell| or_none(cell, told));
        [self.runtime.clone(), self.mode.to_owned(), bare, copy, overlay]
    }
}

fn told(Median { p50_ns, ci95_ns: (low, high) }: Median) -> String {
    format!("{} ({}–{})", milliseconds(p50_ns), milliseconds(low), milliseconds(high))
}

/// One row per mode and subject; nothing where only what other tables have was measured, `run` of a bare bundle, hot.
#[must_use]
pub fn rows(source: &Source) -> Vec<OriginRow> {
    MODES.into_iter().flat_map(|mode| in_mode(source, mode)).collect()
}

fn in_mode(source: &Source, mode: &'static str) -> Vec<OriginRow> {
    // A hot run of a bare bundle alone stands in other tables.
    let telling = if mode == HOT { &ORIGINS[1..] } else { &ORIGINS[..] };
    let measured = telling.iter().flat_map(|origin| source.subjects(FAMILY, &format!("{origin}/{mode}")));
    let mut names: Vec<&str> = Vec::new();
    for name in measured {
        if (is_judged(name) || name == FLOOR) && !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| row(source, name, mode)).collect()
}

fn row(source: &Source, name: &str, mode: &'static str) -> OriginRow {
    let median = |origin| {
        let scenario = format!("{origin}/{mode}");
        let series = source.series(FAMILY, &scenario, name, WALL);
        let summary = series.filter(|_| !source.drifted(FAMILY, &scenario)).and_then(Series::summary)?;
        Some(Median { p50_ns: summary.p50, ci95_ns: summary.ci95 })
    };
    let [bare, copy, overlay] = ORIGINS.map(median);
    OriginRow { runtime: source.title(name), mode, bare, copy, overlay }
}

#[cfg(test)]
mod tests {
    use record::Kind;

    use super::*;
    use crate::example;

    /// Rows of a record with these scenarios, each of which takes `crun` so many milliseconds.
    fn told(scenarios: &[(&str, f64)]) -> Vec<[String; 5]> {
        let samples = scenarios.iter().flat_map(|(scenario, ms)| {
            // As long each time: the interval is the median.
            (1..=5).map(move |round| example::sample(("start", scenario), "crun", (WALL, round, ms * 1e6)))
        });
        let header = example::header(Kind::Bench, &[("crun", "1.28")]);
        let record = example::bench(header, &samples.collect::<Vec<_>>());
        rows(&Source::of(&record)).iter().map(Row::cells).collect()
    }

    #[test]
    fn images_stand_beside_the_bare_bundle_and_cold_starts_below_hot_ones() {
        let all = [
            ("run/hot", 4.0),
            ("run-from-copy/hot", 5.0),
            ("run-from-overlay/hot", 6.0),
            ("run/cold", 20.0),
            ("run-from-overlay/cold", 30.0),
        ];
        let expected = [
            ["crun 1.28", "hot", "4.00 (4.00–4.00)", "5.00 (5.00–5.00)", "6.00 (6.00–6.00)"],
            ["crun 1.28", "cold", "20.0 (20.0–20.0)", "–", "30.0 (30.0–30.0)"],
        ];
        assert_eq!(told(&all), expected);
    }

    /// The row of `b`, where the floor takes so many times as long in the second half of a cold race.
    fn row_of_b(late: f64) -> OriginRow {
        let samples = example::paced((FAMILY, "run-from-copy/cold"), late);
        let record = example::bench(example::header(Kind::Bench, &[]), &samples);
        rows(&Source::of(&record)).into_iter().find(|row| row.runtime == "b").unwrap()
    }

    #[test]
    fn a_void_race_gives_no_figure() {
        assert!(row_of_b(1.0).copy.is_some() && row_of_b(1.5).copy.is_none());
    }

    #[test]
    fn a_hot_run_of_a_bare_bundle_alone_has_no_row() {
        assert!(told(&[("run/hot", 4.0), ("run/isolated", 5.0)]).is_empty());
        assert_eq!(told(&[("run/hot", 4.0), ("run/cold", 20.0)]).len(), 1);
    }
}
