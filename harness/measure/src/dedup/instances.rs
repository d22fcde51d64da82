//! What many instances of one image cost: bundles by overlay against bundles by copy.
//!
//! The store makes so many bundles of one image. What they take on disk is what the directory of the store and of the
//! bundles holds more than before, wherever the store puts it; the layers were unpacked by then.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use drive::StepError;
use record::{Sample, Unit, WriteError};

use super::{Images, call};
use crate::progress::Progress;
use crate::sampling::WALL;
use crate::session::{Extent, Session};

/// Name of this family in samples.
pub const FAMILY: &str = "instances";

/// The ways to make bundles, as the store's command line has them; each with the most that are made.
const BACKENDS: [(&str, usize); 2] = [("overlay", 500), ("copy", 100)];

/// How many there are, where everything is measured and where a look is taken.
const COUNTS: [usize; 4] = [1, 10, 100, 500];
const FEW: [usize; 2] = [1, 10];

/// Why instances were not measured.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum InstanceError {
    #[error("make a directory for instances")]
    Scratch { source: io::Error },

    #[error("the family `{images}` has no image")]
    NoImage { images: String },

    #[error("import `{image}`")]
    Import { image: String, source: StepError },

    #[error("make instance {number} of `{image}` by {backend}")]
    Make { number: usize, image: String, backend: &'static str, source: StepError },

    #[error("remove the instance `{path}`")]
    Remove { path: PathBuf, source: StepError },

    #[error("count what lies in `{path}`")]
    Count { path: PathBuf, source: io::Error },
}

/// Bytes and inodes below a directory, without what is mounted there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Footprint {
    bytes: u64,
    inodes: u64,
}

/// Measures the last image of the family; where that fails, the reason is noted.
///
/// # Errors
/// Where the record cannot be written.
pub fn run<W: Write>(
    session: &mut Session<'_, W>,
    store: &Path,
    images: &Images,
    home: &Path,
) -> Result<(), WriteError> {
    let counts = match session.effort.extent {
        Extent::Look => &FEW[..],
        Extent::Whole => &COUNTS[..],
    };
    let (samples, failed) = match measure(store, images, (home, counts)) {
        Ok(samples) => (samples, None),
        Err(error) => (Vec::new(), Some(crate::chain(&error))),
    };
    samples.into_iter().try_for_each(|sample| session.record.sample(sample))?;
    if let Some(why) = failed {
        session.record.omit(format!("{FAMILY}/{}", images.name), why);
    }
    Ok(())
}

fn measure(
    store: &Path,
    images: &Images,
    (home, counts): (&Path, &[usize]),
) -> Result<Vec<Sample>, InstanceError> {
    let scratch = tempfile::tempdir_in(home).map_err(|source| InstanceError::Scratch { source })?;
    let image = images.tags.last().ok_or_else(|| InstanceError::NoImage { images: images.name.clone() })?;
    let mut reference = OsString::from(&images.layout);
    reference.push(format!(":{image}"));
    call(store, scratch.path(), &["image".into(), "import".into(), reference])
        .map_err(|source| InstanceError::Import { image: image.clone(), source })?;
    let mut samples = Vec::new();
    for (backend, most) in BACKENDS {
        let farm = Farm { store, home: scratch.path(), image, backend };
        // The first one unpacks the layers, which all others share.
        farm.raise(1)?;
        for count in counts.iter().copied().filter(|count| *count <= most) {
            samples.extend(farm.samples(count)?);
        }
    }
    Ok(samples)
}

/// Where instances of an image are made, and how.
struct Farm<'a> {
    store: &'a Path,
    home: &'a Path,
    image: &'a str,
    backend: &'static str,
}

/// One instance, removed when it is dropped.
struct Instance<'a> {
    farm: &'a Farm<'a>,
    path: PathBuf,
}

