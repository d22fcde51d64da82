//! From values of the document to values that hold: the small pieces that every check is made of.
//!
//! A check never stops at the first violation. What cannot be read is noted and left out, so that the rest is still
//! looked at; nothing of it is used unless no violation was found.

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::ops::RangeInclusive;

use super::document::{Document, Node, Segment, Shape};
use super::violation::Violation;

/// A value that can be read from the document.
pub(crate) trait Read<'d>: Sized {
    /// Reads the value, or notes why there is none.
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self>;
}

/// What a check has come upon so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Why the document cannot be honored.
    pub(crate) violations: Vec<Violation>,
    /// What must be logged.
    pub(crate) warnings: Vec<Violation>,
}

impl Findings {
    /// Notes that the value of `node` cannot be honored.
    pub(crate) fn violate(&mut self, node: Node<'_>, why: impl Into<Cow<'static, str>>) {
        self.violations.push(Violation::new(node.pointer(), why));
    }

    /// Notes something about the value of `node` that does not stand in the way.
    pub(crate) fn warn(&mut self, node: Node<'_>, why: impl Into<Cow<'static, str>>) {
        self.warnings.push(Violation::new(node.pointer(), why));
    }

    /// Whether something at `pointer` or below it cannot be honored.
    pub(crate) fn touch(&self, pointer: &str) -> bool {
        self.violations.iter().any(|violation| violation.pointer.starts_with(pointer))
    }

    /// Notes that `node` is not what it should be, with what it is.
    fn expect(&mut self, node: Node<'_>, expected: &str) {
        self.violate(node, format!("{} is not {expected}", Shown(node)));
    }

    /// The value of `node` where it is within `range`.
    pub(crate) fn within<T: PartialOrd + core::fmt::Display>(
        &mut self,
        node: Node<'_>,
        value: T,
        range: &RangeInclusive<T>,
    ) -> Option<T> {
        if range.contains(&value) {
            return Some(value);
        }
        self.violate(node, format!("{value} is not from {} to {}", range.start(), range.end()));
        None
    }

    /// What a word means, by the table of all words that may stand there.
    pub(crate) fn word<T: Copy>(&mut self, node: Node<'_>, table: &[(&'static str, T)]) -> Option<T> {
        let word = <&str>::read(node, self)?;
        let found = find(table, word);
        if found.is_none() {
            let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
            self.violate(node, format!("`{word}` is none of `{}`", words.join("`, `")));
        }
        found
    }

    /// The values of an array; nothing of anything else, which is noted.
    pub(crate) fn items<'d>(&mut self, node: Node<'d>) -> impl Iterator<Item = Node<'d>> + use<'d> {
        if node.shape() != Shape::Array {
            self.expect(node, "an array");
        }
        node.items()
    }

    /// A C string that begins with `/`.
    pub(crate) fn absolute<'d>(&mut self, node: Node<'d>) -> Option<&'d CStr> {
        let path = <&CStr>::read(node, self)?;
        if path.to_bytes().starts_with(b"/") {
            return Some(path);
        }
        self.violate(node, format!("`{}` is not an absolute path", node.raw()));
        None
    }
}

/// The value of `word` in a table.
pub(crate) fn find<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// An object whose properties are read one by one.
#[derive(Clone, Copy)]
pub(crate) struct Object<'d>(Node<'d>);

impl<'d> Object<'d> {
    /// The object as a value.
    pub(crate) fn node(self) -> Node<'d> {
        self.0
    }

    /// A property as it stands; a second one of the same name is a violation.
    pub(crate) fn node_of(self, name: &str, findings: &mut Findings) -> Option<Node<'d>> {
        let mut found = self.0.members().filter(|(member, _)| *member == name).map(|(_, node)| node);
        let first = found.next();
        if found.next().is_some() {
            let pointer = format!("{}/{}", self.0.pointer(), Segment(name));
            findings.violations.push(Violation::new(pointer, "is given more than once"));
        }
        first
    }

    /// A property that may be absent.
    pub(crate) fn optional<T: Read<'d>>(self, name: &str, findings: &mut Findings) -> Option<T> {
        self.node_of(name, findings).and_then(|node| T::read(node, findings))
    }

    /// A property that may be absent, and then has its type's own default.
    pub(crate) fn or_default<T: Read<'d> + Default>(self, name: &str, findings: &mut Findings) -> T {
        self.optional(name, findings).unwrap_or_default()
    }

    /// A property that may not be absent.
    pub(crate) fn required<T: Read<'d>>(self, name: &str, findings: &mut Findings) -> Option<T> {
        self.required_node(name, findings).and_then(|node| T::read(node, findings))
    }

    /// A property that may not be absent, as it stands.
    pub(crate) fn required_node(self, name: &str, findings: &mut Findings) -> Option<Node<'d>> {
        let found = self.node_of(name, findings);
        if found.is_none() {
            let pointer = format!("{}/{}", self.0.pointer(), Segment(name));
            findings.violations.push(Violation::new(pointer, "is missing"));
        }
        found
    }
}

