//! A record with what rows ask it for.

use measure::sampling::{AGAIN, FLOOR};
use measure::statistics::Confidence;
use measure::summary::{Comparison, Samples, Series};
use record::setting::REFERENCE;
use record::{Header, Record};

/// A record, its samples found by name.
pub struct Source<'a> {
    /// The record.
    pub record: &'a Record,
    samples: Samples,
}

impl<'a> Source<'a> {
    /// Sorts the samples of `record`.
    #[must_use]
    pub fn of(record: &'a Record) -> Self {
        Self { record, samples: Samples::of(record) }
    }

    /// Whether anything was measured.
    #[must_use]
    pub fn has_samples(&self) -> bool {
        !self.record.samples.is_empty()
    }

    /// Names of the binaries that take part, in the order of the header.
    #[must_use]
    pub fn runtimes(&self) -> Vec<&str> {
        let binaries = self.record.header.subjects.iter().filter(|subject| !subject.path.is_empty());
        binaries.map(|subject| subject.name.as_str()).filter(|name| is_judged(name)).collect()
    }

    /// The runtime which the others are compared with, where the run named one.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.record.header.settings.get(REFERENCE).map(String::as_str)
    }

    /// The scenarios of a family, in the order in which they were run.
    #[must_use]
    pub fn scenarios(&self, family: &str) -> Vec<&str> {
        self.samples.scenarios(family)
    }

    /// The subjects of a scenario, in the order of the header and controls last; the order of samples is random.
    #[must_use]
    pub fn subjects(&self, family: &str, scenario: &str) -> Vec<&str> {
        let mut subjects = self.samples.subjects(family, scenario);
        let order = |name: &str| self.record.header.subjects.iter().position(|subject| subject.name == name);
        subjects.sort_by_key(|name| (order(name).unwrap_or(usize::MAX), (*name).to_owned()));
        subjects
    }

    /// One series, or `None` where nothing of that name was measured.
    #[must_use]
    pub fn series(&self, family: &str, scenario: &str, subject: &str, measure: &str) -> Option<&Series> {
        self.samples.series(family, scenario, subject, measure)
    }

    /// One subject beside another, over the rounds that both ran.
    #[must_use]
    pub fn beside(&self, place: (&str, &str), pair: (&str, &str), measure: &str) -> Option<Comparison> {
        let series = |subject| self.series(place.0, place.1, subject, measure);
        series(pair.0)?.beside(series(pair.1)?, Confidence::P950)
    }

    /// Whether the machine changed its pace while a scenario ran.
    #[must_use]
    pub fn drifted(&self, family: &str, scenario: &str) -> bool {
        self.samples.drifted(family, scenario)
    }

    /// `runc 1.1.5`, also where the name tells two versions apart; the name alone where there is no version.
    #[must_use]
    pub fn title(&self, name: &str) -> String {
        titled(&self.record.header, name)
    }
}

/// `runc 1.1.5`, also where the name tells two versions apart; the name alone where the header knows no version.
#[must_use]
pub fn titled(header: &Header, name: &str) -> String {
    let subject = header.subjects.iter().find(|subject| subject.name == name);
    let version = subject.map_or("", |subject| subject.version.as_str());
    let apart = format!("-{version}");
    let bare = if version.is_empty() { name } else { name.strip_suffix(&apart).unwrap_or(name) };
    format!("{bare} {version}").trim_end().to_owned()
}

/// Whether a subject is a runtime or a tree, rather than one that watches over the run.
#[must_use]
pub fn is_judged(subject: &str) -> bool {
    subject != FLOOR && !subject.ends_with(AGAIN)
}
