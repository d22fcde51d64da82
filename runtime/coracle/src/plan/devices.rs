//! Device files: those that every container has, and those of the configuration (`config-linux.md#devices`).

use alloc::vec::Vec;
use core::ffi::CStr;

use super::has_own;
use crate::config::Config;
use crate::config::devices::{Device, DeviceKind, DeviceNumber};
use crate::config::namespaces::Kind;
use crate::step::{NewDevice, Step};

const EVERYONE: u16 = 0o666;

const fn character(path: &'static CStr, major: u32, minor: u32) -> Device<'static> {
    let kind = DeviceKind::Character(DeviceNumber { major, minor });
    Device { path, kind, mode: Some(EVERYONE), uid: None, gid: None }
}

/// `config-linux.md#default-devices`, without the terminal's.
const DEFAULTS: [Device<'static>; 6] = [
    character(c"/dev/null", 1, 3),
    character(c"/dev/zero", 1, 5),
    character(c"/dev/full", 1, 7),
    character(c"/dev/random", 1, 8),
    character(c"/dev/urandom", 1, 9),
    character(c"/dev/tty", 5, 0),
];

/// `runtime-linux.md#dev-symbolic-links`, and the one device that may be a link.
const LINKS: [(&CStr, &CStr); 5] = [
    (c"fd", c"/proc/self/fd"),
    (c"stdin", c"/proc/self/fd/0"),
    (c"stdout", c"/proc/self/fd/1"),
    (c"stderr", c"/proc/self/fd/2"),
    (c"ptmx", c"pts/ptmx"),
];

pub(super) fn steps<'a>(config: &'a Config<'_>, steps: &mut Vec<Step<'a>>) {
    // A user namespace may not make devices: it gets the host's.
    let is_bound = has_own(config, Kind::User);
    let make = |device: &Device<'a>| Step::MakeDevice(NewDevice { device: *device, is_bound });
    // A bind mount of a whole `/dev` brings its own.
    let is_supplied = config.mounts.iter().any(|mount| mount.bind.is_some() && is_dev(mount.destination));
    if !is_supplied {
        let given = |default: &&Device<'_>| config.linux.devices.iter().any(|one| one.path == default.path);
        steps.extend(DEFAULTS.iter().filter(|default| !given(default)).map(make));
    }
    steps.extend(config.linux.devices.iter().map(make));
    if !is_supplied {
        steps.extend(LINKS.map(|(name, target)| Step::LinkDevice { name, target }));
    }
    let terminal = config.process.as_ref().and_then(|process| process.terminal);
    steps
        .extend(terminal.into_iter().flat_map(|terminal| [Step::OpenTerminal(terminal), Step::MountConsole]));
}

fn is_dev(path: &CStr) -> bool {
    let mut components = path.to_bytes().split(|byte| *byte == b'/').filter(|part| !part.is_empty());
    components.next() == Some(b"dev") && components.next().is_none()
}
