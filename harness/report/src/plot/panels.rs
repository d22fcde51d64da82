//! Small plots side by side, on the same axes: one curve each, so that shapes can be compared.

use super::scale::Scale;
use super::{Element, Room, Words, axis, canvas, circle, element, label, line, nth, path};

/// What one panel shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What it is of.
    pub label: String,
    /// The curves in it.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Class of its color.
    pub hue: String,
    /// What it is of, told at its end; empty where the panel has only one.
    pub label: String,
    /// A point for each stop of the horizontal axis that was measured: which, and the value with its bounds.
    pub points: Vec<(usize, [f64; 3])>,
}

const LEFT: f64 = 34.0;
const TOP: f64 = 24.0;
const INNER: f64 = 96.0;
const HEIGHT: f64 = TOP + INNER + 34.0;

/// All panels, on one logarithmic axis from the least to the largest value; `stops` are the places of the horizontal
/// axis, evenly apart.
#[must_use]
pub fn plot(words: &Words, room: Room, stops: &[String], panels: &[Panel]) -> Element {
    let across = match room {
        Room::Phone => 2,
        Room::Desk => 4,
    };
    let width = room.width() / nth(across);
    let points = panels.iter().flat_map(|panel| &panel.curves).flat_map(|curve| &curve.points);
    let values: Vec<f64> = points.flat_map(|(_, values)| *values).filter(|value| *value > 0.0).collect();
    let low = values.iter().copied().fold(0.9, f64::min) / 1.1;
    let high = values.iter().copied().fold(1.2, f64::max) * 1.1;
    let scale = Scale::logarithmic((low, high), (TOP + INNER, TOP));
    let drawn = panels.iter().enumerate().map(|(at, panel)| {
        let (x, y) = (width * nth(at % across), HEIGHT * nth(at / across));
        draw(panel, stops, &scale, width).with("transform", format!("translate({x} {y})"))
    });
    canvas(words, room, HEIGHT * nth(panels.len().div_ceil(across))).children(drawn)
}

fn draw(panel: &Panel, stops: &[String], scale: &Scale, width: f64) -> Element {
    let right = width - 16.0;
    let place = |stop: usize| LEFT + 8.0 + (right - LEFT - 16.0) * nth(stop) / nth(stops.len().max(2) - 1);
    let names =
        stops.iter().enumerate().map(|(at, stop)| label("tick", (place(at), TOP + INNER + 16.0), stop));
    let same = scale.place(1.0);
    element("g")
        .child(label("panel", (LEFT, 14.0), &panel.label))
        .child(axis::beside(scale, (LEFT, right)))
        .child(line("same", (LEFT, same), (right, same)))
        .children(names)
        .children(panel.curves.iter().map(|curve| trace(curve, scale, place)))
}

fn trace(curve: &Curve, scale: &Scale, place: impl Fn(usize) -> f64) -> Element {
    let at = |which: usize| curve.points.iter().map(move |(stop, values)| (*stop, values[which]));
    let to = |(stop, value): (usize, f64)| (place(stop), scale.place(value));
    let band: Vec<(f64, f64)> =
        at(1).map(to).chain(at(2).map(to).collect::<Vec<_>>().into_iter().rev()).collect();
    let middle: Vec<(f64, f64)> = at(0).map(to).collect();
    let dots = middle.iter().map(|place| circle("dot", *place, 3.0));
    let end = middle.last().filter(|_| !curve.label.is_empty());
    element("g")
        .class(&curve.hue)
        .child(path("band", &band))
        .child(path("curve", &middle))
        .children(dots)
        .children(end.map(|(x, y)| label("key end", (*x, *y - 7.0), &curve.label)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_share_their_axis() {
        let curve = |value: f64| Curve {
            hue: "depth-2".into(),
            label: String::new(),
            points: vec![(0, [1.0; 3]), (1, [value, value / 1.1, value * 1.1])],
        };
        let panel = |label: &str, value| Panel { label: label.into(), curves: vec![curve(value)] };
        let words = Words { id: "x".into(), title: "t".into(), description: "d".into() };
        let stops = ["plain".to_owned(), "16".to_owned()];
        let svg = plot(&words, Room::Phone, &stops, &[panel("open", 2.0), panel("create", 9.0)]).to_string();
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let curves = parsed.descendants().filter(|node| node.attribute("class") == Some("curve"));
        let begins: Vec<&str> =
            curves.map(|c| c.attribute("d").unwrap().split('L').next().unwrap()).collect();
        assert_eq!(begins[0], begins[1]);
    }
}
