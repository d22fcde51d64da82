//! Parts of a whole: one bar per subject, its parts told by color, order and number.

use super::{Element, Layout, Room, Words, canvas, circle, element, label, nth, rectangle};

/// Bars that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// What they have in common.
    pub label: String,
    /// Name and figure of each bar, and its parts in the order of the key.
    pub bars: Vec<(String, String, Vec<u32>)>,
}

const KEY: f64 = 30.0;
const HEADING: f64 = 28.0;
const ROW: f64 = 28.0;
const BAR: f64 = 16.0;

/// All bars, each as long as every other; `key` gives each part its class and its word.
#[must_use]
pub fn plot(words: &Words, room: Room, key: &[(&str, &str)], groups: &[Shares]) -> Element {
    let layout = Layout::of(room, 150.0, 120.0);
    let mut top = KEY;
    let mut drawn = Vec::new();
    for group in groups {
        drawn.push(draw(group, key, &layout, top));
        top += HEADING + layout.row(ROW) * nth(group.bars.len()) + 6.0;
    }
    canvas(words, room, top).child(legend(key)).children(drawn)
}

fn draw(group: &Shares, key: &[(&str, &str)], layout: &Layout, top: f64) -> Element {
    let rows = group.bars.iter().enumerate().map(|(at, (name, figure, parts))| {
        let top = top + HEADING + layout.row(ROW) * nth(at);
        let middle = top + layout.above + ROW / 2.0 - 4.0;
        element("g").children(pieces(parts, key, layout, middle)).children(layout.labels(
            (top, middle),
            name,
            figure,
        ))
    });
    element("g").child(label("heading", (0.0, top + 16.0), &group.label)).children(rows)
}

/// The parts side by side; one that is there at all can be seen.
fn pieces(parts: &[u32], key: &[(&str, &str)], layout: &Layout, middle: f64) -> Vec<Element> {
    let total = f64::from(parts.iter().sum::<u32>().max(1));
    let mut left = layout.left;
    let shown = parts.iter().zip(key).filter(|(count, _)| **count > 0).map(|(count, (class, _))| {
        let right = left + (layout.right - layout.left) * f64::from(*count) / total;
        let piece = rectangle(
            &format!("bar {class}"),
            (left, (right - 1.5).max(left + 1.5)),
            (middle - BAR / 2.0, middle + BAR / 2.0),
        );
        let number = label(
            &format!("inside {class}"),
            (f64::midpoint(left, right - 1.5), middle + 4.0),
            &count.to_string(),
        );
        let fits = right - left > 7.5 * nth(count.to_string().len()) + 6.0;
        left = right;
        element("g").child(piece).children(fits.then_some(number))
    });
    shown.collect()
}

fn legend(key: &[(&str, &str)]) -> Element {
    let mut x = 6.0;
    let entries = key.iter().map(|(class, shown)| {
        let at = x;
        x += 26.0 + 6.6 * nth(shown.chars().count());
        let dot = circle(&format!("dot {class}"), (at + 5.0, 10.0), 5.0);
        element("g").child(dot).child(label("key", (at + 14.0, 14.0), shown))
    });
    element("g").children(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_are_there_are_drawn_in_proportion() {
        let bars = vec![("crun".to_owned(), "30 of 40".to_owned(), vec![30, 0, 10])];
        let words = Words { id: "x".into(), title: "t".into(), description: "d".into() };
        let key = [("good", "kept"), ("bad", "broken"), ("none", "not tested")];
        let svg = plot(&words, Room::Desk, &key, &[Shares { label: "MUST".into(), bars }]).to_string();
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let bars = parsed
            .descendants()
            .filter(|node| node.attribute("class").is_some_and(|c| c.starts_with("bar ")));
        let widths: Vec<f64> = bars.map(|bar| bar.attribute("width").unwrap().parse().unwrap()).collect();
        assert!(matches!(widths[..], [kept, untested] if (kept / untested - 3.0).abs() < 0.1), "{widths:?}");
    }
}
