//! `hold image`: what the store holds, and how it comes there.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

use clap::Subcommand;
use hold::import;
use hold::store::Store;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum Image {
    /// Import an image from an image layout in a directory or an archive.
    Import {
        /// The layout and the tag in it, such as `./layout:latest`.
        #[arg(value_name = "LAYOUT:TAG")]
        source: Source,
    },
    /// List the images: name and digest of the manifest.
    Ls,
    /// Print the configuration of an image, as JSON.
    Inspect {
        /// Its name.
        tag: String,
    },
    /// Give an image one more name.
    Tag {
        /// A name that it has.
        tag: String,
        /// The name that it gets.
        new: String,
    },
    /// Save an image as one archive, which can be imported again, and copied by `skopeo` from `oci-archive:`.
    Save {
        /// Its name.
        tag: String,
        /// The archive, which is made.
        archive: PathBuf,
    },
    /// Take the name of an image away; its blobs stay.
    Rm {
        /// The name.
        tag: String,
    },
}

/// A layout, and a tag in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    layout: PathBuf,
    tag: String,
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.rsplit_once(':') {
            Some((layout, tag)) if !layout.is_empty() && !tag.is_empty() && !tag.contains('/') => {
                Ok(Self { layout: layout.into(), tag: tag.to_owned() })
            }
            _ => Err("a directory, a colon and a tag are expected, such as ./layout:latest".to_owned()),
        }
    }
}

pub(super) fn run(store: &Store, command: Image) -> Result<(), Failure> {
    match command {
        Image::Import { source } => import(store, &source),
        Image::Ls => list(store),
        Image::Inspect { tag } => {
            let image = store.image(&tag)?;
            io::stdout().write_all(&image.config_json)?;
            Ok(writeln!(io::stdout())?)
        }
        Image::Tag { tag, new } => Ok(store.refer(&new, &store.descriptor(&tag)?)?),
        Image::Save { tag, archive } => Ok(hold::save::save(store, &tag, &archive)?),
        Image::Rm { tag } => Ok(store.forget(&tag)?),
    }
}

fn import(store: &Store, source: &Source) -> Result<(), Failure> {
    let style = ProgressStyle::with_template("{msg} {bar:30} {bytes}/{total_bytes} {eta}");
    let bar = ProgressBar::new(0).with_message(format!("import {}", source.tag));
    if let Ok(style) = style {
        bar.set_style(style);
    }
    let tell = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let image = import::import(store, &source.layout, &source.tag, &tell);
    bar.finish_and_clear();
    Ok(writeln!(io::stdout(), "{}", image?.manifest_digest)?)
}

fn list(store: &Store) -> Result<(), Failure> {
    for (name, descriptor) in store.references()? {
        writeln!(io::stdout(), "{name}\t{}", descriptor.digest())?;
    }
    Ok(())
}
