//! Exact figures that begin at nothing, such as bytes: bars, since there is no distribution to show.

use super::scale::Scale;
use super::{Element, Layout, Room, Words, canvas, element, label, nth, rectangle};

/// Bars that compare with each other, and with no others.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What they are about.
    pub label: String,
    /// Label, value and the figure that is told, from top to bottom.
    pub bars: Vec<(String, f64, String)>,
}

const HEADING: f64 = 30.0;
const ROW: f64 = 30.0;
const BAR: f64 = 16.0;

/// All groups below one another; the longest bar of each takes the whole width.
#[must_use]
pub fn plot(words: &Words, room: Room, groups: &[Group]) -> Element {
    let layout = Layout::of(room, 130.0, 190.0);
    let mut top = 0.0;
    let mut drawn = Vec::new();
    for group in groups {
        drawn.push(draw(group, &layout, top));
        top += HEADING + layout.row(ROW) * nth(group.bars.len()) + 8.0;
    }
    canvas(words, room, top).children(drawn)
}

fn draw(group: &Group, layout: &Layout, top: f64) -> Element {
    let most = group.bars.iter().map(|(_, value, _)| *value).fold(0.0, f64::max);
    let scale = Scale::linear(most.max(1.0), layout.span());
    let rows = group.bars.iter().enumerate().map(|(at, (name, value, figure))| {
        let top = top + HEADING + layout.row(ROW) * nth(at);
        let middle = top + layout.above + ROW / 2.0 - 4.0;
        let (from, to) = (middle - BAR / 2.0, middle + BAR / 2.0);
        element("g")
            .class(if at == 0 { "bars all" } else { "bars" })
            .child(rectangle("rest", layout.span(), (from, to)))
            .child(rectangle("bar", (layout.left, scale.place(*value)), (from, to)))
            .children(layout.labels((top, middle), name, figure))
    });
    element("g").child(label("heading", (0.0, top + 16.0), &group.label)).children(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        let bars =
            vec![("raw".to_owned(), 200.0, "200".to_owned()), ("layers".to_owned(), 50.0, "50".to_owned())];
        let words = Words { id: "x".into(), title: "t".into(), description: "d".into() };
        let svg = plot(&words, Room::Desk, &[Group { label: "debian".into(), bars }]).to_string();
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let bars = parsed.descendants().filter(|node| node.attribute("class") == Some("bar"));
        let widths: Vec<f64> = bars.map(|bar| bar.attribute("width").unwrap().parse().unwrap()).collect();
        assert!(matches!(widths[..], [all, part] if (all / part - 4.0).abs() < 1e-6), "{widths:?}");
    }
}
