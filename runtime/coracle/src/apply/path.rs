//! Paths of the container, before its root is entered.

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, ResolveFlags, mkdirat, openat, openat2};
use rustix::io::Errno;

use super::joined;

/// Directories that are made for mounts, and files.
const DIRECTORY_MODE: u32 = 0o755;
const FILE_MODE: u32 = 0o644;

/// Opens what `path` names below `root`, as a process with that root would see it; `O_PATH`, so nothing is touched.
///
/// # Errors
/// Those of `openat2(2)`; `ELOOP` for a path through a magic link, or with `RESOLVE_NO_SYMLINKS` through any.
pub(super) fn resolve(root: BorrowedFd<'_>, path: &CStr, extra: ResolveFlags) -> Result<OwnedFd, Errno> {
    open(root, path, OFlags::PATH, extra)
}

/// Opens what `path` names below `root`.
///
/// # Errors
/// As [`resolve`].
pub(super) fn open(
    root: BorrowedFd<'_>,
    path: &CStr,
    flags: OFlags,
    extra: ResolveFlags,
) -> Result<OwnedFd, Errno> {
    /// The kernel asks to try again when something below the root was renamed meanwhile.
    const ATTEMPTS: usize = 128;
    let how = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | extra;
    let path = if path.is_empty() { c"." } else { path };
    let mut outcome = Err(Errno::AGAIN);
    for _ in 0..ATTEMPTS {
        outcome = openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), how);
        if !matches!(outcome, Err(Errno::AGAIN | Errno::INTR)) {
            break;
        }
    }
    outcome
}

/// The directory `path` below `root`, made with its parents where it is missing.
///
/// # Errors
/// As [`resolve`]; `ENOTDIR` where something else has the name, `ELOOP` where a dangling link has.
pub(super) fn directory(root: BorrowedFd<'_>, path: &CStr, extra: ResolveFlags) -> Result<OwnedFd, Errno> {
    match open(root, path, OFlags::PATH | OFlags::DIRECTORY, extra) {
        Err(Errno::NOENT) => {}
        outcome => return outcome,
    }
    let (parent, name) = parted(path);
    let parent = directory(root, &joined(&[parent]), extra)?;
    let name = joined(&[name]);
    match mkdirat(&parent, &*name, Mode::from_raw_mode(DIRECTORY_MODE)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(errno),
    }
    // By its name alone: that it is there and did not resolve means that it is a link to nowhere.
    openat(
        &parent,
        &*name,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// The file `path` below `root`, or whatever is there; an empty one is made where nothing is.
///
/// # Errors
/// As [`directory`].
pub(super) fn file(root: BorrowedFd<'_>, path: &CStr) -> Result<OwnedFd, Errno> {
    match resolve(root, path, ResolveFlags::empty()) {
        Err(Errno::NOENT) => {}
        outcome => return outcome,
    }
    let (parent, name) = parted(path);
    let parent = directory(root, &joined(&[parent]), ResolveFlags::empty())?;
    new_file(parent.as_fd(), &joined(&[name]))
}

/// A new empty file in a directory, as a place for a mount.
///
/// # Errors
/// `EEXIST` where the name is taken.
pub(super) fn new_file(directory: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(directory, name, flags, Mode::from_raw_mode(FILE_MODE))
}

/// A path without its last component, and that.
pub(super) fn parted(path: &CStr) -> (&[u8], &[u8]) {
    let mut bytes = path.to_bytes();
    while let Some((b'/', rest)) = bytes.split_last() {
        bytes = rest;
    }
    match bytes.iter().rposition(|byte| *byte == b'/') {
        Some(index) => (&bytes[..index], &bytes[index + 1..]),
        None => (b"", bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_parted_before_their_last_component() {
        for (path, parent, name) in
            [(c"/a/b", "/a", "b"), (c"/a/b//", "/a", "b"), (c"a", "", "a"), (c"/a", "", "a"), (c"/", "", "")]
        {
            assert_eq!(parted(path), (parent.as_bytes(), name.as_bytes()), "{path:?}");
        }
    }
}
