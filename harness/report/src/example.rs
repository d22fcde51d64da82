//! Records for tests, invented, and only roughly like real ones.

use crate::quantity::real;
use fastrand::Rng;
use measure::io::{self, DEPTHS, OPERATIONS, PLAIN, overlay_name};
use measure::sampling::{AGAIN, CALLS, CPU, FLOOR, HELD, PEAK, WALL};
use measure::start::{phases, resident};
use record::setting::{CASES, REFERENCE, SPEC};
use record::{
    CgroupMode, Header, Host, Kind, Known, Level, Outcome, Record, Sample, Subject, Unit, Verdict, Writer,
    read_from,
};

/// The machine that nothing ran on.
pub(crate) fn host() -> Host {
    Host {
        kernel: "6.18.0".into(),
        machine: "x86_64".into(),
        cpu: "An Invented Processor".into(),
        cpus: 2,
        memory_bytes: 8 << 30,
        cgroups: CgroupMode::V2,
        hypervisor: true,
        governor: String::new(),
    }
}

/// A binary that does not exist.
pub(crate) fn subject(name: &str, version: &str) -> Subject {
    let path = format!("/usr/bin/{name}");
    Subject {
        name: name.into(),
        path,
        version: version.into(),
        sha256: "0123456789abcdef".repeat(4),
        size_bytes: 1 << 20,
    }
}

/// A header of `subjects`, of the day on which this was written.
pub(crate) fn header(kind: Kind, subjects: &[(&str, &str)]) -> Header {
    let subjects = subjects.iter().map(|(name, version)| subject(name, version)).collect();
    Header { started_unix_s: 1_795_478_400, loadline: "0.1.0".into(), subjects, ..Header::new(kind, host()) }
}

/// A whole stream of `samples`.
pub(crate) fn bench(header: Header, samples: &[Sample]) -> Record {
    let mut writer = Writer::new(Vec::new(), header).unwrap();
    for sample in samples {
        writer.sample(sample.clone()).unwrap();
    }
    writer.omit("youki", "not installed");
    let mut record = read_from(&writer.finish().unwrap()[..]).unwrap();
    record.footer.ns = 1;
    record
}

/// Samples of one scenario: for each subject a value per round, spread as times are.
pub(crate) fn series(place: (&str, &str), rounds: u32, subjects: &[(&str, f64)]) -> Vec<Sample> {
    let mut random = Rng::with_seed(place.1.len() as u64);
    let mut samples = Vec::new();
    for round in 1..=rounds {
        for (subject, middle) in subjects {
            let slow = if random.f64() < 0.05 { 2.0 } else { 1.0 };
            let wall = middle * (0.9 + 0.2 * random.f64() + 0.4 * random.f64().powi(4)) * slow;
            samples.extend(
                [(WALL, wall), (CPU, wall * 0.8)]
                    .map(|(measure, value)| sample(place, subject, (measure, round, value))),
            );
        }
    }
    samples
}

/// Thirty rounds, and thirty more in which the floor takes so many times as long.
pub(crate) fn paced(place: (&str, &str), late: f64) -> Vec<Sample> {
    let half = 30;
    let mut samples = series(place, half, &[("a", 1e6), ("b", 2e6), (FLOOR, 1e5)]);
    let mut second = series(place, half, &[("a", 1e6), ("b", 2e6), (FLOOR, 1e5 * late)]);
    for sample in &mut second {
        sample.round += half;
    }
    samples.append(&mut second);
    samples
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "invented times")]
pub(crate) fn sample(
    (family, scenario): (&str, &str),
    subject: &str,
    (measure, round, value): (&str, u32, f64),
) -> Sample {
    let own = str::to_owned;
    let (family, scenario, subject, measure) = (own(family), own(scenario), own(subject), own(measure));
    Sample { family, scenario, subject, measure, unit: Unit::Ns, round, value: value as u64 }
}

/// One exact figure.
pub(crate) fn exact(images: &str, level: &str, measure: &str, value: u64) -> Sample {
    exact_in("dedup", (images, level), measure, value)
}

/// The same of any family.
fn exact_in(family: &str, (scenario, subject): (&str, &str), measure: &str, value: u64) -> Sample {
    let own = str::to_owned;
    let (family, scenario, subject, measure) = (own(family), own(scenario), own(subject), own(measure));
    Sample { family, scenario, subject, measure, unit: Unit::Bytes, round: 0, value }
}

