//! Tables: typed rows in, Markdown or aligned terminal text out.

use comfy_table::{CellAlignment, Table as Grid, presets};

use crate::markdown::inline;
use crate::markup::{Element, element, prose, text};
use crate::quantity::NONE;

/// A line of a table; the type fixes the number of its cells.
pub trait Row<const N: usize> {
    /// Column titles, with the unit in brackets.
    const HEADER: [&'static str; N];

    /// One text for each column.
    fn cells(&self) -> [String; N];
}

/// A table as text, whatever its rows were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// The table of `rows`.
    #[must_use]
    pub fn of<const N: usize, R: Row<N>>(rows: &[R]) -> Self {
        Self {
            header: R::HEADER.map(str::to_owned).to_vec(),
            rows: rows.iter().map(|row| row.cells().to_vec()).collect(),
        }
    }

    /// A table whose columns are known only when it is made, such as one per runtime; short rows are filled up.
    #[must_use]
    pub fn with_columns(header: Vec<String>, mut rows: Vec<Vec<String>>) -> Self {
        for row in &mut rows {
            row.resize(header.len(), String::new());
        }
        Self { header, rows }
    }

    /// The same without the columns in which no line has a figure.
    #[must_use]
    pub fn dense(self) -> Self {
        let told =
            |column: usize| self.rows.iter().any(|row| row.get(column).is_some_and(|cell| cell != NONE));
        let kept: Vec<usize> = (0..self.header.len()).filter(|column| told(*column)).collect();
        let of = |cells: &Vec<String>| kept.iter().map(|column| cells[*column].clone()).collect();
        Self { header: of(&self.header), rows: self.rows.iter().map(of).collect() }
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table in GitHub's Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let rule: Vec<String> = (0..self.header.len()).map(|column| self.rule(column)).collect();
        let escaped = |cells: &Vec<String>| {
            let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
            line(&cells)
        };
        let body: String = self.rows.iter().map(escaped).collect();
        escaped(&self.header) + &line(&rule) + &body
    }

    /// The table aligned for a terminal, as wide as it wants to be.
    #[must_use]
    pub fn terminal(&self) -> String {
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).set_header(&self.header).add_rows(&self.rows);
        for (at, column) in grid.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.is_numeric(at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.trim_fmt() + "\n"
    }

    /// The table for a page.
    #[must_use]
    pub fn element(&self) -> Element {
        let cell = |name, (column, shown): (usize, &String)| {
            if self.is_numeric(column) { text(name, shown).class("number") } else { prose(name, shown) }
        };
        let row = |name, cells: &[String]| {
            element("tr").children(cells.iter().enumerate().map(|at| cell(name, at)))
        };
        element("table")
            .child(element("thead").child(row("th", &self.header)))
            .child(element("tbody").children(self.rows.iter().map(|cells| row("td", cells))))
    }

    fn rule(&self, column: usize) -> String {
        (if self.is_numeric(column) { "---:" } else { "---" }).to_owned()
    }

    /// Columns whose every cell begins as a number does, or says that there is none, are aligned as numbers.
    fn is_numeric(&self, column: usize) -> bool {
        let numeric = |cell: &str| cell == "–" || cell.starts_with(|c: char| c.is_ascii_digit() || c == '−');
        self.rows.iter().all(|row| numeric(&row[column]))
    }
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A cell cannot be left: bars that [`inline`] left alone, within code, are escaped as tables ask.
fn escape(cell: &str) -> String {
    inline(cell).replace("\\|", "|").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pair(&'static str, u32);

    impl Row<2> for Pair {
        const HEADER: [&'static str; 2] = ["name", "size [B]"];

        fn cells(&self) -> [String; 2] {
            [self.0.to_owned(), self.1.to_string()]
        }
    }

    #[test]
    fn a_column_without_any_figure_is_left_out() {
        let own = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![own(["x", NONE, "1"]), own(["y", NONE, NONE])];
        let dense = Table::with_columns(own(["a", "b", "c"]), rows).dense();
        assert_eq!(
            (dense.header.join(" "), dense.rows[1].join(" ")),
            ("a c".to_owned(), format!("y {NONE}"))
        );
    }

    #[test]
    fn markdown_aligns_numbers_and_escapes_what_would_break_it() {
        let table = Table::of(&[Pair("a|b", 1), Pair("<b>\nx", 20)]);
        let expected = "| name | size [B] |\n| --- | ---: |\n| a\\|b | 1 |\n| &lt;b> x | 20 |\n";
        assert_eq!(table.markdown(), expected);
    }

    #[test]
    fn a_terminal_table_is_aligned() {
        let table = Table::of(&[Pair("a", 1), Pair("longer", 20)]);
        let lines: Vec<String> = table.terminal().lines().map(str::to_owned).collect();
        assert_eq!(lines, ["name    size [B]", "a              1", "longer        20"]);
    }

    #[test]
    fn columns_known_late_are_filled_up() {
        let table = Table::with_columns(vec!["a".into(), "b".into()], vec![vec!["1".into()]]);
        assert_eq!(table.markdown(), "| a | b |\n| ---: | --- |\n| 1 |  |\n");
        assert!(!table.is_empty() && Table::of::<2, Pair>(&[]).is_empty());
    }
}
