//! `run` with one thing changed in its bundle, so that what that thing costs stands beside the plain one.

use fixtures::bundle::{Bundle, HERE};
use serde_json::{Value, json};

use super::scenario::{RUN, Scenario};

/// System calls that an ordinary filter allows; whatever else there is fails.
const ALLOWED: &str = include_str!("syscalls.txt");

/// Mounts more than the plain bundle has.
const MOUNTS: u32 = 100;

/// Variables more than the plain bundle has.
const VARIABLES: u32 = 1000;

/// Everything that is varied, one at a time.
pub const VARIATIONS: [&Scenario; 6] =
    [&HOST_NETWORK, &USER_NAMESPACE, &NO_CGROUP_MOUNT, &SECCOMP, &MORE_MOUNTS, &MORE_VARIABLES];

/// Without a network namespace.
const HOST_NETWORK: Scenario = Scenario {
    name: "run-host-network",
    weight: 1,
    bundle: |bundle| bundle.set("/linux/namespaces", namespaces(&["pid", "ipc", "uts", "mount"])),
    ..RUN
};

/// With a user namespace, in which ids are what they are outside.
const USER_NAMESPACE: Scenario = Scenario {
    name: "run-user-namespace",
    weight: 1,
    bundle: |bundle| {
        let same = json!([{"containerID": 0, "hostID": 0, "size": 65536}]);
        let all = namespaces(&["pid", "network", "ipc", "uts", "mount", "user"]);
        let bundle = bundle.set("/linux/namespaces", all);
        bundle.set("/linux/uidMappings", same.clone()).set("/linux/gidMappings", same)
    },
    ..RUN
};

/// Without `/sys/fs/cgroup`.
const NO_CGROUP_MOUNT: Scenario = Scenario {
    name: "run-no-cgroup-mount",
    weight: 1,
    bundle: |bundle| {
        bundle.edit(|spec| {
            let mounts = spec.mounts_mut().get_or_insert_default();
            mounts.retain(|mount| mount.typ().as_deref() != Some("cgroup"));
        })
    },
    ..RUN
};

/// With a filter that allows some three hundred system calls by name, as engines write it.
const SECCOMP: Scenario = Scenario {
    name: "run-seccomp",
    weight: 1,
    bundle: |bundle| {
        let names: Vec<&str> = ALLOWED.lines().collect();
        let filter = json!({
            "defaultAction": "SCMP_ACT_ERRNO",
            "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
            "syscalls": [{"names": names, "action": "SCMP_ACT_ALLOW"}],
        });
        bundle.set("/linux/seccomp", filter)
    },
    ..RUN
};

/// With more bind mounts.
const MORE_MOUNTS: Scenario = Scenario {
    name: "run-100-mounts",
    weight: 1,
    bundle: |bundle| {
        let source = format!("{HERE}/rootfs/etc");
        (0..MOUNTS).fold(bundle, |bundle: Bundle, at| {
            bundle.mount("bind", &source, &format!("/tmp/{at}"), &["bind", "ro"])
        })
    },
    ..RUN
};

/// With more environment variables.
const MORE_VARIABLES: Scenario = Scenario {
    name: "run-1000-variables",
    weight: 1,
    bundle: |bundle| {
        (0..VARIABLES).fold(bundle, |bundle: Bundle, at| bundle.variable(&format!("VARIABLE_{at}"), "value"))
    },
    ..RUN
};

fn namespaces(kinds: &[&str]) -> Value {
    kinds.iter().map(|kind| json!({"type": kind})).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn config(scenario: &Scenario) -> Value {
        let scratch = tempfile::tempdir().unwrap();
        scenario.write(scratch.path(), "/loadline-1/container").unwrap();
        serde_json::from_str(&fs::read_to_string(scratch.path().join("config.json")).unwrap()).unwrap()
    }

    /// What differs from the plain bundle, by the pointers that are looked at.
    fn differs(scenario: &Scenario) -> Vec<&'static str> {
        let pointers =
            ["/process/env", "/mounts", "/linux/namespaces", "/linux/seccomp", "/linux/uidMappings"];
        let (plain, varied) = (config(&RUN), config(scenario));
        pointers.into_iter().filter(|pointer| plain.pointer(pointer) != varied.pointer(pointer)).collect()
    }

    #[test]
    fn each_changes_what_it_is_named_after_and_nothing_else() {
        assert_eq!(differs(&HOST_NETWORK), ["/linux/namespaces"]);
        assert_eq!(differs(&USER_NAMESPACE), ["/linux/namespaces", "/linux/uidMappings"]);
        assert_eq!(differs(&NO_CGROUP_MOUNT), ["/mounts"]);
        assert_eq!(differs(&SECCOMP), ["/linux/seccomp"]);
        assert_eq!(differs(&MORE_MOUNTS), ["/mounts"]);
        assert_eq!(differs(&MORE_VARIABLES), ["/process/env"]);
    }

    #[test]
    fn the_filter_allows_what_starting_a_program_needs() {
        let names: Vec<&str> = ALLOWED.lines().collect();
        assert!(["execve", "exit", "exit_group", "write"].iter().all(|name| names.contains(name)));
        assert!(names.is_sorted() && !names.contains(&"mount"));
    }
}
