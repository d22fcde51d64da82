//! Starting containers: distributions, and where the time goes.

use measure::sampling::{FLOOR, WALL};
use measure::start::phases;

use crate::document::{FOOTPRINT_NOTE, FOOTPRINT_TITLE, ORIGIN_NOTE, ORIGIN_TITLE, Report};
use crate::markup::{Element, element, prose, text};
use crate::page::{figure, folded, identifier, scroll};
use crate::plot::rain::{self, Rain};
use crate::plot::waterfall::{self, Fall};
use crate::plot::{Words, color};
use crate::quantity::{milliseconds, real};
use crate::rows::cost::{FAMILY, FIRST, HOT, ISOLATED};
use crate::rows::latency::LatencyRow;
use crate::source::{Source, is_judged};
use crate::table::Table;

pub(super) const LEAD: &str = "A drop is one start, a cloud their density, the ring the median. `floor` starts the \
                               same static program without a container: what no runtime can go below.";

/// A scenario that is drawn as a distribution.
struct Drawn {
    name: &'static str,
    title: &'static str,
    condition: &'static str,
}

const DRAWN: [Drawn; 3] = [
    Drawn {
        name: HOT,
        title: "A whole run, back to back",
        condition: "From calling the runtime until it has exited, one run right after the other.",
    },
    Drawn {
        name: ISOLATED,
        title: "A whole run, after rest",
        condition: "The same with 100 ms of rest before each run. The kernel forgets in between what a loop keeps \
                    warm, such as an idle lock on the cgroup tree.",
    },
    Drawn {
        name: FIRST,
        title: "To the program's first instruction",
        condition: "From calling the runtime until the program inside the container reads the clock for the first \
                    time.",
    },
];

/// The verbs of a life, in the order in which they are called.
const LIFE: [(&str, &str); 4] =
    [("create/hot", "create"), ("start/hot", "start"), ("kill/hot", "kill"), ("delete/hot", "delete")];

/// Everything about starting containers.
pub(super) fn content(sources: &[Source], report: &Report) -> Vec<Element> {
    let table = Table::of(&report.cost);
    let small = (!table.is_empty()).then(|| scroll("What a container costs", &table));
    let drawn = sources
        .iter()
        .flat_map(|source| DRAWN.iter().filter_map(|scenario| clouds(source, report, scenario)));
    let lives = sources.iter().flat_map(|source| [phases(source), life(source)]).flatten();
    let footprints = told(FOOTPRINT_TITLE, FOOTPRINT_NOTE, &Table::of(&report.footprints));
    let crowds = sources.iter().flat_map(super::crowd::content);
    let origins = told(ORIGIN_TITLE, ORIGIN_NOTE, &Table::of(&report.origins));
    let whole = Table::of(&report.start);
    let all = (!whole.is_empty()).then(|| folded("Every scenario in full", &whole));
    small
        .into_iter()
        .chain(drawn)
        .chain(lives)
        .chain(footprints)
        .chain(origins)
        .chain(crowds)
        .chain(all)
        .collect()
}

/// A table with its title and what it shows, where it has lines.
fn told(title: &str, note: &str, table: &Table) -> Option<Element> {
    let whole = || element("div").child(text("h3", title)).child(prose("p", note));
    (!table.is_empty()).then(|| whole().child(scroll(title, table)))
}

fn clouds(source: &Source, report: &Report, scenario: &Drawn) -> Option<Element> {
    let (words, rains) = distributions(source, scenario)?;
    let rounds = rains.iter().map(|rain| rain.values.len()).max()?;
    let rows: Vec<LatencyRow> =
        report.start.iter().filter(|row| row.scenario == scenario.name).cloned().collect();
    let conditions = format!("{} {rounds} rounds, all subjects in random order in each.", scenario.condition);
    Some(figure(|room| rain::plot(&words, room, "ms", &rains), &words, &conditions, &Table::of(&rows)))
}

/// The distributions of whole runs, back to back; `None` where there are none.
pub(crate) fn runs(source: &Source) -> Option<(Words, Vec<Rain>)> {
    distributions(source, &DRAWN[0])
}

