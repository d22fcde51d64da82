//! The one way in: records and a format, out come files as text.

use std::str::FromStr;

use record::Record;

use crate::document::Report;
use crate::page::performance;

/// How records are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Tables for a terminal.
    Terminal,
    /// The same tables in GitHub's Markdown.
    Markdown,
    /// The rows behind the tables, with raw integers.
    Json,
    /// Pages for a browser.
    Html,
}

impl Format {
    /// Every format, for help texts and completion.
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Markdown, Self::Json, Self::Html];

    /// The word that selects it on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Html => "html",
        }
    }
}

/// Why a word selects no format.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{word}` is no format of reports; choose one of {}", names())]
pub struct UnknownFormat {
    /// What was asked for.
    pub word: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.into_iter().find(|format| format.name() == word);
        found.ok_or_else(|| UnknownFormat { word: word.to_owned() })
    }
}

fn names() -> String {
    Format::ALL.map(Format::name).join(", ")
}

/// A text with the name of the file that it belongs into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path below the directory that the report is written to, such as `performance.html`.
    pub name: &'static str,
    /// What goes into it; ends with a line feed.
    pub text: String,
}

/// Why records cannot be told in a format.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum RenderError {
    #[error("write the rows as JSON")]
    Json(#[from] serde_json::Error),
}

/// Tells `records`, which may be of several runs, in one format.
///
/// - **Returns** one file for most formats, several where a format is defined so. A caller without a directory
///   prints the texts one after the other.
///
/// # Errors
/// See [`RenderError`].
pub fn render(records: &[Record], format: Format) -> Result<Vec<File>, RenderError> {
    let report = || Report::of(records);
    Ok(match format {
        Format::Terminal => vec![File { name: "report.txt", text: report().terminal() }],
        Format::Markdown => vec![File { name: "report.md", text: report().markdown() }],
        Format::Json => vec![File { name: "report.json", text: report().json()? }],
        Format::Html => {
            vec![File { name: performance::FILE, text: performance::performance(records, &report(), &[]) }]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        assert!(Format::ALL.into_iter().all(|format| format.name().parse() == Ok(format)));
        let refusal = "pdf".parse::<Format>().unwrap_err().to_string();
        assert!(refusal.starts_with("`pdf` is no format of reports; choose one of terminal, "), "{refusal}");
    }
}
