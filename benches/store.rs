//! What layers and files save over plain copies, for each family of images; how long an import takes; what a derived
//! image and more instances of one add.

use std::path::{Path, PathBuf};

use benches::{BenchError, Family, effort, stage};
use measure::images::Images;
use measure::session::{Session, header};
use measure::{dedup, derived, instances};
use record::Host;

/// Where stores are made.
const STORES: &str = "/var/tmp";

/// The family of which bundles are made: the others would take minutes more, which `loadline bench` has.
const BUNDLES_OF: &str = "synthetic";

/// Measures every family.
pub(crate) fn measure() -> Result<PathBuf, BenchError> {
    let mut family = Family::begin(dedup::FAMILY, header(Host::probe()?, effort()))?;
    let store = drive::own::hold()?;
    let mut session = Session { record: family.record(), effort: effort() };
    let images = dedup::gather(&mut session);
    dedup::run(&mut session, &store, &images, Path::new(STORES))?;
    let (made, left): (Vec<Images>, Vec<Images>) =
        images.into_iter().partition(|images| images.name == BUNDLES_OF);
    for images in left {
        session.record.omit(format!("bundles of {}", images.name), "`loadline bench` makes them");
    }
    if let Err(error) = stage() {
        session.record.omit("instances and derived images", error.to_string());
    } else {
        derived::run(&mut session, &store, &made, Path::new(STORES))?;
        instances::run(&mut session, &store, &made, Path::new(STORES))?;
    }
    family.finish()
}
