//! A JSON document, taken apart: which values it has, where they stand, and its strings ready for the kernel.
//!
//! Made for one job: to read a configuration once, fast, and to say where in it something is wrong. A document is a flat
//! list of *tokens* in the order of the text, each with the number of the token after its end, so that a value is passed
//! over without looking into it. Strings are copied once, unescaped, each with a NUL behind it, so that those that reach
//! system calls need no further copy.

mod scan;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ffi::CStr;
use core::fmt;
use core::ops::Range;

use super::violation::Violation;

/// A document that is well-formed JSON.
#[derive(Debug)]
pub struct Document {
    text: String,
    /// Never empty; the first is the whole document.
    tokens: Vec<Token>,
    /// All strings, one after another, a NUL behind each.
    strings: String,
}

/// Most bytes of a document: ten times what 10,000 environment entries and 1,000 mounts take.
pub const MOST_BYTES: usize = 32 << 20;

#[derive(Debug, Clone, Copy)]
struct Token {
    shape: Shape,
    /// Where the value begins: a string among the strings, anything else in the text.
    start: u32,
    /// Where it ends, the NUL of a string not included.
    end: u32,
    /// The number of the first token that is not part of this value.
    next: u32,
}

/// What kind of value a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Followed by pairs of a string and a value.
    Object,
    /// Followed by values.
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

impl Document {
    /// Takes a text apart.
    ///
    /// - **Errors**: the first place at which it is not JSON, as the violation of the whole document (`""`) with line and
    ///   column in its words: text that is not UTF-8, a byte order mark, a control character in a string, half a
    ///   surrogate pair, something after the end, nesting deeper than 128, more than [`MOST_BYTES`].
    /// - **Cost**: linear; the text, its strings once more, and 16 bytes for each value.
    /// - **Source**: RFC 8259.
    ///
    /// # Errors
    /// As above.
    pub fn parse(text: Vec<u8>) -> Result<Self, Violation> {
        if text.len() > MOST_BYTES {
            return Err(Violation::new("", format!("has {} bytes, more than {MOST_BYTES}", text.len())));
        }
        let text = String::from_utf8(text).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            Violation::new("", format!("is not UTF-8 from byte {offset} on"))
        })?;
        let (tokens, strings) = scan::scan(&text).map_err(|fault| fault.violation(&text))?;
        Ok(Self { text, tokens, strings })
    }

    /// The text as it was.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole document as a value.
    pub(crate) fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }

    fn token(&self, index: u32) -> Token {
        self.tokens[index as usize]
    }
}

/// A value of a document.
#[derive(Clone, Copy)]
pub(crate) struct Node<'d> {
    document: &'d Document,
    index: u32,
}

impl<'d> Node<'d> {
    pub(crate) fn shape(self) -> Shape {
        self.token().shape
    }

    /// The value as the text has it.
    pub(crate) fn raw(self) -> &'d str {
        let token = self.token();
        match token.shape {
            Shape::String => &self.document.strings[token.range()],
            _ => &self.document.text[token.range()],
        }
    }

    /// The string, if it is one.
    pub(crate) fn string(self) -> Option<&'d str> {
        (self.shape() == Shape::String).then(|| self.raw())
    }

    /// The string with its NUL, if it is one and has no other NUL in it.
    pub(crate) fn c_string(self) -> Option<&'d CStr> {
        let token = self.token();
        if token.shape != Shape::String {
            return None;
        }
        let with_nul = token.start as usize..token.end as usize + 1;
        CStr::from_bytes_with_nul(&self.document.strings.as_bytes()[with_nul]).ok()
    }

    /// Names and values of an object; nothing for anything else.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'d str, Self)> {
        self.pairs().map(|(name, value)| (name.raw(), value))
    }

    /// The same, the names as values too.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (Self, Self)> {
        let mut children = self.children(Shape::Object);
        core::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// Values of an array; nothing for anything else.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        self.children(Shape::Array)
    }

    fn children(self, shape: Shape) -> impl Iterator<Item = Self> {
        let token = self.token();
        let end = if token.shape == shape { token.next } else { self.index + 1 };
        let mut index = self.index + 1;
        core::iter::from_fn(move || {
            let child = Self { document: self.document, index };
            (index < end).then(|| {
                index = child.token().next;
                child
            })
        })
    }

    /// Where the value stands, as a JSON pointer.
    pub(crate) fn pointer(self) -> String {
        let mut pointer = String::new();
        let mut around = self.document.root();
        while around.index != self.index {
            let holds = |child: &Self| self.index < child.token().next;
            let found = match around.shape() {
                Shape::Object => around
                    .members()
                    .find(|(_, child)| holds(child))
                    .map(|(name, child)| (Segment(name).to_string(), child)),
                _ => around
                    .items()
                    .enumerate()
                    .find(|(_, child)| holds(child))
                    .map(|(index, child)| (index.to_string(), child)),
            };
            let Some((segment, child)) = found else { break };
            pointer.push('/');
            pointer.push_str(&segment);
            around = child;
        }
        pointer
    }

    fn token(self) -> Token {
        self.document.token(self.index)
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.raw(), f)
    }
}

