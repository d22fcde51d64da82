//! What layers save, in a sentence.

use super::{Finding, listed};
use crate::quantity::{mebibytes, significant};
use crate::rows::saving::{LAYERS, RAW, SavingRow, can_share};

/// What layers save on each family of images, and what each other level would.
pub(super) fn finding(rows: &[SavingRow]) -> Option<Finding> {
    let rows: Vec<SavingRow> = rows.iter().filter(|row| can_share(rows, &row.images)).cloned().collect();
    let rows = &rows[..];
    let told = |row: &SavingRow| {
        let saved = row.saved_percent.filter(|_| row.level == LAYERS)?;
        Some(format!("{} % of the bytes of the `{}` images", significant(saved), row.images))
    };
    let layers: Vec<String> = rows.iter().filter_map(told).collect();
    let finer = match &others(rows)[..] {
        [] => String::new(),
        others => format!("Other ways to keep them: {}.", listed(others)),
    };
    let raw = rows.iter().filter(|row| row.level == RAW);
    let sizes: Vec<String> =
        raw.map(|row| format!("{} MiB of `{}`", mebibytes(row.bytes), row.images)).collect();
    (!layers.is_empty()).then(|| Finding {
        kind: "What layers save".to_owned(),
        headline: format!("Layers save {}.", listed(&layers)),
        detail: format!("Against a directory of its own for each image: {}. {finer}", listed(&sizes))
            .trim_end()
            .to_owned(),
    })
}

/// What each level other than layers saves, family by family.
fn others(rows: &[SavingRow]) -> Vec<String> {
    let other = |row: &&SavingRow| row.level != LAYERS && row.level != RAW;
    let mut levels: Vec<&str> = Vec::new();
    for row in rows.iter().filter(other) {
        if !levels.contains(&row.level.as_str()) {
            levels.push(&row.level);
        }
    }
    let of = |level: &str| {
        let rows = rows.iter().filter(|row| row.level == level);
        let saved =
            rows.filter_map(|row| Some(format!("{} % of `{}`", significant(row.saved_percent?), row.images)));
        format!("`{level}` save {}", listed(&saved.collect::<Vec<String>>()))
    };
    levels.into_iter().map(of).collect()
}
