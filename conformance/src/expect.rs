//! What is known of a runtime before it is judged: deviations as data, each with a reason and a link.
//!
//! A known deviation does not fail a run; one that is gone does, so that the list stays true.

use drive::Runtime;
use record::{Outcome, Verdict};
use serde::Deserialize;

use crate::facts::Facts;
use crate::version::{Range, Version};

/// The lists that come with the suite, by the name of the runtime.
const LISTS: [(&str, &str); 4] = [
    ("coracle", include_str!("../expectations/coracle.toml")),
    ("crun", include_str!("../expectations/crun.toml")),
    ("runc", include_str!("../expectations/runc.toml")),
    ("youki", include_str!("../expectations/youki.toml")),
];

/// What a reason says that nobody has written yet; with it no run is green.
const UNWRITTEN: &str = "TODO";

/// One known deviation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Address of the case, or the beginning of some up to and with a slash.
    pub id: String,
    /// The outcome that is known.
    pub outcome: Expected,
    /// Why it is as it is.
    pub kind: Kind,
    /// In words.
    pub reason: String,
    /// Where it is discussed in public; empty where nobody has yet.
    pub link: String,
    /// The versions of the runtime that it holds for; all where there is none.
    #[serde(default)]
    versions: Option<String>,
    /// The cgroups that it holds with; all where there is none.
    #[serde(default)]
    cgroups: Option<Cgroups>,
    /// The day, as `2027-01-31`, after which somebody has to look again.
    #[serde(default)]
    until: Option<String>,
}

/// How a host has its cgroups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Cgroups {
    /// Hierarchies of version 1, with or without version 2 beside them.
    V1,
    /// Version 2 alone.
    V2,
}

impl Cgroups {
    fn of(facts: &Facts) -> Self {
        if facts.v1.is_empty() { Self::V2 } else { Self::V1 }
    }
}

/// An outcome that can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// The clause is broken.
    Failed,
    /// The clause cannot be reached.
    Unreached,
}

/// Why a deviation is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A plain deviation.
    Deviation,
    /// Engines rely on it.
    DeFacto,
    /// The text can be read in two ways.
    Ambiguous,
    /// This kind of host makes it so.
    Host,
}

impl Kind {
    /// Its name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deviation => "deviation",
            Self::DeFacto => "de-facto",
            Self::Ambiguous => "ambiguous",
            Self::Host => "host",
        }
    }
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ExpectError {
    #[error("the list of known deviations of {runtime} is not valid TOML")]
    Parse { runtime: String, source: toml::de::Error },

    #[error("the known deviation `{id}` of {runtime} has {what}")]
    Entry { runtime: String, id: String, what: &'static str },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    expect: Vec<Expectation>,
}

/// How an outcome compares with what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// Nothing is known, and nothing deviates.
    Held,
    /// Known.
    Known(Expectation),
    /// A deviation is known, and is not there any more, or was to be looked at again; in words.
    Stale(Expectation, String),
    /// Nothing is known, and something deviates; in words.
    Unexpected(String),
    /// The suite's own fault.
    Broken,
}

/// The deviations known of the runtime in this version, on a host like this.
///
/// # Errors
/// [`ExpectError`] where the list is not what it should be.
pub fn known(runtime: &Runtime, facts: &Facts) -> Result<Vec<Expectation>, ExpectError> {
    // The subject's name may have the version in it, to tell two runtimes of one name apart.
    let name = runtime.name.as_str();
    let text = LISTS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
    let all = parse(name, text)?;
    let version = Version::parse(&runtime.subject.version);
    let cgroups = Cgroups::of(facts);
    Ok(all.into_iter().filter(|entry| entry.concerns(version.as_ref(), cgroups)).collect())
}

fn parse(runtime: &str, text: &str) -> Result<Vec<Expectation>, ExpectError> {
    let list: List =
        toml::from_str(text).map_err(|source| ExpectError::Parse { runtime: runtime.to_owned(), source })?;
    let refused = list.expect.iter().find_map(|entry| Some((entry.id.clone(), entry.flaw()?)));
    let runtime = runtime.to_owned();
    refused.map_or(Ok(list.expect), |(id, what)| Err(ExpectError::Entry { runtime, id, what }))
}