impl<'d> Read<'d> for Object<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        if node.shape() == Shape::Object {
            return Some(Self(node));
        }
        findings.expect(node, "an object");
        None
    }
}

impl<'d> Read<'d> for bool {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        match node.shape() {
            Shape::True => Some(true),
            Shape::False => Some(false),
            _ => {
                findings.expect(node, "true or false");
                None
            }
        }
    }
}

impl<'d> Read<'d> for &'d str {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let string = node.string();
        if string.is_none() {
            findings.expect(node, "a string");
        }
        string
    }
}

impl<'d> Read<'d> for &'d CStr {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let string = <&str>::read(node, findings)?;
        let c_string = node.c_string();
        if c_string.is_none() {
            findings.violate(node, format!("{string:?} has a NUL, where the kernel would end it"));
        }
        c_string
    }
}

impl<'d, T: Read<'d>> Read<'d> for Vec<T> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let items = findings.items(node);
        (node.shape() == Shape::Array).then(|| items.filter_map(|item| T::read(item, findings)).collect())
    }
}

/// The members of an object that maps names to values, in the order of the document.
#[derive(Debug)]
pub(crate) struct Map<'d, T>(pub(crate) Vec<(&'d str, T)>);

impl<T> Default for Map<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'d, T: Read<'d>> Read<'d> for Map<'d, T> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        Object::read(node, findings)?;
        let mut names: Vec<&str> = node.members().map(|(name, _)| name).collect();
        names.sort_unstable();
        for twice in names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]) {
            let pointer = format!("{}/{}", node.pointer(), Segment(twice));
            findings.violations.push(Violation::new(pointer, "is given more than once"));
        }
        let members = node.members().filter_map(|(name, value)| Some((name, T::read(value, findings)?)));
        Some(Self(members.collect()))
    }
}

/// Reads integers of one type.
macro_rules! read_integers {
    ($($integer:ty)*) => {$(
        impl<'d> Read<'d> for $integer {
            fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
                let number = (node.shape() == Shape::Number).then(|| node.raw().parse().ok()).flatten();
                if number.is_none() {
                    findings.expect(node, &format!("an integer from {} to {}", Self::MIN, Self::MAX));
                }
                number
            }
        }
    )*};
}

read_integers!(u16 u32 u64 i32 i64);

/// A value for a message: short, or only what kind of value it is.
struct Shown<'d>(Node<'d>);

impl core::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        const LONGEST: usize = 60;
        let word = match self.0.shape() {
            Shape::Object => "an object",
            Shape::Array => "an array",
            Shape::String if self.0.raw().len() > LONGEST => "this string",
            Shape::String => return write!(f, "{:?}", self.0.raw()),
            _ if self.0.raw().len() > LONGEST => "this number",
            _ => return write!(f, "`{}`", self.0.raw()),
        };
        f.write_str(word)
    }
}

/// Reads a document that is one value.
///
/// # Errors
/// Everything that cannot be honored.
pub(super) fn whole<'d, T: Read<'d>>(document: &'d Document) -> Result<(T, Vec<Violation>), Vec<Violation>> {
    let mut findings = Findings::default();
    let value = T::read(document.root(), &mut findings);
    match value.filter(|_| findings.violations.is_empty()) {
        Some(value) => Ok((value, findings.warnings)),
        None => Err(findings.violations),
    }
}
