//! The name of a container.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

/// A container id that is safe as a file name: letters, digits and `_+.-`, 1 to 255 of them, but not `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(String);

/// Why a word is no container id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum IdError {
    #[error("container id {id:?} is not of the form [A-Za-z0-9_+.-]{{1,255}}, other than `.` and `..`")]
    Form { id: String },

    #[error("container id has {bytes} bytes; at most {LONGEST_BYTES} can be a file name")]
    Long { bytes: usize },
}

/// Longest file name, `NAME_MAX` of `linux/limits.h`.
const LONGEST_BYTES: usize = 255;

impl Id {
    /// Checks a word.
    ///
    /// # Errors
    /// A word that is too long or has another form.
    pub fn parse(word: &str) -> Result<Self, IdError> {
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"_+.-".contains(&byte);
        match word {
            _ if word.len() > LONGEST_BYTES => Err(IdError::Long { bytes: word.len() }),
            "" | "." | ".." => Err(IdError::Form { id: word.to_owned() }),
            _ if word.bytes().all(is_valid) => Ok(Self(word.to_owned())),
            _ => Err(IdError::Form { id: word.to_owned() }),
        }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_file_names_that_stay_where_they_are() {
        for word in ["a", "A-b_c+d.e", "...", "-", &"x".repeat(255)] {
            assert_eq!(Id::parse(word).unwrap().as_str(), word);
        }
        for word in ["", ".", "..", "a/b", "../x", "/abs", " ", "a\t", "a\n", "%s", "é", "a\0"] {
            assert!(matches!(Id::parse(word), Err(IdError::Form { .. })), "{word:?}");
        }
        assert_eq!(Id::parse(&"x".repeat(256)), Err(IdError::Long { bytes: 256 }));
    }
}
