//! `loadline compare`: exact figures, then two binaries in the same rounds; one table, one exit code.

mod against;
mod table;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::anyhow;
use drive::Runtime;
use measure::entrants::Entrants;
use measure::gate::exact::{self, Exact};
use measure::gate::{self, BASE, COMPARISON, Finding, HEAD, HOT, ISOLATED, Outcome};
use measure::session::{Effort, Session, header};
use measure::start::{self, Field, FieldError, calls};
use measure::summary::Samples;
use record::{Host, Writer};

use crate::arguments;
use crate::bench::{finish, scratch};
use crate::exit::{Answer, Failure};
use against::Stored;
use table::tell;

/// Compares HEAD with BASE.
pub(crate) fn compare(options: &arguments::Compare) -> Result<Answer, Failure> {
    if let Some(stored) = Stored::at(&options.base)? {
        return against::compare(&stored, options);
    }
    let Some(head) = options.head.clone() else {
        let base = options.base.display();
        return Err(Failure::Usage(anyhow!(
            "`{base}` is neither a budget (.toml) nor a record (.jsonl), so give <HEAD> too: the binary that is judged"
        )));
    };
    two(&[options.base.clone(), head], options)
}

/// Two binaries: exact figures, then the clock.
fn two(paths: &[PathBuf; 2], options: &arguments::Compare) -> Result<Answer, Failure> {
    let mut entrants = Entrants::exactly(paths)?;
    for (runtime, name) in entrants.runtimes.iter_mut().zip([BASE, HEAD]) {
        name.clone_into(&mut runtime.subject.name);
    }
    let until = Instant::now() + COMPARISON;
    let (mut record, effort) = begin(&entrants, options)?;
    let home = scratch(Path::new("/run"))?;
    let field = fit(home.path(), &entrants.runtimes)?;
    let mut session = Session { record: &mut record, effort };
    let samples = count(&mut session, &field)?;
    let figures = |runtime: &Runtime| exact::of_runtime(&samples, &runtime.subject.name, &runtime.subject);
    let exact = exact::pairs(&figures(&entrants.runtimes[0]), &figures(&entrants.runtimes[1]));
    let limits = if options.exact_only { &[][..] } else { &[HOT, ISOLATED][..] };
    let timed = limits.iter().map(|limit| gate::run(&mut session, &field, *limit, until));
    let timed = timed.collect::<Result<Vec<Outcome>, _>>().map_err(Failure::host)?;
    end(record, (&exact, &timed), options)
}

/// Enters the place to measure in, and begins the record.
fn begin(entrants: &Entrants, options: &arguments::Compare) -> Result<(Writer<File>, Effort), Failure> {
    let host = Host::probe().map_err(Failure::host)?;
    measure::stage::enter().map_err(Failure::host)?;
    let effort = Effort { seed: options.seed, ..Effort::FULL };
    let header = start::introduce(entrants, header(host, effort));
    let record = Writer::create(&options.out.join("compare.jsonl"), header).map_err(Failure::host)?;
    Ok((record, effort))
}

/// Lays out what containers need, and makes sure that all of the runtimes can run one.
fn fit(home: &Path, runtimes: &[Runtime]) -> Result<Field, Failure> {
    let mut field = Field::lay_out(home, runtimes).map_err(Failure::host)?;
    match field.keep_fit().map_err(Failure::host)?.into_iter().next() {
        Some((who, why)) => Err(Failure::Host(anyhow!("{who} cannot run a container here: {why}"))),
        None => Ok(field),
    }
}

/// Ends the record, shows the table, and answers.
fn end(
    record: Writer<File>,
    (exact, timed): (&[Exact], &[Outcome]),
    options: &arguments::Compare,
) -> Result<Answer, Failure> {
    let path = finish(record, options.out.join("compare.jsonl"))?;
    tell(exact, timed, &options.out)?;
    println!("{}", path.display());
    answer(exact, timed)
}

