//! Ratios on a common axis: a row for each thing, a dot for each variant, its interval a line through it.

use super::scale::Scale;
use super::{Element, Layout, Room, Words, axis, canvas, circle, element, label, line, nth};
use crate::quantity::{Ratio, significant};

/// The ratios of one thing, in the order of the variants.
#[derive(Debug, Clone, PartialEq)]
pub struct Dots {
    /// What they are of.
    pub label: String,
    /// A ratio for each variant that was measured, with the class of its color.
    pub ratios: Vec<(String, Ratio)>,
}

const ROW: f64 = 28.0;
const KEY: f64 = 30.0;

/// The ratios of all `rows`, with a line where nothing differs; `key` names the variants by class.
#[must_use]
pub fn plot(words: &Words, room: Room, key: &[(String, String)], rows: &[Dots]) -> Element {
    let layout = Layout::of(room, 160.0, 70.0);
    let bounds = rows.iter().flat_map(|row| &row.ratios).flat_map(|(_, ratio)| [ratio.low, ratio.high]);
    let (low, high) =
        bounds.fold((0.8_f64, 1.25_f64), |(low, high), bound| (low.min(bound), high.max(bound)));
    let scale = Scale::logarithmic((low / 1.1, high * 1.1), layout.span());
    let row = layout.row(ROW);
    let bottom = KEY + row * nth(rows.len());
    let drawn = rows.iter().enumerate().map(|(at, dots)| draw(dots, &layout, &scale, KEY + row * nth(at)));
    let same = scale.place(1.0);
    canvas(words, room, bottom + axis::HEIGHT)
        .child(axis::below(&scale, (KEY, bottom), "× the plain directory"))
        .child(line("same", (same, KEY), (same, bottom)))
        .child(legend(key, layout.left))
        .children(drawn)
}

fn draw(dots: &Dots, layout: &Layout, scale: &Scale, top: f64) -> Element {
    let middle = top + layout.above + ROW / 2.0 - 4.0;
    let marks = dots.ratios.iter().map(|(class, ratio)| {
        element("g")
            .class(class)
            .child(line("interval", (scale.place(ratio.low), middle), (scale.place(ratio.high), middle)))
            .child(circle("dot", (scale.place(ratio.value), middle), 5.0))
    });
    let last =
        dots.ratios.last().map_or(String::new(), |(_, ratio)| format!("{} ×", significant(ratio.value)));
    element("g").children(marks).children(layout.labels((top, middle), &dots.label, &last))
}

/// What the colors mean, in one line above the plot.
fn legend(key: &[(String, String)], left: f64) -> Element {
    let mut x = left.max(6.0);
    let entries = key.iter().map(|(class, shown)| {
        let at = x;
        x += 24.0 + 7.5 * nth(shown.chars().count());
        let dot = circle("dot", (at + 5.0, 10.0), 5.0);
        element("g").class(class).child(dot).child(label("key", (at + 14.0, 14.0), shown))
    });
    element("g").children(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_the_ratio_of_its_last_variant() {
        let ratio = |value: f64| Ratio { value, low: value / 1.1, high: value * 1.1 };
        let ratios = vec![("depth-0".to_owned(), ratio(1.0)), ("depth-2".to_owned(), ratio(12.0))];
        let words = Words { id: "x".into(), title: "t".into(), description: "d".into() };
        let key = [("depth-0".to_owned(), "1 layer".to_owned())];
        let svg = plot(&words, Room::Desk, &key, &[Dots { label: "open".into(), ratios }]).to_string();
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let texts: Vec<&str> = parsed.descendants().filter_map(|node| node.text()).collect();
        assert!(
            texts.contains(&"12.0 ×") && texts.contains(&"1 layer") && texts.contains(&"open"),
            "{texts:?}"
        );
    }
}
