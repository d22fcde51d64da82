//! What does not depend on how busy the machine is: system calls by class, the size of the binary, bytes in a store.

use record::{Subject, Unit};

use crate::dedup;
use crate::sampling::CALLS;
use crate::start::{FAMILY, calls};
use crate::summary::Samples;

/// The ratio of the least that the head did to the most that the base did, from which on it is too much.
pub const LIMIT: f64 = 1.02;

/// What the size of a binary is called.
pub const SIZE: &str = "size of the binary";

/// One exact figure of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What is counted, such as `calls:mount`.
    pub what: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Least and most that was counted.
    pub range: (u64, u64),
}

/// One exact figure of base and head.
#[derive(Debug, Clone, PartialEq)]
pub struct Exact {
    /// What is counted, such as `calls:mount`.
    pub what: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Least and most that the base did; or what a budget allows.
    pub base: (u64, u64),
    /// Least and most that the head did.
    pub head: (u64, u64),
    /// The ratio from which on it is too much.
    pub limit: f64,
}

impl Exact {
    /// Whether the head does more than the base in any case, by more than the limit allows.
    #[must_use]
    pub fn is_more(&self) -> bool {
        real(self.head.0) > real(self.base.1) * self.limit
    }

    /// That ratio; `None` where the base did nothing.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        (self.base.1 > 0).then(|| real(self.head.0) / real(self.base.1))
    }
}

/// What a runtime costs: the size of its binary, and the system calls of a `run` under this name, all and by class.
/// Calls are missing where they were not counted.
#[must_use]
pub fn of_runtime(samples: &Samples, name: &str, binary: &Subject) -> Vec<Figure> {
    let size = (binary.size_bytes, binary.size_bytes);
    let mut figures = vec![Figure { what: SIZE.to_owned(), unit: Unit::Bytes, range: size }];
    let measures = std::iter::once(CALLS).chain(calls::CLASSES.iter().map(|(measure, _)| *measure));
    figures.extend(measures.filter_map(|measure| {
        let range = samples.series(FAMILY, calls::SCENARIO, name, measure)?.range()?;
        Some(Figure { what: measure.to_owned(), unit: Unit::Count, range })
    }));
    figures
}

/// What a store needs for each family of images, level by level; times of imports are no exact figure.
#[must_use]
pub fn of_store(samples: &Samples) -> Vec<Figure> {
    let families = samples.scenarios(dedup::FAMILY).into_iter();
    let levels = families.flat_map(|family| {
        samples.subjects(dedup::FAMILY, family).into_iter().map(move |level| (family, level))
    });
    let figure = |(family, level): (&str, &str)| {
        let range = samples.series(dedup::FAMILY, family, level, dedup::APPARENT)?.range()?;
        Some(Figure { what: store_figure(family, level), unit: Unit::Bytes, range })
    };
    levels.filter_map(figure).collect()
}

/// What the bytes are called that a level of sharing needs for a family.
#[must_use]
pub fn store_figure(family: &str, level: &str) -> String {
    format!("bytes of {family} as {level}")
}

/// Base and head side by side, where both were counted.
#[must_use]
pub fn pairs(base: &[Figure], head: &[Figure]) -> Vec<Exact> {
    let beside = |base: &Figure| {
        let head = head.iter().find(|head| head.what == base.what)?;
        let Figure { what, unit, range } = base.clone();
        Some(Exact { what, unit, base: range, head: head.range, limit: LIMIT })
    };
    base.iter().filter_map(beside).collect()
}

#[expect(clippy::cast_precision_loss, reason = "calls and bytes below 2^52")]
fn real(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use record::Sample;

    use super::*;

    fn exact(base: (u64, u64), head: (u64, u64)) -> Exact {
        Exact { what: "calls".to_owned(), unit: Unit::Count, base, head, limit: LIMIT }
    }

    #[test]
    fn more_is_what_the_base_never_did() {
        assert!(!exact((100, 100), (100, 100)).is_more());
        assert!(!exact((100, 100), (102, 110)).is_more(), "within the limit");
        assert!(exact((100, 100), (103, 103)).is_more());
        assert!(exact((1, 1), (2, 2)).is_more(), "one more of few");
        assert!(!exact((2179, 2310), (2228, 2400)).is_more(), "a runtime of many threads");
        assert!(!exact((100, 100), (50, 50)).is_more());
    }

    fn samples(family: &str, scenario: &str, subject: &str, measures: &[(&str, u64)]) -> Samples {
        let mut samples = Samples::default();
        for (measure, value) in measures {
            let own = str::to_owned;
            let (family, scenario, subject, measure) =
                (own(family), own(scenario), own(subject), own(measure));
            let unit = Unit::Count;
            samples.add(&Sample { family, scenario, subject, measure, unit, round: 1, value: *value });
        }
        samples
    }

    #[test]
    fn a_runtime_has_a_size_and_the_calls_that_were_counted() {
        let binary = Subject { size_bytes: 1000, ..Subject::without_binary("x") };
        let counted = samples(FAMILY, calls::SCENARIO, "x", &[(CALLS, 210), ("calls:mount", 40)]);
        let figures = of_runtime(&counted, "x", &binary);
        let told: Vec<(&str, u64)> = figures.iter().map(|figure| (&*figure.what, figure.range.0)).collect();
        assert_eq!(told, [(SIZE, 1000), (CALLS, 210), ("calls:mount", 40)]);
        assert_eq!(of_runtime(&Samples::default(), "x", &binary).len(), 1);
    }

    #[test]
    fn only_what_both_have_is_compared() {
        let figure =
            |what: &str, value| Figure { what: what.to_owned(), unit: Unit::Count, range: (value, value) };
        let found = pairs(&[figure("a", 1), figure("b", 1)], &[figure("b", 2), figure("c", 1)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].what == "b" && found[0].is_more());
    }

    #[test]
    fn a_store_has_bytes_for_each_level_and_no_times() {
        let mut all = samples(dedup::FAMILY, "seed", "layers", &[(dedup::APPARENT, 7), ("inodes", 3)]);
        let time = Sample { subject: dedup::IMPORT.to_owned(), measure: "wall".to_owned(), ..sample() };
        all.add(&time);
        assert_eq!(
            of_store(&all),
            [Figure { what: "bytes of seed as layers".to_owned(), unit: Unit::Bytes, range: (7, 7) }]
        );
    }

    fn sample() -> Sample {
        let own = str::to_owned;
        let (family, scenario, subject, measure) = (own(dedup::FAMILY), own("seed"), own("x"), own("wall"));
        Sample { family, scenario, subject, measure, unit: Unit::Ns, round: 1, value: 1 }
    }
}
