//! Every case as a `cargo test` trial, against `$RUNTIME`, else against coracle.
//!
//! Exit status: 0 no clause broke that is not known to, 1 one did, 2 there is no such runtime or case, 3 nothing could
//! be judged.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use conformance::expect::{self, Expectation};
use conformance::judge::{Judge, PrepareError};
use conformance::{Case, Summary, cases, select, text};
use drive::own::BuildError;
use drive::{OpenError, Runtime, own, sandbox};
use libtest_mimic::{Arguments, Failed, Trial};
use record::Outcome;

/// Why no case was run.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error("$RUNTIME cannot be tested")]
    Open(#[from] OpenError),

    #[error("there is no coracle to test; name another runtime in $RUNTIME")]
    Build(#[from] BuildError),

    #[error(transparent)]
    Prepare(#[from] PrepareError),

    #[error(transparent)]
    Select(#[from] select::SelectError),

    #[error("read what is known of the runtime")]
    Expect(#[from] expect::ExpectError),
}

impl RunError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Open(error) if error.is_usage() => 2,
            Self::Select(_) => 2,
            _ => 3,
        }
    }
}

fn main() -> ExitCode {
    sandbox::enter(conformance::JOBS);
    match run(&Arguments::from_args()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error}{}", causes(&error));
            ExitCode::from(error.exit_code())
        }
    }
}

fn causes(error: &RunError) -> String {
    let chain = std::iter::successors(error.source(), |cause: &&dyn Error| (**cause).source());
    chain.fold(String::new(), |text, cause| text + &format!(": {cause}"))
}

fn run(arguments: &Arguments) -> Result<u8, RunError> {
    let selected = select(arguments)?;
    let runtime = runtime()?;
    let judge = Judge::prepare(&runtime, None, &[], repeat)?;
    let known = expect::known(&runtime, judge.facts())?;
    let judged = Arc::new(Judged { judge, known, summary: Mutex::new(Summary::default()) });
    let trials = selected.iter().map(|case| trial(&judged, case)).collect();
    if arguments.list {
        return Ok(u8::from(libtest_mimic::run(arguments, trials).has_failed()));
    }
    judged.judge.smoke()?;
    // Its own verdict does not know the exit statuses.
    let _ = libtest_mimic::run(arguments, trials);
    for case in selected.iter().filter(|case| judged.judge.unmet(case).is_some()) {
        judged.hear(judged.judge.judge(case));
    }
    let mut summary = judged.summary.lock().expect("no trial panics").clone();
    summary.outcomes.sort_by_key(|outcome| selected.iter().position(|case| case.id() == outcome.case));
    println!("{} {}\n\n{}", runtime.path.display(), runtime.subject.version, text::summary(&summary));
    Ok(summary.exit_code())
}

/// The cases that the arguments ask for: none is a mistake.
fn select(arguments: &Arguments) -> Result<Vec<&'static Case>, select::SelectError> {
    let wanted = |case: &&Case| {
        let id = case.id();
        let matches =
            |filter: &String| if arguments.exact { id == *filter } else { id.contains(filter.as_str()) };
        arguments.filter.as_ref().is_none_or(matches) && !arguments.skip.iter().any(matches)
    };
    let selected: Vec<&Case> = cases::all().into_iter().filter(wanted).collect();
    match &arguments.filter {
        Some(filter) if selected.is_empty() => Err(select::unknown_among(&cases::all(), filter)),
        _ => Ok(selected),
    }
}

fn runtime() -> Result<Runtime, RunError> {
    let path = env::var_os("RUNTIME").map_or_else(own::coracle, |path| Ok(PathBuf::from(path)))?;
    Ok(Runtime::open(&path)?)
}

fn repeat(runtime: &Runtime, case: &str) -> String {
    format!(
        "RUNTIME={} cargo test -p conformance --test conformance -- --exact {case}",
        runtime.path.display()
    )
}

/// What the trials share.
struct Judged {
    judge: Judge,
    known: Vec<Expectation>,
    summary: Mutex<Summary>,
}

impl Judged {
    /// Adds an outcome; whether the run may still be green.
    fn hear(&self, outcome: Outcome) -> bool {
        let mut summary = self.summary.lock().expect("no trial panics");
        let outcome = summary.add(outcome, &self.known);
        let broken = matches!(outcome.verdict, record::Verdict::Broken { .. });
        !broken && !summary.unexpected.contains_key(&outcome.case)
    }
}

fn trial(judged: &Arc<Judged>, case: &'static Case) -> Trial {
    let unmet = judged.judge.unmet(case).is_some();
    let judged = Arc::clone(judged);
    let body = move || {
        let holds = judged.hear(judged.judge.judge(case));
        // What was expected and what was seen stands in the summary, which nextest shows as well.
        if holds { Ok(()) } else { Err(Failed::without_message()) }
    };
    Trial::test(case.id(), body).with_ignored_flag(unmet)
}
