//! Device files and links below `/dev`.

use core::ffi::CStr;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, CWD, FileType, Gid, Mode, ResolveFlags, Uid, chmodat, chownat, makedev, mknodat, statat,
    symlinkat, unlinkat,
};
use rustix::io::Errno;

use super::fault::Fault;
use super::mount::attach;
use super::{Process, joined, path};
use crate::config::devices::{Device, DeviceKind};
use crate::step::{NewDevice, Tree};

/// What a device file gets where the configuration is silent.
const DEFAULT_MODE: u16 = 0o666;

impl Process<'_> {
    pub(super) fn make_device(&mut self, new: &NewDevice<'_>) -> Result<(), Fault> {
        let (parent, name) = path::parted(new.device.path);
        let name = joined(&[name]);
        let directory;
        let parent = if parent == b"/dev" {
            self.dev()?
        } else {
            directory = path::directory(self.root()?, &joined(&[parent]), ResolveFlags::empty())?;
            directory.as_fd()
        };
        if new.is_bound && !matches!(new.device.kind, DeviceKind::Fifo) {
            return bind(parent, &name, &new.device);
        }
        make(parent, &name, &new.device)
    }

    pub(super) fn link_device(&mut self, name: &CStr, target: &CStr) -> Result<(), Fault> {
        let dev = self.dev()?;
        match symlinkat(target, dev, name) {
            // The one name that an image may have made a device of the host's terminals.
            Err(Errno::EXIST) if name == c"ptmx" => {
                unlinkat(dev, name, AtFlags::empty())?;
                Ok(symlinkat(target, dev, name)?)
            }
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// `/dev` of the container, made where it is missing.
    pub(super) fn dev(&mut self) -> Result<BorrowedFd<'_>, Errno> {
        if self.opened.dev.is_none() {
            self.opened.dev = Some(path::directory(self.root()?, c"/dev", ResolveFlags::empty())?);
        }
        super::present(self.opened.dev.as_ref()).map(AsFd::as_fd)
    }
}

fn make(directory: BorrowedFd<'_>, name: &CStr, device: &Device<'_>) -> Result<(), Fault> {
    let (kind, number) = numbers(device.kind);
    let mode = Mode::from_raw_mode(u32::from(device.mode.unwrap_or(DEFAULT_MODE)));
    match mknodat(directory, name, kind, mode, number) {
        Ok(()) => {}
        Err(Errno::EXIST) => {
            let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
            if FileType::from_raw_mode(found.st_mode) != kind || found.st_rdev != number {
                return Err(Fault::Other("there is another file of that name".into()));
            }
            chmodat(directory, name, mode, AtFlags::empty())?;
        }
        Err(errno) => return Err(errno.into()),
    }
    if device.uid.is_some() || device.gid.is_some() {
        let (uid, gid) = (Uid::from_raw(device.uid.unwrap_or(0)), Gid::from_raw(device.gid.unwrap_or(0)));
        chownat(directory, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
    }
    Ok(())
}

/// Mounts the host's device file of the same path; proves that it is that device.
fn bind(directory: BorrowedFd<'_>, name: &CStr, device: &Device<'_>) -> Result<(), Fault> {
    let source = joined(&[device.path.to_bytes()]);
    let found = statat(CWD, &*source, AtFlags::empty())?;
    let (kind, number) = numbers(device.kind);
    if FileType::from_raw_mode(found.st_mode) != kind || found.st_rdev != number {
        return Err(Fault::Other("the host's file of that path is another device".into()));
    }
    let tree = Tree {
        destination: device.path,
        source,
        id_map: None,
        prepared: None,
        is_recursive: false,
        attributes: (0, 0),
        after: crate::step::Adjustment::default(),
    };
    let mount = super::mount::open_source(&tree)?;
    let place = match path::new_file(directory, name) {
        Err(Errno::EXIST) => existing(directory, name),
        outcome => outcome,
    };
    Ok(attach(&mount, &place?)?)
}

/// A file that is there, as a place for a mount; not a link.
pub(super) fn existing(directory: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Errno> {
    use rustix::fs::{OFlags, openat};
    let place = openat(directory, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    let kind = FileType::from_raw_mode(rustix::fs::fstat(&place)?.st_mode);
    if kind == FileType::Symlink { Err(Errno::LOOP) } else { Ok(place) }
}

fn numbers(kind: DeviceKind) -> (FileType, u64) {
    match kind {
        DeviceKind::Character(number) => (FileType::CharacterDevice, makedev(number.major, number.minor)),
        DeviceKind::Block(number) => (FileType::BlockDevice, makedev(number.major, number.minor)),
        DeviceKind::Fifo => (FileType::Fifo, 0),
    }
}
