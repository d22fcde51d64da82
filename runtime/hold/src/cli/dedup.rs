//! `hold dedup`: what sharing saves.

use std::io::{self, Write as _};

use clap::Subcommand;
use hold::dedup;
use hold::store::Store;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum Dedup {
    /// Tell what all images of the store need as copies, as layers, and as files.
    Report {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(store: &Store, command: &Dedup) -> Result<(), Failure> {
    let Dedup::Report { json } = command;
    let sharing = dedup::report(store)?;
    let mut out = io::stdout().lock();
    if *json {
        serde_json::to_writer_pretty(&mut out, &sharing).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    writeln!(out, "{:<14}{:>16}{:>12}{:>12}", "level", "bytes", "inodes", "objects")?;
    for (name, level) in &sharing.levels {
        writeln!(out, "{name:<14}{:>16}{:>12}{:>12}", level.apparent_bytes, level.inodes, level.objects)?;
    }
    Ok(())
}
