//! What does not depend on how busy the machine is: system calls by class, and the size of the binary.

use record::{Subject, Unit};

use super::{BASE, HEAD};
use crate::sampling::CALLS;
use crate::start::{FAMILY, calls};
use crate::summary::Samples;

/// The ratio of the least that the head did to the most that the base did, from which on it is too much.
pub const LIMIT: f64 = 1.02;

/// One exact figure of base and head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    /// What is counted, such as `calls:mount`.
    pub what: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Least and most that the base did.
    pub base: (u64, u64),
    /// Least and most that the head did.
    pub head: (u64, u64),
}

impl Exact {
    /// Whether the head does more than the base in any case, by more than [`LIMIT`] allows.
    #[must_use]
    pub fn is_more(&self) -> bool {
        real(self.head.0) > real(self.base.1) * LIMIT
    }

    /// That ratio; `None` where the base did nothing.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        (self.base.1 > 0).then(|| real(self.head.0) / real(self.base.1))
    }
}

/// Sizes of the binaries.
#[must_use]
pub fn size(base: &Subject, head: &Subject) -> Exact {
    let twice = |subject: &Subject| (subject.size_bytes, subject.size_bytes);
    Exact { what: "size of the binary".to_owned(), unit: Unit::Bytes, base: twice(base), head: twice(head) }
}

/// System calls of a `run`, all and by class; nothing where they were not counted.
#[must_use]
pub fn calls(samples: &Samples) -> Vec<Exact> {
    let measures = std::iter::once(CALLS).chain(calls::CLASSES.iter().map(|(measure, _)| *measure));
    let range =
        |subject: &str, measure: &str| samples.series(FAMILY, calls::SCENARIO, subject, measure)?.range();
    let exact = |measure: &str| {
        let (base, head) = (range(BASE, measure)?, range(HEAD, measure)?);
        Some(Exact { what: measure.to_owned(), unit: Unit::Count, base, head })
    };
    measures.filter_map(exact).collect()
}

#[expect(clippy::cast_precision_loss, reason = "calls and bytes below 2^52")]
fn real(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(base: (u64, u64), head: (u64, u64)) -> Exact {
        Exact { what: "calls".to_owned(), unit: Unit::Count, base, head }
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

    #[test]
    fn sizes_are_those_of_the_subjects() {
        let of = |size_bytes| Subject { size_bytes, ..Subject::without_binary("x") };
        assert!(size(&of(1000), &of(1021)).is_more() && !size(&of(1000), &of(1000)).is_more());
    }

    #[test]
    fn calls_that_were_not_counted_are_not_compared() {
        assert!(calls(&Samples::default()).is_empty());
    }
}
