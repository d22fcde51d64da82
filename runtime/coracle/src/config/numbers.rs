//! Lists such as `0-3,7`, of processors and of memory nodes, as the kernel's bit masks.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::read::{Findings, Object, Read};

/// A set of small numbers, bit N % 64 of word N / 64 for the number N; never empty, the last word never 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    words: Vec<u64>,
}

impl Numbers {
    /// The mask.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

impl Numbers {
    /// The numbers of a list; white space counts for nothing. An empty list is no set.
    ///
    /// - **Takes** numbers below `limit`, alone or as `FIRST-LAST`, between commas.
    /// - **Errors**: why it is no such list.
    ///
    /// # Errors
    /// As above.
    pub fn parse(list: &str, limit: u32) -> Result<Option<Self>, String> {
        let mut words = Vec::new();
        for part in list.split(',').map(str::trim).filter(|_| !list.trim().is_empty()) {
            let range = range(part, limit);
            let numbers = range.ok_or_else(|| format!("`{part}` is no number or range below {limit}"))?;
            for number in numbers {
                insert(&mut words, number as usize);
            }
        }
        Ok((!words.is_empty()).then_some(Self { words }))
    }
}

fn range(part: &str, limit: u32) -> Option<RangeInclusive<u32>> {
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    let range = first.trim().parse().ok()?..=last.trim().parse().ok()?;
    (range.start() <= range.end() && *range.end() < limit).then_some(range)
}

fn insert(words: &mut Vec<u64>, number: usize) {
    const BITS: usize = u64::BITS as usize;
    if words.len() <= number / BITS {
        words.resize(number / BITS + 1, 0);
    }
    words[number / BITS] |= 1 << (number % BITS);
}

/// Reads a list of numbers below `limit`; an empty one counts as absent.
pub(super) fn numbers(
    object: Object<'_>,
    name: &str,
    limit: u32,
    findings: &mut Findings,
) -> Option<Numbers> {
    let node = object.node_of(name, findings)?;
    let list = <&str>::read(node, findings)?;
    Numbers::parse(list, limit).unwrap_or_else(|why| {
        findings.violate(node, why);
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &str) -> Result<Vec<u64>, String> {
        Numbers::parse(list, 128).map(|numbers| numbers.map_or(Vec::new(), |numbers| numbers.words))
    }

    #[test]
    fn lists_become_masks() {
        assert_eq!(words("0"), Ok(alloc::vec![1]));
        assert_eq!(words("0-3,7"), Ok(alloc::vec![0b1000_1111]));
        assert_eq!(words(" 64 , 1 - 2"), Ok(alloc::vec![0b110, 1]));
        assert_eq!(words("0-127"), Ok(alloc::vec![u64::MAX, u64::MAX]));
        assert_eq!(words(" "), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_list_is_named() {
        for list in [",", "1,", "a", "-1", "1-", "3-1", "128", "1-128", "0x1", "99999999999"] {
            assert!(words(list).is_err(), "{list}");
        }
        assert_eq!(words("1,b"), Err("`b` is no number or range below 128".into()));
    }
}
