//! What a union mount costs, in a sentence.

use super::{Finding, listed};
use crate::quantity::{Ratio, significant};
use crate::rows::union::{UnionRow, layers};

/// Above this a difference is worth a word, even where the interval is narrow enough to show less.
const WORTH_A_WORD: f64 = 1.1;

/// What costs most, what grows with depth, what costs nothing.
pub(super) fn finding(rows: &[UnionRow]) -> Option<Finding> {
    let mut deepest: Vec<(&UnionRow, u32, Ratio)> =
        rows.iter().filter(|row| !row.is_elsewhere()).filter_map(deepest).collect();
    deepest.sort_by(|(.., a), (.., b)| b.value.total_cmp(&a.value));
    let (worst, depth, ratio) = deepest.first().filter(|(.., ratio)| costs(*ratio))?;
    let free: Vec<String> =
        deepest.iter().filter(|(.., ratio)| !costs(*ratio)).map(|(row, ..)| name(row)).collect();
    let grown: Vec<String> = rows.iter().filter(|row| !row.is_elsewhere()).filter_map(growth).collect();
    let headline = format!(
        "A union mount costs most at `{}`: {} × a plain directory, on {}. {}",
        worst.operation,
        significant(ratio.value),
        layers(*depth),
        if free.is_empty() { String::new() } else { format!("Next to nothing: {}.", listed(&free)) },
    );
    let detail = match &grown[..] {
        [] => "Nothing grows with the number of layers.".to_owned(),
        grown => format!("With the number of layers, up to {depth}, grow {}.", listed(grown)),
    };
    Some(Finding {
        kind: "What a union mount costs".to_owned(),
        headline: headline.trim_end().to_owned(),
        detail,
    })
}

fn deepest(row: &UnionRow) -> Option<(&UnionRow, u32, Ratio)> {
    row.deepest().map(|(depth, ratio)| (row, depth, ratio))
}

fn costs(ratio: Ratio) -> bool {
    ratio.low > 1.0 && ratio.value >= WORTH_A_WORD
}

fn name(row: &UnionRow) -> String {
    format!("`{}`", row.operation)
}

/// The operation with its first and last ratio, where their intervals lie apart.
fn growth(row: &UnionRow) -> Option<String> {
    let ((_, first), (_, last)) = (row.overlay.first()?, row.deepest()?);
    let grown = last.low > first.high && last.value >= first.value * WORTH_A_WORD;
    let told =
        || format!("{} (from {} × to {} ×)", name(row), significant(first.value), significant(last.value));
    grown.then(told)
}
