//! Where the time goes: the phases of each subject one after the other, each beginning where the last one ended.

use super::scale::Scale;
use super::{Element, Layout, Room, Words, axis, canvas, element, label, line, nth, rectangle};
use crate::quantity::significant;

/// The phases of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Fall {
    /// Whose they are.
    pub label: String,
    /// Class of its color.
    pub hue: String,
    /// Name and duration, in the unit of the axis, in the order in which they happen.
    pub phases: Vec<(String, f64)>,
}

const HEADING: f64 = 28.0;
const ROW: f64 = 22.0;
const BAR: f64 = 14.0;

/// The phases of all subjects, on one axis.
#[must_use]
pub fn plot(words: &Words, room: Room, unit: &str, falls: &[Fall]) -> Element {
    let layout = Layout::of(room, 150.0, 84.0);
    let total = |fall: &Fall| fall.phases.iter().map(|(_, length)| length).sum::<f64>();
    let most = falls.iter().map(total).fold(0.0, f64::max);
    let scale = Scale::linear(most.max(f64::MIN_POSITIVE) * 1.02, layout.span());
    let mut top = 0.0;
    let mut drawn = Vec::new();
    for fall in falls {
        drawn.push(draw(fall, &layout, &scale, top));
        top += HEADING + layout.row(ROW) * nth(fall.phases.len());
    }
    canvas(words, room, top + 6.0 + axis::HEIGHT)
        .child(axis::below(&scale, (HEADING, top + 6.0), unit))
        .children(drawn)
}

fn draw(fall: &Fall, layout: &Layout, scale: &Scale, top: f64) -> Element {
    let mut reached = 0.0;
    let rows = fall.phases.iter().enumerate().map(|(at, (name, length))| {
        let top = top + HEADING + layout.row(ROW) * nth(at);
        let middle = top + layout.above + ROW / 2.0;
        let (from, to) = (scale.place(reached), scale.place(reached + length));
        reached += length;
        let lead = line("lead", (layout.left, middle), (from, middle));
        let bar = rectangle("bar", (from, to), (middle - BAR / 2.0, middle + BAR / 2.0));
        element("g").child(lead).child(bar).children(layout.labels(
            (top, middle),
            name,
            &significant(*length),
        ))
    });
    element("g").class(&fall.hue).child(label("heading", (0.0, top + 18.0), &fall.label)).children(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_begins_where_the_last_one_ended() {
        let phases = vec![("create".to_owned(), 3.0), ("start".to_owned(), 1.0)];
        let fall = Fall { label: "crun".into(), hue: "hue-1".into(), phases };
        let words = Words { id: "x".into(), title: "t".into(), description: "d".into() };
        let svg = plot(&words, Room::Desk, "ms", &[fall]).to_string();
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let bars = parsed.descendants().filter(|node| node.attribute("class") == Some("bar"));
        let number = |bar: &roxmltree::Node, name| bar.attribute(name).unwrap().parse::<f64>().unwrap();
        let spans: Vec<(f64, f64)> =
            bars.map(|bar| (number(&bar, "x"), number(&bar, "x") + number(&bar, "width"))).collect();
        assert!((spans[0].1 - spans[1].0).abs() < 0.2, "{spans:?}");
    }
}
