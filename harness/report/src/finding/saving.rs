//! What layers save, in a sentence.

use super::{Finding, listed};
use crate::quantity::{mebibytes, significant};
use crate::rows::saving::{LAYERS, RAW, SavingRow};

/// What layers save on each family of images, and what each other level would.
pub(super) fn finding(rows: &[SavingRow]) -> Option<Finding> {
    let told = |row: &SavingRow| {
        let saved = row.saved_percent.filter(|_| row.level == LAYERS)?;
        Some(format!("{} % of the bytes of the `{}` images", significant(saved), row.images))
    };
    let layers: Vec<String> = rows.iter().filter_map(told).collect();
    let others: Vec<String> = rows.iter().filter_map(other).collect();
    let finer = match &others[..] {
        [] => String::new(),
        others => format!("Other ways to keep them: {}.", listed(others)),
    };
    let raw = rows.iter().filter(|row| row.level == RAW);
    let sizes: Vec<String> =
        raw.map(|row| format!("{} MiB of `{}`", mebibytes(row.bytes), row.images)).collect();
    (!layers.is_empty()).then(|| Finding {
        kind: "What layers save",
        headline: format!("Layers save {}.", listed(&layers)),
        detail: format!("Against a directory of its own for each image: {}. {finer}", listed(&sizes))
            .trim_end()
            .to_owned(),
    })
}

fn other(row: &SavingRow) -> Option<String> {
    let saved = row.saved_percent.filter(|_| row.level != LAYERS && row.level != RAW)?;
    Some(format!("`{}` save {} % of `{}`", row.level, significant(saved), row.images))
}
