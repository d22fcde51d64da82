//! What the benchmarks share: races measured through criterion, one record each, and the report at the end.
//!
//! Criterion asks for one subject after the other; a [`Pool`] takes everyone round by round all the same, so that what
//! the machine does to one it does to all. Times go to criterion's files, every sample to the record.

use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use measure::sampling::{Pool, Race};
use measure::session::Effort;
use record::{Header, Writer};
use report::Format;

/// What stands in the way of a benchmark.
pub type BenchError = Box<dyn Error>;

/// Samples of each subject that criterion takes: so many rounds, and those that warm up.
const SAMPLES: usize = 25;

/// The same with `--quick`: the fewest that criterion takes.
const QUICK_SAMPLES: usize = 10;

/// Whether only a look is wanted: `cargo bench -- --quick`.
#[must_use]
pub fn is_quick() -> bool {
    env::args().any(|argument| argument == "--quick")
}

/// The effort that the arguments ask for, as it is written into records.
#[must_use]
pub fn effort() -> Effort {
    let usual = if is_quick() { Effort::QUICK } else { Effort::FULL };
    let rounds = if is_quick() { QUICK_SAMPLES } else { SAMPLES };
    Effort { rounds: u32::try_from(rounds).unwrap_or(u32::MAX), ..usual }
}

/// Where records and reports go, for every benchmark alike.
///
/// # Errors
/// Where the directory cannot be made.
pub fn home() -> Result<PathBuf, BenchError> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/loadline/bench");
    fs::create_dir_all(&target)?;
    Ok(target.canonicalize()?)
}

/// A family of scenarios being measured.
pub struct Family {
    criterion: Criterion,
    record: Writer<File>,
    path: PathBuf,
}

impl Family {
    /// Begins the record of the family `name`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(name: &str, header: Header) -> Result<Self, BenchError> {
        let path = home()?.join(format!("{name}.jsonl"));
        let record = Writer::create(&path, header)?;
        let samples = if is_quick() { QUICK_SAMPLES } else { SAMPLES };
        // Arguments are not handed on: `--quick` has another meaning there. As short as can be, so that a sample is one
        // take: criterion warms up until its own clock says so, which stands still while takes wait in the pool.
        let instant = Duration::from_nanos(1);
        let criterion = Criterion::default()
            .sample_size(samples)
            .warm_up_time(instant)
            .measurement_time(instant)
            .without_plots();
        Ok(Self { criterion, record, path })
    }

    /// The record, for what is measured without criterion.
    pub fn record(&mut self) -> &mut Writer<File> {
        &mut self.record
    }

    /// Measures everyone in a race.
    ///
    /// # Errors
    /// Where the record cannot be written. A contender that fails is omitted, with its reason.
    pub fn measure(&mut self, race: Race) -> Result<(), BenchError> {
        let mut group = self.criterion.benchmark_group(format!("{}/{}", race.family, race.scenario));
        group.sampling_mode(SamplingMode::Flat);
        let mut subjects = race.subjects();
        subjects.sort();
        let pool = RefCell::new(Pool::new(race));
        let (record, failed) = (RefCell::new(&mut self.record), RefCell::new(None));
        let next = |subject: &str| {
            pool.borrow_mut().next_ns(subject, |sample| {
                if let Err(error) = record.borrow_mut().sample(sample) {
                    failed.borrow_mut().get_or_insert(error);
                }
            })
        };
        for subject in &subjects {
            // One that was dropped meanwhile has nothing to show.
            if next(subject).is_none() {
                continue;
            }
            group.bench_function(subject, |bencher| {
                bencher.iter_custom(|takes| {
                    let taken = (0..takes).map_while(|_| next(subject));
                    Duration::from_nanos(taken.sum::<u64>().max(1))
                });
            });
        }
        group.finish();
        for (what, why) in pool.borrow().race().dropped() {
            record.borrow_mut().omit(what, why);
        }
        failed.into_inner().map_or(Ok(()), |error| Err(error.into()))
    }

    /// Ends the record; prints the report of all families measured so far, and where its files are.
    ///
    /// # Errors
    /// A record in which nothing was measured, or that cannot be written.
    pub fn finish(self) -> Result<(), BenchError> {
        self.record.finish()?;
        if record::read(&self.path)?.samples.is_empty() {
            return Err("nothing could be measured; the record's footer says why".into());
        }
        tell()
    }
}

/// Prints and writes the report of the records in [`home`].
fn tell() -> Result<(), BenchError> {
    let home = home()?;
    let paths = ["start", "io", "dedup"].map(|name| home.join(format!("{name}.jsonl")));
    // One of an interrupted run is no record, and is left out.
    let (paths, records): (Vec<_>, Vec<_>) =
        paths.into_iter().filter_map(|path| record::read(&path).ok().map(|record| (path, record))).unzip();
    for file in report::render(&records, Format::Terminal)? {
        print!("{}", file.text);
    }
    println!();
    for path in &paths {
        println!("{}", path.display());
    }
    for format in [Format::Markdown, Format::Json, Format::Html] {
        for file in report::render(&records, format)? {
            let path = home.join(&file.name);
            fs::create_dir_all(path.parent().unwrap_or(&home))?;
            fs::write(&path, &file.text)?;
            println!("{}", path.display());
        }
    }
    Ok(())
}
