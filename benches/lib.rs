//! What the benchmarks share: races measured through criterion, one record a family, and the report at the end.
//!
//! Criterion measures one subject after the other; here everyone is measured round by round, so that what the machine does
//! to one it does to all, and criterion is handed what was measured. Times go to its files, every sample to the record.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use measure::sampling::{Race, WALL};
use measure::session::{Effort, Session};
use record::{Header, Writer};
use report::Format;

/// What stands in the way of a benchmark.
pub type BenchError = Box<dyn Error>;

/// Samples of each subject that criterion takes: so many rounds, and those that warm up.
const SAMPLES: usize = 25;

/// The same with `--quick`: the fewest that criterion takes.
const QUICK_SAMPLES: usize = 10;

/// What criterion is told that a take lasts, as it plans by its own clock, after everything was measured. A sample is one
/// take, which stands for all repeats that are planned. They come out as some ten of them: of a single one, which a busy
/// machine would leave of fewer, criterion would warn each time that the plan is too short.
const PACE: Duration = Duration::from_millis(1);

/// What is measured, by the names that `cargo bench -- NAME` takes.
pub const FAMILIES: [&str; 3] = [measure::dedup::FAMILY, measure::start::FAMILY, measure::io::FAMILY];

/// The families that the arguments name; all of them where there are none.
///
/// # Errors
/// A word that is neither a family nor an option.
pub fn chosen() -> Result<Vec<&'static str>, BenchError> {
    let words: Vec<String> =
        env::args().skip(1).filter(|word| !["--bench", "--quick"].contains(&word.as_str())).collect();
    if let Some(word) = words.iter().find(|word| !FAMILIES.contains(&word.as_str())) {
        return Err(
            format!("nothing is called `{word}`; try --quick, or one of {}", FAMILIES.join(", ")).into()
        );
    }
    let named = |name: &&str| words.is_empty() || words.iter().any(|word| word == name);
    Ok(FAMILIES.into_iter().filter(named).collect())
}

/// Moves into a mount namespace of our own, once.
///
/// # Errors
/// Where that is not allowed.
pub fn stage() -> Result<(), BenchError> {
    static ENTERED: OnceLock<Result<(), String>> = OnceLock::new();
    let entered = ENTERED.get_or_init(|| measure::stage::enter().map_err(|error| measure::chain(&error)));
    Ok(entered.clone()?)
}

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
        // Arguments are not handed on: `--quick` has another meaning there.
        let criterion = Criterion::default()
            .sample_size(samples)
            .warm_up_time(Duration::from_nanos(1))
            .measurement_time(PACE * 3 / 2 * u32::try_from(samples)?)
            .without_plots();
        Ok(Self { criterion, record, path })
    }

    /// The record, for what is measured without criterion.
    pub fn record(&mut self) -> &mut Writer<File> {
        &mut self.record
    }

    /// Measures everyone in a race, and hands criterion the times of those who were measured in every round.
    ///
    /// # Errors
    /// Where the record cannot be written, or criterion asks for more. A contender that fails is omitted, with its reason.
    pub fn measure(&mut self, race: Race) -> Result<(), BenchError> {
        let name = format!("{}/{}", race.family, race.scenario);
        let effort = effort();
        let mut times = BTreeMap::<String, Vec<u64>>::new();
        let mut session = Session { record: &mut self.record, effort };
        session.run_rounds_and(race, effort.rounds, |sample| {
            if sample.measure == WALL {
                times.entry(sample.subject.clone()).or_default().push(sample.value);
            }
        })?;
        times.retain(|_, times| times.len() == effort.rounds as usize);
        let mut group = self.criterion.benchmark_group(name);
        group.sampling_mode(SamplingMode::Flat);
        let mut asked_too_often = false;
        for (subject, times) in times {
            let (mut times, mut warm) = (times.into_iter(), false);
            group.bench_function(subject, |bencher| {
                bencher.iter_custom(|repeats| {
                    if !mem::replace(&mut warm, true) {
                        thread::sleep(PACE / 10);
                        return PACE;
                    }
                    let repeats = u32::try_from(repeats).unwrap_or(u32::MAX);
                    let next = times.next();
                    asked_too_often |= next.is_none();
                    Duration::from_nanos(next.unwrap_or(1)) * repeats
                });
            });
        }
        group.finish();
        if asked_too_often { Err("criterion asked for more takes than were planned".into()) } else { Ok(()) }
    }

    /// Ends the record; where it is.
    ///
    /// # Errors
    /// A record in which nothing was measured, or that cannot be written.
    pub fn finish(self) -> Result<PathBuf, BenchError> {
        self.record.finish()?;
        if record::read(&self.path)?.samples.is_empty() {
            return Err("nothing could be measured; the record's footer says why".into());
        }
        Ok(self.path)
    }
}

/// Prints the report of these records, writes it in every format, and says where the files are, the page last.
///
/// # Errors
/// Where a file cannot be read or written.
pub fn tell(paths: &[PathBuf]) -> Result<(), BenchError> {
    let home = home()?;
    let records = paths.iter().map(|path| record::read(path)).collect::<Result<Vec<_>, _>>()?;
    for file in report::render(&records, Format::Terminal)? {
        print!("{}", file.text);
    }
    println!();
    for path in paths {
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
