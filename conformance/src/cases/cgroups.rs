//! Cgroups: the place of the container, and its limits as the host reads them.

use serde_json::{Value, json};

use crate::bundle::Bundle;
use crate::cgroup;
use crate::clauses::config_linux;
use crate::container::Container;
use crate::fault::{must_equal, must_hold};
use crate::{Case, Clause, Judgment, Need};

/// An absolute path counts from the mount point of the hierarchy.
const ABSOLUTE: Case = Case {
    name: "from-mount-point",
    clause: &config_linux::CGROUPS_PATH_ABSOLUTE,
    needs: &[Need::Root, Need::Cgroup("pids")],
    bundle: |b| b.set("/linux/cgroupsPath", "/lark-4242").pause(),
    run: |c| {
        let cgroup = c.cgroup(c.given_running()?, "pids").must_succeed()?;
        let expected = cgroup::mount_point("pids", c.facts().v1("pids")).map(|place| place.join("lark-4242"));
        must_equal("the cgroup", &expected, &Some(cgroup))
    },
};

/// The same path leads two containers, one after the other, to the same cgroup.
const CONSISTENT: Case = Case {
    name: "twice",
    clause: &config_linux::CGROUPS_PATH_CONSISTENT,
    needs: &[Need::Root, Need::Cgroup("pids")],
    bundle: |b| b.set("/linux/cgroupsPath", "lark-4242").pause(),
    run: |c| {
        let first = c.cgroup(c.given_running()?, "pids").given()?;
        c.kill("KILL").given()?;
        c.until(crate::state::Status::Stopped).given()?;
        c.delete().given()?;
        let second = c.other("second", |b| b)?;
        let again = second.cgroup(second.given_running()?, "pids").must_succeed()?;
        must_equal("the cgroup of the same path", &first, &again)
    },
};

/// A limit: how it is configured, and what the host reads in the files of either version.
struct Limit {
    name: &'static str,
    clause: &'static Clause,
    needs: &'static [Need],
    pointer: &'static str,
    value: fn() -> Value,
    controller: &'static str,
    v1: &'static [(&'static str, &'static str)],
    v2: &'static [(&'static str, &'static str)],
}

