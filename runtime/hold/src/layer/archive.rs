//! What stands in a tar, as far as layers use it (`layer.md`).

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::tree::Meta;

/// One entry of a tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, counted from 0.
    pub index: usize,
    /// Its path, as it stands there.
    pub path: Vec<u8>,
    /// What all types have.
    pub meta: Meta,
    /// What it is.
    pub kind: Kind,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A regular file of so many bytes.
    File(u64),
    /// A symbolic link to a target.
    Symlink(Vec<u8>),
    /// Another name for a file in the tree.
    Hardlink(Vec<u8>),
    /// A character device.
    Character(u32, u32),
    /// A block device.
    Block(u32, u32),
    /// A FIFO.
    Fifo,
}

/// Why a tar could not be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ArchiveError {
    #[error("read the archive")]
    Read(#[source] io::Error),

    #[error("entry `{path}` has type `{kind}`, which layers do not have")]
    Kind { path: String, kind: char },

    #[error("`{name}` of entry `{path}` is no number: `{value}`")]
    Number { path: String, name: &'static str, value: String },
}

/// The uncompressed bytes of a layer, whatever it is compressed with: told by its first bytes.
///
/// # Errors
/// A blob that cannot be read, or begins like a compressed one without being one.
pub fn inflate<'a>(mut blob: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    const GZIP: &[u8] = &[0x1f, 0x8b];
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
    let start = blob.fill_buf()?;
    if start.starts_with(GZIP) {
        return Ok(Box::new(MultiGzDecoder::new(blob)));
    }
    if start.starts_with(ZSTD) {
        return Ok(Box::new(zstd::Decoder::with_buffer(blob)?));
    }
    Ok(Box::new(BufReader::new(blob)))
}

/// Calls `see` with each entry and its content, in order; then reads to the end of the stream, which may lie behind the
/// end of the archive.
///
/// # Errors
/// An archive that is damaged or has what layers do not have; those of `see`.
pub fn each<E: From<ArchiveError>>(
    mut stream: impl Read,
    mut see: impl FnMut(Entry, &mut dyn Read) -> Result<(), E>,
) -> Result<(), E> {
    let mut archive = Archive::new(&mut stream);
    for (index, entry) in archive.entries().map_err(ArchiveError::Read)?.enumerate() {
        let mut entry = entry.map_err(ArchiveError::Read)?;
        if entry.header().entry_type() == EntryType::XGlobalHeader {
            continue;
        }
        let read = read(index, &mut entry)?;
        see(read, &mut entry)?;
    }
    io::copy(&mut stream, &mut io::sink()).map_err(ArchiveError::Read)?;
    Ok(())
}

fn read<R: Read>(index: usize, entry: &mut tar::Entry<'_, R>) -> Result<Entry, ArchiveError> {
    let path = entry.path_bytes().into_owned();
    let shown = || String::from_utf8_lossy(&path).into_owned();
    let (mut xattrs, mut mtime) = (BTreeMap::new(), None);
    if let Some(extensions) = entry.pax_extensions().map_err(ArchiveError::Read)? {
        for extension in extensions {
            let extension = extension.map_err(ArchiveError::Read)?;
            let Ok(key) = extension.key() else { continue };
            if let Some(name) = key.strip_prefix("SCHILY.xattr.") {
                xattrs.insert(name.to_string(), extension.value_bytes().to_vec());
            } else if key == "mtime" {
                let value = String::from_utf8_lossy(extension.value_bytes()).into_owned();
                mtime = Some(instant(&value).ok_or_else(|| ArchiveError::Number {
                    path: shown(),
                    name: "mtime",
                    value,
                })?);
            }
        }
    }
    let header = entry.header();
    let number = |name, outcome: io::Result<u64>| {
        outcome.map_err(|error| ArchiveError::Number { path: shown(), name, value: error.to_string() })
    };
    let id = |name, value: u64| {
        u32::try_from(value).map_err(|_| ArchiveError::Number {
            path: shown(),
            name,
            value: value.to_string(),
        })
    };
    let seconds = number("mtime", header.mtime())?;
    let meta = Meta {
        mode: header.mode().map_err(ArchiveError::Read)? & 0o7777,
        uid: id("uid", number("uid", header.uid())?)?,
        gid: id("gid", number("gid", header.gid())?)?,
        mtime: mtime.unwrap_or((i64::try_from(seconds).unwrap_or(i64::MAX), 0)),
        xattrs,
    };
    let kind = kind(entry, &shown)?;
    Ok(Entry { index, path, meta, kind })
}

fn kind<R: Read>(entry: &tar::Entry<'_, R>, shown: &dyn Fn() -> String) -> Result<Kind, ArchiveError> {
    let header = entry.header();
    let target = || entry.link_name_bytes().map(std::borrow::Cow::into_owned).unwrap_or_default();
    let device = || -> io::Result<(u32, u32)> {
        Ok((header.device_major()?.unwrap_or_default(), header.device_minor()?.unwrap_or_default()))
    };
    Ok(match header.entry_type() {
        EntryType::Directory => Kind::Directory,
        // Old archives mark directories by a slash alone.
        EntryType::Regular if entry.path_bytes().ends_with(b"/") => Kind::Directory,
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File(entry.size()),
        EntryType::Symlink => Kind::Symlink(target()),
        EntryType::Link => Kind::Hardlink(target()),
        EntryType::Char => {
            device().map(|(major, minor)| Kind::Character(major, minor)).map_err(ArchiveError::Read)?
        }
        EntryType::Block => {
            device().map(|(major, minor)| Kind::Block(major, minor)).map_err(ArchiveError::Read)?
        }
        EntryType::Fifo => Kind::Fifo,
        other => return Err(ArchiveError::Kind { path: shown(), kind: char::from(other.as_byte()) }),
    })
}

/// `-1.5` is half a second before the second before 1970: seconds are rounded down, nanoseconds go up.
fn instant(text: &str) -> Option<(i64, u32)> {
    const DIGITS: usize = 9;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let mut digits: String = fraction.chars().take(DIGITS).collect();
    while digits.len() < DIGITS {
        digits.push('0');
    }
    let nanos: u32 = digits.parse().ok()?;
    if whole.starts_with('-') && nanos > 0 {
        return Some((seconds.checked_sub(1)?, 1_000_000_000 - nanos));
    }
    Some((seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn times_are_exact_to_the_nanosecond() {
        for (text, expected) in [
            ("0", Some((0, 0))),
            ("1700000000.5", Some((1_700_000_000, 500_000_000))),
            ("1.1234567891", Some((1, 123_456_789))),
            ("-1", Some((-1, 0))),
            ("-1.25", Some((-2, 750_000_000))),
            ("soon", None),
            ("1.x", None),
        ] {
            assert_eq!(instant(text), expected, "{text}");
        }
    }
}
