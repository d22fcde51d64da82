//! `linux.sysctl`: kernel parameters of the container's own namespaces (`config-linux.md#sysctl`).

use alloc::borrow::ToOwned;
use alloc::ffi::CString;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::document::Segment;
use super::namespaces::Kind;
use super::read::{Findings, Map, Object, Read};
use super::violation::Violation;

/// A kernel parameter, of a namespace that the container has of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sysctl<'d> {
    /// As the configuration has it, such as `net.ipv4.ip_forward`.
    pub name: &'d str,
    /// Its file below `/proc/sys`, such as `net/ipv4/ip_forward`; no component is `.` or `..`.
    pub path: CString,
    /// What to write.
    pub value: &'d str,
    /// Whose parameter it is: network, IPC or UTS.
    pub kind: Kind,
}

/// Parameters of an IPC namespace, beside those below `fs.mqueue`.
pub const IPC_PARAMETERS: [&str; 8] = [
    "kernel/msgmax",
    "kernel/msgmnb",
    "kernel/msgmni",
    "kernel/sem",
    "kernel/shm_rmid_forced",
    "kernel/shmall",
    "kernel/shmmax",
    "kernel/shmmni",
];

/// Reads the parameters of the container.
pub(super) fn sysctl<'d>(linux: Object<'d>, findings: &mut Findings) -> Vec<Sysctl<'d>> {
    let Some(node) = linux.node_of("sysctl", findings) else { return Vec::new() };
    let Map(parameters) = Map::<&str>::read(node, findings).unwrap_or_default();
    let mut read = Vec::with_capacity(parameters.len());
    for (name, value) in parameters {
        match parameter(name, value) {
            Ok(sysctl) => read.push(sysctl),
            Err(why) => {
                let pointer = format!("{}/{}", node.pointer(), Segment(name));
                findings.violations.push(Violation::new(pointer, why));
            }
        }
    }
    read
}

fn parameter<'d>(name: &'d str, value: &'d str) -> Result<Sysctl<'d>, String> {
    let path = file(name);
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    if !path.split('/').all(plain) {
        return Err(format!("`{name}` names no parameter"));
    }
    let kind =
        owner(&path).ok_or_else(|| format!("`{name}` is no parameter of a namespace, but of the host"))?;
    let path = CString::new(path).map_err(|_| format!("{name:?} has a NUL"))?;
    Ok(Sysctl { name, path, value, kind })
}

/// The file of a parameter. Names may be written with dots or with slashes; whichever comes first separates, and the
/// other one then stands for itself: `net.ipv4.conf.eth0/1.forwarding` is about the device `eth0.1`.
fn file(name: &str) -> String {
    match name.find(['.', '/']) {
        Some(first) if name[first..].starts_with('.') => {
            let swap = |character| match character {
                '.' => '/',
                '/' => '.',
                other => other,
            };
            name.chars().map(swap).collect()
        }
        _ => name.to_owned(),
    }
}

/// The kind of namespace that a parameter is part of; nothing for one of the host.
fn owner(path: &str) -> Option<Kind> {
    if path.starts_with("net/") {
        Some(Kind::Network)
    } else if path.starts_with("fs/mqueue/") || IPC_PARAMETERS.contains(&path) {
        Some(Kind::Ipc)
    } else if matches!(path, "kernel/domainname" | "kernel/hostname") {
        Some(Kind::Uts)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files() {
        for (name, expected) in [
            ("net.ipv4.ip_forward", "net/ipv4/ip_forward"),
            ("net/ipv4/ip_forward", "net/ipv4/ip_forward"),
            ("net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding"),
            ("net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding"),
        ] {
            assert_eq!(file(name), expected);
        }
    }

    #[test]
    fn only_parameters_of_a_namespace_are_taken() {
        for (name, kind) in [
            ("net.core.somaxconn", Kind::Network),
            ("kernel.msgmax", Kind::Ipc),
            ("fs.mqueue.msg_max", Kind::Ipc),
            ("kernel.domainname", Kind::Uts),
        ] {
            assert_eq!(parameter(name, "1").map(|sysctl| sysctl.kind), Ok(kind), "{name}");
        }
        for name in [
            "kernel.core_pattern",
            "kernel.msgmax.more",
            "vm.swappiness",
            "net",
            "net/../kernel/core_pattern",
            "net.//.kernel.core_pattern",
            "net/./x",
            "net..x",
            "/net/x",
            "",
            "net.a\0b",
        ] {
            assert!(parameter(name, "1").is_err(), "{name}");
        }
    }
}
