//! Axes as they are drawn: faint lines, round values, a unit.

use super::scale::{Scale, tick};
use super::{Element, element, label, line};

/// Width that a value on an axis is given.
pub(super) const GAP: f64 = 46.0;

/// Height of an axis below a plot.
pub(super) const HEIGHT: f64 = 40.0;

/// Vertical lines from `top` to `bottom`, with their values below them, and the unit below those.
pub(super) fn below(scale: &Scale, (top, bottom): (f64, f64), unit: &str) -> Element {
    let ticks = scale.ticks(GAP);
    let lines = ticks.iter().map(|value| {
        let x = scale.place(*value);
        line("grid", (x, top), (x, bottom))
    });
    let values = ticks.iter().map(|value| label("tick", (scale.place(*value), bottom + 15.0), &tick(*value)));
    let middle = f64::midpoint(scale.place(scale.value(0.0)), scale.place(scale.value(1.0)));
    let unit = label("unit", (middle, bottom + 33.0), unit);
    element("g").class("axis").children(lines).children(values).child(unit)
}

/// Horizontal lines from `left` to `right`, with their values left of them.
pub(super) fn beside(scale: &Scale, (left, right): (f64, f64)) -> Element {
    let ticks = scale.ticks(22.0);
    let lines = ticks.iter().map(|value| {
        let y = scale.place(*value);
        line("grid", (left, y), (right, y))
    });
    let values =
        ticks.iter().map(|value| label("tick end", (left - 5.0, scale.place(*value) + 4.0), &tick(*value)));
    element("g").class("axis").children(lines).children(values)
}
