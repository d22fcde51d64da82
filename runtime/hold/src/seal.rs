//! Seals: one digest for everything in a directory, so that any damage to it is found.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::digest::{Digest, Hashing};

/// Digests names, kinds, permissions, owners, times of modification, attributes, links and contents.
///
/// Cost: reads every file once.
///
/// # Errors
/// Where something in it cannot be read.
pub fn seal(directory: &Path) -> io::Result<Digest> {
    let mut list = List { root: directory, text: Vec::new(), inodes: BTreeMap::new() };
    list.add(Path::new(""))?;
    Ok(Digest::of(&list.text))
}

struct List<'root> {
    root: &'root Path,
    /// What is digested: a record for each name, each field of known length or with its length before it.
    text: Vec<u8>,
    /// The files seen so far, by inode.
    inodes: BTreeMap<u64, u64>,
}

impl List<'_> {
    fn add(&mut self, path: &Path) -> io::Result<()> {
        let place = self.root.join(path);
        let metadata = fs::symlink_metadata(&place)?;
        self.field(path.as_os_str().as_bytes())?;
        for number in [metadata.mode(), metadata.uid(), metadata.gid()] {
            self.text.write_all(&number.to_be_bytes())?;
        }
        for number in [metadata.mtime(), metadata.mtime_nsec()] {
            self.text.write_all(&number.to_be_bytes())?;
        }
        self.attributes(&place)?;
        if metadata.is_dir() {
            return names(&place)?.iter().try_for_each(|name| self.add(&path.join(name)));
        }
        self.file(&place, &metadata)
    }

    /// What is no directory: the number of its first name, and where that is its own, what it holds.
    fn file(&mut self, place: &Path, metadata: &Metadata) -> io::Result<()> {
        let next = self.inodes.len() as u64;
        let number = *self.inodes.entry(metadata.ino()).or_insert(next);
        self.text.write_all(&number.to_be_bytes())?;
        if number != next {
            return Ok(());
        }
        if metadata.is_file() {
            let mut content = Hashing::new(File::open(place)?);
            io::copy(&mut content, &mut io::sink())?;
            return self.field(content.finish().0.to_string().as_bytes());
        }
        if metadata.is_symlink() {
            return self.field(fs::read_link(place)?.as_os_str().as_bytes());
        }
        self.text.write_all(&metadata.rdev().to_be_bytes())
    }

    fn attributes(&mut self, place: &Path) -> io::Result<()> {
        for (name, value) in attributes(place)? {
            self.field(&name)?;
            self.field(&value)?;
        }
        self.field(b"")
    }

    fn field(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.text.write_all(&(bytes.len() as u64).to_be_bytes())?;
        self.text.write_all(bytes)
    }
}

fn names(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?;
    let mut names: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.file_name().into())).collect::<io::Result<_>>()?;
    names.sort();
    Ok(names)
}

/// The extended attributes of a file, sorted by name; none where the file system has none.
///
/// # Errors
/// Where they cannot be read.
pub fn attributes(place: &Path) -> io::Result<BTreeMap<Vec<u8>, Vec<u8>>> {
    let mut names = Vec::new();
    match read(&mut names, |buffer| rustix::fs::llistxattr(place, buffer)) {
        Err(error) if error.raw_os_error() == Some(Errno::OPNOTSUPP.raw_os_error()) => {
            return Ok(BTreeMap::new());
        }
        other => other?,
    }
    let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let pair = |name: &[u8]| {
        let mut value = Vec::new();
        read(&mut value, |buffer| rustix::fs::lgetxattr(place, OsStr::from_bytes(name), buffer))?;
        Ok((name.to_vec(), value))
    };
    names.map(pair).collect()
}

/// The most that Linux gives for the value of an attribute, or for all names of one file.
const ATTRIBUTE_BYTES: usize = 65_536;

/// Fills `bytes` with what a call gives that wants room for it.
fn read(bytes: &mut Vec<u8>, call: impl Fn(&mut [u8]) -> rustix::io::Result<usize>) -> io::Result<()> {
    bytes.resize(256, 0);
    let count = match call(bytes) {
        Err(Errno::RANGE) => {
            bytes.resize(ATTRIBUTE_BYTES, 0);
            call(bytes)?
        }
        other => other?,
    };
    bytes.truncate(count);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::SystemTime;

    use super::*;

    fn stage() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("d")).unwrap();
        fs::write(home.path().join("d/f"), "text").unwrap();
        fs::write(home.path().join("g"), "text").unwrap();
        fs::hard_link(home.path().join("g"), home.path().join("h")).unwrap();
        symlink("g", home.path().join("l")).unwrap();
        home
    }

    #[test]
    fn a_seal_stays_as_long_as_nothing_changes() {
        let home = stage();
        assert_eq!(seal(home.path()).unwrap(), seal(home.path()).unwrap());
    }

    #[test]
    fn every_change_breaks_the_seal() {
        let changes: [fn(&Path); 8] = [
            |root| {
                let file = File::options().write(true).open(root.join("d/f")).unwrap();
                let modified = file.metadata().unwrap().modified().unwrap();
                (&file).write_all(b"t3xt").unwrap();
                file.set_modified(modified).unwrap();
            },
            |root| fs::set_permissions(root.join("g"), fs::Permissions::from_mode(0o600)).unwrap(),
            |root| {
                File::open(root.join("g")).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
            },
            |root| fs::remove_file(root.join("h")).unwrap(),
            |root| fs::rename(root.join("h"), root.join("i")).unwrap(),
            |root| {
                fs::remove_file(root.join("l")).unwrap();
                symlink("h", root.join("l")).unwrap();
            },
            |root| {
                let modified = fs::metadata(root.join("g")).unwrap().modified().unwrap();
                fs::remove_file(root.join("h")).unwrap();
                fs::write(root.join("h"), "text").unwrap();
                File::open(root.join("h")).unwrap().set_modified(modified).unwrap();
            },
            |root| fs::write(root.join("new"), "").unwrap(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let home = stage();
            let before = seal(home.path()).unwrap();
            change(home.path());
            assert_ne!(seal(home.path()).unwrap(), before, "change {number}");
        }
    }
}
