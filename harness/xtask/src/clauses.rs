//! Clauses held against a checkout of the specification.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, ensure};
use conformance::Clause;
use conformance::ledger::{self, Sentence};

/// The files of the specification that bind a Linux runtime.
const FILES: [&str; 7] = [
    "bundle.md",
    "config.md",
    "config-linux.md",
    "features.md",
    "features-linux.md",
    "runtime.md",
    "runtime-linux.md",
];

/// One file of the specification, taken apart.
struct Page {
    sections: Vec<String>,
    sentences: Vec<Sentence>,
}

type Pages = BTreeMap<&'static str, Page>;

/// Checks that each clause still stands in the specification below `directory`, and counts what nobody claims.
///
/// # Errors
///
/// When a file is missing, or a clause's section or sentence is gone; what to look at is on stdout.
pub(crate) fn check(directory: &Path, list_unclaimed: bool) -> anyhow::Result<()> {
    let pages = read(directory)?;
    let clauses = conformance::clauses::all();
    let gone: usize = clauses.iter().map(|clause| report_gone(&pages, clause)).sum();
    report_coverage(&pages, &clauses, list_unclaimed);
    ensure!(gone == 0, "{gone} clauses no longer match `{}`", directory.display());
    println!("all {} clauses match `{}`", clauses.len(), directory.display());
    Ok(())
}

/// Prints address, line and hash of every sentence below `directory` that contains `words`.
///
/// # Errors
///
/// When a file is missing, or no sentence contains the words.
pub(crate) fn find(directory: &Path, words: &str) -> anyhow::Result<()> {
    let pages = read(directory)?;
    let all =
        pages.iter().flat_map(|(file, page)| page.sentences.iter().map(move |sentence| (file, sentence)));
    let mut matches = all.filter(|(_, sentence)| sentence.text.contains(words)).peekable();
    ensure!(matches.peek().is_some(), "no sentence contains `{words}`: emphasis and backticks are dropped");
    let mut out = io::stdout().lock();
    let told = matches.try_for_each(|(file, sentence)| {
        let sections = sentence.sections.join(" #");
        writeln!(out, "{file}:{} #{sections}\n  {}\n  {}", sentence.line, sentence.sha256(), sentence.text)
    });
    match told {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        told => told.context("print the sentences"),
    }
}

fn read(directory: &Path) -> anyhow::Result<Pages> {
    let page = |file: &'static str| {
        let path = directory.join(file);
        let text = fs::read_to_string(&path).with_context(|| {
            format!("read `{}`: name a checkout of the runtime specification", path.display())
        })?;
        Ok((file, Page { sections: ledger::sections(&text), sentences: ledger::sentences(&text) }))
    };
    FILES.into_iter().map(page).collect()
}

/// Says what is wrong with one clause; 1 when something is.
fn report_gone(pages: &Pages, clause: &Clause) -> usize {
    let Some(page) =
        pages.get(clause.file()).filter(|page| page.sections.iter().any(|s| s == clause.section()))
    else {
        println!("{}: no section `{}`", clause.id, clause.address);
        return 1;
    };
    let here = |sentence: &&Sentence| sentence.sections.iter().any(|section| section == clause.section());
    if page.sentences.iter().filter(here).any(|sentence| sentence.sha256() == clause.sentence) {
        return 0;
    }
    println!("{}: its sentence is not in `{}` any more; there now:", clause.id, clause.address);
    for sentence in page.sentences.iter().filter(here).filter(|sentence| sentence.is_normative()) {
        println!("  {} {}:{} {}", sentence.sha256(), clause.file(), sentence.line, sentence.text);
    }
    1
}

fn report_coverage(pages: &Pages, clauses: &[&Clause], list_unclaimed: bool) {
    let claimed: BTreeSet<&str> = clauses.iter().map(|clause| clause.sentence).collect();
    for (file, page) in pages {
        let normative = page.sentences.iter().filter(|sentence| sentence.is_normative());
        let (held, open): (Vec<_>, Vec<_>) = normative.partition(|s| claimed.contains(s.sha256().as_str()));
        println!("{file:18} {:3} of {:3} normative sentences claimed", held.len(), held.len() + open.len());
        for sentence in open.iter().filter(|_| list_unclaimed) {
            println!("  {}:{} {}", file, sentence.line, sentence.text);
        }
    }
}
