//! Against what is written down: a budget in the repository, or the record of an earlier run.
//!
//! Only exact figures are compared. Times of another run say nothing about this one.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use drive::{Runtime, own};
use measure::dedup;
use measure::entrants::Entrants;
use measure::gate::HEAD;
use measure::gate::budget::Budget;
use measure::gate::exact::{self, Exact, Figure};
use measure::session::Session;
use measure::summary::Samples;
use record::{Record, Subject};

use super::{begin, count, end, fit};
use crate::arguments;
use crate::bench::scratch;
use crate::exit::{Answer, Failure};
use crate::report;

/// What is written down.
pub(super) enum Stored {
    /// The most that figures may be.
    Budget(Budget),
    /// What an earlier run counted.
    Record(Box<Record>),
}

impl Stored {
    /// What is at `path`, by its extension; `None` for a binary.
    pub(super) fn at(path: &Path) -> Result<Option<Self>, Failure> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => Ok(Some(Self::Budget(Budget::read(path).map_err(Failure::usage)?))),
            Some("jsonl") => Ok(Some(Self::Record(Box::new(report::read(path)?)))),
            _ => Ok(None),
        }
    }
}

/// Holds one binary, by default coracle, against it.
pub(super) fn compare(stored: &Stored, options: &arguments::Compare) -> Result<Answer, Failure> {
    let path = match &options.head {
        Some(path) => path.clone(),
        None => own::coracle().map_err(Failure::host)?,
    };
    let mut entrants = Entrants::exactly(&[path])?;
    let runtime = &mut entrants.runtimes[0];
    HEAD.clone_into(&mut runtime.subject.name);
    let runtime = runtime.clone();
    let store = store(stored)?;
    let (mut record, effort) = begin(&entrants, options)?;
    let mut session = Session { record: &mut record, effort };
    let mut figures = runtime_figures(&mut session, &runtime)?;
    if let Some(store) = store {
        figures.extend(store_figures(&mut session, &store)?);
    }
    let exact = beside(stored, &figures, &runtime.name)?;
    end(record, (&exact, &[]), options)
}

/// The store, where the budget has figures of one.
fn store(stored: &Stored) -> Result<Option<PathBuf>, Failure> {
    match stored {
        Stored::Budget(budget) if !budget.store.is_empty() => Ok(Some(own::hold().map_err(Failure::host)?)),
        _ => Ok(None),
    }
}

fn runtime_figures(session: &mut Session<'_, File>, runtime: &Runtime) -> Result<Vec<Figure>, Failure> {
    let home = scratch(Path::new("/run"))?;
    let field = fit(home.path(), std::slice::from_ref(runtime))?;
    let samples = count(session, &field)?;
    Ok(exact::of_runtime(&samples, &runtime.subject.name, &runtime.subject))
}

/// Imports the families that every machine makes alike.
fn store_figures(session: &mut Session<'_, File>, store: &Path) -> Result<Vec<Figure>, Failure> {
    let mut samples = Samples::default();
    let images = dedup::gather_made_here(session);
    dedup::run_into(session, store, (&images, Path::new("/var/tmp")), |sample| samples.add(sample))
        .map_err(Failure::host)?;
    Ok(exact::of_store(&samples))
}

/// The figures beside what is written down; `name` is what the judged runtime calls itself.
fn beside(stored: &Stored, figures: &[Figure], name: &str) -> Result<Vec<Exact>, Failure> {
    match stored {
        Stored::Budget(budget) => budget.against(figures).map_err(Failure::host),
        Stored::Record(record) => {
            let subject = subject(record, name)?;
            let base = exact::of_runtime(&Samples::of(record), &subject.name, subject);
            Ok(exact::pairs(&base, figures))
        }
    }
}

/// Whom the record is about: the head of a comparison, else the runtime of this name.
fn subject<'a>(record: &'a Record, name: &str) -> Result<&'a Subject, Failure> {
    let binaries = || record.header.subjects.iter().filter(|subject| !subject.sha256.is_empty());
    let of_name =
        |subject: &&Subject| subject.name == name || subject.name == format!("{name}-{}", subject.version);
    let found = binaries().find(|subject| subject.name == HEAD).or_else(|| binaries().find(of_name));
    found.ok_or_else(|| {
        let known: Vec<&str> = binaries().map(|subject| &*subject.name).collect();
        let known = known.join(", ");
        Failure::Usage(anyhow!(
            "the record is about {known}, and not about `{name}`; give one with `{name}` in it"
        ))
    })
}

#[cfg(test)]
mod tests {
    use record::{Header, Host, Kind, Writer};

    use super::*;

    fn record(subjects: &[&str]) -> Record {
        let mut header = Header::new(Kind::Bench, Host::probe().unwrap());
        let binary = |name: &&str| Subject {
            version: "1.28".to_owned(),
            sha256: "00".to_owned(),
            size_bytes: 1000,
            ..Subject::without_binary(name)
        };
        header.subjects = subjects.iter().map(binary).collect();
        let bytes = Writer::new(Vec::new(), header).unwrap().finish().unwrap();
        record::read_from(&bytes[..]).unwrap()
    }

    fn about(subjects: &[&str], name: &str) -> Option<String> {
        subject(&record(subjects), name).ok().map(|subject| subject.name.clone())
    }

    #[test]
    fn a_record_is_about_its_head_or_the_runtime_of_that_name() {
        assert_eq!(about(&["base", "head"], "crun").as_deref(), Some("head"));
        assert_eq!(about(&["coracle", "crun"], "crun").as_deref(), Some("crun"));
        assert_eq!(about(&["coracle", "crun-1.28"], "crun").as_deref(), Some("crun-1.28"));
        assert_eq!(about(&["coracle"], "crun"), None);
    }

    #[test]
    fn a_binary_is_compared_with_the_size_in_a_record() {
        let stored = Stored::Record(Box::new(record(&["crun"])));
        let figure = Figure { what: exact::SIZE.to_owned(), unit: record::Unit::Bytes, range: (1100, 1100) };
        let found = beside(&stored, &[figure], "crun").unwrap();
        assert!(found.len() == 1 && found[0].is_more());
    }

    #[test]
    fn what_is_written_down_is_known_by_its_extension() {
        assert!(Stored::at(Path::new("/bin/true")).unwrap().is_none());
        assert!(matches!(Stored::at(Path::new("/no/such.toml")), Err(Failure::Usage(_))));
        assert!(matches!(Stored::at(Path::new("/no/such.jsonl")), Err(Failure::Usage(_))));
    }
}
