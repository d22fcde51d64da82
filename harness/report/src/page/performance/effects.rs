//! Effects that others have published, and what became of each here.

use crate::document::Report;
use crate::markup::{Element, element, link, prose, text};
use crate::quantity::ratio;
use crate::rows::effect::EffectRow;

/// One entry per effect.
pub(super) fn content(report: &Report) -> Vec<Element> {
    report.effects.iter().map(entry).collect()
}

fn entry(row: &EffectRow) -> Element {
    let head = prose("h3", &row.effect).child(text("span", row.finding.word()).class("tag"));
    let published = prose("dd", &format!("{}, ", row.published)).child(link(&row.source, place(&row.source)));
    let ours = match row.ours {
        Some(ours) => prose("dd", &format!("{} ×, {}", ratio(Some(ours)), row.compared)),
        None => text("dd", "nothing in these records"),
    };
    let list =
        element("dl").child(text("dt", "published")).child(published).child(text("dt", "ours")).child(ours);
    element("article").class("evidence").child(head).child(list)
}

/// Whose address it is.
fn place(address: &str) -> &str {
    let rest = address.trim_start_matches("https://");
    let host = rest.split('/').next().unwrap_or(rest);
    if host == "github.com" { rest } else { host }
}