/// Counts system calls; without strace there are none to compare, and the record says so.
fn count(session: &mut Session<'_, File>, field: &Field) -> Result<Samples, Failure> {
    let mut samples = Samples::default();
    match field.traced(session.effort.seed) {
        Ok(mut race) => {
            session.extend(&mut race, calls::ROUNDS, |sample| samples.add(sample)).map_err(Failure::host)?;
        }
        Err(FieldError::Calls(error)) => {
            eprintln!("loadline: {error}");
            session.record.omit("start/calls", measure::chain(&error));
        }
        Err(other) => return Err(Failure::host(other)),
    }
    Ok(samples)
}

/// Exact figures and failures decide first, then time.
fn answer(exact: &[Exact], timed: &[Outcome]) -> Result<Answer, Failure> {
    let failed = |who: &str| {
        let mut all = timed.iter().flat_map(|outcome| &outcome.failed);
        all.find(|(what, _)| what.ends_with(&format!("/{who}"))).map(|(_, why)| why.clone())
    };
    if let Some(why) = failed(HEAD) {
        println!("head failed while it was measured: {why}");
        return Ok(Answer::Broke);
    }
    if let Some(why) = failed(BASE) {
        return Err(Failure::Host(anyhow!("base failed while it was measured: {why}")));
    }
    let found = |finding| timed.iter().any(|outcome| outcome.finding() == finding);
    if exact.iter().any(Exact::is_more) || found(Finding::Slower) {
        println!("head costs more than base");
        return Ok(Answer::Broke);
    }
    if [Finding::VoidItself, Finding::VoidDrift, Finding::VoidTime].into_iter().any(found) {
        return Err(Failure::Host(anyhow!(
            "void: this machine cannot tell now; run it again when it is quieter"
        )));
    }
    println!("head costs no more than base, as far as this run can tell");
    Ok(Answer::Held)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use measure::gate::Judgment;
    use measure::statistics::Estimate;
    use record::Unit;

    use super::*;

    fn outcome(findings: &[Finding], failed: &[&str]) -> Outcome {
        let one = Estimate { value: 1.0, low: 1.0, high: 1.0 };
        let batch = |finding: &Finding| Judgment {
            pairs: 1,
            medians_ns: (1, 1),
            ratio: one,
            p10_ratio: 1.0,
            itself: one,
            finding: *finding,
        };
        let failed = failed.iter().map(|who| (format!("start/run/hot/1/{who}"), "no".to_owned()));
        let (batches, failed) = (findings.iter().map(batch).collect(), failed.collect::<BTreeMap<_, _>>());
        Outcome { limit: HOT, batches, failed }
    }

    fn exact(head: u64) -> Vec<Exact> {
        let (base, head) = ((100, 100), (head, head));
        vec![Exact { what: "calls".into(), unit: Unit::Count, base, head, limit: exact::LIMIT }]
    }

    fn code(exact: &[Exact], timed: &[Outcome]) -> u8 {
        match answer(exact, timed) {
            Ok(Answer::Held) => 0,
            Ok(Answer::Broke) => 1,
            Err(Failure::Usage(_)) => 2,
            Err(Failure::Host(_)) => 3,
        }
    }

    #[test]
    fn the_exit_code_follows_from_the_worst_that_is_certain() {
        use Finding::{Held, Slower, Unclear, VoidDrift};
        let timed = |findings: &[Finding]| vec![outcome(&[Held], &[]), outcome(findings, &[])];
        let void = [VoidDrift, VoidDrift, VoidDrift];
        assert_eq!(code(&exact(100), &timed(&[Held])), 0);
        assert_eq!(code(&exact(100), &timed(&[Unclear])), 0);
        assert_eq!(code(&exact(100), &timed(&[Slower, Slower])), 1);
        assert_eq!(code(&exact(100), &timed(&[Slower, Held])), 0, "not repeated");
        assert_eq!(code(&exact(100), &timed(&void)), 3);
        assert_eq!(code(&exact(200), &timed(&void)), 1, "calls do not depend on the pace of the machine");
        assert_eq!(code(&exact(200), &[]), 1);
    }

    #[test]
    fn a_head_that_fails_broke_and_a_base_that_fails_says_nothing() {
        assert_eq!(code(&exact(100), &[outcome(&[], &["head"])]), 1);
        assert_eq!(code(&exact(100), &[outcome(&[], &["base"])]), 3);
        assert_eq!(code(&exact(100), &[outcome(&[Finding::Held], &["base again"])]), 0);
    }
}
