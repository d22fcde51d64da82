//! What a runtime survives, as `cargo test` trials: `$RUNTIME`, else coracle.
//!
//! `ROUNDS=1000` repeats each race and each kill that often; `SEED=7` moves the kills to other moments. `FAULTS=quick`
//! puts an error and a kill at each kind of system call, `FAULTS=full` every error and every kill at each call.

mod leaky;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use conformance::Case;
use conformance::judge::Judge;
use conformance::robustness::{self, Depth, sweep};
use drive::{Runtime, own, sandbox};
use leaky::Leaky;
use libtest_mimic::{Arguments, Failed, Trial};
use record::{Outcome, Verdict};

/// How long a case may take, whatever it repeats.
const DEADLINE: Duration = Duration::from_hours(1);

/// How many faults of each operation are tried unless more are asked for.
const USUAL_FAULTS: usize = 24;

fn main() -> ExitCode {
    sandbox::enter(conformance::JOBS);
    let arguments = Arguments::from_args();
    match prepare() {
        Ok((runtime, judge)) => libtest_mimic::run(&arguments, trials(&runtime, &judge)).exit_code(),
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(3)
        }
    }
}

fn prepare() -> Result<(Runtime, Arc<Judge>), Box<dyn std::error::Error>> {
    let path = env::var_os("RUNTIME").map_or_else(own::coracle, |path| Ok(PathBuf::from(path)))?;
    let runtime = Runtime::open(&path)?;
    let judge = Judge::prepare(&runtime, None, &[], repeat)?.within(DEADLINE);
    judge.smoke()?;
    Ok((runtime, Arc::new(judge)))
}

fn repeat(runtime: &Runtime, case: &str) -> String {
    format!(
        "RUNTIME={} cargo test -p conformance --test robustness -- --exact {case}",
        runtime.path.display()
    )
}

fn trials(runtime: &Runtime, judge: &Arc<Judge>) -> Vec<Trial> {
    let cases = robustness::all().into_iter().map(|case| trial(judge, case));
    let swept = sweep::OPERATIONS.iter().map(|operation| swept(judge, operation));
    let caught = leaky::ALL.iter().map(|leaky| caught(runtime, leaky));
    cases.chain(swept).chain(caught).collect()
}

/// The suite itself: a leak is seen.
fn caught(runtime: &Runtime, leaky: &'static Leaky) -> Trial {
    let runtime = runtime.clone();
    let test = move || leaky.must_be_caught(&runtime).map_err(|why| Failed::from(why.to_string()));
    Trial::test(format!("suite/sees/{}", leaky.name), test)
}

/// Faults in one operation.
fn swept(judge: &Arc<Judge>, operation: &'static str) -> Trial {
    let judge = Arc::clone(judge);
    Trial::test(format!("robustness/fault/{operation}"), move || {
        let sweep = sweep::sweep(&judge, operation, depth())?;
        println!("{sweep}");
        if sweep.violations().is_empty() { Ok(()) } else { Err(sweep.to_string().into()) }
    })
}

fn depth() -> Depth {
    match env::var("FAULTS").as_deref() {
        Ok("full") => Depth::Full,
        Ok("quick") => Depth::Quick,
        _ => Depth::Some(USUAL_FAULTS),
    }
}

fn trial(judge: &Arc<Judge>, case: &'static Case) -> Trial {
    let unmet = judge.unmet(case).is_some();
    let judge = Arc::clone(judge);
    Trial::test(case.id(), move || told(&judge.judge(case))).with_ignored_flag(unmet)
}

fn told(outcome: &Outcome) -> Result<(), Failed> {
    let why = match &outcome.verdict {
        Verdict::Passed | Verdict::Skipped { .. } => return Ok(()),
        Verdict::Failed { expected, actual } => format!("expected {expected}\n    seen {actual}"),
        Verdict::Unreached { step, why } => format!("did not get there: {step}: {why}"),
        Verdict::Broken { error } => format!("the suite failed: {error}"),
    };
    Err(format!("{}: {}\n{why}\nagain: {}", outcome.case, outcome.asks, outcome.repeat).into())
}