const LIMITS: [Limit; 16] = [
    Limit {
        name: "odd",
        clause: &config_linux::PIDS_LIMIT,
        needs: &[Need::Root, Need::Cgroup("pids")],
        pointer: "/linux/resources/pids",
        value: || json!({"limit": 4242}),
        controller: "pids",
        v1: &[("pids.max", "4242")],
        v2: &[("pids.max", "4242")],
    },
    Limit {
        name: "limit",
        clause: &config_linux::MEMORY_LIMIT,
        needs: &[Need::Root, Need::Cgroup("memory")],
        pointer: "/linux/resources/memory",
        value: || json!({"limit": 43_450_368}),
        controller: "memory",
        v1: &[("memory.limit_in_bytes", "43450368")],
        v2: &[("memory.max", "43450368")],
    },
    Limit {
        name: "reservation",
        clause: &config_linux::MEMORY_RESERVATION,
        needs: &[Need::Root, Need::Cgroup("memory")],
        pointer: "/linux/resources/memory",
        value: || json!({"reservation": 43_450_368}),
        controller: "memory",
        v1: &[("memory.soft_limit_in_bytes", "43450368")],
        v2: &[("memory.low", "43450368")],
    },
    Limit {
        name: "swappiness",
        clause: &config_linux::MEMORY_SWAPPINESS,
        needs: &[Need::Root, Need::CgroupV1("memory")],
        pointer: "/linux/resources/memory",
        value: || json!({"swappiness": 42}),
        controller: "memory",
        v1: &[("memory.swappiness", "42")],
        v2: &[],
    },
    Limit {
        name: "swap",
        clause: &config_linux::MEMORY_SWAP,
        needs: &[
            Need::Root,
            Need::Cgroup("memory"),
            Need::CgroupFile(&["memory.memsw.limit_in_bytes", "memory.swap.max"]),
        ],
        pointer: "/linux/resources/memory",
        value: || json!({"limit": 43_450_368, "swap": 86_900_736}),
        controller: "memory",
        v1: &[("memory.memsw.limit_in_bytes", "86900736")],
        v2: &[("memory.swap.max", "43450368")],
    },
    Limit {
        name: "shares",
        clause: &config_linux::CPU_SHARES,
        needs: &[Need::Root, Need::CgroupV1("cpu")],
        pointer: "/linux/resources/cpu",
        value: || json!({"shares": 424}),
        controller: "cpu",
        v1: &[("cpu.shares", "424")],
        v2: &[],
    },
    Limit {
        name: "quota-and-period",
        clause: &config_linux::CPU_QUOTA,
        needs: &[Need::Root, Need::Cgroup("cpu")],
        pointer: "/linux/resources/cpu",
        value: || json!({"quota": 42_420, "period": 84_840}),
        controller: "cpu",
        v1: &[("cpu.cfs_quota_us", "42420"), ("cpu.cfs_period_us", "84840")],
        v2: &[("cpu.max", "42420 84840")],
    },
    Limit {
        name: "period",
        clause: &config_linux::CPU_PERIOD,
        needs: &[Need::Root, Need::Cgroup("cpu")],
        pointer: "/linux/resources/cpu",
        value: || json!({"period": 84_840}),
        controller: "cpu",
        v1: &[("cpu.cfs_period_us", "84840")],
        v2: &[("cpu.max", "max 84840")],
    },
    Limit {
        name: "first",
        clause: &config_linux::CPU_CPUS,
        needs: &[Need::Root, Need::Cgroup("cpuset"), Need::Cpus(2)],
        pointer: "/linux/resources/cpu",
        value: || json!({"cpus": "1"}),
        controller: "cpuset",
        v1: &[("cpuset.cpus", "1")],
        v2: &[("cpuset.cpus", "1")],
    },
    Limit {
        name: "first",
        clause: &config_linux::CPU_MEMS,
        needs: &[Need::Root, Need::Cgroup("cpuset")],
        pointer: "/linux/resources/cpu",
        value: || json!({"mems": "0"}),
        controller: "cpuset",
        v1: &[("cpuset.mems", "0")],
        v2: &[("cpuset.mems", "0")],
    },
    Limit {
        name: "class-id",
        clause: &config_linux::NETWORK_CLASS,
        needs: &[Need::Root, Need::CgroupV1("net_cls")],
        pointer: "/linux/resources/network",
        value: || json!({"classID": 1_048_577}),
        controller: "net_cls",
        v1: &[("net_cls.classid", "1048577")],
        v2: &[],
    },
    Limit {
        name: "loopback",
        clause: &config_linux::NETWORK_PRIORITY,
        needs: &[Need::Root, Need::CgroupV1("net_prio")],
        pointer: "/linux/resources/network",
        value: || json!({"priorities": [{"name": "lo", "priority": 42}]}),
        controller: "net_prio",
        v1: &[("net_prio.ifpriomap", "lo 42")],
        v2: &[],
    },
    Limit {
        name: "with-quota",
        clause: &config_linux::CPU_BURST,
        needs: &[
            Need::Root,
            Need::Cgroup("cpu"),
            Need::Spec(1, 1),
            Need::CgroupFile(&["cpu.cfs_burst_us", "cpu.max.burst"]),
        ],
        pointer: "/linux/resources/cpu",
        value: || json!({"quota": 42_420, "period": 84_840, "burst": 21_210}),
        controller: "cpu",
        v1: &[("cpu.cfs_burst_us", "21210")],
        v2: &[("cpu.max.burst", "21210")],
    },
    Limit {
        name: "one",
        clause: &config_linux::CPU_IDLE,
        needs: &[Need::Root, Need::Cgroup("cpu"), Need::Spec(1, 1), Need::CgroupFile(&["cpu.idle"])],
        pointer: "/linux/resources/cpu",
        value: || json!({"idle": 1}),
        controller: "cpu",
        v1: &[("cpu.idle", "1")],
        v2: &[("cpu.idle", "1")],
    },
    Limit {
        name: "two-megabytes",
        clause: &config_linux::HUGE_PAGES,
        needs: &[
            Need::Root,
            Need::Cgroup("hugetlb"),
            Need::CgroupFile(&["hugetlb.2MB.rsvd.limit_in_bytes", "hugetlb.2MB.rsvd.max"]),
        ],
        pointer: "/linux/resources/hugepageLimits",
        value: || json!([{"pageSize": "2MB", "limit": 88_080_384}]),
        controller: "hugetlb",
        v1: &[("hugetlb.2MB.rsvd.limit_in_bytes", "88080384")],
        v2: &[("hugetlb.2MB.rsvd.max", "88080384")],
    },
    Limit {
        name: "limit",
        clause: &config_linux::PIDS_ZERO,
        needs: &[Need::Root, Need::Cgroup("pids"), Need::Spec(1, 3)],
        pointer: "/linux/resources/pids",
        value: || json!({"limit": 0}),
        controller: "pids",
        v1: &[("pids.max", "0")],
        v2: &[("pids.max", "0")],
    },
];

/// The memory nodes are the configured ones. Most hosts have but one, which a container has anyway: so another limit,
/// of a node that no host has, must not be overlooked.
const MEMS: Case = Case {
    name: "first",
    clause: &config_linux::CPU_MEMS,
    needs: LIMITS[9].needs,
    bundle: with_limit,
    run: |c| {
        must_limit(c)?;
        let beyond = c.other("beyond", |b| b.set("/linux/resources/cpu/mems", "1023"))?;
        beyond.create().must_fail()?;
        beyond.must_not_exist()
    },
};

const fn limit(row: usize) -> Case {
    let Limit { name, clause, needs, .. } = &LIMITS[row];
    Case { name, clause, needs, bundle: with_limit, run: must_limit }
}

fn row(case: &Case) -> &'static Limit {
    let row = LIMITS.iter().find(|row| row.name == case.name && row.clause == case.clause);
    row.expect("each row is in the table")
}

fn with_limit(b: Bundle) -> Bundle {
    let limit = row(b.case);
    b.set(limit.pointer, (limit.value)()).pause()
}

fn must_limit(c: &Container) -> Judgment {
    let limit = row(c.case());
    let cgroup = c.given_cgroup(limit.controller)?;
    let files = if c.facts().v1(limit.controller) { limit.v1 } else { limit.v2 };
    files.iter().try_for_each(|(file, expected)| {
        let text = cgroup::read(&cgroup, file)?;
        let holds = text.lines().any(|line| line.trim() == *expected);
        must_hold(&format!("{file}: {expected}"), holds, format!("{file}: {}", text.trim()))
    })
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &ABSOLUTE,
    &CONSISTENT,
    &limit(0),
    &limit(1),
    &limit(2),
    &limit(3),
    &limit(4),
    &limit(5),
    &limit(6),
    &limit(7),
    &limit(8),
    &MEMS,
    &limit(10),
    &limit(11),
    &limit(12),
    &limit(13),
    &limit(14),
    &limit(15),
];
