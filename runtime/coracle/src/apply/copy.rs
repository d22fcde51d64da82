//! `tmpcopyup`: a new tmpfs gets what it covers.

use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, Dir, FileType, Gid, Mode, OFlags, Stat, Timespec, Timestamps, Uid, chmodat, chownat, mkdirat,
    mknodat, openat, readlinkat, sendfile, statat, symlinkat, utimensat,
};
use rustix::io::Errno;

/// Most directories below one another: as deep as a path of single letters.
const DEEPEST: usize = 2048;

/// Copies everything in `from` to `to`: types, content, modes, owners and times.
///
/// # Errors
/// Those of the calls; what was copied until then stays.
pub(super) fn copy_up(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> Result<(), Errno> {
    copy_directory(&readable(from, c".")?, &readable(to, c".")?, DEEPEST)
}

fn readable(directory: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(directory, name, flags, Mode::empty())
}

fn copy_directory(from: &OwnedFd, to: &OwnedFd, depth: usize) -> Result<(), Errno> {
    let depth = depth.checked_sub(1).ok_or(Errno::LOOP)?;
    for entry in Dir::read_from(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            copy_entry(from, to, name, depth)?;
        }
    }
    Ok(())
}

fn copy_entry(from: &OwnedFd, to: &OwnedFd, name: &CStr, depth: usize) -> Result<(), Errno> {
    let found = statat(from, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let mode = Mode::from_raw_mode(found.st_mode);
    match FileType::from_raw_mode(found.st_mode) {
        FileType::Directory => {
            mkdirat(to, name, Mode::RWXU)?;
            copy_directory(&readable(from.as_fd(), name)?, &readable(to.as_fd(), name)?, depth)?;
        }
        FileType::Symlink => symlinkat(readlinkat(from, name, Vec::new())?, to, name)?,
        FileType::RegularFile => copy_content(from, to, name, found.st_size.unsigned_abs())?,
        kind => mknodat(to, name, kind, mode, found.st_rdev)?,
    }
    dress(to, name, &found)
}

fn copy_content(from: &OwnedFd, to: &OwnedFd, name: &CStr, bytes: u64) -> Result<(), Errno> {
    let source = openat(from, name, OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let copy = openat(to, name, flags, Mode::RUSR | Mode::WUSR)?;
    let mut rest = usize::try_from(bytes).map_err(|_| Errno::FBIG)?;
    while rest > 0 {
        match sendfile(&copy, &source, None, rest)? {
            0 => break,
            count => rest = rest.saturating_sub(count),
        }
    }
    Ok(())
}

/// Owner first: changing it takes the bits away that let a program run as somebody else.
fn dress(to: &OwnedFd, name: &CStr, like: &Stat) -> Result<(), Errno> {
    let (uid, gid) = (Uid::from_raw(like.st_uid), Gid::from_raw(like.st_gid));
    chownat(to, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(like.st_mode) != FileType::Symlink {
        chmodat(to, name, Mode::from_raw_mode(like.st_mode), AtFlags::empty())?;
    }
    let time = |secs, nanos: u64| Timespec { tv_sec: secs, tv_nsec: nanos.cast_signed() };
    let times = Timestamps {
        last_access: time(like.st_atime, like.st_atime_nsec),
        last_modification: time(like.st_mtime, like.st_mtime_nsec),
    };
    utimensat(to, name, &times, AtFlags::SYMLINK_NOFOLLOW)
}
