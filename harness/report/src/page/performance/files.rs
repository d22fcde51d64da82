//! Files through a union mount: which operation pays, and how that grows with layers.

use crate::document::Report;
use crate::markup::Element;
use crate::page::{figure, folded};
use crate::plot::Words;
use crate::plot::dots::{self, Dots};
use crate::plot::panels::{self, Curve, Panel};
use crate::quantity::{Ratio, significant};
use crate::rows::union::{self, UnionRow, depths, layers};
use crate::table::Table;

pub(super) const LEAD: &str = "The same operation on a plain directory and on overlays of it, in the same rounds. A \
                               ratio of 1 is a union mount that costs nothing; lines through dots are 95 % intervals.";

/// Shades of one color in the style sheet, `depth-0` and so on.
const SHADES: usize = 5;

/// Everything about files.
pub(super) fn content(report: &Report) -> Vec<Element> {
    let rows: Vec<&UnionRow> =
        report.union.iter().filter(|row| row.deepest().is_some() && !row.is_elsewhere()).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let (elsewhere, here): (Vec<UnionRow>, Vec<UnionRow>) =
        report.union.iter().cloned().partition(UnionRow::is_elsewhere);
    let folds = (!elsewhere.is_empty()).then(|| folded("On other file systems", &union::table(&elsewhere)));
    let shown = vec![
        overview(&rows, &union::table(&here)),
        depth(&rows, report),
        folded("Every operation in full", &Table::of(&report.io).dense()),
    ];
    shown.into_iter().chain(folds).collect()
}

fn overview(rows: &[&UnionRow], behind: &Table) -> Element {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| b.deepest_value().total_cmp(&a.deepest_value()));
    let depths = depths(rows.iter().copied());
    let key: Vec<(String, String)> =
        depths.iter().enumerate().map(|(at, depth)| (shade(at, depths.len()), layers(*depth))).collect();
    let drawn: Vec<Dots> = sorted.iter().map(|row| row_of_dots(row, &depths)).collect();
    let deepest = layers(depths.last().copied().unwrap_or_default());
    let told: Vec<String> = sorted
        .iter()
        .filter_map(|row| Some(format!("{} {}", row.operation, significant(row.deepest()?.1.value))))
        .collect();
    let words = Words {
        id: "union".to_owned(),
        title: "What each operation costs on overlays".to_owned(),
        description: format!("Times a plain directory on {deepest}: {}.", told.join(", ")),
    };
    let conditions = format!(
        "As times a plain directory; the figure is that on {deepest}. Who pays for depth has dots far apart."
    );
    figure(|room| dots::plot(&words, room, &key, &drawn), &words, &conditions, behind)
}

fn row_of_dots(row: &UnionRow, depths: &[u32]) -> Dots {
    let dot = |(at, depth): (usize, &u32)| Some((shade(at, depths.len()), row.at(*depth)?));
    Dots { label: row.operation.clone(), ratios: depths.iter().enumerate().filter_map(dot).collect() }
}

/// The class of one of `all` depths: the few shades that there are, from the lightest to the darkest.
fn shade(at: usize, all: usize) -> String {
    let last = SHADES - 1;
    format!("depth-{}", if all > 1 { at * last / (all - 1) } else { last })
}

fn depth(rows: &[&UnionRow], report: &Report) -> Element {
    let depths = depths(rows.iter().copied());
    let stops: Vec<String> =
        std::iter::once("plain".to_owned()).chain(depths.iter().map(u32::to_string)).collect();
    let panels: Vec<Panel> = rows.iter().map(|row| panel(row, &depths)).collect();
    let words = Words {
        id: "depth".to_owned(),
        title: "Cost against the number of layers".to_owned(),
        description: "For each operation a curve: times a plain directory, over lower layers.".to_owned(),
    };
    let conditions = "As times a plain directory, all panels on the same axes. Bands are 95 % intervals.";
    figure(
        |room| panels::plot(&words, room, &stops, &panels),
        &words,
        conditions,
        &union::table(&report.union),
    )
}

fn panel(row: &UnionRow, depths: &[u32]) -> Panel {
    let measured = depths.iter().enumerate().filter_map(|(at, depth)| {
        let Ratio { value, low, high } = row.at(*depth)?;
        Some((at + 1, [value, low, high]))
    });
    let points = std::iter::once((0, [1.0; 3])).chain(measured).collect();
    let curve = Curve { hue: "plain".to_owned(), label: String::new(), points };
    Panel { label: row.operation.clone(), curves: vec![curve] }
}
