//! Files through a union mount: which operation pays, and how that grows with layers.

use measure::io::DEPTHS;

use crate::document::Report;
use crate::markup::Element;
use crate::page::{figure, folded};
use crate::plot::Words;
use crate::plot::dots::{self, Dots};
use crate::plot::panels::{self, Curve, Panel};
use crate::quantity::{Ratio, significant};
use crate::rows::union::UnionRow;
use crate::table::Table;

pub(super) const LEAD: &str = "The same operation on a plain directory and on overlays of it, in the same rounds. A \
                               ratio of 1 is a union mount that costs nothing; lines through dots are 95 % intervals.";

/// Everything about files.
pub(super) fn content(report: &Report) -> Vec<Element> {
    let rows: Vec<&UnionRow> = report.union.iter().filter(|row| row.deepest().is_some()).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![
        overview(&rows, &Table::of(&report.union)),
        depth(&rows, report),
        folded("Every operation in full", &Table::of(&report.io)),
    ]
}

fn layers(depth: usize) -> String {
    if depth == 1 { "1 layer".to_owned() } else { format!("{depth} layers") }
}

fn overview(rows: &[&UnionRow], behind: &Table) -> Element {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| b.deepest_value().total_cmp(&a.deepest_value()));
    let key: Vec<(String, String)> =
        DEPTHS.iter().enumerate().map(|(at, depth)| (shade(at), layers(*depth))).collect();
    let drawn: Vec<Dots> = sorted.iter().map(|row| row_of_dots(row)).collect();
    let told: Vec<String> = sorted
        .iter()
        .filter_map(|row| Some(format!("{} {}", row.operation, significant(row.deepest()?.value))))
        .collect();
    let words = Words {
        id: "union".to_owned(),
        title: "What each operation costs on overlays".to_owned(),
        description: format!(
            "Times a plain directory on {}: {}.",
            layers(UnionRow::DEEPEST),
            told.join(", ")
        ),
    };
    let conditions = format!(
        "As times a plain directory; the figure is that on {}. Who pays for depth has dots far apart.",
        layers(UnionRow::DEEPEST)
    );
    figure(|room| dots::plot(&words, room, &key, &drawn), &words, &conditions, behind)
}

fn row_of_dots(row: &UnionRow) -> Dots {
    let ratios = row.overlay.iter().enumerate().filter_map(|(at, ratio)| Some((shade(at), (*ratio)?)));
    Dots { label: row.operation.clone(), ratios: ratios.collect() }
}

fn shade(at: usize) -> String {
    format!("depth-{at}")
}

fn depth(rows: &[&UnionRow], report: &Report) -> Element {
    let stops: Vec<String> =
        std::iter::once("plain".to_owned()).chain(DEPTHS.map(|depth| depth.to_string())).collect();
    let panels: Vec<Panel> = rows.iter().map(|row| panel(row)).collect();
    let words = Words {
        id: "depth".to_owned(),
        title: "Cost against the number of layers".to_owned(),
        description: "For each operation a curve: times a plain directory, over lower layers.".to_owned(),
    };
    let conditions = "As times a plain directory, all panels on the same axes. Bands are 95 % intervals.";
    figure(|room| panels::plot(&words, room, &stops, &panels), &words, conditions, &Table::of(&report.union))
}

fn panel(row: &UnionRow) -> Panel {
    let measured = row.overlay.iter().enumerate().filter_map(|(at, ratio)| {
        let Ratio { value, low, high } = (*ratio)?;
        Some((at + 1, [value, low, high]))
    });
    let points = std::iter::once((0, [1.0; 3])).chain(measured).collect();
    let curve = Curve { hue: "depth-1".to_owned(), label: String::new(), points };
    Panel { label: row.operation.clone(), curves: vec![curve] }
}
