//! `hold gc`, `hold fsck`: what keeps a store in order.

use std::io::{self, Write as _};

use hold::fsck;
use hold::gc::{self, Sweep};
use hold::store::Store;

use super::Failure;

pub(super) fn gc(store: &Store, dry_run: bool) -> Result<(), Failure> {
    let garbage = gc::collect(store, if dry_run { Sweep::DryRun } else { Sweep::Remove })?;
    let mut out = io::stdout().lock();
    for path in &garbage.paths {
        writeln!(out, "{}", path.display())?;
    }
    let verb = if dry_run { "would be removed" } else { "removed" };
    Ok(writeln!(out, "{} {verb}, {} bytes of blobs", garbage.paths.len(), garbage.bytes)?)
}

pub(super) fn fsck(store: &Store, repair: bool) -> Result<(), Failure> {
    let damage = if repair { fsck::repair(store)? } else { fsck::check(store)? };
    let mut out = io::stdout().lock();
    for path in &damage.blobs {
        writeln!(out, "damaged blob\t{}", path.display())?;
    }
    for reference in &damage.references {
        let advice = if repair { "\tname removed: import it again" } else { "" };
        writeln!(out, "damaged image\t{reference}{advice}")?;
    }
    for path in &damage.layers {
        writeln!(out, "damaged layer\t{}", path.display())?;
    }
    for path in &damage.bundles {
        writeln!(out, "damaged bundle\t{}\tremove it: hold bundle rm", path.display())?;
    }
    let left = !damage.bundles.is_empty();
    if (repair && !left) || damage.is_none() { Ok(()) } else { Err(Failure::Damaged) }
}
