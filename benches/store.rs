//! What layers and files save over plain copies, for each family of images; how long an import takes.

use std::path::{Path, PathBuf};

use benches::{BenchError, Family, effort};
use measure::dedup;
use measure::session::{Session, header};
use record::Host;

/// Measures every family of images.
pub(crate) fn measure() -> Result<PathBuf, BenchError> {
    let mut family = Family::begin(dedup::FAMILY, header(Host::probe()?, effort()))?;
    let store = drive::own::hold()?;
    let mut session = Session { record: family.record(), effort: effort() };
    let images = dedup::gather(&mut session);
    dedup::run(&mut session, &store, &images, Path::new("/var/tmp"))?;
    family.finish()
}