/// Instances of one image: an overlay that adds nothing, a copy that adds everything.
pub(crate) fn instances() -> Vec<Sample> {
    let each = [("overlay", 20, [20, 20], [4, 4]), ("copy", 5, [20, 200], [4, 40])].into_iter();
    each.flat_map(|(backend, ms, taken, cached)| {
        let one = move |measure, unit, round, value| Sample {
            unit,
            round,
            ..exact_in("instances", ("synthetic", backend), measure, value)
        };
        let times = (1..=10).map(move |round| one(WALL, Unit::Ns, round, ms * 1_000_000));
        let bytes = move |measure, figures: [u64; 2]| {
            [1, 10].into_iter().zip(figures).map(move |(at, mib)| one(measure, Unit::Bytes, at, mib << 20))
        };
        times.chain(bytes("bytes", taken)).chain(bytes("cached", cached))
    })
    .collect()
}

/// A derived image, three times: a layer of a quarter, and a copy of everything.
pub(crate) fn derived() -> Vec<Sample> {
    let ways = [("layer", [300, 10, 2, 1000]), ("copy", [900, 40, 10, 3000])].into_iter();
    ways.flat_map(|(way, [ms, mib, blobs, inodes])| {
        let figures = [
            (WALL, Unit::Ns, ms * 1_000_000),
            ("bytes", Unit::Bytes, mib << 20),
            ("blobs", Unit::Bytes, blobs << 20),
            ("inodes", Unit::Count, inodes),
        ];
        (1..=3).flat_map(move |round| {
            figures.map(|(measure, unit, value)| Sample {
                unit,
                round,
                ..exact_in("derived", ("synthetic", way), measure, value)
            })
        })
    })
    .collect()
}

/// A record of all three families.
pub(crate) fn performance(rounds: u32) -> Record {
    let mut header = header(Kind::Bench, &[("coracle", "0.1.0"), ("crun", "1.28"), ("runc", "1.3.6")]);
    header.settings = [(REFERENCE.into(), "crun".into()), ("rounds".into(), rounds.to_string())].into();
    let again = format!("coracle{AGAIN}");
    let all = |floor: f64, ours: f64, crun: f64, runc: f64| {
        [(FLOOR, floor), ("coracle", ours), ("crun", crun), ("runc", runc), (again.as_str(), ours)]
            .map(|(name, ms)| (name, ms * 1e6))
    };
    let starts = [
        ("run/hot", all(0.62, 2.3, 4.9, 16.8)),
        ("run/isolated", all(0.9, 4.1, 17.0, 34.0)),
        ("first-instruction/hot", all(0.3, 1.9, 4.1, 15.0)),
        ("create/hot", all(0.6, 1.7, 3.9, 13.0)),
        ("start/hot", all(0.6, 0.5, 1.4, 5.2)),
        ("delete/hot", all(0.6, 0.7, 1.9, 6.1)),
        ("run/cold", all(2.1, 6.9, 34.0, 46.0)),
        ("run-from-copy/hot", all(0.62, 2.3, 4.9, 16.9)),
        ("run-from-copy/cold", all(2.2, 7.2, 34.5, 47.0)),
        ("run-from-overlay/hot", all(0.66, 2.4, 5.1, 17.2)),
        ("run-from-overlay/cold", all(2.2, 7.4, 35.0, 48.0)),
    ];
    let mut samples: Vec<Sample> = starts
        .iter()
        .flat_map(|(scenario, subjects)| series(("start", scenario), rounds, subjects))
        .collect();
    samples.extend(footprints());
    samples.extend(files(rounds));
    samples.extend(derived());
    samples.extend(instances());
    for (images, raw, layers, files) in [("debian", 1_509, 690, 586), ("synthetic", 402, 230, 150)] {
        samples.extend(
            [("raw", raw), ("layers", layers), ("files", files)]
                .map(|(level, mib)| exact(images, level, "apparent", mib << 20)),
        );
    }
    bench(header, &samples)
}

/// A record of one scenario and one family of images, where more would only take time.
pub(crate) fn small() -> Record {
    let mut header = header(Kind::Bench, &[("coracle", "0.1.0"), ("crun", "1.28")]);
    header.settings = [(REFERENCE.into(), "crun".into())].into();
    let mut samples = series(("start", "run/hot"), 12, &[(FLOOR, 6e5), ("coracle", 2.3e6), ("crun", 4.9e6)]);
    samples
        .extend([("raw", 200), ("layers", 80)].map(|(level, size)| exact("seed", level, "apparent", size)));
    bench(header, &samples)
}

