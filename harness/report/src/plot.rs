//! Plots in SVG: values in, an element of a page out.
//!
//! A plot is drawn twice, for a phone and for a desk, since text in a drawing that is merely scaled down cannot be
//! read; the page shows one of the two. Colors come from classes, so that one drawing serves light and dark.

mod axis;
pub mod bars;
pub mod color;
pub mod dots;
pub mod panels;
pub mod rain;
mod scale;
pub mod shares;
pub mod waterfall;

use crate::markup::{Element, element, text};

/// Colors of plots; a picture that stands alone carries it.
pub const SHEET: &str = include_str!("plot/plot.css");

/// How wide a drawing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// A narrow screen.
    Phone,
    /// A wide screen, or paper.
    Desk,
}

impl Room {
    /// Width, in units of the drawing, which are about pixels.
    #[must_use]
    pub fn width(self) -> f64 {
        match self {
            Self::Phone => 350.0,
            Self::Desk => 860.0,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desk => "desk",
        }
    }
}

/// What a plot says to those who do not see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Identifies it within a page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What is to be seen in it.
    pub description: String,
}

/// A plot as a picture of its own, with its colors in it and a background that fits them.
#[must_use]
pub fn alone(plot: Element) -> Element {
    plot.first(element("rect").class("paper").with("width", "100%").with("height", "100%"))
        .first(element("style").style(SHEET))
}

/// Where the rows of a plot stand: labels left of the marks on a desk, above them on a phone.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Layout {
    room: Room,
    left: f64,
    right: f64,
    above: f64,
    below: f64,
}

/// Room for the label of a row on a phone, and between a row and the label of the next.
const LABEL: (f64, f64) = (18.0, 8.0);

impl Layout {
    fn of(room: Room, label: f64, figure: f64) -> Self {
        match room {
            Room::Phone => {
                Self { room, left: 12.0, right: room.width() - 12.0, above: LABEL.0, below: LABEL.1 }
            }
            Room::Desk => Self { room, left: label, right: room.width() - figure, above: 0.0, below: 0.0 },
        }
    }

    /// Height of a row whose marks need `marks`.
    fn row(&self, marks: f64) -> f64 {
        self.above + marks + self.below
    }

    fn span(&self) -> (f64, f64) {
        (self.left, self.right)
    }

    /// The name and the figure of a row whose marks stand around `middle`; `top` is where its room begins.
    fn labels(&self, (top, middle): (f64, f64), name: &str, figure: &str) -> [Element; 2] {
        let (y, start, end) = match self.room {
            Room::Phone => (top + 13.0, 0.0, self.room.width()),
            Room::Desk => (middle + 4.0, 0.0, self.room.width()),
        };
        [label("name", (start, y), name), label("figure", (end, y), figure)]
    }
}

fn canvas(words: &Words, room: Room, height: f64) -> Element {
    let id = format!("{}-{}", words.id, room.word());
    element("svg")
        .with("xmlns", "http://www.w3.org/2000/svg")
        .with("viewBox", format!("0 0 {} {}", number(room.width()), number(height)))
        .with("role", "img")
        .with("aria-labelledby", format!("{id}-title {id}-description"))
        .class(format!("plot {}", room.word()))
        .child(text("title", &words.title).with("id", format!("{id}-title")))
        .child(text("desc", &words.description).with("id", format!("{id}-description")))
}

fn label(class: &str, (x, y): (f64, f64), shown: &str) -> Element {
    text("text", shown).class(class).with("x", number(x)).with("y", number(y))
}

fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Element {
    element("line")
        .class(class)
        .with("x1", number(x1))
        .with("y1", number(y1))
        .with("x2", number(x2))
        .with("y2", number(y2))
}

fn circle(class: &str, (x, y): (f64, f64), radius: f64) -> Element {
    element("circle").class(class).with("cx", number(x)).with("cy", number(y)).with("r", number(radius))
}

fn rectangle(class: &str, (left, right): (f64, f64), (top, bottom): (f64, f64)) -> Element {
    element("rect")
        .class(class)
        .with("x", number(left))
        .with("y", number(top))
        .with("width", number((right - left).max(1.0)))
        .with("height", number(bottom - top))
        .with("rx", "2")
}

/// A path through `points`.
fn path(class: &str, points: &[(f64, f64)]) -> Element {
    let steps = points.iter().map(|(x, y)| format!("{} {}", number(*x), number(*y)));
    element("path").class(class).with("d", format!("M{}", steps.collect::<Vec<_>>().join("L")))
}

/// A coordinate; a tenth of a pixel is more than can be seen.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The place of a row among rows.
fn nth(at: usize) -> f64 {
    f64::from(u32::try_from(at).unwrap_or(u32::MAX))
}
