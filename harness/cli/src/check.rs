//! `loadline check`: every case on each runtime, one record for each.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;
use conformance::version::Version;
use conformance::{CheckError, Options, Summary, cases, select, text};
use drive::{Runtime, own};
use indicatif::{ProgressBar, ProgressStyle};
use measure::entrants::Entrants;
use record::{Header, Host, Kind, Outcome, Writer, setting};

use crate::arguments;
use crate::bench::finish;
use crate::exit::{Answer, Failure};

/// Judges the runtimes that are asked for.
pub(crate) fn check(options: &arguments::Check) -> Result<Answer, Failure> {
    let selected = select::select(&cases::all(), &options.cases).map_err(Failure::usage)?;
    if options.list {
        for case in selected {
            println!("{}\n    {} ({})", case.id(), case.clause.asks, case.clause.address);
        }
        return Ok(Answer::Held);
    }
    let runtimes = runtimes(&options.runtime)?;
    let results: Vec<Result<Answer, Failure>> =
        runtimes.iter().map(|runtime| judge(runtime, options)).collect();
    let worst = |worst, next| match (worst, next) {
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
        (Ok(Answer::Held), Ok(answer)) | (Ok(answer), Ok(_)) => Ok(answer),
    };
    results.into_iter().fold(Ok(Answer::Held), worst)
}

fn runtimes(named: &[PathBuf]) -> Result<Vec<Runtime>, Failure> {
    if named.is_empty() {
        let path = own::coracle().map_err(Failure::host)?;
        return Ok(vec![Runtime::open(&path)?]);
    }
    Ok(Entrants::exactly(named)?.runtimes)
}

fn judge(runtime: &Runtime, options: &arguments::Check) -> Result<Answer, Failure> {
    let spec = options.spec.as_deref().map(version).transpose()?;
    let jobs =
        options.jobs.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let path = options.out.join(format!("{}.jsonl", runtime.subject.name));
    let mut record = Writer::create(&path, header(runtime, options)?).map_err(Failure::host)?;
    let run = Options {
        runtime: runtime.clone(),
        select: options.cases.clone(),
        jobs,
        spec,
        keep: options.keep.clone(),
        repeat,
    };
    let bar = bar();
    let summary = conformance::check(&run, &mut record, |outcome, all| show(&bar, outcome, all));
    bar.finish_and_clear();
    let summary = summary.map_err(failure)?;
    let path = finish(record, path)?;
    tell(runtime, &summary, &path);
    match summary.exit_code() {
        0 => Ok(Answer::Held),
        1 => Ok(Answer::Broke),
        _ => Err(Failure::Host(anyhow!("cases are broken or none could run, so the run says nothing"))),
    }
}

fn header(runtime: &Runtime, options: &arguments::Check) -> Result<Header, Failure> {
    let mut header = Header::new(Kind::Check, Host::probe().map_err(Failure::host)?);
    header.subjects = vec![runtime.subject.clone()];
    header.settings.insert(setting::CASES.to_owned(), cases::all().len().to_string());
    if let Some(spec) = &options.spec {
        header.settings.insert(setting::SPEC.to_owned(), spec.clone());
    }
    Ok(header)
}

fn version(text: &str) -> Result<Version, Failure> {
    let unknown = || Failure::Usage(anyhow!("`{text}` is no version of the specification; try 1.2.1"));
    Version::parse(text).ok_or_else(unknown)
}

fn failure(error: CheckError) -> Failure {
    if error.exit_code() == 2 { Failure::usage(error) } else { Failure::host(error) }
}

fn repeat(runtime: &Runtime, case: &str) -> String {
    format!("loadline check --runtime {} {case}", runtime.path.display())
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg:40}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn show(bar: &ProgressBar, outcome: &Outcome, all: usize) {
    bar.set_length(all as u64);
    bar.set_message(outcome.case.clone());
    bar.inc(1);
}

fn tell(runtime: &Runtime, summary: &Summary, record: &Path) {
    println!("{} {}\n\n{}", runtime.path.display(), runtime.subject.version, text::summary(summary));
    println!("{}", record.display());
}
