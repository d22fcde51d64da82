//! Mounts on the host that a case needs while it runs.

use std::path::PathBuf;

use nix::mount::{MntFlags, MsFlags, mount, umount2};

use super::Container;
use crate::fault::Fault;

/// A tmpfs on the host, until it is dropped.
#[derive(Debug)]
#[must_use = "it is gone as soon as it is dropped"]
pub struct Outside(PathBuf);

impl Container {
    /// Mounts a tmpfs on the directory `name` outside of the bundle, with one option such as `ro` or `shared`; with
    /// none where `option` is empty.
    ///
    /// # Errors
    /// [`Fault::Broken`] where that cannot be done.
    pub fn mount_outside(&self, name: &str, option: &str) -> Result<Outside, Fault> {
        let place = PathBuf::from(self.bundle().outside(name));
        let (flags, change) = flags(option);
        let broken = |error| Fault::broken("mount outside of the bundle", &error);
        mount(Some("outside"), &place, Some("tmpfs"), flags, None::<&str>).map_err(broken)?;
        let held = Outside(place);
        if !change.is_empty() {
            mount(None::<&str>, &held.0, None::<&str>, change, None::<&str>).map_err(broken)?;
        }
        Ok(held)
    }
}

/// Flags to mount with, and flags to change the mount with, but not its file system.
fn flags(option: &str) -> (MsFlags, MsFlags) {
    /// mount(2) has it since Linux 5.10.
    const NO_SYMFOLLOW: MsFlags = MsFlags::from_bits_retain(256);
    let none = MsFlags::empty();
    match option {
        "noatime" => (MsFlags::MS_NOATIME, none),
        "nodev" => (MsFlags::MS_NODEV, none),
        "nodiratime" => (MsFlags::MS_NODIRATIME, none),
        "noexec" => (MsFlags::MS_NOEXEC, none),
        "nosuid" => (MsFlags::MS_NOSUID, none),
        "nosymfollow" => (NO_SYMFOLLOW, none),
        "ro" => (none, MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY),
        "shared" => (none, MsFlags::MS_SHARED),
        "strictatime" => (MsFlags::MS_STRICTATIME, none),
        _ => (none, none),
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        // Where it cannot be unmounted, the sentinel of the case says that it is left.
        let _ = umount2(&self.0, MntFlags::MNT_DETACH);
    }
}
