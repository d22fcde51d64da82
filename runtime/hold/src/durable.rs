//! Files that are there, whole, after power was lost.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Replaces a file: it has either its old content or all of `bytes`, whatever happens.
///
/// The new content is made durable, then takes the name, then the directory is made durable.
///
/// # Errors
/// Where the disk fails or is full; the old content stays.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(SCRATCH).tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_directory(directory)
}

/// How the names of files begin that [`replace`] has not given their name yet.
const SCRATCH: &str = ".replace-";

/// Whether a file is one that an interrupted [`replace`] left.
#[must_use]
pub fn is_scratch(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(SCRATCH.as_bytes()))
}

/// Makes the names in a directory durable.
///
/// # Errors
/// Where the disk fails.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes everything durable that was written to the file system of `opened`.
///
/// A descriptor that was opened before the first write also learns of write-back that failed since.
///
/// # Errors
/// Where the disk fails, or failed.
pub fn sync_file_system(opened: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(opened)?)
}

/// Makes a directory that only its owner can enter, with its parents.
///
/// # Errors
/// Where it is missing and cannot be made.
pub fn private_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("f");
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
