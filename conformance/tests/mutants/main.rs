//! Every case is proved able to fail: a runtime that spoils one thing, a *mutant*, is caught by it.
//!
//! `conformance/mutants.toml` names a mutant for each case; each is made and judged anew. `MUTANTS=search` looks for
//! mutants and writes that file; a filter limits it to some cases.

mod call;
mod candidates;
mod edit;
mod ledger;
mod mutation;
mod nursery;
mod program;
mod search;
mod terminal;

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use conformance::judge::Judge;
use conformance::{Case, cases};
use drive::{Runtime, own, sandbox};
use ledger::Ledger;
use libtest_mimic::{Arguments, Failed, Trial};
use mutation::Mutation;
use nursery::{Nursery, PATIENCE, catches};

fn main() -> ExitCode {
    program::enter();
    sandbox::enter(conformance::JOBS);
    let arguments = Arguments::from_args();
    run(&arguments).unwrap_or_else(|why| {
        eprintln!("error: {why}");
        ExitCode::from(3)
    })
}

fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let path = env::var_os("RUNTIME").map_or_else(own::coracle, |path| Ok(PathBuf::from(path)))?;
    let real = Runtime::open(&path)?;
    let judge = Judge::prepare(&real, None, &[], |_, case| case.to_owned())?;
    judge.smoke()?;
    let nursery = Nursery::new(&real.path)?;
    if env::var("MUTANTS").is_ok_and(|mode| mode == "search") {
        let mut ledger = Ledger::read().unwrap_or_default();
        search::search(&nursery, &wanted(arguments, &judge), &mut ledger)?;
        ledger.write()?;
        return Ok(ExitCode::SUCCESS);
    }
    let trials = trials(&Arc::new(nursery), &judge, &Ledger::read()?);
    Ok(libtest_mimic::run(arguments, trials).exit_code())
}

/// The cases that the arguments ask for, and that this host can run.
fn wanted(arguments: &Arguments, judge: &Judge) -> Vec<&'static Case> {
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let asked = |case: &&Case| case.id().contains(filter) && judge.unmet(case).is_none();
    cases::all().into_iter().filter(asked).collect()
}

fn trials(nursery: &Arc<Nursery>, judge: &Judge, ledger: &Ledger) -> Vec<Trial> {
    let known: BTreeSet<String> = cases::all().iter().map(|case| case.id()).collect();
    let strange: Vec<String> = ledger
        .caught
        .keys()
        .chain(ledger.excused.keys())
        .filter(|case| !known.contains(*case))
        .cloned()
        .collect();
    let whole =
        move || if strange.is_empty() { Ok(()) } else { Err(format!("no such cases: {strange:?}").into()) };
    let each = cases::all().into_iter().filter(|case| !ledger.excused.contains_key(&case.id())).map(|case| {
        let (nursery, mutation) = (Arc::clone(nursery), ledger.caught.get(&case.id()).cloned());
        let unmet = judge.unmet(case).is_some();
        Trial::test(case.id(), move || caught(&nursery, case, mutation.as_deref())).with_ignored_flag(unmet)
    });
    each.chain([Trial::test("ledger/names-cases", whole)]).collect()
}

/// The case catches its mutant.
fn caught(nursery: &Nursery, case: &'static Case, mutation: Option<&str>) -> Result<(), Failed> {
    let text = mutation.ok_or("no mutant is known that it catches; look for one with MUTANTS=search")?;
    let mutation = Mutation::parse(text).ok_or_else(|| format!("`{text}` is no mutation"))?;
    let verdict = nursery.grow(&mutation)?.judged(case, PATIENCE)?;
    if catches(&verdict) { Ok(()) } else { Err(format!("`{mutation}` was not caught: {verdict:?}").into()) }
}
