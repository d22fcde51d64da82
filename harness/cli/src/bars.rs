//! `loadline bars`: the reference runtime beside others, held to the bars that it has to reach.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use drive::{Runtime, own};
use measure::bars::{self, Entry, Finding, JUDGED, Standing};
use measure::entrants::Entrants;
use measure::session::{Session, header};
use record::{Host, Record, Writer};

use crate::arguments;
use crate::bench::{finish, scratch};
use crate::check;
use crate::exit::{Answer, Failure};
use crate::report;

/// Judges coracle by the suite, measures it, and says which bars are held.
pub(crate) fn bars(options: &arguments::Bars) -> Result<Answer, Failure> {
    let entry = entry()?;
    let conformance = match &options.conformance {
        Some(path) => path.clone(),
        None => judge(&entry.judged, &options.out)?,
    };
    let conformance = report::read(&conformance)?;
    same_binary(&conformance, &entry.judged)?;
    let measured = report::read(&measure(&entry, options)?)?;
    let findings = bars::findings(&measured);
    tell(&[measured, conformance], &options.out)?;
    answer(&findings)
}

/// Coracle, the newest crun and the newest runc, under plain names.
fn entry() -> Result<Entry, Failure> {
    let found = Entrants::find(&[])?;
    let newest = |name: &str| {
        let missing = || anyhow!("the bars are beside {name}, which is not installed; try .ci/peers");
        found.newest(name).map(|runtime| runtime.path.clone()).ok_or_else(|| Failure::Host(missing()))
    };
    let paths = [own::coracle().map_err(Failure::host)?, newest("crun")?, newest("runc")?];
    let mut runtimes = Entrants::exactly(&paths)?.runtimes.into_iter();
    let judged = runtimes.next().ok_or_else(|| Failure::Host(anyhow!("{JUDGED} cannot be opened")))?;
    Ok(Entry { judged, peers: runtimes.collect() })
}

/// Every case of the suite, with its record below `out`.
fn judge(runtime: &Runtime, out: &Path) -> Result<PathBuf, Failure> {
    let out = out.join("check");
    let options = arguments::Check {
        cases: Vec::new(),
        runtime: vec![runtime.path.clone()],
        list: false,
        jobs: None,
        spec: None,
        keep: Vec::new(),
        out: out.clone(),
    };
    // Whatever breaks a clause is told, and stands beside the figures; it does not keep them from being taken.
    let _broken = check::check(&options)?;
    Ok(out.join(format!("{}.jsonl", runtime.subject.name)))
}

fn same_binary(conformance: &Record, judged: &Runtime) -> Result<(), Failure> {
    let same = conformance.header.subjects.iter().any(|subject| subject.sha256 == judged.subject.sha256);
    let other =
        || anyhow!("the conformance record is about another binary; leave it out, and the suite is run");
    if same { Ok(()) } else { Err(Failure::Usage(other())) }
}

fn measure(entry: &Entry, options: &arguments::Bars) -> Result<PathBuf, Failure> {
    let effort = if options.quick { bars::QUICK } else { bars::FULL };
    let host = Host::probe().map_err(Failure::host)?;
    measure::stage::enter().map_err(Failure::host)?;
    let path = options.out.join("bars.jsonl");
    let mut record = Writer::create(&path, entry.introduce(header(host, effort))).map_err(Failure::host)?;
    let home = scratch(Path::new("/run"))?;
    bars::run(&mut Session { record: &mut record, effort }, entry, home.path()).map_err(Failure::host)?;
    finish(record, path)
}

fn tell(records: &[Record], out: &Path) -> Result<(), Failure> {
    let text = ::report::paper::bars(records, &[])
        .ok_or_else(|| Failure::Host(anyhow!("nothing could be measured; the record says why")))?;
    println!("{text}");
    let path = out.join(::report::paper::BARS);
    let written = fs::write(&path, text);
    written.with_context(|| format!("write `{}`", path.display())).map_err(Failure::Host)?;
    println!("{}", path.display());
    Ok(())
}

fn answer(findings: &[Finding]) -> Result<Answer, Failure> {
    let any = |standing| findings.iter().any(|finding| finding.standing == standing);
    if any(Standing::Missed) {
        return Ok(Answer::Broke);
    }
    if any(Standing::Unclear) || any(Standing::Unmeasured) {
        return Err(Failure::Host(anyhow!("some bars could not be told; run it on a quieter machine")));
    }
    Ok(Answer::Held)
}
