//! Aligned columns for people.

use alloc::string::String;
use alloc::vec::Vec;

/// Lines of cells, each column as wide as its widest cell and three spaces from the next.
pub(super) fn render<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    const GAP: usize = 3;
    let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..COLUMNS).map(widest).collect();
    let mut text = String::new();
    for row in rows {
        let mut missing = 0;
        for (cell, width) in row.iter().zip(&widths) {
            text.extend(core::iter::repeat_n(' ', missing));
            text.push_str(cell);
            missing = width - cell.chars().count() + GAP;
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_do_not_end_in_space() {
        let rows = [["ID", "PID"], ["long", "7"], ["é", "12"]].map(|row| row.map(String::from));
        assert_eq!(render(&rows), "ID     PID\nlong   7\né      12\n");
    }
}
