//! Sentences of a specification, and the hashes by which clauses refer to them.
//!
//! The text of the specification is not part of Loadline. A clause holds the SHA-256 of its sentence, so that a checkout
//! of the specification can be checked against the clauses: what was reworded, what is gone, what nobody claims.
//!
//! A *sentence* is one sentence of prose or of a list item, or one row of a table; code blocks have none. Its hash is
//! taken over the *normalized* text: link targets, footnote marks, emphasis and backticks dropped, white space
//! collapsed, case and punctuation kept. A row of a table starts with the anchor of its section, since bare rows collide.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// One sentence of a specification file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Headings that it stands below, nearest last: names by which an address may call its section.
    pub sections: Vec<String>,
    /// Line in the file, from 1.
    pub line: usize,
    /// Normalized text.
    pub text: String,
}

impl Sentence {
    /// SHA-256 of the normalized text, as 64 hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> String {
        Sha256::digest(self.text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
            hex
        })
    }

    /// Whether it uses a keyword of RFC 2119 that obliges, advises against or permits; `OPTIONAL` alone does not.
    #[must_use]
    pub fn is_normative(&self) -> bool {
        const KEYWORDS: [&str; 6] = ["MUST", "REQUIRED", "SHALL", "SHOULD", "RECOMMENDED", "MAY"];
        self.text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| KEYWORDS.contains(&word))
    }
}

/// Takes a specification file apart.
///
/// Cost: one pass over the text.
#[must_use]
pub fn sentences(markdown: &str) -> Vec<Sentence> {
    let mut reader = Reader::default();
    for (index, line) in markdown.lines().enumerate() {
        reader.line(index + 1, line);
    }
    reader.close_block();
    reader.found
}

/// Names of all sections of a file: the slug of each heading, and its explicit anchor where it has one.
#[must_use]
pub fn sections(markdown: &str) -> Vec<String> {
    let mut fenced = false;
    let mut names = Vec::new();
    for line in markdown.lines() {
        fenced ^= is_fence(line);
        if let Some(heading) = heading(line).filter(|_| !fenced) {
            names.extend(heading.names);
        }
    }
    names
}

#[derive(Default)]
struct Reader {
    fenced: bool,
    /// The open headings, each with its depth.
    open: Vec<Heading>,
    /// Lines of the open paragraph or list item: sentences run across them.
    block: String,
    /// Where in the block each of its lines begins, and that line's number.
    starts: Vec<(usize, usize)>,
    found: Vec<Sentence>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        if is_fence(line) {
            self.close_block();
            self.fenced = !self.fenced;
        } else if !self.fenced {
            self.text_line(number, line);
        }
    }

    fn text_line(&mut self, number: usize, line: &str) {
        let text = without_marker(line);
        if let Some(heading) = heading(line) {
            self.close_block();
            self.open.retain(|above| above.depth < heading.depth);
            self.open.push(heading);
        } else if is_row(line) {
            self.close_block();
            self.row(number, line);
        } else {
            if text.is_empty() || text.len() < line.trim().len() {
                self.close_block();
            }
            self.starts.push((self.block.len(), number));
            self.block.push_str(text);
            self.block.push(' ');
        }
    }

    fn row(&mut self, number: usize, line: &str) {
        let cells = normalize(line);
        let rule = cells.chars().all(|c| "|-: ".contains(c));
        let section = self.open.last().and_then(|heading| heading.names.last()).map_or("", String::as_str);
        if !rule {
            self.add(number, format!("{section} {cells}"));
        }
    }

    fn close_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        let starts = std::mem::take(&mut self.starts);
        for (at, sentence) in split(&block) {
            let begins = at + sentence.len() - sentence.trim_start().len();
            let line = starts.iter().rev().find(|(start, _)| *start <= begins).map_or(0, |(_, line)| *line);
            self.add(line, normalize(sentence));
        }
    }

    fn add(&mut self, line: usize, text: String) {
        let sections = self.open.iter().flat_map(|heading| heading.names.iter().cloned()).collect();
        if text.chars().any(char::is_alphabetic) {
            self.found.push(Sentence { sections, line, text });
        }
    }
}

struct Heading {
    depth: usize,
    names: Vec<String>,
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}

/// A row of a table, with or without its outer bars.
fn is_row(line: &str) -> bool {
    let outside_quotes: String = line.split('`').step_by(2).collect();
    line.trim_start().starts_with('|') || outside_quotes.contains(" | ") || outside_quotes.contains("-|-")
}