impl Farm<'_> {
    /// So many instances, made and removed: what each took on average.
    fn samples(&self, count: usize) -> Result<Vec<Sample>, InstanceError> {
        let progress = Progress::new(format!("{FAMILY} {count} by {}", self.backend), 1);
        let began = std::time::Instant::now();
        let before = self.footprint()?;
        let made = self.raise(count)?;
        let after = self.footprint()?;
        let each = made.iter().map(|(_, ns)| ns).sum::<u64>() / count.max(1) as u64;
        drop(made);
        progress.step();
        progress.done(began.elapsed());
        let sample = |measure: &str, unit, value| Sample {
            family: FAMILY.to_owned(),
            scenario: format!("instances-{count}"),
            subject: self.backend.to_owned(),
            measure: measure.to_owned(),
            unit,
            round: 1,
            value,
        };
        Ok(vec![
            sample(WALL, Unit::Ns, each),
            sample("allocated", Unit::Bytes, after.bytes.saturating_sub(before.bytes)),
            sample("inodes", Unit::Count, after.inodes.saturating_sub(before.inodes)),
        ])
    }

    /// Makes so many, each with the time that it took.
    fn raise(&self, count: usize) -> Result<Vec<(Instance<'_>, u64)>, InstanceError> {
        (0..count).map(|number| self.make(number)).collect()
    }

    fn make(&self, number: usize) -> Result<(Instance<'_>, u64), InstanceError> {
        let instance = Instance { farm: self, path: self.home.join(format!("{}-{number}", self.backend)) };
        let words = ["bundle", "create", "--backend", self.backend, self.image].map(OsString::from);
        // Images from a seed name no command, and nobody runs them here.
        let program = ["--", "/program"].map(OsString::from);
        let words = [&words[..], &[instance.path.clone().into()], &program].concat();
        let done = call(self.store, self.home, &words);
        let failed = |source| InstanceError::Make {
            number,
            image: self.image.to_owned(),
            backend: self.backend,
            source,
        };
        let wall_ns = done.map_err(failed)?.wall_ns;
        Ok((instance, wall_ns))
    }

    fn footprint(&self) -> Result<Footprint, InstanceError> {
        let count = |source| InstanceError::Count { path: self.home.to_owned(), source };
        let device = fs::symlink_metadata(self.home).map_err(count)?.dev();
        let mut found = Footprint::default();
        weigh(self.home, device, &mut found).map_err(count)?;
        Ok(found)
    }
}

impl Drop for Instance<'_> {
    /// A mount that stays would be seen: its directory cannot be removed.
    fn drop(&mut self) {
        let words = ["bundle", "rm"].map(OsString::from);
        let words = [&words[..], &[self.path.clone().into()]].concat();
        if let Err(source) = call(self.farm.store, self.farm.home, &words) {
            let error = InstanceError::Remove { path: self.path.clone(), source };
            eprintln!("{}", crate::chain(&error));
        }
    }
}

/// Adds everything below `directory` that lies on the device.
fn weigh(directory: &Path, device: u64, found: &mut Footprint) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.path().symlink_metadata()?;
        if metadata.dev() != device {
            continue;
        }
        found.bytes += metadata.blocks() * 512;
        found.inodes += 1;
        if metadata.is_dir() {
            weigh(&entry.path(), device, found)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use drive::wait;

    use super::*;

    /// Measures with a store that does what the script says.
    fn with(script: &str) -> Result<Vec<Sample>, String> {
        let home = tempfile::tempdir().unwrap();
        let store = home.path().join("store");
        fs::write(&store, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&store, fs::Permissions::from_mode(0o755)).unwrap();
        let images =
            Images { name: "seed".to_owned(), layout: PathBuf::from("/images"), tags: vec!["a".into()] };
        let once = || measure(&store, &images, (home.path(), &[1, 3])).map_err(|error| crate::chain(&error));
        // Another test may be between fork and exec with the script still open for writing: look again.
        let settled = |tried: &Result<_, String>| !tried.as_ref().is_err_and(|error| error.contains("busy"));
        wait::until(Duration::from_secs(10), || Some(once()).filter(settled)).unwrap()
    }

    #[test]
    fn what_instances_take_is_what_is_there_more_than_before() {
        // $3 is the command, $4 create or rm, $5 to $6 the backend, $7 the image, $8 the directory.
        let script = "case $3-$4 in image-*) exit 0;; bundle-create) mkdir \"$8\"; echo x >\"$8/f\";; bundle-rm) rm -r \"$5\";; esac";
        let samples = with(script).unwrap();
        let inodes = |backend: &str, count| {
            let scenario = format!("instances-{count}");
            let found = samples.iter().find(|sample| {
                sample.subject == backend && sample.scenario == scenario && sample.measure == "inodes"
            });
            found.unwrap().value
        };
        // Output files of the store's own calls are among them; there are as many for each instance at most.
        assert!((2..=4).contains(&inodes("overlay", 1)), "{samples:?}");
        assert!(inodes("copy", 3) >= 6 && samples.len() == 12, "{samples:?}");
    }

    #[test]
    fn a_store_that_cannot_make_bundles_is_told() {
        let refusal = with("case $3 in image) exit 0;; esac; echo no bundles >&2; exit 2").unwrap_err();
        assert!(refusal.starts_with("make instance 0 of `a` by overlay: "), "{refusal}");
        assert!(refusal.contains("no bundles"), "{refusal}");
    }
}