/// Calls, memory and phases, once each.
fn footprints() -> Vec<Sample> {
    let of = |(subject, times): (&'static str, u64)| {
        let once = move |scenario, measure, unit, value| Sample {
            unit,
            value: value * times,
            ..sample(("start", scenario), subject, (measure, 1, 0.0))
        };
        let counted = [
            once("run/traced", CALLS, Unit::Count, 210),
            once("run/traced", "calls:mount", Unit::Count, 25),
            once(resident::SCENARIO, PEAK, Unit::Bytes, 2 << 20),
            once("start/hot", HELD, Unit::Bytes, 80 << 10),
        ];
        let phase = move |(measure, _)| once(phases::SCENARIO, measure, Unit::Ns, 300_000);
        counted.into_iter().chain(phases::PHASES.map(phase)).collect::<Vec<_>>()
    };
    [("coracle", 1), ("crun", 3), ("runc", 12)].into_iter().flat_map(of).collect()
}

fn files(rounds: u32) -> Vec<Sample> {
    let again = format!("{PLAIN}{AGAIN}");
    let costs = |at: usize, depth: usize| match at {
        0 | 9 | 11 => 1.0,
        at if at > 6 => 20.0 * real(at as u64),
        at => 1.2 + real((at * depth) as u64) / 8.0,
    };
    let operation = |(at, operation): (usize, &io::Operation)| {
        let overlays = DEPTHS.map(|depth| (overlay_name(depth), 20_000.0 * costs(at, depth)));
        let plain = [(PLAIN.to_owned(), 20_000.0), (again.clone(), 20_000.0)];
        let named: Vec<(String, f64)> = plain.into_iter().chain(overlays).collect();
        let subjects: Vec<(&str, f64)> = named.iter().map(|(name, ns)| (name.as_str(), *ns)).collect();
        series((io::FAMILY, operation.name), rounds, &subjects)
    };
    OPERATIONS.iter().enumerate().flat_map(operation).collect()
}

/// A deviation that is written down.
pub(crate) fn known() -> Known {
    let own = str::to_owned;
    Known {
        kind: own("de-facto"),
        reason: own("engines rely on it"),
        link: own("https://example.org/issues/1"),
    }
}

/// What a case showed on crun.
pub(crate) fn outcome(case: &str, verdict: Verdict) -> Outcome {
    let clause = case.rsplit_once('/').map_or(case, |(clause, _)| clause);
    Outcome {
        case: case.into(),
        clause: clause.into(),
        level: Level::Must,
        address: format!("{}.md#section", case.split('/').next().unwrap()),
        subject: "crun".into(),
        verdict,
        known: None,
        asks: format!("what `{clause}` asks"),
        repeat: format!("loadline check --runtime /usr/bin/crun {case}"),
        ns: 1_500_000,
    }
}

/// A whole stream of `outcomes` on one runtime.
pub(crate) fn check(subject: (&str, &str), outcomes: &[Outcome]) -> Record {
    let mut header = header(Kind::Check, &[subject]);
    header.settings = [(SPEC.into(), "1.3.0".into()), (CASES.into(), "9".into())].into();
    let mut writer = Writer::new(Vec::new(), header).unwrap();
    for outcome in outcomes {
        writer.outcome(outcome.clone()).unwrap();
    }
    let mut record = read_from(&writer.finish().unwrap()[..]).unwrap();
    record.footer.ns = 1;
    record
}

/// A record of verdicts of every kind on crun, and one of passes on coracle.
pub(crate) fn conformance() -> [Record; 2] {
    let own = str::to_owned;
    let failed =
        |expected: &str, actual: &str| Verdict::Failed { expected: own(expected), actual: own(actual) };
    let hostile = failed(
        "exit status not 0",
        "0, and it printed `</pre><script>alert(1)</script>\u{1b}[31m`\nand more",
    );
    let skipped =
        Verdict::Skipped { need: own("cgroup-v2:io"), why: own("the controller is not there; boot with it") };
    let unreached = Verdict::Unreached { step: own("create"), why: own("exit status 1: no such device") };
    let should = |case, verdict| Outcome { level: Level::Should, ..outcome(case, verdict) };
    let noted = |case, verdict| Outcome { known: Some(known()), ..outcome(case, verdict) };
    let outcomes = [
        outcome("runtime/state-fields/running", Verdict::Passed),
        noted("runtime/delete-not-stopped/created", failed("the container to stay", "it is gone")),
        outcome("runtime/delete-not-stopped/running", hostile),
        should("config/capabilities/unknown", failed("a container", "exit status 1")),
        noted("config/root-path/relative", Verdict::Passed),
        outcome("config-linux/resources/io", skipped),
        outcome("config-linux/devices/null", unreached),
        outcome("config/hooks/order", Verdict::Broken { error: own("the probe was not written: disk full") }),
    ];
    let passed = outcomes.clone().map(|outcome| Outcome {
        subject: own("coracle"),
        verdict: Verdict::Passed,
        known: None,
        repeat: outcome.repeat.replace("crun", "coracle"),
        ..outcome
    });
    [check(("coracle", "0.1.0"), &passed), check(("crun", "1.8.1"), &outcomes)]
}