impl Token {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A property name as a part of a JSON pointer (RFC 6901).
pub(crate) struct Segment<'a>(pub(crate) &'a str);

impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('~', "~0").replace('/', "~1"))
    }
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn parse(text: &str) -> Result<Document, Violation> {
        Document::parse(text.as_bytes().to_vec())
    }

    fn why(text: &[u8]) -> String {
        Document::parse(text.to_vec()).map(drop).expect_err("must be refused").why.into_owned()
    }

    /// The same value as the reference parser has it.
    fn value(node: Node<'_>) -> Value {
        match node.shape() {
            Shape::Object => {
                Value::Object(node.members().map(|(name, node)| (name.to_owned(), value(node))).collect())
            }
            Shape::Array => Value::Array(node.items().map(value).collect()),
            Shape::String => Value::String(node.raw().to_owned()),
            _ => serde_json::from_str(node.raw()).unwrap(),
        }
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        assert_eq!(why(b""), "line 1, column 1: a value is expected");
        assert_eq!(why(b"\xef\xbb\xbf{}"), "line 1, column 1: a byte order mark is not allowed");
        assert_eq!(why(b"{} x"), "line 1, column 4: nothing is expected after the document");
        assert_eq!(why(b"{\n  \"a\": }"), "line 2, column 8: a value is expected");
        assert_eq!(why(b"\"\xff\""), "is not UTF-8 from byte 1 on");
        for text in [
            "{",
            "[",
            "[1",
            "[1,]",
            "{,}",
            "{\"a\"}",
            "{\"a\":1,}",
            "{1:2}",
            "\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"",
            "\"a\nb\"",
            "\"\0\"",
            "\0",
            "nul",
            "nulls",
            "+1",
            "01",
            "1.",
            ".5",
            "1e",
            "-",
            "'a'",
            "[1 2]",
            "{\"a\" 1}",
            "/**/1",
            "NaN",
        ] {
            assert!(parse(text).is_err(), "{text}");
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(128)).is_ok());
        assert!(parse(&nested(129)).is_err());
        assert!(parse(&nested(100_000)).is_err());
    }

    #[test]
    fn strings_have_a_nul_behind_them_and_none_in_them() {
        let document = parse(r#"["plain", "\u00e9\ud83d\ude00\n\"\\\/", "a\u0000b", 7]"#).unwrap();
        let items: Vec<_> = document.root().items().collect();
        assert_eq!(items[0].c_string(), Some(c"plain"));
        assert_eq!(items[1].c_string(), Some(c"é😀\n\"\\/"));
        assert_eq!((items[2].string(), items[2].c_string()), (Some("a\0b"), None));
        assert_eq!((items[3].string(), items[3].c_string()), (None, None));
    }

    #[test]
    fn each_value_knows_its_pointer() {
        let text = r#"{"a": [1, {"b~/": null}], "c": {"d": "e"}}"#;
        let document = parse(text).unwrap();
        let whole: Value = serde_json::from_str(text).unwrap();
        let mut seen = Vec::new();
        let mut todo = alloc::vec![document.root()];
        while let Some(node) = todo.pop() {
            assert_eq!(whole.pointer(&node.pointer()), Some(&value(node)), "{node:?}");
            seen.push(node.pointer());
            todo.extend(node.items().chain(node.members().map(|(_, node)| node)));
        }
        seen.sort();
        assert_eq!(seen, ["", "/a", "/a/0", "/a/1", "/a/1/b~0~1", "/c", "/c/d"]);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| map.into_iter().collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn valid_documents_read_as_the_reference_parser_reads_them(expected in any_json(), pretty: bool) {
            let write = if pretty { serde_json::to_string_pretty } else { serde_json::to_string };
            let text = write(&expected).unwrap();
            let document = parse(&text).unwrap();
            prop_assert_eq!(value(document.root()), expected);
            prop_assert_eq!(document.text(), text);
        }

        #[test]
        fn any_text_is_accepted_exactly_where_the_reference_parser_accepts_it(
            expected in any_json(),
            at: prop::sample::Index,
            put in prop::sample::select(&b"{}[]\",:\\0-.eu\0 \n"[..]),
        ) {
            let mut text = serde_json::to_string(&expected).unwrap().into_bytes();
            let at = at.index(text.len());
            text[at] = put;
            // The reference parser also refuses numbers beyond the range of a float; those are no words of ours.
            let reference = serde_json::from_slice::<Value>(&text);
            prop_assume!(!matches!(&reference, Err(error) if error.to_string().contains("out of range")));
            prop_assert_eq!(Document::parse(text).is_ok(), reference.is_ok());
        }
    }
}
