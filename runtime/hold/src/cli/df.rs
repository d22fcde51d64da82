//! `hold df`: what a store takes on disk.

use std::io::{self, Write as _};

use hold::df;
use hold::store::Store;

use super::Failure;

pub(super) fn run(store: &Store, json: bool) -> Result<(), Failure> {
    let report = df::measure(store)?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    writeln!(
        out,
        "{:<16}{:>10}{:>16}{:>16}{:>10}",
        "what", "objects", "bytes on disk", "apparent bytes", "inodes"
    )?;
    let rows = [
        ("blobs", report.blobs),
        ("layers", report.layers),
        ("bundles", report.bundles),
        ("shared layers", report.shared_layers),
        ("garbage", report.garbage),
    ];
    for (name, usage) in rows {
        let df::Usage { objects, bytes, apparent_bytes, inodes } = usage;
        writeln!(out, "{name:<16}{objects:>10}{bytes:>16}{apparent_bytes:>16}{inodes:>10}")?;
    }
    Ok(())
}
