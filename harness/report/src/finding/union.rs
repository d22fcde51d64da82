//! What a union mount costs, in a sentence.

use super::{Finding, listed};
use crate::quantity::{Ratio, significant};
use crate::rows::union::UnionRow;

/// Above this a difference is worth a word, even where the interval is narrow enough to show less.
const WORTH_A_WORD: f64 = 1.1;

/// What costs most, what grows with depth, what costs nothing.
pub(super) fn finding(rows: &[UnionRow]) -> Option<Finding> {
    let mut deepest: Vec<(&UnionRow, Ratio)> =
        rows.iter().filter_map(|row| Some((row, row.deepest()?))).collect();
    deepest.sort_by(|(_, a), (_, b)| b.value.total_cmp(&a.value));
    let (worst, ratio) = deepest.first().filter(|(_, ratio)| costs(*ratio))?;
    let free: Vec<String> =
        deepest.iter().filter(|(_, ratio)| !costs(*ratio)).map(|(row, _)| name(row)).collect();
    let grown: Vec<String> = rows.iter().filter_map(growth).collect();
    let headline = format!(
        "A union mount costs most at `{}`: {} × a plain directory, on {} layers. {}",
        worst.operation,
        significant(ratio.value),
        UnionRow::DEEPEST,
        if free.is_empty() { String::new() } else { format!("Next to nothing: {}.", listed(&free)) },
    );
    let detail = match &grown[..] {
        [] => "Nothing grows with the number of layers.".to_owned(),
        grown => format!("With the number of layers, 1 to {}, grow {}.", UnionRow::DEEPEST, listed(grown)),
    };
    Some(Finding {
        kind: "What a union mount costs".to_owned(),
        headline: headline.trim_end().to_owned(),
        detail,
    })
}

fn costs(ratio: Ratio) -> bool {
    ratio.low > 1.0 && ratio.value >= WORTH_A_WORD
}

fn name(row: &UnionRow) -> String {
    format!("`{}`", row.operation)
}

/// The operation with its first and last ratio, where their intervals lie apart.
fn growth(row: &UnionRow) -> Option<String> {
    let (first, last) = (row.overlay.iter().flatten().next()?, row.deepest()?);
    let grown = last.low > first.high && last.value >= first.value * WORTH_A_WORD;
    let told =
        || format!("{} (from {} × to {} ×)", name(row), significant(first.value), significant(last.value));
    grown.then(told)
}
