//! What an image made over another costs: by layer, where the other is there, against by copying.
//!
//! *By layer*: a store holds the base image, unpacked; the derived one is imported, and a bundle of it made by overlay.
//! *By copying*: the same from nothing, the bundle a copy, as if no image knew of another. Both end with a bundle that is
//! ready. What counts is what that added, blobs and all.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use record::{Sample, Unit, WriteError};

use crate::images::Images;
use crate::progress::Progress;
use crate::sampling::WALL;
use crate::session::{Extent, Session};
use crate::store::{COPY, Disk, OVERLAY, Store, StoreError};

/// Name of this family in samples.
pub const FAMILY: &str = "derived";

/// Subject of the samples by layer.
pub const LAYER: &str = "layer";

/// Subject of the samples by copying.
pub const COPYING: &str = "copy";

/// Measure of the bytes on disk that were added.
pub const BYTES: &str = "bytes";

/// Measure of those of them that are blobs: the image as it was imported, compressed.
pub const BLOBS: &str = "blobs";

/// Measure of the inodes that were added.
pub const INODES: &str = "inodes";

/// How often each way is gone: bytes are exact, and it takes as long to remove what was made as to make it.
const ROUNDS: u32 = 3;

/// Why a look goes without.
const TAKES_LONG: &str = "a store is filled anew for each sample; a run without `--quick` does it";

/// Why a family has no such figures.
const NOT_DERIVED: &str = "no image of the family is made over another";

/// Measures the last image of every family, with stores in `home`; what cannot be measured is omitted, with its reason.
///
/// Call it after [`crate::stage::enter`]: it mounts bundles.
///
/// # Errors
/// Where the record cannot be written.
pub fn run<W: Write>(
    session: &mut Session<'_, W>,
    store: &Path,
    families: &[Images],
    home: &Path,
) -> Result<(), WriteError> {
    if session.effort.extent == Extent::Look {
        session.record.omit(FAMILY, TAKES_LONG);
        return Ok(());
    }
    for images in families {
        let what = format!("{FAMILY}/{}", images.name);
        let Some((base, tag)) = images.base.as_deref().zip(images.tags.last()) else {
            session.record.omit(&what, NOT_DERIVED);
            continue;
        };
        match measure(&Derived { store, home, images, base, tag }) {
            Ok(samples) => samples.into_iter().try_for_each(|sample| session.record.sample(sample))?,
            Err(error) => session.record.omit(&what, crate::chain(&error)),
        }
    }
    Ok(())
}

/// An image, its base, and where stores for them are made.
struct Derived<'a> {
    store: &'a Path,
    home: &'a Path,
    images: &'a Images,
    base: &'a str,
    tag: &'a str,
}

/// Both ways in turn, each first in every other round.
fn measure(image: &Derived) -> Result<Vec<Sample>, StoreError> {
    let progress = Progress::new(format!("{FAMILY} {}", image.images.name), ROUNDS);
    let began = Instant::now();
    let mut samples = Vec::new();
    for round in 1..=ROUNDS {
        let mut ways = [LAYER, COPYING];
        ways.rotate_left(usize::from(round % 2 == 0));
        for way in ways {
            let added = if way == LAYER { image.by_layer()? } else { image.by_copying()? };
            samples.extend(added.samples(&image.images.name, way, round));
        }
        progress.step();
    }
    progress.done(began.elapsed());
    Ok(samples)
}

impl Derived<'_> {
    fn by_layer(&self) -> Result<Added, StoreError> {
        let mut store = Store::new(self.store, self.home)?;
        store.import(self.images, self.base)?;
        store.bundle(self.base, OVERLAY)?;
        self.add(&mut store, OVERLAY)
    }

    fn by_copying(&self) -> Result<Added, StoreError> {
        self.add(&mut Store::new(self.store, self.home)?, COPY)
    }

    /// From the layout to a bundle that is ready.
    fn add(&self, store: &mut Store, backend: &'static str) -> Result<Added, StoreError> {
        let before = store.disk()?;
        let ns = store.import(self.images, self.tag)? + store.bundle(self.tag, backend)?;
        let after = store.disk()?;
        store.clear()?;
        Ok(Added { ns, before, after })
    }
}

/// What it took to have one more image ready.
#[derive(Debug, Clone, Copy)]
struct Added {
    ns: u64,
    before: Disk,
    after: Disk,
}

impl Added {
    fn samples(&self, images: &str, way: &str, round: u32) -> [Sample; 4] {
        let blobs = self.after.blobs.minus(self.before.blobs);
        let all = blobs.plus(self.after.unpacked().minus(self.before.unpacked()));
        let values = [
            (WALL, Unit::Ns, self.ns),
            (BYTES, Unit::Bytes, all.bytes),
            (BLOBS, Unit::Bytes, blobs.bytes),
            (INODES, Unit::Count, all.inodes),
        ];
        let own = str::to_owned;
        values.map(|(measure, unit, value)| {
            let (family, scenario, subject, measure) = (own(FAMILY), own(images), own(way), own(measure));
            Sample { family, scenario, subject, measure, unit, round, value }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fake;

    fn measured(script: &str) -> Result<Vec<Sample>, String> {
        fake::with(script, |store, home| {
            let images = fake::images();
            let image = Derived { store, home, images: &images, base: "a", tag: "b" };
            measure(&image).map_err(|error| crate::chain(&error))
        })
    }

    #[test]
    fn only_what_was_added_counts_and_both_ways_begin_in_turn() {
        let samples = measured(fake::WHOLE).unwrap();
        let told = |measure: &str, way: &str| {
            let samples = samples.iter().filter(|one| one.measure == measure && one.subject == way);
            samples.map(|one| one.value).collect::<Vec<_>>()
        };
        // The store's layers take 10 bytes before and after; an image takes 100, and a bundle 5.
        assert_eq!(told(BYTES, LAYER), [105; 3]);
        assert_eq!((told(BLOBS, COPYING), told(INODES, COPYING)), (vec![100; 3], vec![2; 3]));
        let times = samples.iter().filter(|one| one.measure == WALL);
        let order: Vec<&str> = times.map(|one| one.subject.as_str()).take(4).collect();
        assert_eq!(order, [LAYER, COPYING, COPYING, LAYER]);
    }

    #[test]
    fn the_base_is_there_before_by_layer_alone() {
        let images = r#"case "$4 $5" in "overlay a" | "copy b") images=1;; "overlay b") images=2;; *) images=;; esac
            [ -z "$images" ] || [ "$(wc -l <"$store/images")" = "$images" ] || exit 9"#;
        measured(&format!("{images}\n{}", fake::WHOLE)).unwrap();
        let refused = measured("case $3 in /layout:a) echo no >&2; exit 1;; esac; echo {}").unwrap_err();
        assert!(refused.starts_with("import `a`: "), "{refused}");
    }
}
