//! Distributions: every value a drop, their density a cloud above it, the median marked and told.

use measure::statistics::quantile;

use super::scale::Scale;
use super::{Element, Layout, Room, Words, axis, canvas, circle, element, line, nth, number, path};

/// One distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Rain {
    /// Whose it is.
    pub label: String,
    /// Class of its color.
    pub hue: String,
    /// All values, in the unit of the axis.
    pub values: Vec<f64>,
    /// The median with its unit, as it is told.
    pub figure: String,
}

/// Height of a row without its label.
const ROW: f64 = 52.0;

/// Height of the cloud.
const CLOUD: f64 = 26.0;

/// Height within which drops fall.
const FALL: f64 = 13.0;

/// Values from which a density says something.
const FEW: usize = 8;

/// The distributions of some subjects below one another, on one axis.
#[must_use]
pub fn plot(words: &Words, room: Room, unit: &str, rains: &[Rain]) -> Element {
    let layout = Layout::of(room, 150.0, 84.0);
    let all: Vec<f64> = rains.iter().flat_map(|rain| rain.values.iter().copied()).collect();
    let scale = Scale::of(&all, layout.span());
    let row = layout.row(ROW);
    let bottom = row * nth(rains.len());
    let rows = rains.iter().enumerate().map(|(at, rain)| draw(rain, &layout, &scale, row * nth(at)));
    canvas(words, room, bottom + axis::HEIGHT)
        .child(axis::below(&scale, (layout.above, bottom), unit))
        .children(rows)
}

fn draw(rain: &Rain, layout: &Layout, scale: &Scale, top: f64) -> Element {
    let base = top + layout.above + CLOUD + 6.0;
    let places: Vec<f64> = rain.values.iter().map(|value| scale.place(*value)).collect();
    let at = |share| quantile(&places, share).unwrap_or(layout.left);
    let drops = places.iter().enumerate().map(|(n, x)| (*x, base + 5.0 + fall(n)));
    element("g")
        .class(&rain.hue)
        .children(cloud(&places, layout, base))
        .child(drops_path(drops))
        .child(line("middle", (at(0.25), base), (at(0.75), base)))
        .child(circle("median", (at(0.5), base), 4.5))
        .children(layout.labels((top, base), &rain.label, &rain.figure))
}

/// How far a drop has fallen: spread evenly by the golden ratio, so that neighbors in time do not hide each other.
fn fall(at: usize) -> f64 {
    (nth(at) * 0.618_034).fract() * FALL
}

/// All drops in one path of dots, as thousands of circles would make a page slow.
fn drops_path(drops: impl Iterator<Item = (f64, f64)>) -> Element {
    let dots = drops.map(|(x, y)| format!("M{} {}h0", number(x), number(y)));
    element("path").class("drops").with("d", dots.collect::<String>())
}

/// The density of the drops as they stand on the axis, as high at its peak as a cloud may be.
fn cloud(places: &[f64], layout: &Layout, base: f64) -> Option<Element> {
    let width = bandwidth(places).filter(|_| places.len() >= FEW)?;
    let density =
        |x: f64| places.iter().map(|place| (-0.5 * ((x - place) / width).powi(2)).exp()).sum::<f64>();
    let (low, high) = (quantile(places, 0.0)? - 3.0 * width, quantile(places, 1.0)? + 3.0 * width);
    let (low, high) = (low.max(layout.left), high.min(layout.right));
    let steps = 120_u32;
    let along = (0..=steps).map(|step| low + (high - low) * f64::from(step) / f64::from(steps));
    let heights: Vec<(f64, f64)> = along.map(|x| (x, density(x))).collect();
    let peak = heights.iter().map(|(_, height)| *height).fold(0.0, f64::max);
    let mut outline = vec![(low, base)];
    outline.extend(heights.iter().map(|(x, height)| (*x, base - CLOUD * height / peak)));
    outline.push((high, base));
    Some(path("cloud", &outline))
}

/// Width of the kernel, in units of the drawing.
///
/// - **Source**: Silverman's rule of thumb, with the quartiles in place of the standard deviation, which a few
///   slow starts would blow up.
fn bandwidth(places: &[f64]) -> Option<f64> {
    let spread = (quantile(places, 0.75)? - quantile(places, 0.25)?) / 1.34;
    Some((0.9 * spread * nth(places.len()).powf(-0.2)).max(1.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[f64]) -> String {
        let rain =
            Rain { label: "a<b".into(), hue: "hue-0".into(), values: values.into(), figure: "2 ms".into() };
        let words = Words { id: "x".into(), title: "t".into(), description: "d".into() };
        plot(&words, Room::Phone, "ms", &[rain]).to_string()
    }

    #[test]
    fn every_value_is_a_drop() {
        let svg = drawn(&[1.0, 2.0, 3.0, 2.0, 2.5, 2.2, 2.1, 1.9, 2.0]);
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let class = |name| parsed.descendants().find(|node| node.attribute("class") == Some(name));
        assert_eq!(class("drops").unwrap().attribute("d").unwrap().matches("h0").count(), 9);
        assert!(class("cloud").is_some());
        assert_eq!(class("name").unwrap().text(), Some("a<b"));
    }

    #[test]
    fn few_values_make_no_cloud() {
        assert!(!drawn(&[1.0, 2.0, 3.0]).contains("cloud"));
        assert!(!drawn(&[]).contains("NaN"));
        assert!(!drawn(&[2.0; 20]).contains("NaN"));
    }
}
