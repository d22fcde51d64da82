//! The members of a layer's archive, each checked by itself.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use tar::EntryType;

use crate::tree::{Attributes, Moment};

/// What a member makes of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The parts of its name, from the root; empty for the root itself.
    pub path: Vec<OsString>,
    /// What it is.
    pub kind: MemberKind,
    /// Permissions, owner and the like.
    pub attributes: Attributes,
    /// How many bytes follow it.
    pub size: u64,
}

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kinds of the archive, as it names them")]
pub enum MemberKind {
    Directory,
    File,
    Symlink(PathBuf),
    Hardlink(Vec<OsString>),
    Character(u32, u32),
    Block(u32, u32),
    Fifo,
}

impl Member {
    /// Whether it is one more name for a file.
    #[must_use]
    pub fn is_link(&self) -> bool {
        matches!(self.kind, MemberKind::Hardlink(_))
    }

    /// Size of its content, in bytes; 0 for what has none.
    #[must_use]
    pub fn content_bytes(&self) -> u64 {
        if self.kind == MemberKind::File { self.size } else { 0 }
    }
}

/// Why a member is refused.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum MemberError {
    #[error("the archive is damaged")]
    Archive(#[source] io::Error),

    #[error("name `{name}` has a part `..`, which would leave the root")]
    Escape { name: String },

    #[error("name `{name}` is too long, too deep, or holds a NUL")]
    Name { name: String },

    #[error("`{name}` stands for the root, which can only be a directory")]
    Root { name: String },

    #[error("`{name}` has owner {uid}:{gid}, which no file can have")]
    Owner { name: String, uid: u64, gid: u64 },

    #[error("`{name}` is the device 0:0, which means a deleted file to overlayfs")]
    Whiteout { name: String },

    #[error("`{name}` is of kind `{kind}`, which layers do not have")]
    Kind { name: String, kind: char },

    #[error(
        "`{name}` has the record `{key}`, which is malformed, there twice, or says otherwise than its header"
    )]
    Record { name: String, key: String },

    #[error("`{name}` has content, but is no file")]
    Content { name: String },
}

/// Longest name, longest part, most parts: the limits of Linux, and one that no real tree comes near.
const PATH_BYTES: usize = 4095;
const PART_BYTES: usize = 255;
const DEPTH: usize = 256;

/// Checks one entry of an archive.
///
/// # Errors
/// See [`MemberError`].
pub fn read(entry: &mut tar::Entry<'_, impl Read>) -> Result<Member, MemberError> {
    let bytes = entry.path_bytes().into_owned();
    let name = bytes.escape_ascii().to_string();
    let path = parts(&bytes)?;
    let kind = kind(entry, &name)?;
    if path.is_empty() && kind != MemberKind::Directory {
        return Err(MemberError::Root { name });
    }
    let records = records(entry, &name)?;
    agree(entry, &name, &records)?;
    if entry.size() > 0 && kind != MemberKind::File {
        return Err(MemberError::Content { name });
    }
    let attributes = attributes(entry, &name, &records)?;
    Ok(Member { path, kind, attributes, size: entry.size() })
}

/// What stands before an entry, by its keyword.
type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// The records before an entry, each keyword once.
fn records(entry: &mut tar::Entry<'_, impl Read>, name: &str) -> Result<Records, MemberError> {
    let mut records = Records::new();
    for record in entry.pax_extensions().map_err(MemberError::Archive)?.into_iter().flatten() {
        let record = record.map_err(MemberError::Archive)?;
        if records.insert(record.key_bytes().to_vec(), record.value_bytes().to_vec()).is_some() {
            return Err(malformed(name, record.key_bytes()));
        }
    }
    Ok(records)
}

/// Sizes from here on do not fit into the field of a header.
const LARGE_BYTES: u64 = 8 << 30;

/// Whether the records say what the header, and names in the way of GNU, say: where they do not, two programs would see
/// two archives.
fn agree(entry: &tar::Entry<'_, impl Read>, name: &str, records: &Records) -> Result<(), MemberError> {
    let text = |key: &str| records.get(key.as_bytes());
    let number = |key: &str| {
        let digits = |value: &&Vec<u8>| !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        text(key).map(|value| {
            Some(value).filter(digits).and_then(|value| str::from_utf8(value).ok()?.parse().ok())
        })
    };
    for key in ["uid", "gid"] {
        if number(key) == Some(None::<u64>) {
            return Err(malformed(name, key.as_bytes()));
        }
    }
    let own = entry.header().entry_size().map_err(MemberError::Archive)?;
    let size_fits = |size: u64| size == own || (own == 0 && size >= LARGE_BYTES);
    if number("size").is_some_and(|size| !size.is_some_and(size_fits)) {
        return Err(malformed(name, b"size"));
    }
    if text("path").is_some_and(|path| **path != *entry.path_bytes()) {
        return Err(malformed(name, b"path"));
    }
    let link = entry.link_name_bytes().unwrap_or_default();
    if text("linkpath").is_some_and(|path| **path != *link) {
        return Err(malformed(name, b"linkpath"));
    }
    Ok(())
}

fn malformed(name: &str, key: &[u8]) -> MemberError {
    MemberError::Record { name: name.to_owned(), key: key.escape_ascii().to_string() }
}

