//! Versions as runtimes print them, in order, and ranges of them.
//!
//! They are semantic versions with what is added in practice: packaging after `+`, a missing third number, and what
//! `git describe` makes of a commit after a release, which counts as newer than the release.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    text: String,
    numbers: (u32, u32, u32),
    stage: Stage,
}

/// Where it stands beside the release of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Before(Vec<Word>),
    Release,
    After(u32),
}

/// A word of a pre-release, in the order of semantic versions: numbers before text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Number(u32),
    Text(String),
}

impl Version {
    /// Reads a version; none where the text does not begin with two numbers and a dot between.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.trim().trim_start_matches('v').split('+').next()?;
        let (core, rest) = plain.split_once('-').map_or((plain, ""), |(core, rest)| (core, rest));
        let numbers = core.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>().ok()?;
        let numbers = match numbers[..] {
            [major, minor] => (major, minor, 0),
            [major, minor, patch] => (major, minor, patch),
            _ => return None,
        };
        Some(Self { text: text.trim().to_owned(), numbers, stage: stage(rest) })
    }

    /// Major and minor number.
    #[must_use]
    pub fn core(&self) -> (u32, u32) {
        (self.numbers.0, self.numbers.1)
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a version such as 1.2.0"))
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.text
    }
}

fn stage(rest: &str) -> Stage {
    if rest.is_empty() {
        return Stage::Release;
    }
    if let Some((count, commit)) = rest.split_once("-g")
        && let Ok(count) = count.parse()
        && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Stage::After(count);
    }
    let word = |word: &str| word.parse().map_or_else(|_| Word::Text(word.to_owned()), Word::Number);
    Stage::Before(rest.split(['.', '-']).map(word).collect())
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.numbers, &self.stage).cmp(&(other.numbers, &other.stage))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Conditions that a version has to meet, all of them: `>=1.1, <1.5.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range(Vec<(Comparison, Version)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    AtLeast,
    More,
    Equal,
}

impl Range {
    /// Reads a range; none where a part is not a comparison with a version.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(|part| condition(part.trim())).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether the version meets all conditions.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.0.iter().all(|(comparison, bound)| match comparison {
            Comparison::Less => version < bound,
            Comparison::AtMost => version <= bound,
            Comparison::AtLeast => version >= bound,
            Comparison::More => version > bound,
            Comparison::Equal => version.cmp(bound).is_eq(),
        })
    }
}

fn condition(part: &str) -> Option<(Comparison, Version)> {
    const SIGNS: [(&str, Comparison); 5] = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::More),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
    ];
    let (sign, comparison) = SIGNS.into_iter().find(|(sign, _)| part.starts_with(sign))?;
    Some((comparison, Version::parse(&part[sign.len()..])?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_in_use_are_in_order() {
        let ordered = [
            "1.0.2-dev",
            "1.0.2",
            "1.1.5+ds1",
            "1.5.0-rc.1+213",
            "1.5.0-rc.2",
            "1.5.0",
            "1.5.0-12-g6999a89",
            "1.28",
        ];
        assert!(ordered.windows(2).all(|pair| version(pair[0]) < version(pair[1])));
        assert_eq!(version("1.28").core(), (1, 28));
        assert_eq!(version("1.1.5+ds1").to_string(), "1.1.5+ds1");
    }

    #[test]
    fn what_is_no_version_is_none() {
        assert!(["", "7", "one.two", "1.2.3.4", "1.x"].iter().all(|text| Version::parse(text).is_none()));
        assert!(["", "1.2", ">=", "~1.2", ">=1.1,"].iter().all(|text| Range::parse(text).is_none()));
    }

    #[test]
    fn a_range_takes_packaged_and_unreleased_versions() {
        let range = Range::parse(">=1.1, <1.5.0").unwrap();
        let inside = |text| range.contains(&version(text));
        assert!(inside("1.1.5+ds1") && inside("1.5.0-rc.1+dev") && inside("1.4.9-3-gabc"));
        assert!(!inside("1.0.3") && !inside("1.5.0") && !inside("1.5.0-1-gabc"));
        assert!(Range::parse("=1.1.5").unwrap().contains(&version("1.1.5+ds1")));
    }
}
