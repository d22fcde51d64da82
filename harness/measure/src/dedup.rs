//! What a store saves: the same images as raw bundles, as layers, as files, in bytes.
//!
//! The store is met as a process: it imports the images of a family into a fresh directory and reports what each level
//! of sharing needs. Levels are taken as the report names them, so that a finer one joins without a change here.

mod families;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use record::{Sample, Unit, WriteError};
use serde::Deserialize;

pub use families::{gather, gather_made_here};

use crate::images::Images;
use crate::progress::Progress;
use crate::sampling::WALL;
use crate::session::Session;
use crate::store::{Store, StoreError};

/// Name of this family in samples.
pub const FAMILY: &str = "dedup";

/// Bytes of a level, as they would be read: holes counted, blocks not rounded up.
pub const APPARENT: &str = "apparent";

/// Subject of the times that imports took.
pub const IMPORT: &str = "import";

/// Names of levels in reports of stores, and in records.
const LEVELS: [(&str, &str); 3] = [("raw_copy", "raw"), ("layer", "layers"), ("file_content", "files")];

/// Why a family was not measured.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum SharingError {
    #[error(transparent)]
    Store(#[from] StoreError),

    #[error("the store reports no level of sharing")]
    Empty,
}

/// What `dedup report --json` prints, as far as it is used.
#[derive(Debug, Deserialize)]
struct Report {
    levels: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
}

/// Measures every family, with stores in `home`; what cannot be measured is omitted, with its reason.
///
/// # Errors
/// Where the record cannot be written.
pub fn run<W: Write>(
    session: &mut Session<'_, W>,
    store: &Path,
    families: &[Images],
    home: &Path,
) -> Result<(), WriteError> {
    run_into(session, store, (families, home), |_| ())
}

/// The same; `keep` sees each sample too.
///
/// # Errors
/// See [`run`].
pub fn run_into<W: Write>(
    session: &mut Session<'_, W>,
    store: &Path,
    (families, home): (&[Images], &Path),
    mut keep: impl FnMut(&Sample),
) -> Result<(), WriteError> {
    for images in families {
        let progress = Progress::new(format!("{FAMILY} {}", images.name), steps(images));
        let started = Instant::now();
        match measure(store, images, home, || progress.step()) {
            Ok(samples) => samples.into_iter().try_for_each(|sample| {
                keep(&sample);
                session.record.sample(sample)
            })?,
            Err(error) => session.record.omit(format!("{FAMILY}/{}", images.name), crate::chain(&error)),
        }
        progress.done(started.elapsed());
    }
    Ok(())
}

/// One for each image, one for the report.
fn steps(images: &Images) -> u32 {
    u32::try_from(images.tags.len()).unwrap_or(u32::MAX).saturating_add(1)
}

/// Imports the images into a fresh store and reads its report; `step` hears of each call.
fn measure(store: &Path, images: &Images, home: &Path, step: impl Fn()) -> Result<Vec<Sample>, SharingError> {
    let mut store = Store::new(store, home)?;
    let mut samples = Vec::new();
    for (round, tag) in (1..).zip(&images.tags) {
        let ns = store.import(images, tag)?;
        step();
        samples.push(sample(&images.name, IMPORT, (WALL, Unit::Ns), (round, ns)));
    }
    let report = store.ask(&["dedup", "report", "--json"])?;
    step();
    samples.extend(levels(&images.name, &report)?);
    Ok(samples)
}

/// One sample for each number of each level.
fn levels(images: &str, report: &Report) -> Result<Vec<Sample>, SharingError> {
    let mut samples = Vec::new();
    for (level, numbers) in &report.levels {
        let values = numbers.iter().filter_map(|(name, value)| Some((name, value.as_u64()?)));
        samples.extend(
            values.map(|(name, value)| sample(images, &subject(level), measure_of(name), (1, value))),
        );
    }
    if samples.is_empty() { Err(SharingError::Empty) } else { Ok(samples) }
}

/// `raw` for `raw_copy`, `chunk-cdc16k` for `chunk_cdc16k`.
fn subject(level: &str) -> String {
    let known = LEVELS.iter().find(|(name, _)| *name == level);
    known.map_or_else(|| level.replace('_', "-"), |(_, name)| (*name).to_owned())
}

/// `apparent` in bytes for `apparent_bytes`, `inodes` for `inodes`.
fn measure_of(name: &str) -> (&str, Unit) {
    name.strip_suffix("_bytes").map_or((name, Unit::Count), |name| (name, Unit::Bytes))
}

fn sample(images: &str, subject: &str, (measure, unit): (&str, Unit), (round, value): (u32, u64)) -> Sample {
    let own = str::to_owned;
    let (family, scenario, subject, measure) = (own(FAMILY), own(images), own(subject), own(measure));
    Sample { family, scenario, subject, measure, unit, round, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fake;

    const REPORT: &str = r#"{"family": "x", "images": ["a"], "levels": {
        "raw_copy": {"apparent_bytes": 30, "allocated_bytes": 40, "inodes": 3, "objects": 3},
        "layer": {"apparent_bytes": 20}, "file_content": {"apparent_bytes": 10, "inodes": null},
        "chunk_cdc16k": {}, "file_meta": {"apparent_bytes": 12}}}"#;

    fn told(samples: &[Sample]) -> Vec<(String, String, u64)> {
        samples.iter().map(|one| (one.subject.clone(), one.measure.clone(), one.value)).collect()
    }

    #[test]
    fn every_number_of_every_level_becomes_a_sample() {
        let own = |subject: &str, measure: &str, value| (subject.to_owned(), measure.to_owned(), value);
        let samples = levels("debian", &serde_json::from_str(REPORT).unwrap()).unwrap();
        let expected = [
            own("files", "apparent", 10),
            own("file-meta", "apparent", 12),
            own("layers", "apparent", 20),
            own("raw", "allocated", 40),
            own("raw", "apparent", 30),
            own("raw", "inodes", 3),
            own("raw", "objects", 3),
        ];
        assert_eq!(told(&samples), expected);
        assert!(
            samples
                .iter()
                .all(|one| (one.unit == Unit::Count) == ["inodes", "objects"].contains(&&*one.measure))
        );
    }

    #[test]
    fn a_report_without_figures_is_refused() {
        let report = serde_json::from_str(r#"{"levels": {"layer": {}}}"#).unwrap();
        assert!(matches!(levels("x", &report), Err(SharingError::Empty)));
    }

    /// Measures with a store that does what the script says.
    fn with(script: &str) -> Result<Vec<Sample>, String> {
        fake::with(script, |store, place| {
            measure(store, &fake::images(), place, || ()).map_err(|error| crate::chain(&error))
        })
    }

    #[test]
    fn each_image_is_imported_and_timed_before_the_report() {
        let script = format!(
            "case $2 in import) test -n \"$3\";; report) echo '{}';; esac",
            REPORT.replace('\n', " ")
        );
        let samples = with(&script).unwrap();
        let rounds: Vec<u32> =
            samples.iter().filter(|one| one.subject == IMPORT).map(|one| one.round).collect();
        assert_eq!((rounds, samples.len()), (vec![1, 2], 9));
    }

    #[test]
    fn a_store_that_refuses_an_image_is_told_with_what_it_said() {
        let refusal = with("echo digest mismatch >&2; exit 1").unwrap_err();
        assert_eq!(refusal, "import `a`: `image import` ended with exit status 1: digest mismatch");
    }
}
