//! A fresh file system to measure on, so that what lies on the machine's own disks does not matter.
//!
//! On a disk in use, where ext4 puts a directory decides what a new file in it costs: the same hundred files took
//! 17 µs each in one place and 110 µs in the next. On a file system of their own they take the same time every time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::mount::{UnmountFlags, unmount};

/// Size of the file system; its file is sparse, and grows with what is written.
const SIZE_BYTES: u64 = 2 << 30;

/// A file system that can be measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In a file, on a loop device.
    Ext4,
    /// In a file, on a loop device.
    Xfs,
    /// In memory.
    Tmpfs,
}

impl Kind {
    /// Its name, as mount(8) takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ext4 => "ext4",
            Self::Xfs => "xfs",
            Self::Tmpfs => "tmpfs",
        }
    }

    /// What makes it in a file, if anything has to. All of it is laid out at once: else the kernel goes on with that
    /// while others measure.
    fn maker(self) -> Option<(&'static str, &'static [&'static str])> {
        match self {
            Self::Ext4 => Some(("mkfs.ext4", &["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"])),
            Self::Xfs => Some(("mkfs.xfs", &["-q", "-f"])),
            Self::Tmpfs => None,
        }
    }
}

/// A fresh file system, mounted; gone when it is dropped.
#[derive(Debug)]
pub struct Disk {
    image: PathBuf,
    place: PathBuf,
}

/// Why there is no file system of one's own.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum DiskError {
    #[error("make the file `{path}` for a file system")]
    Image { path: PathBuf, source: io::Error },

    #[error("start `{program}`; is it installed?")]
    Start { program: &'static str, source: io::Error },

    #[error("`{program}` failed: {said}")]
    Failed { program: &'static str, said: String },
}

impl Disk {
    /// Makes it in a file in `home`, unless it is in memory, and mounts it beside that file.
    ///
    /// # Errors
    /// See [`DiskError`]; without loop devices, as in many containers, [`DiskError::Failed`].
    pub fn make(home: &Path, kind: Kind) -> Result<Self, DiskError> {
        let name = kind.name();
        let disk = Self { image: home.join(format!("disk.{name}")), place: home.join(name) };
        let failed = |source| DiskError::Image { path: disk.image.clone(), source };
        fs::create_dir_all(&disk.place).map_err(failed)?;
        let mut mount = Command::new("mount");
        if let Some((program, arguments)) = kind.maker() {
            File::create(&disk.image).and_then(|file| file.set_len(SIZE_BYTES)).map_err(failed)?;
            call(program, Command::new(program).args(arguments).arg(&disk.image))?;
            mount.args(["-o", "loop,noatime"]).arg(&disk.image);
        } else {
            mount.args(["-t", name, "-o", "noatime", name]);
        }
        call("mount", mount.arg(&disk.place))?;
        Ok(disk)
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.place
    }
}

impl Drop for Disk {
    /// The mount namespace would take the mount along in any case, and the caller's directory the file.
    fn drop(&mut self) {
        let _ = unmount(&self.place, UnmountFlags::DETACH);
        let _ = fs::remove_file(&self.image);
    }
}

fn call(program: &'static str, command: &mut Command) -> Result<(), DiskError> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|source| DiskError::Start { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(DiskError::Failed { program, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_or_is_not_there_is_named() {
        let failed = call("sh", Command::new("sh").args(["-c", "echo no >&2; exit 1"])).unwrap_err();
        assert_eq!(failed.to_string(), "`sh` failed: no");
        let missing = call("mkfs", &mut Command::new("/no/such/program")).unwrap_err();
        assert_eq!(missing.to_string(), "start `mkfs`; is it installed?");
    }

    #[test]
    fn a_place_that_is_not_there_is_named() {
        let error = Disk::make(Path::new("/proc/nowhere"), Kind::Ext4).unwrap_err();
        assert!(matches!(error, DiskError::Image { .. }), "{error}");
    }
}
