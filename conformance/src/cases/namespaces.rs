//! Namespaces: new, inherited, joined; mappings and offsets.

use serde_json::json;

use crate::bundle::Bundle;
use crate::clauses::config_linux;
use crate::container::{Container, namespace};
use crate::fault::{must_equal, must_hold};
use crate::{Case, Fault, Judgment, Need};

/// Types of namespaces as the configuration and as the kernel call them. The mount namespace is always new.
const TYPES: [(&str, &str); 8] = [
    ("cgroup", "cgroup"),
    ("ipc", "ipc"),
    ("mount", "mnt"),
    ("network", "net"),
    ("pid", "pid"),
    ("time", "time"),
    ("user", "user"),
    ("uts", "uts"),
];

/// The kernel's name for the type of namespace that the case is named after.
fn kernel_name(case: &Case) -> &'static str {
    TYPES.iter().find(|(name, _)| *name == case.name).expect("each row is in the table").1
}

/// A namespace of the type, in the place of one of the base bundle's where that has one.
fn with_namespace(b: Bundle, kind: &str, path: Option<&str>) -> Bundle {
    let b = without_namespace(b, kind);
    let entry = path.map_or_else(|| json!({"type": kind}), |path| json!({"type": kind, "path": path}));
    b.push("/linux/namespaces", entry)
}

fn without_namespace(b: Bundle, kind: &str) -> Bundle {
    let all = b.value("/linux/namespaces").as_array().cloned().unwrap_or_default();
    let others: Vec<_> = all.into_iter().filter(|entry| entry["type"] != kind).collect();
    b.set("/linux/namespaces", others)
}

/// A type that is listed without a path is new: looked at from outside, since the container may not see it.
const fn new(name: &'static str, needs: &'static [Need]) -> Case {
    Case {
        name,
        clause: &config_linux::NAMESPACE_NEW,
        needs,
        bundle: |b| with_user(with_namespace(b.clone(), b.case.name, None)).pause(),
        run: |c| {
            let kind = kernel_name(c.case());
            let process = c.given_running()?.to_string();
            let (ours, its) = (namespace("self", kind), namespace(&process, kind));
            must_hold(
                &format!("another {kind} namespace than {ours}"),
                its != ours && its.contains(kind),
                its,
            )
        },
    }
}

/// The mappings that a user namespace needs; wide enough for every id that the suite uses.
fn with_user(b: Bundle) -> Bundle {
    let has = b
        .value("/linux/namespaces")
        .as_array()
        .is_some_and(|all| all.iter().any(|entry| entry["type"] == "user"));
    if has { with_mappings(b) } else { b }
}

fn with_mappings(b: Bundle) -> Bundle {
    let mappings = json!([{"containerID": 0, "hostID": 100_000, "size": 65_536}]);
    b.set("/linux/uidMappings", mappings.clone()).set("/linux/gidMappings", mappings)
}

/// A type that is not listed is the runtime's.
const fn inherited(name: &'static str) -> Case {
    Case {
        name,
        clause: &config_linux::NAMESPACE_INHERIT,
        needs: &[],
        bundle: |b| without_namespace(b.clone(), b.case.name),
        run: |c| {
            let kind = kernel_name(c.case());
            must_equal(kind, &namespace("self", kind), &c.given_report()?.namespace(kind)?)
        },
    }
}

/// A type that is listed with a path is the one at that path: here, another container's.
const fn joined(name: &'static str, needs: &'static [Need]) -> Case {
    Case {
        name,
        clause: &config_linux::NAMESPACE_JOIN,
        needs,
        bundle: |b| with_namespace(b.clone(), b.case.name, None).pause(),
        run: must_join,
    }
}

fn must_join(c: &Container) -> Judgment {
    let kind = kernel_name(c.case());
    let holder = c.given_running()?.to_string();
    let path = format!("/proc/{holder}/ns/{kind}");
    let guest = c.other("guest", |b| with_namespace(b, c.case().name, Some(&path)))?;
    let report = guest.given_report()?;
    must_equal(kind, &namespace(&holder, kind), &report.namespace(kind)?)
}

/// A path to a namespace of another type is an error.
const MISMATCH: Case = Case {
    name: "network-for-uts",
    clause: &config_linux::NAMESPACE_MISMATCH,
    needs: &[],
    bundle: |b| with_namespace(b, "network", Some("/proc/self/ns/net")),
    run: |c| c.must_not_create(|b| with_namespace(b, "network", Some("/proc/self/ns/uts"))),
};

/// A path to something that is no namespace is an error.
const NO_NAMESPACE: Case = Case {
    name: "regular-file",
    clause: &config_linux::NAMESPACE_MISMATCH,
    needs: &[],
    bundle: |b| with_namespace(b, "network", Some("/proc/self/ns/net")),
    run: |c| c.must_not_create(|b| with_namespace(b, "network", Some("/proc/self/status"))),
};

