//! Reads records, tells them. Nothing here measures, judges or writes files.
//!
//! Typed rows are made from records ([`rows`]); sentences from rows ([`finding`]); a table becomes Markdown, aligned
//! terminal text or an element of a page ([`table`]); pages ([`page`]) add plots ([`plot`]); [`export`] holds what
//! other programs read. [`render`] is the way in.

pub mod disclosure;
pub mod export;
pub mod finding;
pub mod markdown;
pub mod markup;
pub mod page;
pub mod paper;
pub mod plot;
pub mod quantity;
pub mod rows;
pub mod source;
pub mod standing;
pub mod table;

mod day;
mod document;
#[cfg(test)]
mod example;
mod file;
mod format;
mod render;

pub use document::Report;
pub use file::File;
pub use format::{Format, UnknownFormat};
pub use render::{RenderError, folder, render};
