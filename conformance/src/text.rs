//! What a run came to, for people to read in a terminal.

use std::collections::BTreeMap;

use record::{Known, Level, Outcome, Verdict};

use crate::check::Summary;

/// Every case that did not pass, with its clause, what was expected, what was seen and how to repeat it; then the
/// counts. Skipped cases are counted by need.
#[must_use]
pub fn summary(summary: &Summary) -> String {
    let blocks = summary.outcomes.iter().map(|outcome| {
        let why = summary.unexpected.get(&outcome.case).map(String::as_str);
        seen(&outcome.verdict).map_or_else(|| passed(outcome, why), |seen| block(outcome, why, &seen))
    });
    blocks.collect::<String>() + &skipped(summary) + &closing(summary)
}

/// A case that passed, where it should not have.
fn passed(outcome: &Outcome, why: Option<&str>) -> String {
    why.map_or_else(String::new, |why| format!("passed  {}\n  but       {why}\n\n", outcome.case))
}

/// The verdict in a word, what was expected, and what was seen.
type Seen = (&'static str, String, String);

/// What was expected and what was seen; nothing for cases that passed or were skipped.
fn seen(verdict: &Verdict) -> Option<Seen> {
    Some(match verdict {
        Verdict::Passed | Verdict::Skipped { .. } => return None,
        Verdict::Failed { expected, actual } => ("failed", expected.clone(), actual.clone()),
        Verdict::Unreached { step, why } => {
            ("unreached", format!("{step} to succeed before the clause is tested"), why.clone())
        }
        Verdict::Broken { error } => ("broken", "the suite to work".to_owned(), error.clone()),
    })
}

fn block(outcome: &Outcome, why: Option<&str>, (what, expected, actual): &Seen) -> String {
    let Outcome { case, asks, address, repeat, .. } = outcome;
    let level = level(outcome.level);
    let known = outcome.known.as_ref().map_or_else(String::new, |Known { kind, reason, link }| {
        format!("  known     {kind}: {reason} {link}\n")
    });
    let but = why.filter(|_| outcome.known.is_some());
    let but = but.map_or_else(String::new, |why| format!("  but       {why}\n"));
    format!(
        "{what}  {case}\n  clause    {asks} ({address}, {level})\n  expected  {expected}\n  seen      {actual}\n\
         {known}{but}  repeat    {repeat}\n\n"
    )
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
        Level::May => "MAY",
    }
}

/// One line per need that is not met: how many cases it keeps from running, and what would unlock them.
fn skipped(summary: &Summary) -> String {
    let mut needs: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for outcome in &summary.outcomes {
        if let Verdict::Skipped { need, why } = &outcome.verdict {
            needs.entry(need).or_insert((0, why)).0 += 1;
        }
    }
    let line =
        |(need, (count, why)): (&&str, &(usize, &str))| format!("skipped  {count} for {need}: {why}\n");
    needs.iter().map(line).collect()
}

fn closing(summary: &Summary) -> String {
    let tally = summary.tally;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let known = summary.outcomes.iter().filter(|outcome| outcome.known.is_some()).count();
    let counts = [
        (tally.unreached, "unreached"),
        (tally.skipped, "skipped"),
        (tally.broken, "broken"),
        (count(known), "known"),
        (count(summary.unexpected.len()), "unexpected"),
    ];
    let named =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
    let line = format!("{} cases: {} passed, {} failed", tally.total(), tally.passed, tally.failed);
    line + &named.collect::<String>() + "\n"
}