impl Expectation {
    /// What the record says of it.
    #[must_use]
    pub fn to_record(&self) -> record::Known {
        record::Known {
            kind: self.kind.name().to_owned(),
            reason: self.reason.clone(),
            link: self.link.clone(),
        }
    }

    fn flaw(&self) -> Option<&'static str> {
        let bad_range = self.versions.as_deref().is_some_and(|text| Range::parse(text).is_none());
        let bad_day = self.until.as_deref().is_some_and(|day| !is_day(day));
        [
            (bad_range, "a range of versions that is not like `>=1.1, <1.5.0`"),
            (bad_day, "a day in `until` that is not like 2027-01-31"),
            (self.reason.trim().is_empty(), "no reason"),
        ]
        .into_iter()
        .find_map(|(flawed, what)| flawed.then_some(what))
    }

    /// Whether it holds for this version and these cgroups; a range takes no runtime without a version.
    fn concerns(&self, version: Option<&Version>, cgroups: Cgroups) -> bool {
        let range = self.versions.as_deref().and_then(Range::parse);
        let versions = range.is_none_or(|range| version.is_some_and(|version| range.contains(version)));
        versions && self.cgroups.is_none_or(|wanted| wanted == cgroups)
    }

    fn covers(&self, case: &str) -> bool {
        self.id == case || self.id.ends_with('/') && case.starts_with(&self.id)
    }

    fn matches(&self, verdict: &Verdict) -> bool {
        match self.outcome {
            Expected::Failed => matches!(verdict, Verdict::Failed { .. }),
            Expected::Unreached => matches!(verdict, Verdict::Unreached { .. }),
        }
    }
}

/// Compares an outcome with what is known; `today` is a day such as `2026-11-24`.
#[must_use]
pub fn compare(known: &[Expectation], outcome: &Outcome, today: &str) -> Comparison {
    let entry = known.iter().find(|entry| entry.covers(&outcome.case));
    match (&outcome.verdict, entry) {
        (Verdict::Broken { .. }, _) => Comparison::Broken,
        (Verdict::Skipped { .. }, _) | (Verdict::Passed, None) => Comparison::Held,
        (_, Some(entry)) if entry.matches(&outcome.verdict) => overdue(entry, today),
        (Verdict::Passed, Some(entry)) => {
            let text = "it passes, though a deviation is known; take it off the list of known deviations";
            Comparison::Stale(entry.clone(), text.to_owned())
        }
        (Verdict::Failed { .. }, _) => Comparison::Unexpected("the clause is broken".to_owned()),
        (Verdict::Unreached { .. }, _) => Comparison::Unexpected("the clause was not reached".to_owned()),
    }
}

fn overdue(entry: &Expectation, today: &str) -> Comparison {
    let late = entry.until.as_deref().filter(|day| *day < today);
    if let Some(day) = late {
        let text = format!("the known deviation was to be looked at by {day}");
        return Comparison::Stale(entry.clone(), text);
    }
    if entry.reason.contains(UNWRITTEN) {
        return Comparison::Stale(entry.clone(), "the known deviation has no reason yet".to_owned());
    }
    Comparison::Known(entry.clone())
}

/// Whether the text is a day such as `2027-01-31`, which sorts as text does.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &&str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(&parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

/// This day in UTC, such as `2026-11-24`.
#[must_use]
pub fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    day_of(now.map_or(0, |since| since.as_secs()) / 86_400)
}

