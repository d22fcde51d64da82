//! What more instances of one image cost: bundles made one after the other, by overlay and by copy.
//!
//! The store is met as a process. Every bundle's making is timed; at some numbers of bundles the store is asked what it
//! takes on disk, blobs aside, as both ways need those.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use drive::{Done, Step, StepError};
use record::{Sample, Unit, WriteError};
use serde::Deserialize;

use crate::dedup::Images;
use crate::progress::Progress;
use crate::sampling::WALL;
use crate::session::Session;

/// Name of this family in samples.
pub const FAMILY: &str = "instances";

/// Ways to make a bundle, as the store's command line has them; subjects of the samples.
pub const BACKENDS: [&str; 2] = ["overlay", "copy"];

/// Measure of the bytes that unpacked layers and bundles take on disk; its round is the number of bundles.
pub const BYTES: &str = "bytes";

/// Measure of their inodes.
pub const INODES: &str = "inodes";

/// Numbers of bundles at which the store is asked.
pub const STOPS: [u32; 5] = [1, 3, 10, 30, 100];

/// What bundles of one backend may take; copies reach it, and end there.
const LIMIT_BYTES: u64 = 2 << 30;

/// How long the bundles of one backend may take to be made, so that the whole stays a matter of minutes.
const BUDGET: Duration = Duration::from_secs(30);

/// How long one call of the store may take.
const DEADLINE: Duration = Duration::from_mins(1);

/// Why instances of an image were not measured.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum InstancesError {
    #[error("make a directory for the store")]
    Scratch { source: io::Error },

    #[error("the family has no image")]
    NoImage,

    #[error("`{what}`")]
    Call { what: String, source: StepError },

    #[error("read what the store takes on disk")]
    Parse { source: serde_json::Error },
}

/// What `df --json` prints, as far as it is used.
#[derive(Debug, Deserialize)]
struct Disk {
    layers: Usage,
    bundles: Usage,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Usage {
    bytes: u64,
    inodes: u64,
}

/// Measures the last image of every family, with stores in `home`; what cannot be measured is omitted, with its reason.
///
/// # Errors
/// Where the record cannot be written.
pub fn run<W: Write>(
    session: &mut Session<'_, W>,
    store: &Path,
    families: &[Images],
    home: &Path,
) -> Result<(), WriteError> {
    for images in families {
        for backend in BACKENDS {
            let what = format!("{FAMILY}/{}/{backend}", images.name);
            match Series::begin(store, images, (home, backend)).and_then(Series::measure) {
                Ok((samples, end)) => {
                    samples.into_iter().try_for_each(|sample| session.record.sample(sample))?;
                    // Not under the name of the series itself, whose samples would be left out with it.
                    if let Some(why) = end {
                        session.record.omit(format!("{what}, more bundles"), why);
                    }
                }
                Err(error) => session.record.omit(&what, crate::chain(&error)),
            }
        }
    }
    Ok(())
}

/// Bundles of one image, made by one backend in a store of their own.
struct Series<'a> {
    store: &'a Path,
    home: tempfile::TempDir,
    images: &'a Images,
    tag: &'a str,
    backend: &'static str,
    made: u32,
}

