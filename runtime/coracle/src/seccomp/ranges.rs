//! The intermediate form: for one architecture of the kernel, ranges of call numbers and what becomes of each.

use alloc::vec::Vec;

use super::action::{KILL_PROCESS, Operator};
use super::arch::{Arch, X32_BIT};
use super::multiplex;
use super::rules::{Condition, Rules};
use super::table::{CALLS, NO};

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// The same whatever its arguments.
    Verdict(u32),
    /// Clauses tried in order; the verdict where none matches.
    Clauses(Vec<Clause>, u32),
}

/// A verdict and the conditions under which it holds: all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) conditions: Vec<Condition>,
    pub(super) verdict: u32,
}

/// All numbers from `start` up to the next range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u32,
    pub(super) decision: Decision,
}

/// The filter for what the kernel reports as one architecture.
pub(super) struct Section {
    pub(super) audit: u32,
    /// Whether only the lower half of an argument counts.
    pub(super) is_32_bit: bool,
    /// In ascending order; the first starts at 0.
    pub(super) ranges: Vec<Range>,
}

/// An entry that speaks of a call: sorted, all of one number stand together, in the order of the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    number: u32,
    entry: u32,
    /// The selector of a call within `socketcall` or `ipc`; 0 for a call of its own.
    selector: u8,
}

/// The number by which a tracer tells the kernel to skip a call; no call, so the default action is for it.
const SKIPPED: u32 = u32::MAX;

/// One section for each architecture that the kernel tells apart.
///
/// Names that no architecture has are left out: profiles list the calls of all of them, and of kernels to come.
pub(super) fn sections(rules: &Rules<'_>) -> Vec<Section> {
    let rows = rows(rules);
    let mut sections: Vec<Section> = Vec::new();
    for arch in rules.architectures.iter().filter(|arch| **arch != Arch::X32) {
        let mut mentions = mentions(rules, &rows, *arch);
        let beyond = if *arch != Arch::X86_64 {
            rules.default
        } else if rules.architectures.contains(&Arch::X32) {
            mentions.extend(self::mentions(rules, &rows, Arch::X32));
            rules.default
        } else {
            KILL_PROCESS
        };
        mentions.sort_unstable();
        let ranges = ranges(rules, &mentions, (*arch == Arch::X86_64).then_some(beyond));
        sections.push(Section { audit: arch.audit(), is_32_bit: arch.is_32_bit(), ranges });
    }
    sections
}

/// The table's row for each name that has one, with the index of the entry.
fn rows(rules: &Rules<'_>) -> Vec<(u32, usize)> {
    let mut rows = Vec::with_capacity(CALLS.len());
    for (entry, index) in rules.entries.iter().zip(0..) {
        for name in entry.names {
            if let Ok(row) = CALLS.binary_search_by(|(known, _)| (*known).cmp(name)) {
                rows.push((index, row));
            }
        }
    }
    rows
}

fn mentions(rules: &Rules<'_>, rows: &[(u32, usize)], arch: Arch) -> Vec<Mention> {
    let mut mentions = Vec::with_capacity(rows.len());
    for &(entry, row) in rows {
        let (name, numbers) = &CALLS[row];
        let number = numbers[arch.column()];
        if number != NO {
            mentions.push(Mention { number: arch.number(number), entry, selector: 0 });
        }
        // A call with conditions cannot be judged there: its arguments lie in memory.
        if arch == Arch::X86
            && rules.entries[entry as usize].conditions.is_empty()
            && let Some((number, selector)) = multiplex::of(name)
        {
            mentions.push(Mention { number, entry, selector });
        }
    }
    mentions
}

/// Joins neighbors that are decided alike; the gaps between mentioned numbers get the default.
fn ranges(rules: &Rules<'_>, mentions: &[Mention], beyond_x32: Option<u32>) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut next = 0;
    let mut x32 = beyond_x32;
    for group in mentions.chunk_by(|one, other| one.number == other.number) {
        let number = group[0].number;
        if let Some(verdict) = x32.filter(|_| number >= X32_BIT) {
            gap(&mut ranges, (next, X32_BIT), rules.default);
            gap(&mut ranges, (X32_BIT, number), verdict);
            x32 = None;
        } else {
            gap(&mut ranges, (next, number), rules.default);
        }
        push(&mut ranges, number, decide(rules, group));
        next = number + 1;
    }
    if let Some(verdict) = x32 {
        gap(&mut ranges, (next, X32_BIT), rules.default);
        push(&mut ranges, X32_BIT, Decision::Verdict(verdict));
        push(&mut ranges, SKIPPED, Decision::Verdict(rules.default));
    } else {
        push(&mut ranges, next, Decision::Verdict(rules.default));
    }
    ranges
}

/// Numbers from one up to another that no entry mentions.
fn gap(ranges: &mut Vec<Range>, (start, end): (u32, u32), verdict: u32) {
    if start < end {
        push(ranges, start, Decision::Verdict(verdict));
    }
}

fn push(ranges: &mut Vec<Range>, start: u32, decision: Decision) {
    if ranges.last().is_none_or(|last| last.decision != decision) {
        ranges.push(Range { start, decision });
    }
}

/// What the entries that mention one call come to: the first that matches decides.
fn decide(rules: &Rules<'_>, mentions: &[Mention]) -> Decision {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut otherwise = rules.default;
    for mention in mentions {
        let entry = &rules.entries[mention.entry as usize];
        let mut conditions = entry.conditions.clone();
        if mention.selector != 0 {
            let value = u64::from(mention.selector);
            conditions.push(Condition { index: 0, operator: Operator::Equal, value, value_two: 0 });
        }
        if conditions.is_empty() {
            otherwise = entry.verdict;
            break;
        }
        clauses.push(Clause { conditions, verdict: entry.verdict });
    }
    while clauses.pop_if(|last| last.verdict == otherwise).is_some() {}
    if clauses.is_empty() { Decision::Verdict(otherwise) } else { Decision::Clauses(clauses, otherwise) }
}
