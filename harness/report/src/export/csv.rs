//! Comma-separated values (RFC 4180): every sample, and what series of them amount to.

use measure::summary::Samples;
use record::{Record, Sample, Unit};

use crate::source::titled;

/// Every sample, one line each, in the order in which they were taken.
#[must_use]
pub fn samples(records: &[Record]) -> String {
    let line = |(run, sample): (u64, &Sample)| {
        let Sample { family, scenario, subject, measure, round, value, .. } = sample;
        let (run, round, value) = (run.to_string(), round.to_string(), value.to_string());
        row(&[&run, family, scenario, subject, measure, unit(sample.unit), &round, &value])
    };
    let all = records
        .iter()
        .flat_map(|record| record.samples.iter().map(move |sample| (record.header.started_unix_s, sample)));
    let header = row(&["run", "family", "scenario", "subject", "measure", "unit", "round", "value"]);
    header + &all.map(line).collect::<String>()
}

/// Quantiles and the interval of the median of every series, one line each.
#[must_use]
pub fn summaries(records: &[Record]) -> String {
    let header = row(&[
        "run",
        "family",
        "scenario",
        "subject",
        "measure",
        "unit",
        "n",
        "p10",
        "p50",
        "ci95_low",
        "ci95_high",
        "p95",
        "p99",
    ]);
    header + &records.iter().map(of_record).collect::<String>()
}

fn of_record(record: &Record) -> String {
    let samples = Samples::of(record);
    let run = record.header.started_unix_s.to_string();
    let line = |sample: &Sample| {
        let Sample { family, scenario, subject, measure, .. } = sample;
        let series = samples.series(family, scenario, subject, measure)?;
        let found = series.summary()?;
        let (low, high) = found.ci95;
        let figures = [u64::from(found.samples), found.p10, found.p50, low, high, found.p95, found.p99];
        let figures = figures.map(|figure| figure.to_string());
        let title = titled(&record.header, subject);
        let names = [&run, family, scenario, title.as_str(), measure, unit(series.unit)];
        Some(row(&names.into_iter().chain(figures.iter().map(String::as_str)).collect::<Vec<&str>>()))
    };
    firsts(record).into_iter().filter_map(line).collect()
}

/// The first sample of every series.
fn firsts(record: &Record) -> Vec<&Sample> {
    let mut seen = std::collections::HashSet::new();
    let key = |sample: &Sample| {
        [&sample.family, &sample.scenario, &sample.subject, &sample.measure].map(String::clone)
    };
    record.samples.iter().filter(|sample| seen.insert(key(sample))).collect()
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Ns => "ns",
        Unit::Bytes => "bytes",
        Unit::Count => "count",
    }
}

fn row(fields: &[&str]) -> String {
    fields.iter().map(|field| quoted(field)).collect::<Vec<String>>().join(",") + "\r\n"
}

/// A field, in quotes where it holds what would end it.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn record() -> Record {
        let samples = [
            example::exact("debian", "raw", "apparent", 42),
            example::exact("a,\"b\"", "raw", "apparent", 1),
        ];
        example::bench(example::header(record::Kind::Bench, &[("runc", "1.3.6")]), &samples)
    }

    #[test]
    fn every_sample_is_a_line() {
        let expected = "run,family,scenario,subject,measure,unit,round,value\r\n\
                        1795478400,dedup,debian,raw,apparent,bytes,0,42\r\n\
                        1795478400,dedup,\"a,\"\"b\"\"\",raw,apparent,bytes,0,1\r\n";
        assert_eq!(samples(&[record()]), expected);
    }

    #[test]
    fn every_series_is_summarized_once() {
        let text = summaries(&[example::performance(12)]);
        let header = text.lines().next().unwrap();
        assert!(header.ends_with("n,p10,p50,ci95_low,ci95_high,p95,p99"), "{header}");
        assert_eq!(text.lines().filter(|line| line.contains(",run/hot,crun 1.28,wall,ns,12,")).count(), 1);
        assert!(text.lines().all(|line| line.split(',').count() == 13));
    }
}
