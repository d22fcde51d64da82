//! `linux.netDevices`: network devices to move into the container (`config-linux.md#network-devices`).

use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;

use super::document::Node;
use super::read::{Findings, Map, Object, Read};

/// A network device to move; the container has a network namespace of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetDevice<'d> {
    /// Its name on the host, at most 15 bytes.
    pub host_name: &'d CStr,
    /// Its name in the container, at most 15 bytes; with `%d` in it, one that the kernel completes.
    pub name: &'d CStr,
}

/// Longest name of a network device, `IFNAMSIZ` without the NUL.
const LONGEST_NAME: usize = 15;

/// Reads the devices to move.
pub(super) fn net_devices<'d>(linux: Object<'d>, findings: &mut Findings) -> Vec<NetDevice<'d>> {
    let Some(node) = linux.node_of("netDevices", findings) else { return Vec::new() };
    if Map::<Object<'d>>::read(node, findings).is_none() {
        return Vec::new();
    }
    let mut devices: Vec<NetDevice<'d>> = Vec::new();
    for (key, entry) in node.pairs() {
        let host_name = device_name(key, entry, findings);
        let name = Object::read(entry, &mut Findings::default())
            .and_then(|entry| entry.node_of("name", findings))
            .map_or(host_name, |name| device_name(name, name, findings));
        let Some((host_name, name)) = host_name.zip(name) else { continue };
        let template = name.to_bytes().contains(&b'%');
        if !template && devices.iter().any(|device| device.name == name) {
            findings.violate(entry, format!("another device becomes `{}` already", name.to_string_lossy()));
        }
        devices.push(NetDevice { host_name, name });
    }
    devices
}

/// A name that the kernel takes; noted at `place` if it is none.
///
/// - **Source**: `dev_valid_name` and `dev_alloc_name` of the kernel.
fn device_name<'d>(name: Node<'d>, place: Node<'d>, findings: &mut Findings) -> Option<&'d CStr> {
    let c_string = <&CStr>::read(name, findings)?;
    let text = name.raw();
    let plain = |byte: u8| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b':');
    let counted = text.replacen("%d", "", 1);
    let valid = !matches!(text, "" | "." | "..") && text.len() <= LONGEST_NAME && text.bytes().all(plain);
    if valid && !counted.contains('%') {
        return Some(c_string);
    }
    findings.violate(place, format!("{text:?} is no name of a network device"));
    None
}
