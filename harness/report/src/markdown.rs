//! Markdown whose text stays text: what a runtime printed begins no link, no image, no element.

use std::fmt::Write;

use crate::markup::visible;

/// A sentence in one line, in which words between backticks are code.
#[must_use]
pub fn inline(sentence: &str) -> String {
    if sentence.matches('`').count() % 2 == 1 {
        return escape(sentence).replace('`', "\\`");
    }
    let parts = sentence.split('`').enumerate();
    let shown = parts.map(|(at, part)| if at % 2 == 0 { escape(part) } else { code(part) });
    shown.collect()
}

/// Text as code in one line, between as many backticks as it takes.
#[must_use]
pub fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if longest > 0 { " " } else { "" };
    let line = text.chars().map(|c| if c == '\n' || c == '\r' { '⏎' } else { visible(c) });
    match line.collect::<String>() {
        empty if empty.trim().is_empty() => String::new(),
        line => format!("{fence}{gap}{line}{gap}{fence}"),
    }
}

/// A link whose words are `shown`; `href` is ours or was checked where it was written down.
#[must_use]
pub fn link(href: &str, shown: &str) -> String {
    let href = href.chars().fold(String::new(), |mut whole, c| {
        match c {
            '(' | ')' | ' ' | '<' | '>' => drop(write!(whole, "%{:02X}", u32::from(c))),
            c => whole.push(visible(c)),
        }
        whole
    });
    if href.starts_with("javascript:") || href.starts_with("data:") {
        return escape(shown);
    }
    format!("[{}]({href})", escape(shown))
}

/// What would mean something in Markdown or HTML stands for itself; a line feed becomes a space. Brackets alone mean
/// nothing where no definitions are.
fn escape(text: &str) -> String {
    let whole = text.chars().fold(String::new(), |mut whole, c| {
        match c {
            '\\' | '*' | '|' => whole.extend(['\\', c]),
            '<' => whole.push_str("&lt;"),
            '&' => whole.push_str("&amp;"),
            '\n' | '\r' | '\t' => whole.push(' '),
            c => whole.push(visible(c)),
        }
        whole
    });
    whole.replace("](", "]\\(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let hostile = "![x](https://evil) <img src=x> &lt; **b**\n# h\u{1b}[2J";
        let shown = "![x]\\(https://evil) &lt;img src=x> &amp;lt; \\*\\*b\\*\\* # h␛[2J";
        assert_eq!(inline(hostile), shown);
        assert_eq!(code("a`b``c\nd"), "``` a`b``c⏎d ```");
        assert_eq!(code(" "), "");
    }

    #[test]
    fn code_in_a_sentence_is_code_unless_it_never_ends() {
        assert_eq!(inline("the `run*` of [a]"), "the `run*` of [a]");
        assert_eq!(inline("an open `tick"), "an open \\`tick");
    }

    #[test]
    fn a_link_cannot_be_left() {
        assert_eq!(link("https://a/b) [x](c", "shown"), "[shown](https://a/b%29%20[x]%28c)");
        assert_eq!(link("javascript:alert(1)", "shown"), "shown");
    }
}
