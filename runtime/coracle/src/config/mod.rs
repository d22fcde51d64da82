//! `config.json`: what the document says, borrowed from its text.

pub mod resources;
pub mod seccomp;
pub mod text;
pub mod violation;