impl<'a> Series<'a> {
    /// Imports the image into a fresh store.
    fn begin(
        store: &'a Path,
        images: &'a Images,
        (home, backend): (&Path, &'static str),
    ) -> Result<Self, InstancesError> {
        let tag = images.tags.last().ok_or(InstancesError::NoImage)?;
        let home = tempfile::tempdir_in(home).map_err(|source| InstancesError::Scratch { source })?;
        fs::create_dir(home.path().join("calls")).map_err(|source| InstancesError::Scratch { source })?;
        let series = Self { store, home, images, tag, backend, made: 0 };
        let mut image = OsString::from(&images.layout);
        image.push(format!(":{tag}"));
        series.call(&["image".into(), "import".into(), image])?;
        Ok(series)
    }

    /// Makes bundles until the last stop or a limit; gives the samples, and why it ended before.
    fn measure(mut self) -> Result<(Vec<Sample>, Option<String>), InstancesError> {
        let last = STOPS[STOPS.len() - 1];
        let progress = Progress::new(format!("{FAMILY} {} {}", self.images.name, self.backend), last);
        let (began, mut samples, mut end) = (Instant::now(), Vec::new(), None);
        for number in 1..=last {
            samples.push(self.make(number)?);
            progress.step();
            let taken = if STOPS.contains(&number) { self.ask(&mut samples)? } else { 0 };
            if taken > LIMIT_BYTES || began.elapsed() > BUDGET {
                end = Some(format!("{number} bundles took enough room or time"));
                break;
            }
        }
        progress.done(began.elapsed());
        self.clear()?;
        Ok((samples, end.filter(|_| self.made < last)))
    }

    fn make(&mut self, number: u32) -> Result<Sample, InstancesError> {
        let words = ["bundle", "create", self.tag].map(OsString::from);
        let option = ["--backend", self.backend, "--", "/bin/true"].map(OsString::from);
        let words: Vec<OsString> =
            words.into_iter().chain([self.bundle(number).into()]).chain(option).collect();
        let done = self.call(&words)?;
        self.made = number;
        Ok(self.sample((WALL, Unit::Ns), done.wall_ns))
    }

    /// Asks what layers and bundles take; gives their bytes.
    fn ask(&self, samples: &mut Vec<Sample>) -> Result<u64, InstancesError> {
        let done = self.call(&["df".into(), "--json".into()])?;
        let disk = parse(&done.stdout())?;
        samples.push(self.sample((BYTES, Unit::Bytes), disk.bytes));
        samples.push(self.sample((INODES, Unit::Count), disk.inodes));
        Ok(disk.bytes)
    }

    fn clear(&self) -> Result<(), InstancesError> {
        (1..=self.made).try_for_each(|number| {
            self.call(&["bundle".into(), "rm".into(), self.bundle(number).into()]).map(drop)
        })
    }

    fn bundle(&self, number: u32) -> PathBuf {
        self.home.path().join(format!("bundle-{number}"))
    }

    fn call(&self, words: &[OsString]) -> Result<Done, InstancesError> {
        let mut args = vec![OsString::from("--store"), self.home.path().join("store").into()];
        args.extend_from_slice(words);
        let name: Vec<String> = words.iter().take(2).map(|word| word.display().to_string()).collect();
        let (what, calls) = (name.join(" "), self.home.path().join("calls"));
        // Output is appended to what a file holds, so each call that is read has one of its own.
        let output = calls.join(format!("{}-{}", name.join("-"), self.made));
        let step =
            Step { name: what.clone(), program: self.store.to_owned(), args, output, deadline: DEADLINE };
        let refuse = |source| InstancesError::Call { what, source };
        step.run().and_then(Done::success).map_err(refuse)
    }

    fn sample(&self, (measure, unit): (&str, Unit), value: u64) -> Sample {
        let own = str::to_owned;
        let (family, scenario, subject, measure) =
            (own(FAMILY), self.images.name.clone(), own(self.backend), own(measure));
        Sample { family, scenario, subject, measure, unit, round: self.made, value }
    }
}

impl Drop for Series<'_> {
    /// A bundle that is still mounted would keep the directory from being removed.
    fn drop(&mut self) {
        self.clear().ok();
    }
}

fn parse(text: &str) -> Result<Usage, InstancesError> {
    let Disk { layers, bundles } =
        serde_json::from_str(text).map_err(|source| InstancesError::Parse { source })?;
    Ok(Usage { bytes: layers.bytes + bundles.bytes, inodes: layers.inodes + bundles.inodes })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A store that notes its calls and takes 10 bytes for layers and 5 for each bundle.
    const FAKE: &str = r#"#!/bin/sh
store=$2; shift 2; mkdir -p $store
case "$1 $2" in
"bundle create") mkdir $4 && [ $5 = --backend ];;
"bundle rm") rm -rf $3;;
"df --json") n=$(ls -d $store/../bundle-* | wc -l)
    echo "{\"blobs\": {}, \"layers\": {\"bytes\": 10, \"inodes\": 2}, \"bundles\": {\"bytes\": $((5 * n)), \"inodes\": $n}}";;
esac
"#;

    #[test]
    fn bundles_are_counted_and_none_is_left() {
        let place = tempfile::tempdir().unwrap();
        let store = place.path().join("hold");
        fs::write(&store, FAKE).unwrap();
        fs::set_permissions(&store, fs::Permissions::from_mode(0o755)).unwrap();
        let images =
            Images { name: "x".into(), layout: "/layout".into(), tags: vec!["a".into(), "b".into()] };
        let mut series = Series::begin(&store, &images, (place.path(), "overlay")).unwrap();
        let mut samples = vec![series.make(1).unwrap(), series.make(2).unwrap()];
        assert_eq!(series.ask(&mut samples).unwrap(), 20);
        let told: Vec<(&str, u32)> = samples.iter().map(|one| (one.measure.as_str(), one.round)).collect();
        assert_eq!(told, [(WALL, 1), (WALL, 2), (BYTES, 2), (INODES, 2)]);
        assert_eq!(samples[3].value, 4);
        let home = series.home.path().to_owned();
        series.clear().unwrap();
        assert!(!home.join("bundle-1").exists() && !home.join("bundle-2").exists());
        drop(series);
        assert!(!home.exists());
    }

    #[test]
    fn a_store_that_fails_is_told_with_its_call() {
        let place = tempfile::tempdir().unwrap();
        let images = Images { name: "x".into(), layout: "/layout".into(), tags: vec!["a".into()] };
        let refused = Series::begin(Path::new("/bin/false"), &images, (place.path(), "copy"));
        assert_eq!(refused.err().unwrap().to_string(), "`image import`");
    }
}
