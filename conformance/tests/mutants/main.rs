//! Every case is proved able to fail: a runtime that spoils one thing, a *mutant*, is caught by it.
//!
//! `conformance/mutants.toml` names a mutant for each case; each is made and judged anew. `MUTANTS=search` looks for
//! mutants of the cases that have none there, and writes that file; a filter limits it to some of them.

mod call;
mod candidates;
mod edit;
mod idle;
mod ledger;
mod mutation;
mod nursery;
mod program;
mod search;
mod terminal;

use std::collections::BTreeSet;
use std::env;
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
    if env::var_os("RUNTIME").is_some() {
        println!("skipped: cases are proved on mutants of coracle, which $RUNTIME is not; unset it");
        return Ok(ExitCode::SUCCESS);
    }
    let real = Runtime::open(&own::coracle()?)?;
    let judge = Judge::prepare(&real, None, &[], |_, case| case.to_owned())?;
    judge.smoke()?;
    let nursery = Nursery::new(&real.path)?;
    if env::var("MUTANTS").is_ok_and(|mode| mode == "search") {
        let mut ledger = Ledger::read()?;
        let mut wanted = wanted(arguments, &judge);
        wanted.retain(|case| !ledger.caught.contains_key(&case.id()));
        search::search(&nursery, &wanted, &mut ledger)?;
        return Ok(ExitCode::SUCCESS);
    }
    let nursery = Arc::new(nursery);
    let mut trials = trials(&nursery, &judge, &Ledger::read()?);
    trials.extend(idle_trials(&nursery)?);
    drop(nursery);
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
    let each = cases::all().into_iter().filter(|case| !ledger.excused.contains_key(&case.id()));
    let each = each.map(|case| {
        let (nursery, mutation) = (Arc::clone(nursery), ledger.caught.get(&case.id()).cloned());
        // What is not tried here is not proved here: the list says why.
        let (unmet, kind) =
            judge.unmet(case).map_or((false, String::new()), |(need, _)| (true, format!("needs {need}")));
        let test = move || caught(&nursery, case, mutation.as_deref());
        Trial::test(case.id(), test).with_kind(kind).with_ignored_flag(unmet)
    });
    each.chain([Trial::test("ledger/names-cases", whole)]).collect()
}

/// Runtimes that do nothing.
fn idle_trials(nursery: &Arc<Nursery>) -> std::io::Result<Vec<Trial>> {
    let trial = |name: String, test: Box<dyn FnOnce() -> idle::Found + Send>| {
        // Their files go with the nursery.
        let nursery = Arc::clone(nursery);
        Trial::test(name, move || {
            let found = test().map_err(|why| Failed::from(why.to_string()));
            drop(nursery);
            found
        })
    };
    let mut trials = Vec::new();
    for idle in idle::QUICK.iter().chain([&idle::SLOW]) {
        let path = idle.write(nursery.home())?;
        let again = path.clone();
        trials.push(trial(
            format!("idle/{}/ends-a-run", idle.name),
            Box::new(move || idle.must_end_a_run(&path)),
        ));
        if idle.is_quick() {
            let test = Box::new(move || idle::must_pass_nothing(&again));
            trials.push(trial(format!("idle/{}/passes-nothing", idle.name), test));
        }
    }
    Ok(trials)
}

/// The case catches its mutant.
fn caught(nursery: &Nursery, case: &'static Case, mutation: Option<&str>) -> Result<(), Failed> {
    let text = mutation.ok_or("no mutant is known that it catches; look for one with MUTANTS=search")?;
    let mutation = Mutation::parse(text).ok_or_else(|| format!("`{text}` is no mutation"))?;
    if mutation.to_string() != text {
        return Err(format!("`{text}` would be written `{mutation}`").into());
    }
    let verdict = nursery.grow(&mutation)?.judged(case, PATIENCE)?;
    if catches(&verdict) { Ok(()) } else { Err(format!("`{mutation}` was not caught: {verdict:?}").into()) }
}
