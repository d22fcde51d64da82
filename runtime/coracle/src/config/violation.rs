//! One thing wrong with a configuration, and where.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// One thing wrong with `config.json`: where it stands, and why it cannot be honored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer of the property, such as `/linux/resources/memory/limit`.
    pub pointer: Cow<'static, str>,
    /// A lowercase fragment that includes the value.
    pub why: Cow<'static, str>,
}

impl Violation {
    /// A violation at `pointer`.
    pub fn new(pointer: impl Into<Cow<'static, str>>, why: impl Into<Cow<'static, str>>) -> Self {
        Self { pointer: pointer.into(), why: why.into() }
    }
}

/// Violations as one line of text.
#[must_use]
pub fn lines(violations: &[Violation]) -> String {
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.pointer, self.why)
    }
}
