//! What a report is handed out as.

/// A text with the name of the file that it belongs into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path below the directory that the report is written to, such as `performance.html`.
    pub name: String,
    /// What goes into it; ends with a line feed.
    pub text: String,
}

impl File {
    /// The file `name` with its text.
    pub(crate) fn new(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text }
    }
}
