//! Options: which there are, and how they are told from other words.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::str::FromStr;

use super::error::UsageError;

/// An option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag {
    pub(super) long: &'static str,
    /// A second name, of one letter; empty if there is none.
    pub(super) short: &'static str,
    /// What its value is, such as `FILE`; nothing for an option that is there or not.
    pub(super) value: Option<&'static str>,
    pub(super) about: &'static str,
}

impl Flag {
    /// An option that is there or not.
    pub(super) const fn switch(long: &'static str, about: &'static str) -> Self {
        Self { long, short: "", value: None, about }
    }

    /// An option with a value.
    pub(super) const fn value(long: &'static str, value: &'static str, about: &'static str) -> Self {
        Self { long, short: "", value: Some(value), about }
    }

    /// The same with a second name.
    pub(super) const fn short(self, short: &'static str) -> Self {
        Self { short, ..self }
    }
}

/// Where options end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// At the first word that is none.
    Leading,
    /// Nowhere: they may stand between other words.
    Anywhere,
}

/// The words of a command line, told apart.
#[derive(Debug)]
pub(super) struct Words<'a> {
    flags: &'static [Flag],
    /// Options in their order: the long name, and the value of those that have one.
    given: Vec<(&'static str, Option<&'a CStr>)>,
    /// All other words.
    pub(super) others: Vec<&'a CStr>,
}

impl<'a> Words<'a> {
    /// The options that come first, and what follows them.
    pub(super) fn leading<'w>(
        flags: &'static [Flag],
        verb: &'static str,
        words: &'w [&'a CStr],
    ) -> Result<(Self, &'w [&'a CStr]), UsageError> {
        let mut split = Self { flags, given: Vec::new(), others: Vec::new() };
        let mut rest = words;
        while let Some((word, after)) = rest.split_first() {
            if *word == c"--" {
                return Ok((split, after));
            }
            if !is_option(word) {
                break;
            }
            rest = split.option(verb, word, after)?;
        }
        Ok((split, rest))
    }

    /// All options, and the words that are none.
    pub(super) fn anywhere(
        flags: &'static [Flag],
        verb: &'static str,
        words: &[&'a CStr],
    ) -> Result<Self, UsageError> {
        let mut split = Self { flags, given: Vec::new(), others: Vec::new() };
        let mut rest = words;
        while let Some((word, after)) = rest.split_first() {
            rest = after;
            if *word == c"--" {
                split.others.extend(after);
                break;
            }
            if is_option(word) {
                rest = split.option(verb, word, after)?;
            } else {
                split.others.push(word);
            }
        }
        Ok(split)
    }

    /// Takes one option, with its value from the next word if it needs one; gives what is left.
    fn option<'w>(
        &mut self,
        verb: &'static str,
        word: &'a CStr,
        after: &'w [&'a CStr],
    ) -> Result<&'w [&'a CStr], UsageError> {
        let bytes = word.to_bytes_with_nul();
        let dashes = if bytes.starts_with(b"--") { 2 } else { 1 };
        let sign = bytes.iter().position(|byte| *byte == b'=');
        let name = &bytes[dashes..sign.unwrap_or(bytes.len() - 1)];
        let known =
            |flag: &&Flag| flag.long.as_bytes() == name || (name.len() == 1 && flag.short.as_bytes() == name);
        let flag = self.flags.iter().find(known).ok_or_else(|| unknown(verb, word))?;
        let inline = sign.and_then(|sign| CStr::from_bytes_with_nul(&bytes[sign + 1..]).ok());
        match (flag.value, inline) {
            (None, None) => self.given.push((flag.long, None)),
            (None, Some(value)) => {
                if truth(flag.long, value)? {
                    self.given.push((flag.long, None));
                }
            }
            (Some(_), Some(value)) => self.given.push((flag.long, Some(value))),
            (Some(kind), None) => {
                let missing = UsageError::MissingValue { option: flag.long, value: kind };
                let (value, after) = after.split_first().ok_or(missing)?;
                self.given.push((flag.long, Some(value)));
                return Ok(after);
            }
        }
        Ok(after)
    }

    /// Whether an option was given.
    pub(super) fn has(&self, long: &str) -> bool {
        self.given.iter().any(|(name, _)| *name == long)
    }

    /// The last value of an option.
    pub(super) fn value(&self, long: &str) -> Option<&'a CStr> {
        self.values(long).last()
    }

    /// All values of an option.
    pub(super) fn values(&self, long: &str) -> impl Iterator<Item = &'a CStr> {
        debug_assert!(self.flags.iter().any(|flag| flag.long == long), "no option `{long}`");
        self.given.iter().filter(move |(name, _)| *name == long).filter_map(|(_, value)| *value)
    }

    /// The last value of an option, as text.
    pub(super) fn text(&self, long: &'static str) -> Result<Option<&'a str>, UsageError> {
        self.value(long).map(|value| text(long, value)).transpose()
    }

    /// The last value of an option, as a number.
    pub(super) fn number<T: FromStr>(&self, long: &'static str) -> Result<Option<T>, UsageError> {
        self.parsed(long, "a number in range", |value| value.parse().ok())
    }

    /// The last value of an option, as one of the words of a table.
    pub(super) fn one_of<T: Copy>(
        &self,
        long: &'static str,
        table: &[(&'static str, T)],
    ) -> Result<Option<T>, UsageError> {
        let find = |value: &str| table.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        self.parsed(long, "one of those that `--help` names", find)
    }

    /// The last value of an option, as whatever `parse` makes of it.
    pub(super) fn parsed<T>(
        &self,
        long: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>, UsageError> {
        match self.text(long)? {
            Some(value) => parse(value).map(Some).ok_or_else(|| self.invalid(long, expected)),
            None => Ok(None),
        }
    }

    /// The error that the last value of an option is not what it should be.
    pub(super) fn invalid(&self, long: &'static str, expected: &'static str) -> UsageError {
        let value = self.value(long).map(lossy).unwrap_or_default();
        UsageError::InvalidValue { option: long, value, expected }
    }
}

/// A lone dash stands for standard input, and is a word like any other.
fn is_option(word: &CStr) -> bool {
    word.to_bytes().starts_with(b"-") && word != c"-"
}

fn unknown(verb: &'static str, word: &CStr) -> UsageError {
    match verb {
        "" => UsageError::UnknownGlobal { option: lossy(word) },
        _ => UsageError::UnknownOption { verb, option: lossy(word) },
    }
}

fn truth(option: &'static str, value: &CStr) -> Result<bool, UsageError> {
    match value.to_bytes() {
        b"true" | b"1" => Ok(true),
        b"false" | b"0" => Ok(false),
        _ => Err(UsageError::InvalidValue { option, value: lossy(value), expected: "`true` or `false`" }),
    }
}

/// A word as text.
pub(super) fn text<'a>(what: &'static str, word: &'a CStr) -> Result<&'a str, UsageError> {
    word.to_str().map_err(|_| UsageError::Text { what, value: lossy(word) })
}

pub(super) fn lossy(word: &CStr) -> String {
    word.to_string_lossy().as_ref().to_owned()
}
