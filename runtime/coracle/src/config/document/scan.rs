//! From text to tokens: the grammar of JSON, one function each.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Shape, Token};
use crate::config::violation::Violation;

/// Deepest nesting; a valid configuration needs nine.
const DEEPEST: usize = 128;

/// Where a text stops being JSON.
pub(super) struct Fault {
    offset: usize,
    why: &'static str,
}

impl Fault {
    pub(super) fn violation(&self, text: &str) -> Violation {
        let before = text.get(..self.offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Violation::new("", format!("line {line}, column {column}: {}", self.why))
    }
}

/// The tokens of a text, and its strings.
///
/// # Errors
/// The first place at which it is not JSON.
pub(super) fn scan(text: &str) -> Result<(Vec<Token>, String), Fault> {
    // A value with its punctuation and indentation takes about twelve bytes.
    let tokens = Vec::with_capacity(text.len() / 12 + 1);
    // Each string loses two quotes and gains one NUL.
    let strings = String::with_capacity(text.len());
    let mut scanner = Scanner { text, at: 0, tokens, strings };
    if text.starts_with('\u{feff}') {
        return Err(scanner.fault("a byte order mark is not allowed"));
    }
    scanner.value(0)?;
    match scanner.peek() {
        None => Ok((scanner.tokens, scanner.strings)),
        Some(_) => Err(scanner.fault("nothing is expected after the document")),
    }
}

struct Scanner<'t> {
    text: &'t str,
    /// Offset of the next byte.
    at: usize,
    tokens: Vec<Token>,
    strings: String,
}

impl<'t> Scanner<'t> {
    fn value(&mut self, depth: usize) -> Result<(), Fault> {
        match self.peek() {
            Some(b'{' | b'[') if depth == DEEPEST => Err(self.fault("nesting is too deep")),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Shape::True),
            Some(b'f') => self.word("false", Shape::False),
            Some(b'n') => self.word("null", Shape::Null),
            _ => Err(self.fault("a value is expected")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        let opened = self.open(Shape::Object);
        if self.take(b'}') {
            return self.close(opened);
        }
        loop {
            match self.peek() {
                Some(b'"') => self.string()?,
                _ => return Err(self.fault("a property name in quotes is expected")),
            }
            if !self.take(b':') {
                return Err(self.fault("`:` is expected"));
            }
            self.value(depth + 1)?;
            if self.take(b'}') {
                return self.close(opened);
            }
            if !self.take(b',') {
                return Err(self.fault("`,` or `}` is expected"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        let opened = self.open(Shape::Array);
        if self.take(b']') {
            return self.close(opened);
        }
        loop {
            self.value(depth + 1)?;
            if self.take(b']') {
                return self.close(opened);
            }
            if !self.take(b',') {
                return Err(self.fault("`,` or `]` is expected"));
            }
        }
    }

    fn string(&mut self) -> Result<(), Fault> {
        let start = self.strings.len();
        self.at += 1;
        loop {
            let run = self.run();
            self.strings.push_str(run);
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let character = self.escape()?;
                    self.strings.push(character);
                }
                Some(_) => return Err(self.fault("control characters in strings must be escaped")),
                None => return Err(self.fault("the string does not end")),
            }
        }
        self.at += 1;
        let end = self.strings.len();
        self.strings.push('\0');
        self.push(Shape::String, start, end);
        Ok(())
    }

    /// The characters from here to the next that means something in a string.
    fn run(&mut self) -> &'t str {
        let rest = &self.text.as_bytes()[self.at..];
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        let length = rest.iter().position(special).unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        &self.text[start..self.at]
    }

    /// The character that an escape stands for.
    fn escape(&mut self) -> Result<char, Fault> {
        self.at += 1;
        let character = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.fault("no such escape")),
        };
        self.at += 1;
        Ok(character)
    }

    /// One `uXXXX`, or two that are a surrogate pair.
    fn unicode(&mut self) -> Result<char, Fault> {
        let first = self.four_digits()?;
        let code = match first {
            0xd800..0xdc00 => {
                if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                    return Err(self.fault("half a surrogate pair"));
                }
                self.at += 1;
                let second = self.four_digits()?;
                let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400);
                low.map(|low| 0x1_0000 + ((first - 0xd800) << 10) + low)
            }
            _ => Some(first),
        };
        code.and_then(char::from_u32).ok_or(self.fault("half a surrogate pair"))
    }

    fn four_digits(&mut self) -> Result<u32, Fault> {
        let digits = self.text.as_bytes().get(self.at + 1..self.at + 5).unwrap_or_default();
        let value = digits
            .iter()
            .try_fold(0, |value, byte| char::from(*byte).to_digit(16).map(|digit| value * 16 + digit));
        match value.filter(|_| digits.len() == 4) {
            Some(value) => {
                self.at += 5;
                Ok(value)
            }
            None => Err(self.fault("four hexadecimal digits are expected")),
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.skip(b'-');
        if !self.skip(b'0') {
            self.digits()?;
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _sign = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        self.push(Shape::Number, start, self.at);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(self.fault("a digit is expected")) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, shape: Shape) -> Result<(), Fault> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.fault("a value is expected"));
        }
        let start = self.at;
        self.at += word.len();
        self.push(shape, start, self.at);
        Ok(())
    }

    /// The next byte that is not space.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += rest.iter().position(|byte| !space(byte)).unwrap_or(rest.len());
        self.byte()
    }

    /// Passes over `byte`, and space before it, if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        self.peek();
        self.skip(byte)
    }

    /// Passes over `byte` if it is the next one.
    fn skip(&mut self, byte: u8) -> bool {
        let found = self.byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn open(&mut self, shape: Shape) -> usize {
        self.push(shape, self.at, self.at);
        self.at += 1;
        self.tokens.len() - 1
    }

    #[expect(clippy::unnecessary_wraps, reason = "the callers end with it")]
    fn close(&mut self, opened: usize) -> Result<(), Fault> {
        let next = index(self.tokens.len());
        if let Some(token) = self.tokens.get_mut(opened) {
            token.end = index(self.at);
            token.next = next;
        }
        Ok(())
    }

    fn push(&mut self, shape: Shape, start: usize, end: usize) {
        let next = index(self.tokens.len() + 1);
        self.tokens.push(Token { shape, start: index(start), end: index(end), next });
    }

    fn fault(&self, why: &'static str) -> Fault {
        Fault { offset: self.at, why }
    }
}

/// An offset or a number of tokens; a document has at most as many as [`super::MOST_BYTES`].
#[expect(clippy::cast_possible_truncation, reason = "bounded by the size of a document")]
fn index(value: usize) -> u32 {
    value as u32
}
