//! What the runtime claims of itself: each claim is tried.

use serde_json::{Value, json};

use crate::bundle::Bundle;
use crate::clauses::{features, features_linux};
use crate::container::Container;
use crate::fault::{Fault, must_hold};
use crate::version::Version;
use crate::{Case, Clause, Judgment, Need};

const FEATURES: &[Need] = &[Need::Verb("features")];

/// The document, asked for anew.
fn document(c: &Container) -> Result<Value, Fault> {
    let printed = c.raw("features", &[]).given()?.stdout();
    serde_json::from_str(&printed).map_err(|error| Fault::unreached("the features", error.to_string()))
}

/// The strings at `pointer`; a list that is absent claims nothing.
fn claimed(c: &Container, pointer: &str) -> Result<Vec<String>, Fault> {
    let document = document(c)?;
    let list = document.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// A bundle changed by what is claimed runs.
fn must_run_with(c: &Container, change: impl FnOnce(Bundle) -> Bundle) -> Judgment {
    c.given_report()?;
    let other = c.other("claimed", change)?;
    other.create().must_succeed()?;
    other.start().must_succeed()?;
    other.report().must_succeed().map(drop)
}

/// A claim of a version: the runtime accepts a bundle of it.
const fn version(clause: &'static Clause, run: fn(&Container) -> Judgment) -> Case {
    Case { name: "accepted", clause, needs: FEATURES, bundle: |b| b, run }
}

fn must_accept(c: &Container, name: &str) -> Judgment {
    let version = document(c)?[name].clone();
    must_hold(&format!("`{name}`"), version.is_string(), &version)?;
    must_run_with(c, |b| b.set("/ociVersion", version))
}

/// The newest version is not older than the oldest.
const ORDER: Case = Case {
    name: "both",
    clause: &features::VERSION_ORDER,
    needs: FEATURES,
    bundle: |b| b,
    run: |c| {
        let document = document(c)?;
        let parsed = |name: &str| document[name].as_str().and_then(Version::parse);
        let (oldest, newest) = (parsed("ociVersionMin"), parsed("ociVersionMax"));
        let holds = oldest.is_some() && newest >= oldest;
        must_hold("ociVersionMax not below ociVersionMin", holds, format!("{oldest:?}, {newest:?}"))
    },
};

/// What the document may hold at its top.
const DEFINED: [&str; 7] = [
    "annotations",
    "hooks",
    "linux",
    "mountOptions",
    "ociVersionMax",
    "ociVersionMin",
    "potentiallyUnsafeConfigAnnotations",
];

/// What it may hold below `linux`.
const DEFINED_LINUX: [&str; 10] = [
    "apparmor",
    "capabilities",
    "cgroup",
    "intelRdt",
    "memoryPolicy",
    "mountExtensions",
    "namespaces",
    "netDevices",
    "seccomp",
    "selinux",
];

/// Nothing is in the document that the specification does not define.
const NOTHING_ELSE: Case = Case {
    name: "names",
    clause: &features::DEFINED,
    needs: FEATURES,
    bundle: |b| b,
    run: |c| {
        let document = document(c)?;
        let strange = |value: &Value, known: &[&str]| {
            let names = value.as_object().into_iter().flatten().map(|(name, _)| name.clone());
            names.filter(|name| !known.contains(&name.as_str())).collect::<Vec<_>>()
        };
        let found = [strange(&document, &DEFINED), strange(&document["linux"], &DEFINED_LINUX)].concat();
        must_hold("no other names", found.is_empty() && document.is_object(), found.join(" "))
    },
};

/// Every kind of hook that is claimed runs.
const HOOKS: Case = Case {
    name: "each",
    clause: &features::HOOKS,
    needs: FEATURES,
    bundle: |b| b,
    run: |c| {
        let kinds = claimed(c, "/hooks")?;
        let other = c.other("claimed", |b| kinds.iter().fold(b, |b, kind| b.hook(kind, kind, &[])))?;
        other.given_stopped()?;
        other.delete().given()?;
        kinds.iter().try_for_each(|kind| other.hook_report(kind, kind).must_succeed().map(drop))
    },
};

/// Every mount option that is claimed is recognized: none is passed on to a file system, which would refuse it.
const MOUNT_OPTIONS: Case = Case {
    name: "each",
    clause: &features::MOUNT_OPTIONS,
    needs: FEATURES,
    bundle: |b| b,
    run: |c| {
        let options = claimed(c, "/mountOptions")?;
        must_run_with(c, |b| options.iter().fold(b, |b, option| with_option(b, option)))
    },
};

/// A mount on which the option makes sense: recursive ones are for bind mounts, and some need one before them.
fn with_option(b: Bundle, option: &str) -> Bundle {
    let place = format!("/mounts/{option}");
    let source = b.outside("there");
    let b = b.directory(&place);
    match option {
        // These need mappings, and have cases of their own.
        "idmap" | "ridmap" => b,
        "remount" => b.mount(&place, "tmpfs", "lark", &[]).mount(&place, "tmpfs", "lark", &["remount"]),
        "bind" | "rbind" => b.outside_directory("there").mount(&place, "bind", &source, &[option]),
        _ if option.starts_with('r') && !matches!(option, "ro" | "rw" | "relatime") => {
            b.outside_directory("there").mount(&place, "bind", &source, &["rbind", option])
        }
        _ => b.mount(&place, "tmpfs", "lark", &[option]),
    }
}

/// Every type of namespace that is claimed is recognized.
const NAMESPACES: Case = Case {
    name: "each",
    clause: &features_linux::NAMESPACES,
    needs: &[Need::Verb("features"), Need::Root, Need::UserNamespace, Need::TimeNamespace],
    bundle: |b| b,
    run: |c| {
        let types = claimed(c, "/linux/namespaces")?;
        let all: Vec<Value> = types.iter().map(|kind| json!({"type": kind})).collect();
        let mappings = json!([{"containerID": 0, "hostID": 100_000, "size": 65_536}]);
        must_run_with(c, |b| {
            let b = b.set("/linux/namespaces", all);
            b.set("/linux/uidMappings", mappings.clone()).set("/linux/gidMappings", mappings)
        })
    },
};

/// Every capability that is claimed and that this host has is granted.
const CAPABILITIES: Case = Case {
    name: "each",
    clause: &features_linux::CAPABILITIES,
    needs: &[Need::Verb("features"), Need::Root],
    bundle: |b| b,
    run: |c| {
        let held = &c.facts().capabilities;
        let names = claimed(c, "/linux/capabilities")?;
        let names: Vec<String> =
            names.into_iter().filter(|name| held.iter().any(|one| name.ends_with(one.as_str()))).collect();
        let all =
            c.other("claimed", |b| b.set("/process/capabilities", json!({"bounding": names.clone()})))?;
        all.create().must_succeed()?;
        all.start().must_succeed()?;
        let seen = all.report().must_succeed()?.seen.privileges.capabilities.bounding;
        let missing: Vec<&String> = names.iter().filter(|name| !seen.contains(name)).collect();
        must_hold("all of them in the bounding set", missing.is_empty(), format!("without {missing:?}"))
    },
};

/// A list of claims about filters, each of which a filter can hold at once.
const fn seccomp(clause: &'static Clause, run: fn(&Container) -> Judgment) -> Case {
    Case { name: "each", clause, needs: FEATURES, bundle: |b| b, run }
}

fn with_filter(b: Bundle, name: &str, value: Value) -> Bundle {
    let b = b.set("/linux/seccomp", json!({"defaultAction": "SCMP_ACT_ALLOW"}));
    b.set(&format!("/linux/seccomp/{name}"), value)
}

fn must_take_actions(c: &Container) -> Judgment {
    let actions = claimed(c, "/linux/seccomp/actions")?;
    // `SCMP_ACT_NOTIFY` needs somebody who listens.
    let plain = actions.iter().filter(|action| *action != "SCMP_ACT_NOTIFY");
    let rule = |(at, action): (usize, &String)| {
        let argument = json!({"index": 0, "value": 1000 + at, "op": "SCMP_CMP_EQ"});
        json!({"names": ["sysfs"], "action": action, "args": [argument]})
    };
    let rules: Vec<Value> =
        plain.filter(|action| *action != "SCMP_ACT_ALLOW").enumerate().map(rule).collect();
    must_run_with(c, |b| with_filter(b, "syscalls", json!(rules)))
}

fn must_take_operators(c: &Container) -> Judgment {
    let operators = claimed(c, "/linux/seccomp/operators")?;
    let rule = |operator: &String| {
        let argument = json!({"index": 0, "value": 4242, "valueTwo": 4242, "op": operator});
        json!({"names": ["sysfs"], "action": "SCMP_ACT_ERRNO", "args": [argument]})
    };
    let rules: Vec<Value> = operators.iter().map(rule).collect();
    must_run_with(c, |b| with_filter(b, "syscalls", json!(rules)))
}

/// The architectures of this machine: a filter cannot hold those of another byte order beside them.
const ARCHITECTURES: [&str; 3] = ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32"];

fn must_take_architectures(c: &Container) -> Judgment {
    let mut names = claimed(c, "/linux/seccomp/archs")?;
    names.retain(|name| ARCHITECTURES.contains(&name.as_str()));
    must_take(c, "architectures", names)
}

fn must_take(c: &Container, name: &str, values: Vec<String>) -> Judgment {
    must_run_with(c, |b| {
        let rule = json!([{"names": ["sysfs"], "action": "SCMP_ACT_ERRNO"}]);
        with_filter(b, "syscalls", rule).set(&format!("/linux/seccomp/{name}"), values)
    })
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &version(&features::VERSION_MIN, |c| must_accept(c, "ociVersionMin")),
    &version(&features::VERSION_MAX, |c| must_accept(c, "ociVersionMax")),
    &ORDER,
    &NOTHING_ELSE,
    &HOOKS,
    &MOUNT_OPTIONS,
    &NAMESPACES,
    &CAPABILITIES,
    &seccomp(&features_linux::SECCOMP_ACTIONS, must_take_actions),
    &seccomp(&features_linux::SECCOMP_OPERATORS, must_take_operators),
    &seccomp(&features_linux::SECCOMP_ARCHS, must_take_architectures),
    &seccomp(&features_linux::SECCOMP_FLAGS, |c| {
        must_take(c, "flags", claimed(c, "/linux/seccomp/supportedFlags")?)
    }),
];
