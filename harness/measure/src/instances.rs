//! What more instances of one image cost: bundles made one after the other, by overlay and by copy.
//!
//! Every bundle's making is timed. At some numbers of bundles the store is asked what it takes on disk, blobs aside, as
//! both ways need those; and the largest file of the image is read in every bundle, to see what that takes of the page
//! cache.

mod memory;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use record::{Sample, Unit, WriteError};

use crate::images::Images;
use crate::progress::Progress;
use crate::sampling::WALL;
use crate::session::{Extent, Session};
use crate::store::{COPY, OVERLAY, Store, StoreError};
use memory::MemoryError;

/// Name of this family in samples.
pub const FAMILY: &str = "instances";

/// Ways to make a bundle, which are the subjects of the samples.
pub const BACKENDS: [&str; 2] = [OVERLAY, COPY];

/// Measure of the bytes that unpacked layers and bundles take on disk; its round is the number of bundles.
pub const BYTES: &str = "bytes";

/// Measure of their inodes.
pub const INODES: &str = "inodes";

/// Measure of the page cache, in bytes, when every bundle's largest file was read.
pub const CACHED: &str = "cached";

/// Numbers of bundles at which is measured.
pub const STOPS: [u32; 4] = [1, 10, 100, 500];

/// The same where a look is taken, and the family that is looked at: the same on every machine.
const LOOK_STOPS: [u32; 2] = [1, 10];
const LOOK_FAMILY: &str = "synthetic";

/// Why a look goes without the others.
const OUT_OF_LOOK: &str = "one family is enough for a look; a run without `--quick` does the others";

/// What bundles of one backend may take: room for a hundred copies of 40 MiB.
const LIMIT_BYTES: u64 = 4 << 30;

/// How long they may take to be made, so that the whole stays a matter of minutes.
const BUDGET: Duration = Duration::from_secs(90);

/// Why instances of an image were not measured.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum InstancesError {
    #[error("the family has no image")]
    NoImage,

    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Measures the last image of every family, with stores in `home`; what cannot be measured is omitted, with its reason.
/// A look goes to one family alone.
///
/// Call it after [`crate::stage::enter`]: it mounts hundreds of bundles.
///
/// # Errors
/// Where the record cannot be written.
pub fn run<W: Write>(
    session: &mut Session<'_, W>,
    store: &Path,
    families: &[Images],
    home: &Path,
) -> Result<(), WriteError> {
    let look = session.effort.extent == Extent::Look;
    let stops = if look { &LOOK_STOPS[..] } else { &STOPS[..] };
    for images in families {
        if look && images.name != LOOK_FAMILY {
            session.record.omit(format!("{FAMILY}/{}", images.name), OUT_OF_LOOK);
            continue;
        }
        for backend in BACKENDS {
            let what = format!("{FAMILY}/{}/{backend}", images.name);
            match Series::begin(store, images, (home, backend)).and_then(|series| series.measure(stops)) {
                Ok(Measured { samples, missing }) => {
                    samples.into_iter().try_for_each(|sample| session.record.sample(sample))?;
                    // Not under the name of the series itself, whose samples would be left out with it.
                    for (part, why) in missing {
                        session.record.omit(format!("{what}, {part}"), why);
                    }
                }
                Err(error) => session.record.omit(&what, crate::chain(&error)),
            }
        }
    }
    Ok(())
}

/// What a series has shown, and which parts of it are missing, with reasons.
#[derive(Debug, Default)]
struct Measured {
    samples: Vec<Sample>,
    missing: Vec<(String, String)>,
}

/// Bundles of one image, made by one backend in a store of their own.
struct Series<'a> {
    store: Store<'a>,
    images: &'a Images,
    tag: &'a str,
    backend: &'static str,
    /// The file that is read in each bundle, by its path in the image; found in the first one.
    file: Option<PathBuf>,
}

/// What bundles took at a stop, and what each of them had added since the stop before.
#[derive(Debug, Clone, Copy, Default)]
struct Room {
    bundles: u32,
    bytes: u64,
    each_bytes: u64,
}

impl Room {
    fn at(self, bundles: u32, bytes: u64) -> Self {
        let (more, added) = (bundles - self.bundles, bytes.saturating_sub(self.bytes));
        Self { bundles, bytes, each_bytes: added / u64::from(more.max(1)) }
    }

    /// What so many would take, if they go on like this. Of a single one nothing follows: what it brought, others share.
    fn expected_bytes(self, bundles: u32) -> u64 {
        let each = if self.bundles > 1 { self.each_bytes } else { 0 };
        self.bytes + each * u64::from(bundles - self.bundles)
    }

    /// Why the next stop is not gone to, where it is out of reach.
    fn ends(self, next: u32, elapsed: Duration) -> Option<String> {
        let (gibibytes, seconds) = (LIMIT_BYTES >> 30, BUDGET.as_secs());
        if self.expected_bytes(next) > LIMIT_BYTES {
            Some(format!("{next} would take more than {gibibytes} GiB"))
        } else {
            (elapsed > BUDGET).then(|| format!("making them took more than {seconds} s"))
        }
    }
}