fn heading(line: &str) -> Option<Heading> {
    let depth = line.bytes().take_while(|byte| *byte == b'#').count();
    let title = line[depth..].strip_prefix(' ').filter(|_| (1..=6).contains(&depth))?;
    let anchor =
        title.split_once("<a name=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| name);
    let visible = title.split_once("/>").map_or(title, |(_, visible)| visible);
    let names = std::iter::once(slug(visible)).chain(anchor.map(str::to_owned)).collect();
    Some(Heading { depth, names })
}

/// The name that GitHub gives to a heading.
fn slug(title: &str) -> String {
    let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn without_marker(line: &str) -> &str {
    let line = line.trim().trim_start_matches("> ");
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.strip_prefix(". ").filter(|_| digits.len() < line.len());
    let bullet = line.strip_prefix("* ").or_else(|| line.strip_prefix("- "));
    numbered.or(bullet).unwrap_or(line)
}

/// Splits a block at the ends of its sentences, never inside backticks; each part with its offset.
fn split(block: &str) -> Vec<(usize, &str)> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in block.char_indices() {
        quoted ^= c == '`';
        if !quoted && ends_sentence(block, at, c) {
            parts.push((start, &block[start..=at]));
            start = at + 1;
        }
    }
    parts.push((start, &block[start..]));
    parts
}

fn ends_sentence(line: &str, at: usize, c: char) -> bool {
    let abbreviation = ["e.g", "i.e", "etc", "vs"].iter().any(|short| line[..at].ends_with(short));
    matches!(c, '.' | '?' | '!') && line[at + 1..].starts_with(' ') && !abbreviation
}

fn normalize(text: &str) -> String {
    let plain: String = without_links(text).chars().filter(|c| !matches!(c, '*' | '_' | '`')).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Keeps the text of links, drops their targets; drops footnote marks.
fn without_links(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        kept.push_str(before);
        let (label, after) = link.split_once(']').unwrap_or((link, ""));
        kept.push_str(if label.starts_with('^') { "" } else { label });
        rest = without_target(after);
    }
    kept + rest
}

fn without_target(after: &str) -> &str {
    let close = match after.chars().next() {
        Some('(') => ')',
        Some('[') => ']',
        _ => return after,
    };
    after.split_once(close).map_or(after, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# <a name=\"top\" />Top\n\nIt MUST hold. See `a. b` and\n[the *page*](x.md#y)[^1]; it MAY end.\n\
        ```\nThis MUST NOT count.\n```\n## Lower part\n* **`x`** (string, OPTIONAL) - a name, e.g. one.\n\n\
        | Option | Requirement |\n|--------|-------------|\n| `ro` | MUST |\n`rw` | MAY\n";

    fn texts(page: &str) -> Vec<String> {
        sentences(page).into_iter().map(|sentence| sentence.text).collect()
    }

    #[test]
    fn a_page_falls_into_sentences_list_items_and_rows() {
        let expected = [
            "It MUST hold.",
            "See a. b and the page; it MAY end.",
            "x (string, OPTIONAL) - a name, e.g. one.",
            "lower-part | Option | Requirement |",
            "lower-part | ro | MUST |",
            "lower-part rw | MAY",
        ];
        assert_eq!(texts(PAGE), expected);
    }

    #[test]
    fn a_sentence_knows_its_line_and_the_sections_above_it() {
        let found = sentences(PAGE);
        assert_eq!((found[0].line, found[0].sections.clone()), (3, vec!["top".to_owned(), "top".to_owned()]));
        assert_eq!(found[1].line, 3);
        assert_eq!((found[2].line, found[2].sections.len()), (9, 3));
        assert_eq!(sections(PAGE), ["top", "top", "lower-part"]);
    }

    #[test]
    fn optional_alone_obliges_to_nothing() {
        let normative: Vec<bool> = sentences(PAGE).iter().map(Sentence::is_normative).collect();
        assert_eq!(normative, [true, true, false, false, true, true]);
    }

    #[test]
    fn emphasis_links_and_white_space_do_not_change_a_hash_but_words_do() {
        let hash = |page: &str| sentences(page)[0].sha256();
        assert_eq!(hash("It  MUST [hold](a.md).\n"), hash("It *MUST* hold.\n"));
        assert_ne!(hash("It MUST hold.\n"), hash("It SHOULD hold.\n"));
        assert_eq!(hash("abc\n"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
