//! Effects that others have published, beside what these records show of them.

mod claim;

use serde::Serialize;

use crate::quantity::{NONE, Ratio, or_none, ratio};
use crate::source::Source;
use crate::table::Row;
use claim::{CLAIMS, Claim, Expected};

/// A published effect, and whether it is seen here.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectRow {
    /// What is said, in our words.
    pub effect: String,
    /// The published figure.
    pub published: String,
    /// What our ratio is of; empty where nothing was measured.
    pub compared: String,
    /// The ratio that these records show; exact figures are an interval of no width.
    pub ours: Option<Ratio>,
    /// What that means for the effect.
    pub finding: Finding,
    /// Where it was published.
    pub source: String,
}

/// What a ratio means for a published effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The whole interval lies where the effect says.
    Reproduced,
    /// The whole interval lies elsewhere.
    Refuted,
    /// The interval allows both.
    Unclear,
    /// These records hold nothing of it.
    NotMeasured,
}

impl Finding {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Refuted => "refuted",
            Self::Unclear => "unclear",
            Self::NotMeasured => "not measured",
        }
    }

    fn of(ours: Option<Ratio>, expected: Expected) -> Self {
        let Some(Ratio { low, high, .. }) = ours else { return Self::NotMeasured };
        let Expected { above, below } = expected;
        if low >= above && high <= below {
            Self::Reproduced
        } else if high < above || low > below {
            Self::Refuted
        } else {
            Self::Unclear
        }
    }
}

impl Row<6> for EffectRow {
    const HEADER: [&'static str; 6] =
        ["effect", "published", "ours: ratio of", "ours (95 %)", "finding", "source"];

    fn cells(&self) -> [String; 6] {
        let compared = Some(&self.compared).filter(|_| self.ours.is_some());
        [
            self.effect.clone(),
            self.published.clone(),
            or_none(compared, Clone::clone),
            self.ours.map_or(NONE.to_owned(), |ours| ratio(Some(ours))),
            self.finding.word().to_owned(),
            self.source.clone(),
        ]
    }
}

/// One row per effect, in the order of the list; nothing where no record holds a sample.
#[must_use]
pub fn rows(sources: &[Source]) -> Vec<EffectRow> {
    let measured: Vec<&Source> = sources.iter().filter(|source| source.has_samples()).collect();
    if measured.is_empty() { Vec::new() } else { CLAIMS.iter().map(|claim| row(claim, &measured)).collect() }
}

fn row(claim: &Claim, sources: &[&Source]) -> EffectRow {
    let found = sources.iter().find_map(|source| (claim.ours)(source));
    let (compared, ours) = found.map_or((String::new(), None), |(what, ratio)| (what, Some(ratio)));
    EffectRow {
        effect: claim.effect.to_owned(),
        published: claim.published.to_owned(),
        compared,
        ours,
        finding: Finding::of(ours, claim.expected),
        source: claim.source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn ratio(low: f64, high: f64) -> Ratio {
        Ratio { value: f64::midpoint(low, high), low, high }
    }

    #[test]
    fn an_interval_decides_and_a_wide_one_decides_nothing() {
        let more = Expected { above: 1.1, below: f64::INFINITY };
        let found = [Some(ratio(1.2, 3.0)), Some(ratio(0.5, 1.0)), Some(ratio(0.9, 2.0)), None]
            .map(|one| Finding::of(one, more));
        let expected = [Finding::Reproduced, Finding::Refuted, Finding::Unclear, Finding::NotMeasured];
        assert_eq!(found, expected);
        let same = Expected { above: 0.9, below: 1.1 };
        assert_eq!(Finding::of(Some(ratio(1.2, 1.3)), same), Finding::Refuted);
    }

    #[test]
    fn every_claim_has_its_place_in_public_and_most_are_measured() {
        let record = example::performance(30);
        let rows = rows(&[Source::of(&record)]);
        assert_eq!(rows.len(), CLAIMS.len());
        assert!(rows.iter().all(|row| row.source.starts_with("https://")));
        let measured: Vec<&str> =
            rows.iter().filter(|row| row.ours.is_some()).map(|row| row.effect.as_str()).collect();
        assert!(measured.len() >= 6, "{measured:?}");
        let against: Vec<&EffectRow> =
            rows.iter().filter(|row| row.source.ends_with("containers/crun")).collect();
        assert_eq!(against[0].finding, Finding::Reproduced);
        assert_eq!(against[0].compared, "`run`, hot: crun 1.28 / runc 1.3.6");
    }

    #[test]
    fn without_samples_nothing_is_claimed() {
        let records = example::conformance();
        assert!(rows(&records.iter().map(Source::of).collect::<Vec<_>>()).is_empty());
    }
}