impl<'a> Series<'a> {
    /// Imports the image into a fresh store.
    fn begin(
        store: &'a Path,
        images: &'a Images,
        (home, backend): (&Path, &'static str),
    ) -> Result<Self, InstancesError> {
        let tag = images.tags.last().ok_or(InstancesError::NoImage)?;
        let mut store = Store::new(store, home)?;
        store.import(images, tag)?;
        Ok(Self { store, images, tag, backend, file: None })
    }

    /// Makes bundles until the last stop or a limit, and removes them.
    fn measure(mut self, stops: &[u32]) -> Result<Measured, InstancesError> {
        let last = stops.last().copied().unwrap_or_default();
        let progress = Progress::new(format!("{FAMILY} {} {}", self.images.name, self.backend), last);
        let (began, mut measured, mut room) = (Instant::now(), Measured::default(), Room::default());
        for number in 1..=last {
            let ns = self.store.bundle(self.tag, self.backend)?;
            measured.samples.push(self.sample((WALL, Unit::Ns), ns));
            progress.step();
            if stops.contains(&number) {
                room = room.at(number, self.look(&mut measured)?);
            }
            let next = stops.iter().copied().find(|stop| *stop > number);
            if let Some(why) = next.and_then(|next| room.ends(next, began.elapsed())) {
                measured.missing.push((format!("more bundles than {number}"), why));
                break;
            }
        }
        progress.done(began.elapsed());
        self.store.clear()?;
        Ok(measured)
    }

    /// Asks what layers and bundles take, and what their cache does; gives their bytes on disk.
    fn look(&mut self, measured: &mut Measured) -> Result<u64, InstancesError> {
        let disk = self.store.disk()?.unpacked();
        measured.samples.push(self.sample((BYTES, Unit::Bytes), disk.bytes));
        measured.samples.push(self.sample((INODES, Unit::Count), disk.inodes));
        match self.cached() {
            Ok(bytes) => measured.samples.push(self.sample((CACHED, Unit::Bytes), bytes)),
            Err(error) => {
                let what = format!("page cache of {}", self.store.bundles().len());
                measured.missing.push((what, crate::chain(&error)));
            }
        }
        Ok(disk.bytes)
    }

    fn cached(&mut self) -> Result<u64, MemoryError> {
        let bundles = self.store.bundles();
        let file = match self.file.take() {
            Some(file) => file,
            None => memory::largest(&bundles[0])?,
        };
        let cached = memory::cached(bundles, &file);
        self.file = Some(file);
        cached
    }

    fn sample(&self, (measure, unit): (&str, Unit), value: u64) -> Sample {
        let own = str::to_owned;
        let (family, scenario, subject, measure) =
            (own(FAMILY), self.images.name.clone(), own(self.backend), own(measure));
        let round = u32::try_from(self.store.bundles().len()).unwrap_or(u32::MAX);
        Sample { family, scenario, subject, measure, unit, round, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fake;

    fn measured(script: &str, stops: &[u32]) -> Result<Measured, String> {
        fake::with(script, |store, place| {
            let images = fake::images();
            let series = Series::begin(store, &images, (place, OVERLAY));
            series.and_then(|series| series.measure(stops)).map_err(|error| crate::chain(&error))
        })
    }

    #[test]
    fn every_bundle_is_timed_and_the_stops_say_what_all_take() {
        let Measured { samples, missing } = measured(fake::WHOLE, &[1, 3]).unwrap();
        let told = |measure: &str| {
            let samples = samples.iter().filter(|one| one.measure == measure);
            samples.map(|one| (one.round, one.value)).collect::<Vec<_>>()
        };
        assert_eq!(told(BYTES), [(1, 15), (3, 25)]);
        assert_eq!(told(INODES), [(1, 3), (3, 5)]);
        assert_eq!(told(WALL).iter().map(|(round, _)| *round).collect::<Vec<_>>(), [1, 2, 3]);
        // Without root it is not known what is cached, which is said; a page for each bundle otherwise.
        let cached: Vec<u64> = told(CACHED).iter().map(|(_, bytes)| *bytes).collect();
        assert!(missing.len() == 2 || cached[1] == cached[0] * 3, "{cached:?}, {missing:?}");
    }

    #[test]
    fn a_series_ends_where_the_next_ones_would_take_too_much() {
        let room = Room::default().at(1, 40 << 20);
        assert_eq!(room.ends(10, Duration::ZERO), None);
        let copies = room.at(10, 400 << 20);
        assert_eq!(copies.expected_bytes(100), 100 * (40 << 20));
        assert_eq!(copies.ends(100, BUDGET), None);
        assert_eq!(copies.ends(103, BUDGET).unwrap(), "103 would take more than 4 GiB");
        let overlays = room.at(10, (40 << 20) + 9 * 4096);
        assert_eq!(overlays.ends(500, BUDGET), None);
        assert_eq!(overlays.ends(500, BUDGET * 2).unwrap(), "making them took more than 90 s");
        let script = fake::WHOLE.replace("5 * bundles", "5000000000 * bundles");
        let Measured { samples, missing } = measured(&script, &[1, 3]).unwrap();
        assert_eq!(samples.iter().filter(|one| one.measure == WALL).count(), 1);
        assert!(missing.iter().any(|(what, _)| what == "more bundles than 1"), "{missing:?}");
    }

    #[test]
    fn a_store_that_fails_is_told_with_its_call() {
        let refused = measured("case $1 in bundle) echo no >&2; exit 1;; esac", &[1]).unwrap_err();
        assert!(refused.starts_with("make bundle 1 of `b` by overlay: "), "{refused}");
        let refused = measured("exit 1", &[1]).unwrap_err();
        assert!(refused.starts_with("import `b`: "), "{refused}");
    }
}
