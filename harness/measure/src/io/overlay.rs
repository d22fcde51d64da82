//! One overlay mount over a number of lower directories, made anew as often as wanted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::fuse::Fuse;
use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, MoveMountFlags, UnmountFlags, fsconfig_create,
    fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, mount, move_mount, unmount,
};

/// Bytes of options that mount(2) takes; it cuts longer ones without a word.
const OPTIONS_LIMIT: usize = 4095;

/// A mount option that changes what an overlay costs: its name, and its value where it takes one.
pub type Setting = (&'static str, Option<&'static str>);

/// Who makes a union of directories.
#[derive(Debug)]
pub enum Union {
    /// The kernel, with a setting or none.
    Overlay(Option<Setting>),
    /// A program.
    Fuse(Fuse),
}

/// Lower directories, the upper one, and where they are seen as one.
#[derive(Debug)]
pub struct Overlay {
    lowers: Vec<PathBuf>,
    union: Union,
    upper: PathBuf,
    work: PathBuf,
    merged: PathBuf,
    mounted: bool,
}

/// Why an overlay could not be mounted.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum OverlayError {
    #[error("make an empty upper directory in `{path}`")]
    Upper { path: PathBuf, source: io::Error },

    #[error("mount an overlay of {lowers} lower directories on `{path}`")]
    Mount { lowers: usize, path: PathBuf, source: io::Error },

    #[error("unmount the overlay `{path}`")]
    Unmount { path: PathBuf, source: io::Error },
}

impl Overlay {
    /// A union of `lowers`, topmost first, with its own directories below `home`; not mounted yet.
    #[must_use]
    pub fn new(lowers: Vec<PathBuf>, home: &Path, union: Union) -> Self {
        let [upper, work, merged] = ["upper", "work", "merged"].map(|name| home.join(name));
        Self { lowers, union, upper, work, merged, mounted: false }
    }

    /// Where the merged tree is seen.
    #[must_use]
    pub fn merged(&self) -> &Path {
        &self.merged
    }

    /// Mounts it with an empty upper directory, whatever was there before.
    ///
    /// # Errors
    /// See [`OverlayError`].
    pub fn mount_anew(&mut self) -> Result<(), OverlayError> {
        self.unmount()?;
        for path in [&self.upper, &self.work, &self.merged] {
            empty(path).map_err(|source| OverlayError::Upper { path: path.clone(), source })?;
        }
        let tried = match &mut self.union {
            Union::Fuse(fuse) => fuse.mount([&self.lowers[0], &self.upper, &self.work], &self.merged),
            Union::Overlay(setting) => {
                let setting = *setting;
                match self.attach(setting) {
                    Err(Errno::INVAL | Errno::NOSYS) => self.attach_by_options(setting),
                    tried => tried,
                }
                .map_err(io::Error::from)
            }
        };
        let (lowers, path) = (self.lowers.len(), self.merged.clone());
        tried.map_err(|source| OverlayError::Mount { lowers, path, source })?;
        self.mounted = true;
        Ok(())
    }

    /// Unmounts it, if it is mounted.
    ///
    /// # Errors
    /// [`OverlayError::Unmount`], such as while a file in it is open.
    pub fn unmount(&mut self) -> Result<(), OverlayError> {
        if !self.mounted {
            return Ok(());
        }
        let refuse = |errno: Errno| OverlayError::Unmount { path: self.merged.clone(), source: errno.into() };
        unmount(&self.merged, UnmountFlags::empty()).map_err(refuse)?;
        if let Union::Fuse(fuse) = &mut self.union {
            fuse.join();
        }
        self.mounted = false;
        Ok(())
    }

    /// The new mount API: one option per lower directory, so that their number is not bounded by a page.
    fn attach(&self, setting: Option<Setting>) -> Result<(), Errno> {
        let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
        for lower in &self.lowers {
            fsconfig_set_string(&context, "lowerdir+", lower)?;
        }
        fsconfig_set_string(&context, "upperdir", &self.upper)?;
        fsconfig_set_string(&context, "workdir", &self.work)?;
        match setting {
            Some((name, Some(value))) => fsconfig_set_string(&context, name, value)?,
            Some((name, None)) => fsconfig_set_flag(&context, name)?,
            None => {}
        }
        fsconfig_create(&context)?;
        let tree = fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty())?;
        move_mount(&tree, "", CWD, &self.merged, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
    }

    /// Kernels before 6.7 know no `lowerdir+`.
    fn attach_by_options(&self, setting: Option<Setting>) -> Result<(), Errno> {
        let lowers: Vec<String> = self.lowers.iter().map(|path| path.display().to_string()).collect();
        let (upper, work) = (self.upper.display(), self.work.display());
        let setting =
            setting.map(|(name, value)| value.map_or(name.to_owned(), |value| format!("{name}={value}")));
        let setting = setting.map(|setting| format!(",{setting}")).unwrap_or_default();
        let options = format!("lowerdir={},upperdir={upper},workdir={work}{setting}", lowers.join(":"));
        if options.len() > OPTIONS_LIMIT {
            return Err(Errno::TOOBIG);
        }
        let options = std::ffi::CString::new(options).map_err(|_| Errno::INVAL)?;
        mount("overlay", &self.merged, "overlay", MountFlags::empty(), &*options)
    }
}

impl Drop for Overlay {
    /// The mount namespace would take it along in any case; this lets the directories be removed before that.
    fn drop(&mut self) {
        self.unmount().ok();
    }
}

/// Makes `path` an empty directory.
fn empty(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(path)
}
