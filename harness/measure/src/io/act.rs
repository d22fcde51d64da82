//! What operations do to a tree, call by call.

use std::ffi::{CStr, CString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir};

use super::site::{NEW_FILES, Site};
use super::tree::{self, DIRECTORIES, FILES, SMALL_BYTES, WRITTEN_1M, WRITTEN_16M, Written};

/// Bytes written to a new file.
const NEW_BYTES: usize = 1024;

#[expect(clippy::unnecessary_wraps, reason = "one shape for all that goes before and after")]
pub(super) fn nothing(_: &Site) -> io::Result<()> {
    Ok(())
}

pub(super) fn walk(site: &Site) -> io::Result<usize> {
    let mut entries = 0;
    for_each_entry(site, |directory, name| {
        let found = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
        entries += usize::from(FileType::from_raw_mode(found.st_mode).is_file());
        Ok(())
    })?;
    complete(entries >= DIRECTORIES * FILES)?;
    Ok(entries)
}

pub(super) fn list(site: &Site) -> io::Result<usize> {
    let mut entries = 0;
    for_each_entry(site, |_, _| {
        entries += 1;
        Ok(())
    })?;
    complete(entries >= DIRECTORIES * FILES)?;
    Ok(DIRECTORIES)
}

/// Reads every directory, as libc does: some 32 KiB at once.
fn for_each_entry(
    site: &Site,
    mut each: impl FnMut(BorrowedFd<'_>, &CStr) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![MaybeUninit::<u8>::uninit(); 32 << 10];
    for path in site.directories() {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty())?;
        let mut entries = RawDir::new(directory.as_fd(), &mut buffer);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            if !entry.file_name().to_bytes().starts_with(b".") {
                each(directory.as_fd(), entry.file_name())?;
            }
        }
    }
    Ok(())
}

/// Memory for one small file. Where it begins in a cache line decides how fast the kernel copies.
#[repr(align(4096))]
struct Page([u8; SMALL_BYTES]);

pub(super) fn read_small(site: &Site) -> io::Result<usize> {
    let mut page = Page([0; SMALL_BYTES]);
    for path in site.small() {
        complete(rustix::io::read(&open(path)?, &mut page.0)? == SMALL_BYTES)?;
    }
    Ok(site.small().len())
}

pub(super) fn open(path: &CString) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?)
}

/// Does something to every file of one size; how many there are.
pub(super) fn each(
    site: &Site,
    files: Written,
    act: impl FnMut(&Path) -> io::Result<()>,
) -> io::Result<usize> {
    let mut act = act;
    files.names().try_for_each(|name| act(&site.at(name)))?;
    Ok(files.count)
}

pub(super) fn append(site: &Site, files: Written) -> io::Result<usize> {
    each(site, files, |path| OpenOptions::new().append(true).open(path)?.write_all(b"+"))
}

pub(super) fn cut_back(site: &Site, files: Written) -> io::Result<()> {
    let cut = |path: &Path| OpenOptions::new().write(true).open(path)?.set_len(files.bytes as u64);
    each(site, files, cut).map(drop)
}

pub(super) fn permit(site: &Site, mode: u32) -> io::Result<usize> {
    each(site, WRITTEN_16M, |path| fs::set_permissions(path, Permissions::from_mode(mode)))
}

pub(super) fn second_name(path: &Path) -> PathBuf {
    path.with_extension("second")
}

pub(super) fn upgrade(site: &Site) -> io::Result<usize> {
    let content = tree::content(SMALL_BYTES);
    for file in 0..FILES {
        let path = site.at(tree::path_of(0, file));
        let (new, old) = (path.with_extension("new"), path.with_extension("old"));
        complete(fs::symlink_metadata(&path)?.is_file())?;
        let mut written = File::create_new(&new)?;
        written.write_all(&content)?;
        written.set_permissions(Permissions::from_mode(0o644))?;
        fs::hard_link(&path, &old)?;
        fs::rename(&new, &path)?;
        fs::remove_file(&old)?;
    }
    for name in WRITTEN_1M.names().take(1) {
        let list = site.at(name);
        let new = list.with_extension("new");
        let mut written = File::create_new(&new)?;
        written.write_all(&fs::read(&list)?)?;
        written.sync_all()?;
        fs::rename(&new, &list)?;
    }
    Ok(FILES)
}

pub(super) fn create(site: &Site) -> io::Result<usize> {
    let content = [7; NEW_BYTES];
    for path in site.new_files() {
        File::create_new(path)?.write_all(&content)?;
    }
    Ok(NEW_FILES)
}

pub(super) fn unlink(site: &Site) -> io::Result<usize> {
    site.new_files().try_for_each(fs::remove_file)?;
    Ok(NEW_FILES)
}

/// Drops names and inodes that nobody uses, for the whole machine; blocks of data stay, or the disk would be
/// measured.
pub(super) fn forget_names() -> io::Result<()> {
    fs::write("/proc/sys/vm/drop_caches", "2")
}

/// An operation that did not see what it should have seen has measured nothing.
pub(super) fn complete(held: bool) -> io::Result<()> {
    if held { Ok(()) } else { Err(io::Error::other("the tree does not hold what was laid out in it")) }
}
