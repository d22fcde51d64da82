//! Cases that make a run fail, each with its evidence.

use crate::markup::{Element, element, link, prose, text};
use crate::rows::level::word;
use crate::rows::verdict::FailureRow;
use crate::standing::Standing;

/// One article per case that stands in one of some ways; runtimes that it does so on stand together.
pub(super) fn list(rows: &[FailureRow], standings: &[Standing]) -> Vec<Element> {
    let rows: Vec<FailureRow> =
        rows.iter().filter(|row| standings.contains(&row.standing)).cloned().collect();
    rows.chunk_by(|a, b| a.case == b.case).filter_map(article).collect()
}

fn article(rows: &[FailureRow]) -> Option<Element> {
    let first = rows.first()?;
    let head = text("h3", &first.case).child(text("span", word(first.level)).class("tag"));
    let asks = prose("p", &format!("{}. ", first.asks)).child(link(&first.link, &first.address));
    Some(element("article").class("evidence").child(head).child(asks).children(rows.iter().map(seen)))
}

/// What one runtime did; what it printed stands as it was printed.
fn seen(row: &FailureRow) -> Element {
    let standing = text("span", row.standing.word()).class("standing");
    let entry = |name, shown: &str| [text("dt", name), element("dd").child(text("pre", shown))];
    let entries = [entry("expected", &row.expected), entry("seen", &row.seen), entry("repeat", &row.repeat)];
    let list = element("dl").children(entries.into_iter().flatten());
    element("div").child(text("h4", &row.runtime).child(standing)).child(list)
}
