//! What layers and files save over plain copies, for each family of images; how long an import takes.

use std::path::Path;

use benches::{BenchError, Family, effort};
use fixtures::family::{self, Cache, FamilyError, Synthetic};
use measure::dedup::{self, Images};
use measure::session::{Session, header};
use record::Host;

fn main() -> Result<(), BenchError> {
    let mut record = Family::begin(dedup::FAMILY, header(Host::probe()?, effort()))?;
    let store = drive::own::hold()?;
    let cache = Cache::of_user();
    let made = [
        ("seed", family::seed(&cache)),
        ("synthetic", family::synthetic(&cache, &Synthetic::default())),
        ("debian", family::debian(&cache, &|step| eprintln!("debian: {step}"))),
    ];
    let mut families = Vec::new();
    for (name, made) in made {
        match made {
            Ok(family) => families.push(images(family)),
            Err(error) => record.record().omit(format!("{}/{name}", dedup::FAMILY), why(&error)),
        }
    }
    let mut session = Session { record: record.record(), effort: effort() };
    dedup::run(&mut session, &store, &families, Path::new("/var/tmp"))?;
    record.finish()
}

fn images(family: family::Family) -> Images {
    let tags = family.images.into_iter().map(|image| image.tag).collect();
    Images { name: family.name, layout: family.layout, tags }
}

fn why(error: &FamilyError) -> String {
    error.unavailable().map_or_else(|| measure::chain(error), ToString::to_string)
}