/// The date that many days after the first of January 1970.
fn day_of(days: u64) -> String {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (mut year, mut left) = (1970, days);
    while left >= 365 + u64::from(leap(year)) {
        left -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases;

    const LIST: &str = r#"
[[expect]]
id = "runtime/delete-not-stopped/created"
outcome = "failed"
kind = "de-facto"
reason = "engines rely on it"
link = "https://github.com/opencontainers/runc/issues/1774"
versions = ">=1.1, <2.0"
until = "2027-01-31"
"#;

    fn outcome(case: &str, verdict: Verdict) -> Outcome {
        Outcome {
            case: case.into(),
            clause: String::new(),
            level: record::Level::Must,
            address: String::new(),
            subject: "runc".into(),
            verdict,
            known: None,
            asks: String::new(),
            repeat: String::new(),
            ns: 0,
        }
    }

    fn failed() -> Verdict {
        Verdict::Failed { expected: String::new(), actual: String::new() }
    }

    const CASE: &str = "runtime/delete-not-stopped/created";

    #[test]
    fn a_known_deviation_is_known_until_its_day() {
        let list = parse("runc", LIST).unwrap();
        let compare = |verdict, day| compare(&list, &outcome(CASE, verdict), day);
        assert!(
            matches!(compare(failed(), "2026-11-24"), Comparison::Known(entry) if entry.kind == Kind::DeFacto)
        );
        assert!(matches!(compare(failed(), "2027-02-01"), Comparison::Stale(..)));
        assert!(matches!(compare(Verdict::Passed, "2026-11-24"), Comparison::Stale(..)));
        let broken = Verdict::Broken { error: String::new() };
        assert_eq!(compare(broken, "2026-11-24"), Comparison::Broken);
    }

    #[test]
    fn what_is_not_on_the_list_is_unexpected_unless_it_passes() {
        let list = parse("runc", LIST).unwrap();
        let other =
            |verdict| compare(&list, &outcome("runtime/delete-not-stopped/running", verdict), "2026-11-24");
        assert!(matches!(other(failed()), Comparison::Unexpected(_)));
        assert_eq!(other(Verdict::Passed), Comparison::Held);
    }

    #[test]
    fn a_deviation_of_one_version_of_cgroups_is_none_of_the_other() {
        let all = parse("runc", &format!("{LIST}cgroups = \"v2\"\n")).unwrap();
        let last = all.last().unwrap();
        let version = Version::parse("1.1.5");
        assert!(last.concerns(version.as_ref(), Cgroups::V2));
        assert!(!last.concerns(version.as_ref(), Cgroups::V1));
    }

    #[test]
    fn a_range_takes_packaged_versions_and_leaves_out_others() {
        let list = parse("runc", LIST).unwrap();
        let concerns = |text: &str| list[0].concerns(Version::parse(text).as_ref(), Cgroups::V1);
        assert!(concerns("1.1.5+ds1") && concerns("2.0.0-rc.1") && !concerns("1.0.3") && !concerns(""));
    }

    #[test]
    fn a_list_with_a_flaw_is_refused_by_what_is_wrong() {
        let refusal = |text: &str| parse("runc", text).unwrap_err().to_string();
        assert!(refusal(&LIST.replace(">=1.1", "~1.1")).contains("a range of versions"));
        assert!(refusal(&LIST.replace("2027-01-31", "soon")).contains("a day in `until`"));
        assert!(refusal(&LIST.replace("engines rely on it", "")).contains("no reason"));
        assert!(refusal("[[expect]]").contains("not valid TOML"));
    }

    #[test]
    fn each_entry_of_each_list_is_about_a_case() {
        let ids: Vec<String> = cases::all().iter().map(|case| case.id()).collect();
        for (runtime, text) in LISTS {
            for entry in parse(runtime, text).unwrap() {
                assert!(ids.iter().any(|id| entry.covers(id)), "{runtime}: no case is `{}`", entry.id);
            }
        }
    }

    #[test]
    fn days_are_counted_by_the_calendar() {
        assert_eq!(
            (day_of(0), day_of(59), day_of(20_781)),
            ("1970-01-01".into(), "1970-03-01".into(), "2026-11-24".into())
        );
        assert_eq!((day_of(19_782), day_of(19_783)), ("2024-02-29".into(), "2024-03-01".into()));
    }
}
