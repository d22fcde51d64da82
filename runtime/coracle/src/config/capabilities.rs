//! `process.capabilities`: five sets of them (`config.md#linux-process`).

use alloc::format;

use super::document::Node;
use super::read::{Findings, Object, Read};

/// Five sets, bit N for the capability numbered N.
///
/// The kernel takes them as they are, provided it has granted all of them: `inheritable` is within `bounding`,
/// `effective` within `permitted`, `ambient` within both `permitted` and `inheritable`. What the configuration asks for
/// beyond that cannot be granted, is left out and warned about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// What the process and its children can ever get.
    pub bounding: u64,
    /// What it uses.
    pub effective: u64,
    /// What a program with file capabilities keeps.
    pub inheritable: u64,
    /// What it may use.
    pub permitted: u64,
    /// What any program keeps.
    pub ambient: u64,
}

/// All capabilities, in the order of their numbers.
pub const CAPABILITIES: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// The bit of a capability; nothing for a name that is none.
#[must_use]
pub fn bit(name: &str) -> Option<u64> {
    CAPABILITIES.iter().position(|known| *known == name).map(|number| 1 << number)
}

impl<'d> Read<'d> for Capabilities {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let sets = Object::read(node, findings)?;
        let bounding = set(sets, "bounding", u64::MAX, findings);
        let permitted = set(sets, "permitted", u64::MAX, findings);
        let inheritable = set(sets, "inheritable", bounding, findings);
        Some(Self {
            bounding,
            effective: set(sets, "effective", permitted, findings),
            inheritable,
            permitted,
            ambient: set(sets, "ambient", permitted & inheritable, findings),
        })
    }
}

/// The capabilities of one set; those that are none, or not among `grantable`, are warned about.
fn set(sets: Object<'_>, name: &str, grantable: u64, findings: &mut Findings) -> u64 {
    let Some(node) = sets.node_of(name, findings) else { return 0 };
    let mut granted = 0;
    for item in findings.items(node) {
        let Some(capability) = <&str>::read(item, findings) else { continue };
        match bit(capability) {
            Some(bit) if bit & grantable != 0 => granted |= bit,
            Some(_) => {
                let why = format!("`{capability}` is left out: a set that bounds the {name} one lacks it");
                findings.warn(item, why);
            }
            None => findings.warn(item, format!("`{capability}` is no capability of Linux")),
        }
    }
    granted
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::config::Document;

    fn read(text: &str) -> (Capabilities, Vec<alloc::string::String>) {
        let document = Document::parse(text.as_bytes().to_vec()).unwrap();
        let mut findings = Findings::default();
        let sets = Capabilities::read(document.root(), &mut findings).unwrap();
        assert_eq!(findings.violations, []);
        (sets, findings.warnings.iter().map(|warning| warning.pointer.clone().into_owned()).collect())
    }

    #[test]
    fn five_sets_become_five_masks() {
        let (sets, warnings) = read(
            r#"{"bounding": ["CAP_KILL", "CAP_BPF"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]}"#,
        );
        let kill = bit("CAP_KILL").unwrap();
        let expected = Capabilities {
            bounding: kill | 1 << 39,
            permitted: kill,
            effective: kill,
            ..Capabilities::default()
        };
        assert_eq!((sets, warnings), (expected, Vec::new()));
    }

    #[test]
    fn what_cannot_be_granted_is_left_out_and_warned_about() {
        let (sets, warnings) = read(
            r#"{"bounding": ["CAP_MOON", "CAP_KILL"], "permitted": ["CAP_KILL"], "inheritable": ["CAP_CHOWN"],
                "effective": ["CAP_CHOWN"], "ambient": ["CAP_KILL"]}"#,
        );
        let kill = bit("CAP_KILL").unwrap();
        assert_eq!(sets, Capabilities { bounding: kill, permitted: kill, ..Capabilities::default() });
        assert_eq!(warnings, ["/bounding/0", "/inheritable/0", "/effective/0", "/ambient/0"]);
    }
}
