//! Reads records, renders tables. Nothing here measures, judges or writes files.
//!
//! Typed rows are made from records; a row type fixes its columns; a table becomes Markdown or aligned terminal
//! text; the rows themselves become JSON.

pub mod finding;
pub mod markup;
pub mod page;
pub mod plot;
pub mod quantity;
pub mod rows;
pub mod source;
pub mod table;

mod day;
mod document;
#[cfg(test)]
mod example;
mod render;

pub use document::Report;
pub use render::{File, Format, RenderError, UnknownFormat, render};
