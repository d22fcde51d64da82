//! The bars, read from `bars.toml`.

use serde::Deserialize;

/// A figure and its limit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Bar {
    /// What is measured, in words.
    pub figure: String,
    /// What it may be at most.
    pub at_most: f64,
    /// How it follows from samples.
    #[serde(flatten)]
    pub what: Figure,
}

/// How a figure follows from samples; scenarios and measures by their names in the record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[expect(missing_docs, reason = "`bars.toml` says what each means")]
pub enum Figure {
    Ratio { scenario: String, measure: String, to: String },
    Growth { from: String, up_to: String, to: String },
    Bend { points: [String; 3] },
    Drift { scenario: String, measure: String },
    Count { scenario: String, measure: String },
    Size {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    bar: Vec<Bar>,
}

impl Bar {
    /// All bars, in the order in which they are told.
    ///
    /// # Panics
    /// Never: the table is part of the program, and a test reads it.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let table: Table =
            toml::from_str(include_str!("../../bars.toml")).expect("`bars.toml` is well formed");
        table.bar
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::schedule;

    #[test]
    fn every_bar_is_about_something_that_is_measured() {
        let measured = schedule::scenarios();
        for Bar { figure, at_most, what } in Bar::all() {
            assert!(at_most > 0.0, "{figure}");
            let used = match what {
                Figure::Ratio { scenario, .. }
                | Figure::Drift { scenario, .. }
                | Figure::Count { scenario, .. } => {
                    vec![scenario]
                }
                Figure::Growth { from, up_to, .. } => vec![from, up_to],
                Figure::Bend { points } => points.to_vec(),
                Figure::Size {} => vec![],
            };
            for scenario in used {
                assert!(measured.contains(&scenario), "nobody measures `{scenario}` for: {figure}");
            }
        }
    }
}
