//! I/O on a plain directory, and on overlays of it.

use std::path::PathBuf;

use benches::{BenchError, Family, effort, home, stage};
use measure::io::disk::{Disk, Kind};
use measure::io::{self, Field, operations};
use measure::session::{Extent, header};
use record::Host;

/// Measures every operation.
pub(crate) fn measure() -> Result<PathBuf, BenchError> {
    let host = Host::probe()?;
    stage()?;
    let mut family = Family::begin(io::FAMILY, io::introduce(header(host, effort()), Extent::Look))?;
    let scratch = tempfile::tempdir_in(home()?)?;
    let disk = Disk::make(scratch.path(), Kind::Ext4);
    if let Err(error) = &disk {
        family.record().omit("a file system of its own", measure::chain(error));
    }
    let field = Field::lay_out(disk.as_ref().map_or(scratch.path(), Disk::path), Extent::Look)?;
    for operation in operations(Extent::Look) {
        family.measure(field.race(operation, effort().seed))?;
    }
    family.finish()
}
