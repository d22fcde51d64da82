//! HTML, SVG and XML as a tree, whose text is escaped when it is written.
//!
//! No function here takes text that is already markup: what a runtime printed cannot become an element, whoever
//! forgets what. What is written is well-formed XML and HTML at once, so that tests can parse every page.

use std::fmt::{Display, Write};

/// An element with its attributes and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Element(Element),
    Text(String),
    Style(&'static str),
}

/// HTML's elements without content, which are closed where they begin.
const VOID: [&str; 2] = ["meta", "link"];

/// An empty element.
#[must_use]
pub fn element(name: &'static str) -> Element {
    Element { name, attributes: Vec::new(), content: Vec::new() }
}

/// An element with some text in it.
#[must_use]
pub fn text(name: &'static str, text: impl Display) -> Element {
    element(name).text(text)
}

/// A link, or its text alone where `href` is neither of the web nor relative.
#[must_use]
pub fn link(href: &str, shown: impl Display) -> Element {
    let scheme = href.split(['/', '#', '?']).next().unwrap_or_default();
    let harmless = !scheme.contains(':') || href.starts_with("https://") || href.starts_with("http://");
    if harmless { text("a", shown).with("href", href) } else { text("span", shown) }
}

/// A sentence in which words between backticks are code, as Markdown has it; a number stays with its percent sign.
#[must_use]
pub fn prose(name: &'static str, sentence: &str) -> Element {
    let sentence = sentence.replace(" %", "\u{a0}%");
    let parts = sentence.split('`').enumerate();
    parts.fold(element(name), |whole, (at, part)| match at % 2 {
        0 => whole.text(part),
        _ => whole.child(text("code", part)),
    })
}

impl Element {
    /// The element with an attribute, which stands in place of one of the same name.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.attributes.retain(|(known, _)| *known != name);
        self.attributes.push((name, value.to_string()));
        self
    }

    /// The element with a `class`.
    #[must_use]
    pub fn class(self, class: impl Display) -> Self {
        self.with("class", class)
    }

    /// The element with text after what it has.
    #[must_use]
    pub fn text(mut self, text: impl Display) -> Self {
        self.content.push(Node::Text(text.to_string()));
        self
    }

    /// The element with a child after what it has.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.content.push(Node::Element(child));
        self
    }

    /// The element with a child before what it has.
    #[must_use]
    pub fn first(mut self, child: Self) -> Self {
        self.content.insert(0, Node::Element(child));
        self
    }

    /// The element with children after what it has.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.content.extend(children.into_iter().map(Node::Element));
        self
    }

    /// The element with a style sheet, which only this program's own text can be.
    #[must_use]
    pub fn style(mut self, sheet: &'static str) -> Self {
        self.content.push(Node::Style(sheet));
        self
    }

    fn write(&self, out: &mut String) {
        let Self { name, attributes, content } = self;
        out.push('<');
        out.push_str(name);
        for (name, value) in attributes {
            let _ = write!(out, " {name}=\"{}\"", Escaped(value));
        }
        if VOID.contains(name) {
            out.push_str(" />");
            return;
        }
        out.push('>');
        for node in content {
            match node {
                Node::Element(element) => element.write(out),
                Node::Text(text) => drop(write!(out, "{}", Escaped(text))),
                Node::Style(sheet) => out.push_str(sheet),
            }
        }
        let _ = write!(out, "</{name}>");
        if BLOCKS.contains(name) {
            out.push('\n');
        }
    }
}

/// Elements after which a line ends, so that a page that changed can be read as a difference.
const BLOCKS: [&str; 14] = [
    "head", "title", "style", "header", "nav", "main", "section", "figure", "details", "table", "tr", "p",
    "g", "testcase",
];

impl Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        self.write(&mut out);
        f.write_str(&out)
    }
}

struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => f.write_char(visible(c)),
        })
    }
}

/// Control characters, which XML cannot hold, as the symbols that stand for them.
pub(crate) fn visible(c: char) -> char {
    match c {
        '\t' | '\n' => c,
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</pre><script>alert(\"1\")</script>&amp;'\u{1b}[31m\0\u{ffff}";

    #[test]
    fn hostile_text_stays_text() {
        let page = text("p", HOSTILE).with("title", HOSTILE).to_string();
        let parsed = roxmltree::Document::parse(&page).unwrap();
        let shown = "</pre><script>alert(\"1\")</script>&amp;'␛[31m␀\u{fffd}";
        assert_eq!(parsed.root_element().text(), Some(shown));
        assert_eq!(parsed.root_element().attribute("title"), Some(shown));
        assert_eq!(parsed.descendants().filter(roxmltree::Node::is_element).count(), 1);
    }

    #[test]
    fn links_lead_to_the_web_or_nowhere() {
        let shown = |href| link(href, "x").to_string();
        assert_eq!(shown("https://a/b?c&d"), "<a href=\"https://a/b?c&amp;d\">x</a>");
        assert_eq!(shown("data/a:b.jsonl"), "<a href=\"data/a:b.jsonl\">x</a>");
        assert_eq!(shown("javascript:alert(1)"), "<span>x</span>");
        assert_eq!(shown("data:text/html,x"), "<span>x</span>");
    }

    #[test]
    fn prose_makes_code_of_what_backticks_hold() {
        assert_eq!(prose("span", "a `b<` c").to_string(), "<span>a <code>b&lt;</code> c</span>");
        assert_eq!(prose("span", "open `end").to_string(), "<span>open <code>end</code></span>");
    }

    #[test]
    fn elements_without_content_are_closed() {
        let head = element("head").child(element("meta").with("charset", "utf-8"));
        assert_eq!(head.to_string(), "<head><meta charset=\"utf-8\" /></head>\n");
        assert_eq!(element("td").to_string(), "<td></td>");
    }
}
