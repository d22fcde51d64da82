//! Kernel parameters, propagation, execution domains, and what this host need not have.

use nix::mount::{MsFlags, mount};
use serde_json::json;

use crate::bundle::Bundle;
use crate::clauses::config_linux;
use crate::container::Container;
use crate::fault::must_equal;
use crate::{Case, Fault, Judgment, Need};

/// A kernel parameter of a namespace, and an odd value for it.
const PARAMETERS: [(&str, &str, &str); 3] = [
    ("ipc", "kernel.msgmax", "4242"),
    ("network", "net.core.somaxconn", "424"),
    ("uts", "kernel.domainname", "lark.example"),
];

const fn parameter(row: usize) -> Case {
    Case {
        name: PARAMETERS[row].0,
        clause: &config_linux::SYSCTL,
        needs: &[],
        bundle: |b| {
            let (name, value) = parameter_of(b.case);
            b.set("/linux/sysctl", json!({name: value})).look(&[&read(name)])
        },
        run: |c| {
            let (name, value) = parameter_of(c.case());
            c.given_report()?.answer_must_be(&read(name), "/text", format!("{value}\n"))
        },
    }
}

fn parameter_of(case: &Case) -> (&'static str, &'static str) {
    let row = PARAMETERS.iter().find(|(name, ..)| *name == case.name);
    let (_, name, value) = row.expect("each row is in the table");
    (name, value)
}

fn read(parameter: &str) -> String {
    format!("read=/proc/sys/{}", parameter.replace('.', "/"))
}

/// How the root propagates mounts, and the beginning of what the kernel says of it.
const PROPAGATIONS: [(&str, &str); 4] =
    [("private", ""), ("shared", "shared:"), ("slave", "master:"), ("unbindable", "unbindable")];

const fn propagation(row: usize) -> Case {
    Case {
        name: PROPAGATIONS[row].0,
        clause: &config_linux::ROOTFS_PROPAGATION,
        needs: &[],
        bundle: |b: Bundle| b.clone().set("/linux/rootfsPropagation", b.case.name),
        run: must_propagate,
    }
}

fn must_propagate(c: &Container) -> Judgment {
    // A slave has a master only where its parent is shared.
    let home = crate::container::HOME;
    let shared = mount(None::<&str>, home, None::<&str>, MsFlags::MS_SHARED, None::<&str>);
    shared.map_err(|error| Fault::broken("share the mount of the case", &error))?;
    let report = c.given_report()?;
    let root = report.must_have_mount("/")?;
    let row = PROPAGATIONS.iter().find(|(name, _)| *name == c.case().name);
    let (_, beginning) = row.expect("each row is in the table");
    let seen = root.propagation.join(" ");
    let holds = if beginning.is_empty() { seen.is_empty() } else { seen.starts_with(beginning) };
    if holds {
        Ok(())
    } else {
        Err(Fault::failed(format!("a root that is {}", c.case().name), format!("`{seen}`")))
    }
}

/// `LINUX32` shows a machine of 32 bits.
const PERSONALITY: Case = Case {
    name: "linux32",
    clause: &config_linux::PERSONALITY,
    needs: &[],
    bundle: |b| b.set("/linux/personality", json!({"domain": "LINUX32"})),
    run: |c| {
        let report = c.given_report()?;
        report.must_be("/schedule/personality", 8)?;
        report.must_be("/host/machine", "i686")
    },
};

/// Without a resctrl file system `intelRdt` is an error.
const INTEL_RDT: Case = Case {
    name: "no-file-system",
    clause: &config_linux::INTEL_RDT_MISSING,
    needs: &[Need::NoResctrl],
    bundle: |b| b,
    run: |c| {
        c.must_not_create(|b| b.set("/linux/intelRdt", json!({"closID": "lark", "l3CacheSchema": "L3:0=f"})))
    },
};

/// The NUMA memory policy is the configured one.
const MEMORY_POLICY: Case = Case {
    name: "preferred",
    clause: &config_linux::MEMORY_POLICY,
    needs: &[Need::Spec(1, 3)],
    bundle: |b| b.set("/linux/memoryPolicy", json!({"mode": "MPOL_PREFERRED", "nodes": "0"})),
    run: |c| {
        let policy = c.given_report()?.seen.schedule.memory_policy;
        let seen = policy.map(|policy| (policy.mode, policy.nodes));
        must_equal("memory policy", &Some((1, vec![0])), &seen)
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &parameter(0),
    &parameter(1),
    &parameter(2),
    &propagation(0),
    &propagation(1),
    &propagation(2),
    &propagation(3),
    &PERSONALITY,
    &INTEL_RDT,
    &MEMORY_POLICY,
];
