//! `hold bundle`: from an image to what a runtime runs.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use hold::bundle::{self, Request};
use hold::convert::Labels;
use hold::record::{Backend, Known};
use hold::store::Store;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum Bundle {
    /// Make a bundle of an image, in a directory, which is made.
    Create(Create),
    /// List the bundles: name, backend, state and directory.
    Ls,
    /// Mount the root file system of a bundle again, such as after the host started anew.
    Mount {
        /// Its directory; nothing happens where it is mounted already.
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Unmount the root file system of a bundle, and keep all that a container wrote into it.
    Umount {
        /// Its directory; nothing happens where it is not mounted.
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Unmount and remove a bundle, with all that a container wrote into it.
    Rm {
        /// Its directory; nothing happens where there is none.
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Name of the image.
    tag: String,
    /// The directory.
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// How the root file system comes about.
    #[arg(long, value_enum, default_value = "overlay")]
    backend: Choice,
    /// Name of the bundle in the store, and of the host inside; made of the directory where it is missing.
    #[arg(long)]
    id: Option<String>,
    /// Take over labels of the image that make a runtime do things on the host.
    #[arg(long)]
    allow_unsafe_annotations: bool,
    /// Arguments that take the place of those of the image.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// A backend, as the command line has it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Choice {
    /// Layers mounted over each other, shared by all bundles, and an empty one on top.
    Overlay,
    /// All files once more.
    Copy,
}

pub(super) fn run(store: &Store, command: &Bundle) -> Result<(), Failure> {
    match command {
        Bundle::Create(create) => make(store, create),
        Bundle::Ls => list(store),
        Bundle::Mount { directory } => Ok(bundle::mount(store, directory).map(drop)?),
        Bundle::Umount { directory } => Ok(bundle::unmount(store, directory).map(drop)?),
        Bundle::Rm { directory } => Ok(bundle::remove(store, directory)?),
    }
}

fn make(store: &Store, create: &Create) -> Result<(), Failure> {
    let request = Request {
        reference: &create.tag,
        directory: &create.directory,
        id: create.id.as_deref(),
        backend: match create.backend {
            Choice::Overlay => Backend::Overlay,
            Choice::Copy => Backend::Copy,
        },
        arguments: &create.arguments,
        labels: if create.allow_unsafe_annotations { Labels::Trust } else { Labels::Guard },
    };
    let made = bundle::create(store, request)?;
    for what in &made.left_out {
        eprintln!("hold: left out: {what}");
    }
    Ok(writeln!(io::stdout(), "{}", made.record.directory.display())?)
}

fn list(store: &Store) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for known in bundle::list(store)? {
        let state = if matches!(known, Known::Whole(_)) { "whole" } else { "interrupted" };
        match known {
            Known::Whole(record) | Known::Making(record) => {
                let backend = if record.backend == Backend::Overlay { "overlay" } else { "copy" };
                writeln!(out, "{}\t{backend}\t{state}\t{}", record.id, record.directory.display())?;
            }
            Known::Unknown(id) => writeln!(out, "{id}\t-\t{state}\t-")?,
        }
    }
    Ok(())
}
