//! The bundle: a directory with a `config.json`, read once.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::{Errno, read};
use rustix::process::getcwd;

use crate::cause::Cause;
use crate::config::document::MOST_BYTES;

/// A bundle that has been read.
#[derive(Debug)]
pub struct Bundle {
    /// Where it is; absolute.
    pub path: String,
    /// Its `config.json`.
    pub configuration: Vec<u8>,
}

/// Why a bundle could not be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BundleError {
    #[error("find the working directory, which the bundle counts from")]
    WorkingDirectory { source: Cause },

    #[error("the path of the bundle is not UTF-8: {path:?}")]
    Path { path: String },

    #[error("open `{path}`")]
    Open { path: String, source: Cause },

    #[error("`{path}` is not a regular file")]
    Kind { path: String },

    #[error("`{path}` has {bytes} bytes; at most {MOST_BYTES} are read")]
    Large { path: String, bytes: u64 },

    #[error("read `{path}`")]
    Read { path: String, source: Cause },
}

impl Bundle {
    /// Reads the bundle at `path`, absolute or relative to the working directory.
    ///
    /// # Errors
    /// A `config.json` that is missing, not a regular file, too large, or cannot be read.
    pub fn read(path: &CStr) -> Result<Self, BundleError> {
        let path = absolute(path)?;
        let configuration = slurp(&format!("{path}/config.json"))?;
        Ok(Self { path, configuration })
    }
}

/// Reads a file of JSON that somebody else wrote: never waits for it, never reads more than allowed.
///
/// # Errors
/// As [`Bundle::read`].
pub fn slurp(path: &str) -> Result<Vec<u8>, BundleError> {
    let name = || path.to_owned();
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = openat(CWD, path, flags, Mode::empty())
        .map_err(|errno| BundleError::Open { path: name(), source: Cause(errno) })?;
    let error = |errno| BundleError::Read { path: name(), source: Cause(errno) };
    let found = fstat(&file).map_err(error)?;
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
        return Err(BundleError::Kind { path: name() });
    }
    let bytes = found.st_size.unsigned_abs();
    let size = usize::try_from(bytes).ok().filter(|size| *size <= MOST_BYTES);
    let Some(size) = size else { return Err(BundleError::Large { path: name(), bytes }) };
    let mut text = alloc::vec![0; size];
    let mut filled = 0;
    while let Some(rest) = text.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match read(&file, rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(Errno::INTR) => {}
            Err(errno) => return Err(error(errno)),
        }
    }
    text.truncate(filled);
    Ok(text)
}

/// `path` from the root on.
///
/// # Errors
/// A path that is not UTF-8; a working directory that cannot be found.
pub fn absolute(path: &CStr) -> Result<String, BundleError> {
    let text = |path: &CStr| {
        let text = path.to_str().map(ToOwned::to_owned);
        text.map_err(|_| BundleError::Path { path: path.to_string_lossy().into_owned() })
    };
    let path = text(path)?;
    if path.starts_with('/') {
        return Ok(path);
    }
    let here = getcwd(Vec::new()).map_err(|errno| BundleError::WorkingDirectory { source: Cause(errno) })?;
    let here = text(&here)?;
    let rest: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    Ok(if rest.is_empty() { here } else { format!("{}/{}", here.trim_end_matches('/'), rest.join("/")) })
}