fn distributions(source: &Source, scenario: &Drawn) -> Option<(Words, Vec<Rain>)> {
    let names = source.subjects(FAMILY, scenario.name);
    let shown = names.iter().filter(|name| is_shown(name));
    let rains: Vec<Rain> = shown.filter_map(|name| rain(source, scenario.name, name)).collect();
    let told: Vec<String> = rains.iter().map(|rain| format!("{} {}", rain.label, rain.figure)).collect();
    let words = Words {
        id: identifier(scenario.name),
        title: scenario.title.to_owned(),
        description: format!("Distribution of times. Medians: {}.", told.join(", ")),
    };
    (!rains.is_empty()).then_some((words, rains))
}

fn is_shown(name: &str) -> bool {
    is_judged(name) || name == FLOOR
}

fn rain(source: &Source, scenario: &str, name: &str) -> Option<Rain> {
    let series = source.series(FAMILY, scenario, name, WALL)?;
    Some(Rain {
        label: source.title(name),
        hue: color::hue(name, &source.runtimes()),
        values: series.values().into_iter().map(|ns| ns / 1e6).collect(),
        figure: format!("{} ms", milliseconds(series.median()?)),
    })
}

/// The phases of a run, by the calls that end them.
fn phases(source: &Source) -> Option<Element> {
    let phase = |name: &str, (measure, _): &(&'static str, &str)| {
        let median = source.series(FAMILY, phases::SCENARIO, name, measure)?.median()?;
        Some((measure.trim_start_matches("phase:").to_owned(), real(median) / 1e6))
    };
    let words = |told: String| Words {
        id: "phases".to_owned(),
        title: "Where the time of a run goes".to_owned(),
        description: told,
    };
    let ends: Vec<String> = phases::PHASES
        .iter()
        .map(|(measure, end)| format!("{}: until {end}", measure.trim_start_matches("phase:")))
        .collect();
    let conditions = format!(
        "From the runtime's start, by the times of a few system calls and of the program's own clock. {}. Medians of \
         {} runs under strace, which stops at each of these calls and at every new process and thread: a run takes \
         several times as long as above, so look at the shares, and mind that many mounts and threads weigh too much.",
        ends.join("; "),
        phases::ROUNDS
    );
    falls(source, words, &conditions, |name| {
        phases::PHASES.iter().filter_map(|one| phase(name, one)).collect()
    })
}

/// The verbs of a life, one call after the other.
fn life(source: &Source) -> Option<Element> {
    let words = |told: String| Words {
        id: "life".to_owned(),
        title: "A container's life, verb by verb".to_owned(),
        description: told,
    };
    let conditions =
        "Medians of each call, back to back, one after the other; the program waits until it is killed.";
    falls(source, words, conditions, |name| {
        let median = |scenario| Some(real(source.series(FAMILY, scenario, name, WALL)?.median()?) / 1e6);
        LIFE.iter().filter_map(|(scenario, verb)| Some(((*verb).to_owned(), median(scenario)?))).collect()
    })
}

/// What every runtime does one after the other, each with its time in milliseconds; `None` where nobody did.
fn falls(
    source: &Source,
    words: impl Fn(String) -> Words,
    conditions: &str,
    parts: impl Fn(&str) -> Vec<(String, f64)>,
) -> Option<Element> {
    let fall = |name| {
        let phases = parts(name);
        let hue = color::hue(name, &source.runtimes());
        (phases.len() > 1).then(|| Fall { label: source.title(name), hue, phases })
    };
    let falls: Vec<Fall> = source.runtimes().into_iter().filter_map(fall).collect();
    let told: Vec<String> = falls.iter().map(describe).collect();
    let words = words((!told.is_empty()).then(|| told.join(" "))?);
    let rows: Vec<Vec<String>> = falls.iter().flat_map(lines).collect();
    let behind = Table::with_columns(["runtime", "part", "median [ms]"].map(str::to_owned).into(), rows);
    Some(figure(|room| waterfall::plot(&words, room, "ms", &falls), &words, conditions, &behind))
}

fn describe(fall: &Fall) -> String {
    let phases: Vec<String> = fall
        .phases
        .iter()
        .map(|(verb, length)| format!("{verb} {} ms", crate::quantity::significant(*length)))
        .collect();
    format!("{}: {}.", fall.label, phases.join(", "))
}

fn lines(fall: &Fall) -> Vec<Vec<String>> {
    let line = |(verb, length): &(String, f64)| {
        vec![fall.label.clone(), verb.clone(), crate::quantity::significant(*length)]
    };
    fall.phases.iter().map(line).collect()
}