/// The parts of a name; leading slashes and `.` say nothing.
fn parts(name: &[u8]) -> Result<Vec<OsString>, MemberError> {
    let shown = || name.escape_ascii().to_string();
    let parts = name.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
    let parts: Vec<&[u8]> = parts.collect();
    if parts.contains(&b"..".as_slice()) {
        return Err(MemberError::Escape { name: shown() });
    }
    let long = name.len() > PATH_BYTES || parts.len() > DEPTH;
    if long || name.is_empty() || name.contains(&0) || parts.iter().any(|part| part.len() > PART_BYTES) {
        return Err(MemberError::Name { name: shown() });
    }
    Ok(parts.into_iter().map(|part| OsStr::from_bytes(part).to_owned()).collect())
}

fn kind(entry: &tar::Entry<'_, impl Read>, name: &str) -> Result<MemberKind, MemberError> {
    let header = entry.header();
    let link = entry.link_name_bytes().unwrap_or_default();
    let number =
        |part: io::Result<Option<u32>>| part.map(Option::unwrap_or_default).map_err(MemberError::Archive);
    let device = || Ok::<_, MemberError>((number(header.device_major())?, number(header.device_minor())?));
    Ok(match header.entry_type() {
        EntryType::Regular | EntryType::Continuous => MemberKind::File,
        EntryType::Directory => MemberKind::Directory,
        EntryType::Symlink if link.is_empty() || link.contains(&0) || link.len() > PATH_BYTES => {
            return Err(MemberError::Name { name: format!("{name} -> {}", link.escape_ascii()) });
        }
        EntryType::Symlink => MemberKind::Symlink(Path::new(OsStr::from_bytes(&link)).to_owned()),
        EntryType::Link => MemberKind::Hardlink(parts(&link)?),
        EntryType::Char => match device()? {
            (0, 0) => return Err(MemberError::Whiteout { name: name.to_owned() }),
            (major, minor) => MemberKind::Character(major, minor),
        },
        EntryType::Block => device().map(|(major, minor)| MemberKind::Block(major, minor))?,
        EntryType::Fifo => MemberKind::Fifo,
        other => return Err(MemberError::Kind { name: name.to_owned(), kind: other.as_byte().into() }),
    })
}

fn attributes(
    entry: &tar::Entry<'_, impl Read>,
    name: &str,
    records: &Records,
) -> Result<Attributes, MemberError> {
    let header = entry.header();
    let (uid, gid) =
        (header.uid().map_err(MemberError::Archive)?, header.gid().map_err(MemberError::Archive)?);
    let mode = header.mode().map_err(MemberError::Archive)? & 0o7777;
    let seconds = header.mtime().map_err(MemberError::Archive)?;
    // The last id stands for none at all in system calls.
    let id = |id: u64| u32::try_from(id).ok().filter(|id| *id != u32::MAX);
    let (Some(owner), Some(group)) = (id(uid), id(gid)) else {
        return Err(MemberError::Owner { name: name.to_owned(), uid, gid });
    };
    let seconds = i64::try_from(seconds);
    let plain = seconds.ok().map(|seconds| Moment { seconds, nanoseconds: 0 });
    let exact = records.get(b"mtime".as_slice()).map(|value| moment(&String::from_utf8_lossy(value)));
    let modified = exact.unwrap_or(plain).ok_or_else(|| malformed(name, b"mtime"))?;
    let xattr = |(key, value): (&Vec<u8>, &Vec<u8>)| {
        let key = key.strip_prefix(b"SCHILY.xattr.")?;
        Some((OsStr::from_bytes(&escaped(key)).to_owned(), value.clone()))
    };
    let xattrs = records.iter().filter_map(xattr).collect();
    Ok(Attributes { mode, uid: owner, gid: group, modified, xattrs })
}

/// The name of an attribute, such that overlayfs does not take it for its own.
fn escaped(key: &[u8]) -> Vec<u8> {
    let own = [b"trusted.overlay.".as_slice(), b"user.overlay."].into_iter().find(|own| key.starts_with(own));
    own.map_or_else(|| key.to_vec(), |own| [own, b"overlay.", &key[own.len()..]].concat())
}

/// Seconds with a fraction that counts away from zero.
fn moment(text: &str) -> Option<Moment> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let nanoseconds: u32 = format!("{fraction:0<9}").get(..9)?.parse().ok().filter(|_| digits)?;
    let seconds: i64 = whole.parse().ok()?;
    if text.starts_with('-') && nanoseconds > 0 {
        return Some(Moment { seconds: seconds.checked_sub(1)?, nanoseconds: 1_000_000_000 - nanoseconds });
    }
    Some(Moment { seconds, nanoseconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_start_at_the_root_and_never_leave_it() {
        let words = |path: &[u8]| parts(path).map(|parts| parts.join(OsStr::new("|"))).ok();
        assert_eq!(words(b"./a//b/"), Some("a|b".into()));
        assert_eq!(words(b"/a"), Some("a".into()));
        assert_eq!(words(b"./"), Some("".into()));
        for refused in [b"../a".as_slice(), b"a/../../b", b"", b"a\0b", &[b'x'; 256]] {
            assert_eq!(words(refused), None);
        }
    }

    #[test]
    fn times_are_exact_to_the_nanosecond() {
        let read = |text| moment(text).map(|moment| (moment.seconds, moment.nanoseconds));
        assert_eq!(read("-1.25"), Some((-2, 750_000_000)));
        assert_eq!(read("7.000000001"), Some((7, 1)));
        assert_eq!((read("x"), read("1.x"), read("")), (None, None, None));
    }

    #[test]
    fn attributes_of_overlayfs_are_escaped() {
        assert_eq!(escaped(b"trusted.overlay.opaque"), b"trusted.overlay.overlay.opaque");
        assert_eq!(escaped(b"user.k"), b"user.k");
    }
}
