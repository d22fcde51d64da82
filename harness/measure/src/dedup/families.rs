//! The families of images that are measured: made once, found made afterwards.

use std::io::Write;

use fixtures::family::{self, Cache, Family, FamilyError, Synthetic};

use super::FAMILY;
use crate::images::Images;
use crate::session::{Extent, Session};

/// Why a look goes without the family of real images.
const TAKES_LONG: &str = "importing a gigabyte takes longer than a look; a run without `--quick` does it, and makes the images where needed";

/// Makes every family, or finds it made; one that cannot be had is omitted, with its reason.
///
/// Call it before [`crate::stage::enter`]: what makes images wants the host's `/run`.
pub fn gather<W: Write>(session: &mut Session<'_, W>) -> Vec<Images> {
    let mut families = gather_made_here(session);
    let made = match session.effort.extent {
        Extent::Look => None,
        Extent::Whole => Some(|cache: &Cache| family::debian(cache, &|step| eprintln!("debian: {step}"))),
    };
    families.extend(keep(session, "debian", made));
    families
}

/// The families that need nothing of the host, and come out the same on each.
pub fn gather_made_here<W: Write>(session: &mut Session<'_, W>) -> Vec<Images> {
    let seed = keep(session, "seed", Some(family::seed));
    let from_seed = |cache: &Cache| family::synthetic(cache, &Synthetic::default());
    seed.into_iter().chain(keep(session, "synthetic", Some(from_seed))).collect()
}

/// One family, or a note why there is none; without a way to make it, that it takes too long.
fn keep<W: Write>(
    session: &mut Session<'_, W>,
    name: &str,
    make: Option<impl FnOnce(&Cache) -> Result<Family, FamilyError>>,
) -> Option<Images> {
    let why = match make.map(|make| make(&Cache::of_user())) {
        Some(Ok(family)) => return Some(family.into()),
        Some(Err(error)) => why(&error),
        None => TAKES_LONG.to_owned(),
    };
    session.record.omit(format!("{FAMILY}/{name}"), why);
    None
}

fn why(error: &FamilyError) -> String {
    error.unavailable().map_or_else(|| crate::chain(error), ToString::to_string)
}