/// The same type twice is an error.
const DUPLICATE: Case = Case {
    name: "network",
    clause: &config_linux::NAMESPACE_DUPLICATE,
    needs: &[],
    bundle: |b| b,
    run: |c| c.must_not_create(|b| b.push("/linux/namespaces", json!({"type": "network"}))),
};

/// A user namespace with a mapping of two parts.
const MAPPINGS: Case = Case {
    name: "two-ranges",
    clause: &config_linux::USER_MAPPINGS,
    needs: &[Need::Root, Need::UserNamespace],
    bundle: |b| {
        let mappings = json!([
            {"containerID": 0, "hostID": 100_000, "size": 4_242},
            {"containerID": 4_242, "hostID": 200_000, "size": 100},
        ]);
        let b = with_namespace(b, "user", None);
        b.set("/linux/uidMappings", mappings.clone()).set("/linux/gidMappings", mappings)
    },
    run: |c| {
        let identity = c.given_report()?.seen.identity;
        for (what, map) in [("uid_map", identity.uid_map), ("gid_map", identity.gid_map)] {
            let map = map.unwrap_or_default();
            let seen: Vec<_> = map.iter().map(|one| (one.inside, one.outside, one.count)).collect();
            must_equal(what, &vec![(0, 100_000, 4_242), (4_242, 200_000, 100)], &seen)?;
        }
        Ok(())
    },
};

/// What the container's root makes belongs to the mapped user outside.
const MAPPING_FILES: Case = Case {
    name: "new-file",
    clause: &config_linux::USER_MAPPINGS,
    needs: &[Need::Root, Need::UserNamespace],
    bundle: |b| with_mappings(with_namespace(b.directory("out"), "user", None)).look(&["write=/out/new:x"]),
    run: |c| {
        use std::os::unix::fs::MetadataExt as _;
        c.given_report()?.must_have_done("write=/out/new:x")?;
        let metadata = std::fs::metadata(c.bundle().root().join("out/new"));
        let metadata =
            metadata.map_err(|error| Fault::unreached("the file on the host", error.to_string()))?;
        must_equal("owner on the host", &(100_000, 100_000), &(metadata.uid(), metadata.gid()))
    },
};

/// The owners of the root's files stay as they are.
const OWNERSHIP: Case = Case {
    name: "root",
    clause: &config_linux::MAPPING_OWNERSHIP,
    needs: &[Need::Root, Need::UserNamespace],
    bundle: |b| with_mappings(with_namespace(b.file("lark", "4242"), "user", None)),
    run: |c| {
        use std::os::unix::fs::MetadataExt as _;
        c.given_report()?;
        let metadata = std::fs::metadata(c.bundle().root().join("lark"));
        let metadata = metadata.map_err(|error| Fault::broken("look at a file of the root", &error))?;
        must_equal("owner on the host", &(0, 0), &(metadata.uid(), metadata.gid()))
    },
};

/// The clocks of a time namespace have the configured offsets.
const OFFSETS: Case = Case {
    name: "both-clocks",
    clause: &config_linux::TIME_OFFSETS,
    needs: &[Need::Root, Need::TimeNamespace, Need::Spec(1, 1)],
    bundle: |b| {
        let offsets = json!({"monotonic": {"secs": 4242, "nanosecs": 17}, "boottime": {"secs": 424_242}});
        with_namespace(b, "time", None).set("/linux/timeOffsets", offsets)
    },
    run: |c| {
        let report = c.given_report()?;
        let lines = report.seen.namespaces.time_offsets.clone().unwrap_or_default();
        let words =
            |line: &fixtures::probe::Text| line.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let seen: Vec<String> = lines.iter().map(words).collect();
        must_equal("offsets", &vec!["monotonic 4242 17".to_owned(), "boottime 424242 0".to_owned()], &seen)
    },
};

/// In a new PID namespace the program is process 1.
const PID_ONE: Case = Case {
    name: "pid-one",
    clause: &config_linux::NAMESPACE_NEW,
    needs: &[],
    bundle: |b| b,
    run: |c| c.given_report()?.must_be("/identity/pid", 1),
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &new("cgroup", &[Need::Root]),
    &new("ipc", &[]),
    &new("mount", &[]),
    &new("network", &[]),
    &new("pid", &[]),
    &new("time", &[Need::Root, Need::TimeNamespace, Need::Spec(1, 1)]),
    &new("user", &[Need::Root, Need::UserNamespace]),
    &new("uts", &[]),
    &PID_ONE,
    &inherited("cgroup"),
    &inherited("ipc"),
    &inherited("network"),
    &inherited("pid"),
    &inherited("uts"),
    &joined("cgroup", &[Need::Root]),
    &joined("ipc", &[]),
    &joined("network", &[]),
    &joined("pid", &[]),
    &joined("uts", &[]),
    &MISMATCH,
    &NO_NAMESPACE,
    &DUPLICATE,
    &MAPPINGS,
    &MAPPING_FILES,
    &OWNERSHIP,
    &OFFSETS,
];
