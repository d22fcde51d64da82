//! Bencher Metric Format, for `bencher run --adapter json`: medians with their 95 % intervals.

use std::collections::BTreeMap;

use measure::sampling::WALL;
use measure::summary::Samples;
use record::{Record, Unit};
use serde::Serialize;

/// Characters that a benchmark's and a measure's name may have.
const LIMITS: (usize, usize) = (1024, 64);

/// One figure of a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Metric {
    value: u64,
    lower_value: u64,
    upper_value: u64,
}

/// Medians by benchmark (`start/run/hot/crun`) and measure; wall time is Bencher's `latency`, in nanoseconds.
///
/// # Errors
/// Those of writing JSON, which these rows do not have.
pub fn bmf(records: &[Record]) -> Result<String, serde_json::Error> {
    let mut all: BTreeMap<String, BTreeMap<String, Metric>> = BTreeMap::new();
    for record in records {
        let samples = Samples::of(record);
        for sample in &record.samples {
            let names = [&sample.family, &sample.scenario, &sample.subject].map(String::as_str);
            let [family, scenario, subject] = names;
            let benchmark = all.entry(cut(&names.join("/"), LIMITS.0)).or_default();
            let measure = cut(&name(&sample.measure, sample.unit), LIMITS.1);
            if let std::collections::btree_map::Entry::Vacant(place) = benchmark.entry(measure)
                && let Some(found) = samples.series(family, scenario, subject, &sample.measure)
                && let Some(found) = found.summary()
            {
                place.insert(Metric {
                    value: found.p50,
                    lower_value: found.ci95.0,
                    upper_value: found.ci95.1,
                });
            }
        }
    }
    serde_json::to_string_pretty(&all).map(|text| text + "\n")
}

fn name(measure: &str, unit: Unit) -> String {
    match unit {
        Unit::Ns if measure == WALL => "latency".to_owned(),
        Unit::Ns => format!("{measure}-ns"),
        Unit::Bytes => format!("{measure}-bytes"),
        Unit::Count => measure.to_owned(),
    }
}

fn cut(name: &str, limit: usize) -> String {
    name.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn medians_stand_under_benchmark_and_measure() {
        let text = bmf(&[example::performance(12)]).unwrap();
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        let latency = &parsed["start/run/hot/crun"]["latency"];
        let figure = |name: &str| latency[name].as_u64().unwrap();
        assert!(figure("lower_value") <= figure("value") && figure("value") <= figure("upper_value"));
        assert!(figure("value") > 4_000_000, "{latency}");
        assert!(parsed["start/run/hot/crun"]["cpu-ns"]["value"].is_u64());
        assert_eq!(parsed["dedup/debian/layers"]["apparent-bytes"]["value"], 690 << 20);
    }
}
