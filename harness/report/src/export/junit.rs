//! `JUnit`'s XML as CI services read it: a suite per runtime and file of the specification.

use record::setting::SPEC;
use record::{Outcome, Record};

use super::{Chapter, chapters, need, note};
use crate::markup::{Element, element, text};
use crate::rows::level::word;
use crate::source::titled;
use crate::standing::{Standing, evidence};

/// The verdicts of all records.
#[must_use]
pub fn junit(records: &[Record]) -> String {
    let chapters = chapters(records);
    let outcomes = || chapters.iter().flat_map(|chapter| chapter.outcomes.iter().copied());
    let root = counted(element("testsuites").with("name", "loadline"), outcomes());
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", root.children(chapters.iter().map(suite)))
}

fn suite(chapter: &Chapter) -> Element {
    let host = &chapter.header.host;
    let spec = chapter.header.settings.get(SPEC).map_or("", String::as_str);
    let runtime = titled(chapter.header, chapter.subject);
    let properties = [
        ("runtime", runtime.as_str()),
        ("spec", spec),
        ("loadline", &chapter.header.loadline),
        ("kernel", &host.kernel),
        ("cpu", &host.cpu),
    ];
    let suite = element("testsuite").with("name", format!("{runtime} {}", chapter.file));
    counted(suite, chapter.outcomes.iter().copied())
        .child(listed(&properties))
        .children(chapter.outcomes.iter().map(|outcome| case(outcome)))
}

fn counted<'a>(suite: Element, outcomes: impl Iterator<Item = &'a Outcome> + Clone) -> Element {
    let count = |wanted: &[Standing]| {
        outcomes.clone().filter(|outcome| wanted.contains(&Standing::of(outcome))).count()
    };
    suite
        .with("tests", outcomes.clone().count())
        .with("failures", count(&[Standing::Failed, Standing::Stale]))
        .with("errors", count(&[Standing::Unreached, Standing::Broken]))
        .with("skipped", count(&[Standing::Skipped, Standing::Known]))
        .with("time", seconds(outcomes.map(|outcome| outcome.ns).sum()))
}

fn listed(properties: &[(&str, &str)]) -> Element {
    let property = |(name, value): &(&str, &str)| element("property").with("name", name).with("value", value);
    element("properties").children(properties.iter().map(property))
}

fn case(outcome: &Outcome) -> Element {
    let section = outcome.address.split_once('#').map_or(outcome.address.as_str(), |(_, section)| section);
    let properties =
        [("clause", outcome.clause.as_str()), ("level", word(outcome.level)), ("address", &outcome.address)];
    element("testcase")
        .with("name", &outcome.case)
        .with("classname", section)
        .with("time", seconds(outcome.ns))
        .child(listed(&properties))
        .children(result(outcome))
}

fn result(outcome: &Outcome) -> Option<Element> {
    let kind = word(outcome.level).to_lowercase();
    match Standing::of(outcome) {
        Standing::Passed => None,
        Standing::Skipped => Some(element("skipped").with("message", need(outcome))),
        Standing::Known => {
            Some(element("skipped").with("message", format!("known deviation: {}", note(outcome))))
        }
        Standing::Failed => Some(shown(("failure", &kind), "not kept", outcome)),
        Standing::Stale => {
            Some(shown(("failure", "unexpected-pass"), "kept, though noted as a deviation", outcome))
        }
        Standing::Unreached => Some(shown(("error", "unreached"), "not reached", outcome)),
        Standing::Broken => Some(shown(("error", "broken"), "the suite broke, so not judged", outcome)),
    }
}

fn shown((name, kind): (&'static str, &str), what: &str, outcome: &Outcome) -> Element {
    let (expected, seen) = evidence(outcome).unwrap_or_default();
    let all = format!("expected: {expected}\nseen: {seen}\nrepeat: {}", outcome.repeat);
    text(name, all).with("type", kind).with("message", format!("{what}: {}", outcome.asks))
}

/// Seconds with three decimals.
fn seconds(ns: u64) -> String {
    let ms = ns / 1_000_000;
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn every_standing_has_its_element() {
        let text = junit(&example::conformance());
        let parsed = roxmltree::Document::parse(&text).unwrap();
        let root = parsed.root_element();
        let counts = ["tests", "failures", "errors", "skipped"].map(|name| root.attribute(name).unwrap());
        assert_eq!(counts, ["16", "3", "2", "2"]);
        let kinds: Vec<&str> = parsed.descendants().filter_map(|node| node.attribute("type")).collect();
        assert_eq!(kinds, ["must", "should", "unexpected-pass", "broken", "unreached"]);
    }

    #[test]
    fn what_a_runtime_printed_stays_text() {
        let text = junit(&example::conformance());
        let parsed = roxmltree::Document::parse(&text).unwrap();
        let seen = parsed.descendants().filter_map(|node| node.text()).find(|text| text.contains("alert"));
        assert!(seen.unwrap().contains("</pre><script>alert(1)</script>␛[31m"));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn times_are_in_seconds() {
        assert_eq!((seconds(1_500_000), seconds(61_020_999_999)), ("0.001".to_owned(), "61.020".to_owned()));
    }
}
