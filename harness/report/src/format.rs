//! The formats that records are told in.

use std::str::FromStr;

/// How records are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Tables for a terminal.
    Terminal,
    /// The same tables in GitHub's Markdown.
    Markdown,
    /// The rows behind the tables, with raw integers.
    Json,
    /// Pages for a browser: runtimes, performance, conformance.
    Html,
    /// Everything for a folder of reports: the pages, the same in Markdown, the picture of the front page.
    Folder,
    /// Three small tables for a front page.
    Readme,
    /// What stands below a workflow's run, for `$GITHUB_STEP_SUMMARY`.
    Summary,
    /// Workflow commands that show failures beside a run on GitHub.
    Annotations,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// `JUnit`'s XML.
    Junit,
    /// A badge for each runtime, as shields.io asks for it.
    Badge,
    /// The set of files in which results are handed in to OCI.
    Oci,
    /// Every sample, and what series of them amount to.
    Csv,
    /// Bencher Metric Format.
    Bmf,
    /// Input of github-action-benchmark, one file per direction.
    Github,
}

impl Format {
    /// Every format, for help texts and completion.
    pub const ALL: [Self; 15] = [
        Self::Terminal,
        Self::Markdown,
        Self::Json,
        Self::Html,
        Self::Folder,
        Self::Readme,
        Self::Summary,
        Self::Annotations,
        Self::Tap,
        Self::Junit,
        Self::Badge,
        Self::Oci,
        Self::Csv,
        Self::Bmf,
        Self::Github,
    ];

    /// The word that selects it on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Html => "html",
            Self::Folder => "folder",
            Self::Readme => "readme",
            Self::Summary => "summary",
            Self::Annotations => "annotations",
            Self::Tap => "tap",
            Self::Junit => "junit",
            Self::Badge => "badge",
            Self::Oci => "oci",
            Self::Csv => "csv",
            Self::Bmf => "bmf",
            Self::Github => "github",
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
