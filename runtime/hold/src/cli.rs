//! The command line: one call each, and an exit code.

mod bundle;
mod dedup;
mod df;
mod image;
mod upkeep;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hold::layers::LayersError;
use hold::space::{self, Lack};

/// What the caller asked for could not be done.
const FAILED: u8 = 1;
/// This host does not let the store work.
const HOST: u8 = 3;

/// Keeps container images, verified and durable, and makes bundles of them.
#[derive(Debug, Parser)]
#[command(name = "hold", version, after_help = EXAMPLES)]
struct Cli {
    /// Directory of the store; made where it is missing.
    #[arg(long, value_name = "DIR", default_value = "/var/lib/hold")]
    store: PathBuf,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  hold --store /srv/hold image import ./layout:latest
  hold --store /srv/hold image ls
  hold --store /srv/hold bundle create latest ./bundle -- /bin/sh -c 'echo hello'
  hold --store /srv/hold unpack latest ./rootfs

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the host does not let the store work.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Import, save, list, inspect, rename and remove images.
    #[command(subcommand)]
    Image(image::Image),
    /// Make, list and remove bundles, which a runtime can run.
    #[command(subcommand)]
    Bundle(bundle::Bundle),
    /// Tell what sharing saves.
    #[command(subcommand)]
    Dedup(dedup::Dedup),
    /// Tell what the store takes on disk, what of it is shared, and what `gc` would free.
    Df {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Remove blobs and layers that no image or bundle needs, and what interrupted commands left.
    Gc {
        /// Tell only what would be removed.
        #[arg(long)]
        dry_run: bool,
    },
    /// Read every blob and layer and tell what is damaged; exits with 1 where something is.
    Fsck {
        /// Remove what is damaged, and the names of images that need it, to be imported again.
        #[arg(long)]
        repair: bool,
    },
    /// Unpack an image into a directory, which is made.
    Unpack {
        /// Name of the image.
        tag: String,
        /// The directory.
        target: PathBuf,
    },
}

/// Why a call ended without success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Store(#[from] hold::store::StoreError),

    #[error(transparent)]
    Import(#[from] hold::import::ImportError),

    #[error(transparent)]
    Save(#[from] hold::save::SaveError),

    #[error(transparent)]
    Unpack(#[from] hold::unpack::UnpackError),

    #[error(transparent)]
    Bundle(#[from] hold::bundle::BundleError),

    #[error(transparent)]
    Dedup(#[from] hold::dedup::DedupError),

    #[error(transparent)]
    Df(#[from] hold::df::DfError),

    #[error(transparent)]
    Gc(#[from] hold::gc::GcError),

    #[error(transparent)]
    Fsck(#[from] hold::fsck::FsckError),

    #[error("the store is damaged; `hold fsck --repair` removes what is, then import again")]
    Damaged,

    #[error("write the output")]
    Output(#[from] std::io::Error),
}

/// Does what the arguments say. Wrong ones end the program with code 2.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = hold::store::Store::open(&cli.store).map_err(Failure::from);
    let done = done.and_then(|store| match cli.command {
        Command::Image(command) => image::run(&store, command),
        Command::Bundle(command) => bundle::run(&store, &command),
        Command::Dedup(command) => dedup::run(&store, &command),
        Command::Df { json } => df::run(&store, json),
        Command::Gc { dry_run } => upkeep::gc(&store, dry_run),
        Command::Fsck { repair } => upkeep::fsck(&store, repair),
        Command::Unpack { tag, target } => {
            Ok(hold::unpack::unpack(store.root(), &store.image(&tag)?, &target)?)
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("hold: {}{}", chain(&failure), advice(&failure));
            ExitCode::from(code(&failure))
        }
    }
}

/// Everything that failed because of the host ends with [`HOST`].
fn code(failure: &Failure) -> u8 {
    use hold::bundle::BundleError::{Busy, Layers, Overlay, Write as Bundle};
    use hold::import::ImportError::Write;
    use hold::store::StoreError::{Create, Format, Lock};
    match failure {
        _ if space::lack(failure).is_some() => HOST,
        Failure::Store(Create { .. } | Format { .. } | Lock { .. })
        | Failure::Import(Write { .. })
        | Failure::Bundle(Busy { .. } | Bundle { .. } | Overlay(_) | Layers(LayersError::Write { .. })) => {
            HOST
        }
        _ => FAILED,
    }
}

/// What to do, where that does not depend on what was being done.
fn advice(failure: &Failure) -> &'static str {
    space::lack(failure).map_or("", Lack::advice)
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", chain(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}
