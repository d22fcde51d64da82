//! Overlay mounts: layers below, one directory on top that takes what is written.
//!
//! Directories are handed over as descriptors, so that neither their number nor the length or the letters of their paths
//! matter. Kernels before 6.15 do not take them; there, the paths of the descriptors do.
//!
//! Source: Linux, `Documentation/filesystems/overlayfs.rst`.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, MoveMountFlags, UnmountFlags, fsconfig_create,
    fsconfig_set_fd, fsconfig_set_string, fsmount, fsopen, mount, move_mount, unmount,
};

/// What is put over each other.
#[derive(Debug)]
pub struct Overlay {
    /// The layers, the lowest first; at least one.
    pub lowers: Vec<PathBuf>,
    /// Takes what is written.
    pub upper: PathBuf,
    /// Room for overlayfs itself, on the file system of `upper`.
    pub work: PathBuf,
}

/// Why an overlay could not be mounted.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum OverlayError {
    #[error("open `{}`", path.display())]
    Open { path: PathBuf, source: io::Error },

    #[error("mount an overlay on `{}`{reason}; `--backend copy` needs none", target.display())]
    Mount { target: PathBuf, reason: String, source: io::Error },
}

/// State every option: what a kernel does without depends on how it was built.
const OPTIONS: [(&str, &str); 5] =
    [("redirect_dir", "on"), ("metacopy", "on"), ("index", "off"), ("nfs_export", "off"), ("xino", "auto")];

/// Devices in an image are no way to the host's; a runtime mounts its own `/dev`.
const ATTRIBUTES: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NODEV;

impl Overlay {
    /// Mounts it on the directory `target`.
    ///
    /// # Errors
    /// See [`OverlayError`].
    pub fn mount(&self, target: &Path) -> Result<(), OverlayError> {
        let opened = Opened::of(self)?;
        let context = match fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC) {
            Ok(context) => context,
            Err(Errno::NOSYS) => return opened.mount_by_path(target),
            Err(error) => return Err(failed(target, String::new(), error)),
        };
        match opened.hand_over(&context) {
            Ok(()) => finish(&context, target).map_err(|error| failed(target, log(&context), error)),
            Err(Errno::INVAL) => opened.mount_by_path(target),
            Err(error) => Err(failed(target, log(&context), error)),
        }
    }
}

/// Takes a mount away; whether there was one.
///
/// # Errors
/// Where it is still in use.
pub fn remove(target: &Path) -> io::Result<bool> {
    match unmount(target, UnmountFlags::NOFOLLOW) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOENT) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The directories, opened.
struct Opened {
    /// The uppermost first, as overlayfs wants them.
    lowers: Vec<OwnedFd>,
    upper: OwnedFd,
    work: OwnedFd,
}

impl Opened {
    fn of(overlay: &Overlay) -> Result<Self, OverlayError> {
        let lowers = overlay.lowers.iter().rev().map(|path| open(path)).collect::<Result<_, _>>()?;
        Ok(Self { lowers, upper: open(&overlay.upper)?, work: open(&overlay.work)? })
    }

    fn hand_over(&self, context: &OwnedFd) -> rustix::io::Result<()> {
        for lower in &self.lowers {
            fsconfig_set_fd(context, "lowerdir+", lower)?;
        }
        fsconfig_set_fd(context, "upperdir", &self.upper)?;
        fsconfig_set_fd(context, "workdir", &self.work)?;
        OPTIONS.iter().try_for_each(|(name, value)| fsconfig_set_string(context, *name, *value))
    }

    /// The older way: at most one page of options, so at most some 200 layers.
    fn mount_by_path(&self, target: &Path) -> Result<(), OverlayError> {
        let path = |descriptor: &OwnedFd| format!("/proc/self/fd/{}", descriptor.as_raw_fd());
        let lowers: Vec<String> = self.lowers.iter().map(path).collect();
        let mut data = format!(
            "lowerdir={},upperdir={},workdir={}",
            lowers.join(":"),
            path(&self.upper),
            path(&self.work)
        );
        data.extend(OPTIONS.iter().map(|(name, value)| format!(",{name}={value}")));
        if data.len() >= OPTION_BYTES {
            let reason = format!(": this kernel takes fewer than {} layers", self.lowers.len());
            return Err(failed(target, reason, Errno::INVAL));
        }
        let data = std::ffi::CString::new(data).map_err(|_| failed(target, String::new(), Errno::INVAL))?;
        mount("overlay", target, "overlay", MountFlags::NODEV, data.as_c_str())
            .map_err(|error| failed(target, String::new(), error))
    }
}

/// What `mount` reads of its options; it silently leaves the rest out.
const OPTION_BYTES: usize = 4096;

fn open(path: &Path) -> Result<OwnedFd, OverlayError> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(CWD, path, flags, Mode::empty())
        .map_err(|source| OverlayError::Open { path: path.to_owned(), source: source.into() })
}

fn finish(context: &OwnedFd, target: &Path) -> rustix::io::Result<()> {
    fsconfig_create(context)?;
    let mounted = fsmount(context, FsMountFlags::FSMOUNT_CLOEXEC, ATTRIBUTES)?;
    move_mount(mounted.as_fd(), "", CWD, target, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
}

/// What the kernel says about a mount that failed: messages such as `e overlay: …`.
fn log(context: &OwnedFd) -> String {
    let mut text = String::new();
    let mut line = [0; 1024];
    while let Ok(count @ 1..) = rustix::io::read(context, &mut line) {
        text.push_str(": ");
        text.push_str(String::from_utf8_lossy(&line[..count]).trim());
    }
    text
}

fn failed(target: &Path, reason: String, error: Errno) -> OverlayError {
    OverlayError::Mount { target: target.to_owned(), reason, source: error.into() }
}

/// What is mounted at a path or below it, as this process sees it.
///
/// # Errors
/// Where the kernel does not tell.
pub fn mounts_below(path: &Path) -> io::Result<Vec<PathBuf>> {
    use std::os::unix::ffi::OsStringExt as _;
    let table = fs::read("/proc/self/mountinfo")?;
    let places =
        table.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    let places = places.map(|place| PathBuf::from(std::ffi::OsString::from_vec(unescaped(place))));
    Ok(places.filter(|place| place.starts_with(path)).collect())
}

/// Spaces and the like stand in the table as `\040`: three octal digits.
fn unescaped(place: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), place);
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..b'8').contains(digit)));
        match code {
            Some(digits) if *first == b'\\' => {
                bytes.push(digits.iter().fold(0_u8, |sum, digit| (sum << 3) | (digit - b'0')));
                rest = &tail[3..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_the_table_of_mounts_are_read_as_they_are() {
        assert_eq!(unescaped(br"/a\040b\134c\x"), br"/a b\c\x");
    }

    #[test]
    fn the_root_is_mounted_and_a_missing_directory_is_not() {
        assert!(!mounts_below(Path::new("/")).unwrap().is_empty());
        assert!(mounts_below(Path::new("/none/such")).unwrap().is_empty());
    }
}
