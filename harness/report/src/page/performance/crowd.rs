//! Many containers: some started at the same time, and one more among others that are alive.

use measure::sampling::WALL;

use crate::markup::Element;
use crate::page::figure;
use crate::plot::panels::{self, Curve, Panel};
use crate::plot::{Words, color};
use crate::quantity::{real, significant};
use crate::rows::cost::FAMILY;
use crate::source::Source;
use crate::table::Table;

/// A kind of crowd, and how the names of its scenarios begin; they end with a number.
struct Crowd {
    id: &'static str,
    prefix: &'static str,
    title: &'static str,
    conditions: &'static str,
}

const CROWDS: [Crowd; 2] = [
    Crowd {
        id: "at-once",
        prefix: "run/at-once-",
        title: "Started at the same time",
        conditions: "Median time of `run` with so many at the same time, as times that of one alone.",
    },
    Crowd {
        id: "among",
        prefix: "run/among-",
        title: "One more among many",
        conditions: "Median time of one more `run` while so many containers are alive, as times that among the fewest.",
    },
];

/// A figure for each kind of crowd that was measured.
pub(super) fn content(source: &Source) -> Vec<Element> {
    CROWDS.iter().filter_map(|crowd| drawn(source, crowd)).collect()
}

fn drawn(source: &Source, crowd: &Crowd) -> Option<Element> {
    let number = |name: &str| name.strip_prefix(crowd.prefix)?.parse::<u32>().ok();
    let mut stops: Vec<u32> = source.scenarios(FAMILY).into_iter().filter_map(number).collect();
    stops.sort_unstable();
    let medians = |name: &&str| {
        let at = |stop: &u32| source.series(FAMILY, &format!("{}{stop}", crowd.prefix), name, WALL)?.median();
        stops.iter().map(at).collect::<Vec<Option<u64>>>()
    };
    let rows: Vec<(&str, Vec<Option<u64>>)> =
        source.runtimes().into_iter().map(|name| (name, medians(&name))).collect();
    let panels: Vec<Panel> = rows.iter().filter_map(|(name, row)| panel(source, name, row)).collect();
    let names: Vec<String> = stops.iter().map(u32::to_string).collect();
    let words = Words {
        id: crowd.id.to_owned(),
        title: crowd.title.to_owned(),
        description: format!("For each runtime a curve over {} containers.", names.join(", ")),
    };
    let plot = |room| panels::plot(&words, room, &names, &panels);
    let behind = table(source, &names, &rows);
    (!panels.is_empty()).then(|| figure(plot, &words, crowd.conditions, &behind))
}

fn panel(source: &Source, name: &str, medians: &[Option<u64>]) -> Option<Panel> {
    let first = real(medians.iter().flatten().copied().next().filter(|ns| *ns > 0)?);
    let point = |(at, ns): (usize, &Option<u64>)| Some((at, [real((*ns)?) / first; 3]));
    let points = medians.iter().enumerate().filter_map(point).collect();
    let curve = Curve { hue: color::hue(name, &source.runtimes()), label: String::new(), points };
    Some(Panel { label: source.title(name), curves: vec![curve] })
}

fn table(source: &Source, stops: &[String], rows: &[(&str, Vec<Option<u64>>)]) -> Table {
    let header = std::iter::once("runtime".to_owned()).chain(stops.iter().map(|stop| format!("{stop} [ms]")));
    let line = |(name, medians): &(&str, Vec<Option<u64>>)| {
        let cells = medians.iter().map(|ns| ns.map_or("–".to_owned(), |ns| significant(real(ns) / 1e6)));
        std::iter::once(source.title(name)).chain(cells).collect()
    };
    Table::with_columns(header.collect(), rows.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn a_crowd_is_told_by_the_number_at_the_end_of_its_name() {
        let header = example::header(record::Kind::Bench, &[("coracle", "0.1.0")]);
        let samples: Vec<_> = [("run/at-once-1", 2e6), ("run/at-once-4", 6e6), ("run/hot", 1e6)]
            .into_iter()
            .flat_map(|(scenario, ns)| example::series(("start", scenario), 20, &[("coracle", ns)]))
            .collect();
        let record = example::bench(header, &samples);
        let figures = content(&Source::of(&record));
        assert_eq!(figures.len(), 1);
        let text = figures[0].to_string();
        assert!(
            text.contains("Started at the same time") && text.contains("<th class=\"number\">4 [ms]"),
            "{text}"
        );
    }
}
