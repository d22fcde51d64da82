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
    let cache = Cache::of_user();
    let made = [
        ("seed", family::seed(&cache).map(Some)),
        ("synthetic", family::synthetic(&cache, &Synthetic::default()).map(Some)),
        ("debian", debian(&cache, session.effort.extent)),
    ];
    let mut families = Vec::new();
    for (name, made) in made {
        let why = match made {
            Ok(Some(family)) => {
                families.push(images(family));
                continue;
            }
            Ok(None) => TAKES_MINUTES.to_owned(),
            Err(error) => why(&error),
        };
        session.record.omit(format!("{FAMILY}/{name}"), why);
    }
    families
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
