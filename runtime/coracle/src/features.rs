//! The document that the verb `features` prints: what coracle recognizes, whatever the host.
//!
//! Each list comes from the table that the code itself looks words up in, so that no claim can outlive its code.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::seccomp::{ACTIONS, ARCHITECTURES, FLAGS, OPERATORS};

/// Tables of words that other parts of coracle own.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Options of a mount, without those that a file system takes as data.
    pub mount_options: &'a [&'a str],
    /// Hooks that are run.
    pub hooks: &'a [&'a str],
    /// Types of namespaces.
    pub namespaces: &'a [&'a str],
    /// Capabilities, each `CAP_` something.
    pub capabilities: &'a [&'a str],
    /// Modes of `linux.memoryPolicy`; none where that is not implemented.
    pub memory_policy_modes: &'a [&'a str],
    /// Flags of `linux.memoryPolicy`.
    pub memory_policy_flags: &'a [&'a str],
}

/// Properties that are implemented, or not, as a whole.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the document has them")]
pub struct Abilities {
    /// Mounts with id mappings of their own.
    pub idmap_mounts: bool,
    /// `linux.netDevices`.
    pub net_devices: bool,
    /// `linux.intelRdt`.
    pub intel_rdt: bool,
    /// `process.apparmorProfile`.
    pub apparmor: bool,
    /// `process.selinuxLabel` and `linux.mountLabel`.
    pub selinux: bool,
}

/// Versions of the specification between which coracle accepts a configuration.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a> {
    /// The least.
    pub least: &'a str,
    /// The greatest.
    pub greatest: &'a str,
}

/// The features structure as JSON.
///
/// - **Source**: `features.md`, `features-linux.md`.
///
/// # Errors
/// None that can occur with these types; those of the JSON writer are passed on.
pub fn document(
    versions: Versions<'_>,
    words: Words<'_>,
    abilities: Abilities,
) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Features {
        oci_version_min: versions.least,
        oci_version_max: versions.greatest,
        hooks: words.hooks,
        mount_options: words.mount_options,
        linux: Linux::of(words, abilities),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Features<'a> {
    oci_version_min: &'a str,
    oci_version_max: &'a str,
    hooks: &'a [&'a str],
    mount_options: &'a [&'a str],
    linux: Linux<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Linux<'a> {
    namespaces: &'a [&'a str],
    capabilities: &'a [&'a str],
    cgroup: Cgroup,
    seccomp: Seccomp,
    apparmor: Enabled,
    selinux: Enabled,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_policy: Option<MemoryPolicy<'a>>,
    intel_rdt: Enabled,
    mount_extensions: MountExtensions,
    net_devices: Enabled,
}

impl<'a> Linux<'a> {
    fn of(words: Words<'a>, abilities: Abilities) -> Self {
        let memory_policy =
            MemoryPolicy { modes: words.memory_policy_modes, flags: words.memory_policy_flags };
        Self {
            namespaces: words.namespaces,
            capabilities: words.capabilities,
            cgroup: Cgroup { v1: true, v2: true, systemd: false, systemd_user: false, rdma: true },
            seccomp: Seccomp::tables(),
            apparmor: Enabled { enabled: abilities.apparmor },
            selinux: Enabled { enabled: abilities.selinux },
            memory_policy: (!words.memory_policy_modes.is_empty()).then_some(memory_policy),
            intel_rdt: Enabled { enabled: abilities.intel_rdt },
            mount_extensions: MountExtensions { idmap: Enabled { enabled: abilities.idmap_mounts } },
            net_devices: Enabled { enabled: abilities.net_devices },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the document has them")]
struct Cgroup {
    v1: bool,
    v2: bool,
    systemd: bool,
    systemd_user: bool,
    rdma: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Seccomp {
    enabled: bool,
    actions: Vec<&'static str>,
    operators: Vec<&'static str>,
    archs: Vec<&'static str>,
    known_flags: Vec<&'static str>,
    supported_flags: Vec<&'static str>,
}

impl Seccomp {
    fn tables() -> Self {
        fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
            table.iter().map(|(word, _)| *word).collect()
        }
        Self {
            enabled: true,
            actions: words(&ACTIONS),
            operators: words(&OPERATORS),
            archs: words(&ARCHITECTURES),
            known_flags: words(&FLAGS),
            supported_flags: words(&FLAGS),
        }
    }
}

#[derive(Serialize)]
struct Enabled {
    enabled: bool,
}

#[derive(Serialize)]
struct MemoryPolicy<'a> {
    modes: &'a [&'a str],
    flags: &'a [&'a str],
}

#[derive(Serialize)]
struct MountExtensions {
    idmap: Enabled,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::config::Document;
    use crate::config::seccomp::Seccomp as Section;

    const WORDS: Words<'_> = Words {
        mount_options: &["ro"],
        hooks: &["poststop"],
        namespaces: &["pid"],
        capabilities: &["CAP_KILL"],
        memory_policy_modes: &[],
        memory_policy_flags: &[],
    };

    fn parsed(words: Words<'_>, abilities: Abilities) -> Value {
        let versions = Versions { least: "1.0.0", greatest: "1.3.0" };
        serde_json::from_str(&document(versions, words, abilities).unwrap()).unwrap()
    }

    #[test]
    fn each_claim_stands_where_the_specification_has_it() {
        let features = parsed(WORDS, Abilities { idmap_mounts: true, ..Abilities::default() });
        for (pointer, expected) in [
            ("/ociVersionMin", Value::from("1.0.0")),
            ("/ociVersionMax", Value::from("1.3.0")),
            ("/hooks/0", Value::from("poststop")),
            ("/mountOptions/0", Value::from("ro")),
            ("/linux/namespaces/0", Value::from("pid")),
            ("/linux/capabilities/0", Value::from("CAP_KILL")),
            ("/linux/cgroup/v2", Value::from(true)),
            ("/linux/cgroup/systemdUser", Value::from(false)),
            ("/linux/seccomp/knownFlags/0", Value::from("SECCOMP_FILTER_FLAG_LOG")),
            ("/linux/mountExtensions/idmap/enabled", Value::from(true)),
            ("/linux/netDevices/enabled", Value::from(false)),
            ("/linux/intelRdt/enabled", Value::from(false)),
        ] {
            assert_eq!(features.pointer(pointer), Some(&expected), "{pointer}");
        }
    }

    #[test]
    fn every_claimed_seccomp_word_is_one_that_compiles() {
        let seccomp = parsed(WORDS, Abilities::default())["linux"]["seccomp"].clone();
        for action in seccomp["actions"].as_array().unwrap() {
            let section = serde_json::json!({
                "defaultAction": "SCMP_ACT_LOG",
                "architectures": seccomp["archs"],
                "flags": seccomp["supportedFlags"],
                "listenerPath": "/agent",
                "syscalls": [{"names": ["read"], "action": action}],
            });
            let text = serde_json::to_string(&section).unwrap();
            let document = Document::parse(text.into_bytes()).unwrap();
            let section = Section::check(&document).unwrap();
            assert!(crate::seccomp::compile(&section, crate::seccomp::Arch::NATIVE).is_ok(), "{action}");
        }
    }

    #[test]
    fn memory_policy_is_left_out_where_it_is_not_implemented() {
        assert!(parsed(WORDS, Abilities::default()).pointer("/linux/memoryPolicy").is_none());
        let words = Words { memory_policy_modes: &["MPOL_BIND"], ..WORDS };
        let claimed = parsed(words, Abilities::default());
        assert_eq!(claimed.pointer("/linux/memoryPolicy/modes/0"), Some(&Value::from("MPOL_BIND")));
    }
}
