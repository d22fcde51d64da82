//! `loadline bench`: one record for each family, and the report of all of them.

use std::fs::File;
use std::path::{Path, PathBuf};

use ::report::Format;
use anyhow::Context as _;
use measure::entrants::Entrants;
use measure::io::disk::Disk;
use measure::session::{Effort, Session};
use measure::{io, start};
use record::setting::REFERENCE;
use record::{Header, Host, Kind, Subject, Writer};

use crate::arguments::{self, Family};
use crate::exit::{Answer, Failure};
use crate::report;

/// Measures the families that are asked for.
pub(crate) fn bench(options: &arguments::Bench) -> Result<Answer, Failure> {
    let asked = |family| options.family.is_empty() || options.family.contains(&family);
    let effort = if options.quick { Effort::QUICK } else { Effort::FULL };
    let entrants = if asked(Family::Start) { Some(Entrants::find(&options.runtime)?) } else { None };
    measure::stage::enter().map_err(Failure::host)?;
    let mut records = Vec::new();
    if let Some(entrants) = &entrants {
        records.push(measure_start(entrants, effort, &options.out)?);
    }
    if asked(Family::Io) {
        records.push(measure_io(effort, &options.out)?);
    }
    tell(&records, &options.out)
}

fn measure_start(entrants: &Entrants, effort: Effort, out: &Path) -> Result<PathBuf, Failure> {
    let mut header = header(effort)?;
    header.subjects = entrants.runtimes.iter().map(|runtime| runtime.subject.clone()).collect();
    header.subjects.push(Subject::without_binary(measure::sampling::FLOOR));
    if let Some(reference) = entrants.reference() {
        header.settings.insert(REFERENCE.to_owned(), reference.to_owned());
    }
    let path = out.join("start.jsonl");
    let mut record = Writer::create(&path, header).map_err(Failure::host)?;
    entrants.omitted.iter().for_each(|(what, why)| record.omit(what, why));
    let home = tempfile::tempdir_in("/run").context("make a directory in /run").map_err(Failure::Host)?;
    let mut field = start::Field::lay_out(home.path(), &entrants.runtimes).map_err(Failure::host)?;
    start::run(&mut Session { record: &mut record, effort }, &mut field).map_err(Failure::host)?;
    finish(record, path)
}

fn measure_io(effort: Effort, out: &Path) -> Result<PathBuf, Failure> {
    let mut header = header(effort)?;
    header.subjects = io::subjects().iter().map(|name| Subject::without_binary(name)).collect();
    let path = out.join("io.jsonl");
    let mut record = Writer::create(&path, header).map_err(Failure::host)?;
    let home = tempfile::tempdir_in(out).context("make a directory for files").map_err(Failure::Host)?;
    let disk = Disk::make(home.path());
    if let Err(error) = &disk {
        let why = measure::chain(error);
        record.omit("a file system of its own", format!("{why}; files lie on that of `{}`", out.display()));
    }
    let place = disk.as_ref().map_or(home.path(), Disk::path);
    let field = io::Field::lay_out(place).map_err(Failure::host)?;
    io::run(&mut Session { record: &mut record, effort }, &field).map_err(Failure::host)?;
    finish(record, path)
}

fn header(effort: Effort) -> Result<Header, Failure> {
    let host = Host::probe().map_err(Failure::host)?;
    let mut header = Header::new(Kind::Bench, host);
    let Effort { rounds, budget, seed } = effort;
    let settings = [
        ("rounds, at most", rounds.to_string()),
        ("seconds for a scenario, at most", budget.as_secs().to_string()),
        ("seed", seed.to_string()),
    ];
    header.settings.extend(settings.map(|(name, value)| (name.to_owned(), value)));
    Ok(header)
}

fn finish(record: Writer<File>, path: PathBuf) -> Result<PathBuf, Failure> {
    record.finish().map_err(Failure::host)?;
    Ok(path)
}

fn tell(paths: &[PathBuf], out: &Path) -> Result<Answer, Failure> {
    let records = paths.iter().map(|path| report::read(path)).collect::<Result<Vec<_>, _>>()?;
    let rendered = |format| ::report::render(&records, format).map_err(Failure::host);
    for file in rendered(Format::Terminal)? {
        print!("{}", file.text);
    }
    println!();
    for path in paths {
        println!("{}", path.display());
    }
    report::write(out, &rendered(Format::Markdown)?)?;
    report::write(out, &rendered(Format::Json)?)?;
    Ok(Answer::Held)
}
