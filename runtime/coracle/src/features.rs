//! The document that the verb `features` prints: what coracle recognizes, whatever the host.
//!
//! Each list comes from the table that the code itself looks words up in, so that no claim can outlive its code.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::config::capabilities::CAPABILITIES;
use crate::config::hooks::POINTS;
use crate::config::memory_policy::{MODE_FLAGS, MODES};
use crate::config::mount::options::OPTIONS;
use crate::config::namespaces::KINDS;
use crate::config::version;
use crate::seccomp::{ACTIONS, ARCHITECTURES, FLAGS, OPERATORS};

/// The features structure as JSON.
///
/// - **Source**: `features.md`, `features-linux.md`.
///
/// # Errors
/// None that can occur with these types; those of the JSON writer are passed on.
pub fn document() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Features {
        oci_version_min: version::LEAST,
        oci_version_max: version::GREATEST,
        hooks: words(&POINTS),
        mount_options: words(&OPTIONS),
        linux: Linux::tables(),
        potentially_unsafe_config_annotations: [],
    })
}

/// The words of a table.
fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}

/// Something that is there or not.
#[derive(Serialize)]
struct Enabled {
    enabled: bool,
}

const YES: Enabled = Enabled { enabled: true };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Features {
    oci_version_min: &'static str,
    oci_version_max: &'static str,
    hooks: Vec<&'static str>,
    mount_options: Vec<&'static str>,
    linux: Linux,
    /// No annotation changes what coracle does.
    potentially_unsafe_config_annotations: [&'static str; 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Linux {
    namespaces: Vec<&'static str>,
    capabilities: &'static [&'static str],
    cgroup: Cgroup,
    seccomp: Seccomp,
    apparmor: Enabled,
    selinux: Enabled,
    memory_policy: MemoryPolicy,
    intel_rdt: IntelRdt,
    mount_extensions: MountExtensions,
    net_devices: Enabled,
}

impl Linux {
    fn tables() -> Self {
        Self {
            namespaces: words(&KINDS),
            capabilities: &CAPABILITIES,
            cgroup: Cgroup { v1: true, v2: true, systemd: false, systemd_user: false, rdma: true },
            seccomp: Seccomp::tables(),
            apparmor: YES,
            selinux: YES,
            memory_policy: MemoryPolicy { modes: words(&MODES), flags: words(&MODE_FLAGS) },
            intel_rdt: IntelRdt { enabled: true, schemata: true, monitoring: true },
            mount_extensions: MountExtensions { idmap: YES },
            net_devices: YES,
        }
    }
}

#[derive(Serialize)]
struct IntelRdt {
    enabled: bool,
    schemata: bool,
    monitoring: bool,
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
struct MemoryPolicy {
    modes: Vec<&'static str>,
    flags: Vec<&'static str>,
}

#[derive(Serialize)]
struct MountExtensions {
    idmap: Enabled,
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use serde_json::{Value, json};

    use super::*;
    use crate::config::{Config, Document};

    fn parsed() -> Value {
        serde_json::from_str(&document().unwrap()).unwrap()
    }

    /// Whether a configuration with `value` at `key` of `section` is taken.
    fn is_taken(section: &str, key: &str, value: &Value) -> bool {
        let mut config = json!({
            "ociVersion": version::GREATEST,
            "root": {"path": "rootfs"},
            "process": {"cwd": "/", "args": ["a"]},
            "linux": {"namespaces": [{"type": "user", "path": "/a"}]},
        });
        let place = if section.is_empty() { &mut config } else { &mut config[section] };
        place[key] = value.clone();
        let document = Document::parse(config.to_string().into_bytes()).unwrap();
        Config::check(&document).is_ok_and(|config| config.warnings.is_empty())
    }

    #[test]
    fn every_claimed_word_is_one_that_a_configuration_may_use() {
        let features = parsed();
        let list = |pointer: &str| features.pointer(pointer).and_then(Value::as_array).unwrap().clone();
        for option in list("/mountOptions") {
            let also = if option.as_str().unwrap().ends_with("idmap") { "bind" } else { "nosuid" };
            let options = [option.clone(), also.into()];
            let mount = json!([{"destination": "/a", "type": "tmpfs", "source": "a", "options": options}]);
            assert!(is_taken("", "mounts", &mount), "{option}");
        }
        for hook in list("/hooks") {
            assert!(is_taken("", "hooks", &json!({hook.as_str().unwrap(): [{"path": "/a"}]})), "{hook}");
            assert!(!is_taken("", "hooks", &json!({hook.as_str().unwrap(): [{"path": "a"}]})), "{hook}");
        }
        for kind in list("/linux/namespaces") {
            assert!(is_taken("linux", "namespaces", &json!([{"type": kind, "path": "/a"}])), "{kind}");
        }
        for capability in list("/linux/capabilities") {
            assert!(is_taken("process", "capabilities", &json!({"bounding": [capability]})), "{capability}");
        }
        for mode in list("/linux/memoryPolicy/modes") {
            let policy =
                |nodes: &str| is_taken("linux", "memoryPolicy", &json!({"mode": mode, "nodes": nodes}));
            assert!(policy("") || policy("0"), "{mode}");
        }
        for flag in list("/linux/memoryPolicy/flags") {
            let policy = json!({"mode": "MPOL_BIND", "nodes": "0", "flags": [flag]});
            assert!(is_taken("linux", "memoryPolicy", &policy), "{flag}");
        }
        for version in ["/ociVersionMin", "/ociVersionMax"] {
            assert!(is_taken("", "ociVersion", &features.pointer(version).unwrap().clone()), "{version}");
        }
    }

    #[test]
    fn each_claim_stands_where_the_specification_has_it() {
        let features = parsed();
        for (pointer, expected) in [
            ("/ociVersionMin", Value::from("1.0.0")),
            ("/ociVersionMax", Value::from("1.3.0")),
            ("/linux/cgroup/v2", Value::from(true)),
            ("/linux/cgroup/systemdUser", Value::from(false)),
            ("/linux/seccomp/knownFlags/0", Value::from("SECCOMP_FILTER_FLAG_LOG")),
            ("/linux/mountExtensions/idmap/enabled", Value::from(true)),
            ("/linux/apparmor/enabled", Value::from(true)),
            ("/potentiallyUnsafeConfigAnnotations", json!([])),
        ] {
            assert_eq!(features.pointer(pointer), Some(&expected), "{pointer}");
        }
    }

    #[test]
    fn every_claimed_seccomp_word_is_one_that_compiles() {
        let seccomp = parsed()["linux"]["seccomp"].clone();
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
            let section = crate::config::seccomp::Seccomp::check(&document).unwrap();
            assert!(crate::seccomp::compile(&section, crate::seccomp::Arch::NATIVE).is_ok(), "{action}");
        }
    }
}
