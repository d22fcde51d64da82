//! The families of images that are measured: made once, found made afterwards.

use std::io::Write;

use fixtures::family::{self, Cache, Family, FamilyError, Synthetic};

use super::{FAMILY, Images};
use crate::session::{Extent, Session};

/// Why a look goes without the family of real images.
const TAKES_MINUTES: &str =
    "not made yet, and making it takes minutes; `cargo run --release -p fixtures debian` does";

/// Makes every family, or finds it made; one that cannot be had is omitted, with its reason.
///
/// Call it before [`crate::stage::enter`]: what makes images wants the host's `/run`.
pub fn gather<W: Write>(session: &mut Session<'_, W>) -> Vec<Images> {
    let mut families = gather_made_here(session);
    let extent = session.effort.extent;
    families.extend(keep(session, "debian", |cache| debian(cache, extent)));
    families
}

/// The families that need nothing of the host, and come out the same on each.
pub fn gather_made_here<W: Write>(session: &mut Session<'_, W>) -> Vec<Images> {
    let seed = keep(session, "seed", |cache| family::seed(cache).map(Some));
    let from_seed = |cache: &Cache| family::synthetic(cache, &Synthetic::default()).map(Some);
    seed.into_iter().chain(keep(session, "synthetic", from_seed)).collect()
}

/// One family, or a note why there is none.
fn keep<W: Write>(
    session: &mut Session<'_, W>,
    name: &str,
    make: impl FnOnce(&Cache) -> Result<Option<Family>, FamilyError>,
) -> Option<Images> {
    let why = match make(&Cache::of_user()) {
        Ok(Some(family)) => return Some(images(family)),
        Ok(None) => TAKES_MINUTES.to_owned(),
        Err(error) => why(&error),
    };
    session.record.omit(format!("{FAMILY}/{name}"), why);
    None
}

fn debian(cache: &Cache, extent: Extent) -> Result<Option<Family>, FamilyError> {
    match extent {
        Extent::Look => family::debian_made(cache),
        Extent::Whole => family::debian(cache, &|step| eprintln!("debian: {step}")).map(Some),
    }
}

fn images(family: Family) -> Images {
    let tags = family.images.into_iter().map(|image| image.tag).collect();
    Images { name: family.name, layout: family.layout, tags }
}

fn why(error: &FamilyError) -> String {
    error.unavailable().map_or_else(|| crate::chain(error), ToString::to_string)
}
