//! `loadline compare`: exact figures, then two binaries in the same rounds; one table, one exit code.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use ::report::quantity::{Ratio, milliseconds, ratio, significant};
use ::report::table::{Row, Table};
use anyhow::{Context as _, anyhow};
use measure::entrants::Entrants;
use measure::gate::exact::{self, Exact};
use measure::gate::{self, BASE, Finding, HEAD, HOT, ISOLATED, Judgment, Outcome};
use measure::session::{Effort, Session, header};
use measure::start::{self, Field, FieldError, calls};
use measure::summary::Samples;
use record::{Host, Unit, Writer};

use crate::arguments;
use crate::bench::{finish, scratch};
use crate::exit::{Answer, Failure};

/// What the last column says of a regression.
const MORE: &str = "more";

/// One line of the comparison.
struct CompareRow {
    what: String,
    base: String,
    head: String,
    ratio: String,
    limit: String,
    finding: &'static str,
}

impl Row<6> for CompareRow {
    const HEADER: [&'static str; 6] = ["what", "base", "head", "head ÷ base", "limit", "finding"];

    fn cells(&self) -> [String; 6] {
        let Self { what, base, head, ratio, limit, finding } = self;
        [what.clone(), base.clone(), head.clone(), ratio.clone(), limit.clone(), (*finding).to_owned()]
    }
}

/// Compares HEAD with BASE.
pub(crate) fn compare(options: &arguments::Compare) -> Result<Answer, Failure> {
    let host = Host::probe().map_err(Failure::host)?;
    let mut entrants = Entrants::exactly(&[options.base.clone(), options.head.clone()])?;
    for (runtime, name) in entrants.runtimes.iter_mut().zip([BASE, HEAD]) {
        name.clone_into(&mut runtime.subject.name);
    }
    measure::stage::enter().map_err(Failure::host)?;
    let effort = Effort { seed: options.seed, ..Effort::FULL };
    let path = options.out.join("compare.jsonl");
    let header = start::introduce(&entrants, header(host, effort));
    let mut record = Writer::create(&path, header).map_err(Failure::host)?;
    let home = scratch(Path::new("/run"))?;
    let mut field = Field::lay_out(home.path(), &entrants.runtimes).map_err(Failure::host)?;
    if let Some((who, why)) = field.keep_fit().map_err(Failure::host)?.into_iter().next() {
        return Err(Failure::Host(anyhow!("{who} cannot run a container here: {why}")));
    }
    let mut session = Session { record: &mut record, effort };
    let mut exact = vec![exact::size(&entrants.runtimes[0].subject, &entrants.runtimes[1].subject)];
    exact.extend(count(&mut session, &field)?);
    let limits = if options.exact_only { &[][..] } else { &[HOT, ISOLATED][..] };
    let timed = limits.iter().map(|limit| gate::run(&mut session, &field, *limit));
    let timed = timed.collect::<Result<Vec<Outcome>, _>>().map_err(Failure::host)?;
    let path = finish(record, path)?;
    tell(&exact, &timed, &options.out)?;
    println!("{}", path.display());
    answer(&exact, &timed)
}

/// Counts system calls; without strace there are none to compare, and the record says so.
fn count(session: &mut Session<'_, File>, field: &Field) -> Result<Vec<Exact>, Failure> {
    let mut race = match field.traced(session.effort.seed) {
        Ok(race) => race,
        Err(FieldError::Calls(error)) => {
            eprintln!("loadline: {error}");
            session.record.omit("start/calls", measure::chain(&error));
            return Ok(Vec::new());
        }
        Err(other) => return Err(Failure::host(other)),
    };
    let mut samples = Samples::default();
    session.extend(&mut race, calls::ROUNDS, |sample| samples.add(sample)).map_err(Failure::host)?;
    Ok(exact::calls(&samples))
}

/// Prints the table and writes it into `out`, and into the job summary where a CI gives one.
fn tell(exact: &[Exact], timed: &[Outcome], out: &Path) -> Result<(), Failure> {
    let rows: Vec<CompareRow> =
        exact.iter().map(exact_row).chain(timed.iter().flat_map(timed_rows)).collect();
    let table = Table::of(&rows);
    println!("{}", table.terminal());
    let path = out.join("compare.md");
    fs::write(&path, table.markdown())
        .with_context(|| format!("write `{}`", path.display()))
        .map_err(Failure::Host)?;
    println!("{}", path.display());
    let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY") else { return Ok(()) };
    let appended = OpenOptions::new().create(true).append(true).open(&summary);
    let appended = appended.and_then(|mut file| write!(file, "## Loadline\n\n{}\n", table.markdown()));
    appended.context("append to $GITHUB_STEP_SUMMARY").map_err(Failure::Host)
}

fn exact_row(exact: &Exact) -> CompareRow {
    let number =
        |value: u64| if exact.unit == Unit::Bytes { format!("{value} B") } else { value.to_string() };
    let range = |(least, most)| {
        if least == most { number(least) } else { format!("{}–{}", number(least), number(most)) }
    };
    CompareRow {
        what: exact.what.clone(),
        base: range(exact.base),
        head: range(exact.head),
        ratio: exact.ratio().map_or_else(|| ::report::quantity::NONE.to_owned(), significant),
        limit: significant(exact::LIMIT),
        finding: if exact.is_more() { MORE } else { "held" },
    }
}

fn timed_rows(outcome: &Outcome) -> Vec<CompareRow> {
    let row = |(number, batch): (usize, &Judgment)| CompareRow {
        what: format!("run/{}, batch {number}, {} pairs", outcome.limit.mode.name(), batch.pairs),
        base: format!("{} ms", milliseconds(batch.medians_ns.0)),
        head: format!("{} ms", milliseconds(batch.medians_ns.1)),
        ratio: ratio(Some(Ratio::from(batch.ratio))),
        limit: significant(outcome.limit.ratio),
        finding: word(batch),
    };
    (1..).zip(&outcome.batches).map(row).collect()
}

fn word(batch: &Judgment) -> &'static str {
    match batch.finding {
        Finding::Held => "held",
        Finding::Unclear => "not shown",
        Finding::Slower => MORE,
        Finding::VoidItself => "void: base differs from itself",
        Finding::VoidDrift => "void: the machine changed its pace",
    }
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
    if found(Finding::VoidItself) || found(Finding::VoidDrift) {
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

    use measure::statistics::Estimate;

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
        vec![Exact { what: "calls".into(), unit: Unit::Count, base: (100, 100), head: (head, head) }]
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
