//! `linux.devices`: device files beyond the default ones (`config-linux.md#devices`).

use alloc::format;
use core::ffi::CStr;

use super::document::Node;
use super::process::Id;
use super::read::{Findings, Object, Read};

/// A device file to supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device<'d> {
    /// Path inside the container; absolute.
    pub path: &'d CStr,
    /// What it is.
    pub kind: DeviceKind,
    /// Permissions, at most `0o7777`, if the configuration says.
    pub mode: Option<u16>,
    /// Owner inside the container, if the configuration says.
    pub uid: Option<u32>,
    /// Group inside the container, if the configuration says.
    pub gid: Option<u32>,
}

/// What a device file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    /// A character device, buffered or not: `c`, `u`.
    Character(DeviceNumber),
    /// A block device, `b`.
    Block(DeviceNumber),
    /// A named pipe, `p`.
    Fifo,
}

/// Which device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceNumber {
    /// Twelve bits.
    pub major: u32,
    /// Twenty bits.
    pub minor: u32,
}

/// What the letters of the specification stand for.
const LETTERS: [(&str, Letter); 4] =
    [("b", Letter::Block), ("c", Letter::Character), ("p", Letter::Fifo), ("u", Letter::Character)];

#[derive(Debug, Clone, Copy)]
enum Letter {
    Block,
    Character,
    Fifo,
}

impl Letter {
    /// The bits of the type in a file mode, `S_IFMT`.
    const fn mode(self) -> u32 {
        match self {
            Self::Block => 0o060_000,
            Self::Character => 0o020_000,
            Self::Fifo => 0o010_000,
        }
    }
}

impl<'d> Read<'d> for Device<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let device = Object::read(node, findings)?;
        let path = device.required_node("path", findings).and_then(|path| findings.absolute(path));
        let letter = device.required_node("type", findings);
        let letter = letter.and_then(|letter| findings.word(letter, &LETTERS));
        let number = match letter {
            Some(Letter::Block | Letter::Character) => number(device, findings),
            Some(Letter::Fifo) | None => None,
        };
        let mode = mode(device, letter, findings);
        let uid = device.optional::<Id>("uid", findings).map(|id| id.0);
        let gid = device.optional::<Id>("gid", findings).map(|id| id.0);
        let kind = match letter? {
            Letter::Block => DeviceKind::Block(number?),
            Letter::Character => DeviceKind::Character(number?),
            Letter::Fifo => DeviceKind::Fifo,
        };
        Some(Self { path: path?, kind, mode, uid, gid })
    }
}

fn number(device: Object<'_>, findings: &mut Findings) -> Option<DeviceNumber> {
    let mut part = |name: &str, most| {
        let node = device.required_node(name, findings)?;
        u32::read(node, findings).and_then(|value| findings.within(node, value, &(0..=most)))
    };
    let (major, minor) = (part("major", 0xfff), part("minor", 0xf_ffff));
    Some(DeviceNumber { major: major?, minor: minor? })
}

/// The permissions; engines that copy the mode of a device of the host leave its type in, which must be this one.
fn mode(device: Object<'_>, letter: Option<Letter>, findings: &mut Findings) -> Option<u16> {
    const TYPE: u32 = 0o170_000;
    const PERMISSIONS: u32 = 0o7777;
    let node = device.node_of("fileMode", findings)?;
    let mode = u32::read(node, findings)?;
    let own_type = letter.is_none_or(|letter| matches!(mode & TYPE, 0) || mode & TYPE == letter.mode());
    if mode & !(TYPE | PERMISSIONS) != 0 || !own_type {
        findings.violate(node, format!("{mode} is no mode of such a file; permissions are 0 to 4095"));
    }
    u16::try_from(mode & PERMISSIONS).ok()
}
