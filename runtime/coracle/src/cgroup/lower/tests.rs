use alloc::vec;

use proptest::prelude::*;

use super::*;
use crate::cgroup::controller::Controllers;
use crate::cgroup::layout::Hierarchy;
use crate::config::Document;

const EVERYTHING: &str = r#"{
    "memory": {"limit": 1000, "reservation": 500, "swap": 1500},
    "cpu": {"shares": 1024, "quota": 20000, "period": 100000, "burst": 5000, "cpus": "0-1", "mems": "0", "idle": 1},
    "pids": {"limit": 0},
    "blockIO": {"weight": 10, "weightDevice": [{"major": 8, "minor": 0, "weight": 1000}],
        "throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 600}],
        "throttleWriteIOPSDevice": [{"major": 8, "minor": 16, "rate": 0}]},
    "hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}],
    "rdma": {"mlx5_1": {"hcaHandles": 3, "hcaObjects": 10}},
    "unheardOf": {"a": 1}
}"#;

const VERSION_1_ONLY: &str = r#"{
    "memory": {"swappiness": 60, "disableOOMKiller": true, "useHierarchy": false, "kernelTCP": 4096, "kernel": 4096},
    "cpu": {"realtimeRuntime": 950000, "realtimePeriod": 1000000},
    "blockIO": {"leafWeight": 10, "weightDevice": [{"major": 8, "minor": 0, "leafWeight": 300}]},
    "network": {"classID": 1048577, "priorities": [{"name": "eth0", "priority": 500}]}
}"#;

fn parse(text: &str) -> Resources<'static> {
    let document = Document::parse(text.as_bytes().to_vec()).unwrap();
    // The tests end before it matters.
    Resources::check(alloc::boxed::Box::leak(alloc::boxed::Box::new(document))).unwrap()
}

fn version_1(names: &[&str]) -> Vec<Hierarchy> {
    let hierarchy = |name: &&str| Hierarchy {
        controllers: Controllers::parse(name, Version::V1),
        name: String::from(*name),
        mount: format!("/sys/fs/cgroup/{name}"),
    };
    names.iter().map(hierarchy).collect()
}

fn all_of_version_1() -> Layout {
    let names: Vec<&str> = Controller::ALL.iter().map(|controller| controller.name(Version::V1)).collect();
    Layout::V1 { hierarchies: version_1(&names) }
}

/// The writes without those for devices, one a line.
fn writes(limits: &Limits) -> String {
    let lines = limits.writes.iter().filter(|write| write.controller != "devices").map(|write| {
        let otherwise = match &write.otherwise {
            Otherwise::Fail => String::new(),
            Otherwise::Skip => String::from(", else nothing"),
            Otherwise::Write(file, value) => format!(", else {file} = {value}"),
        };
        format!("{} = {}{otherwise}", write.file, write.value)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn violations<T: core::fmt::Debug>(result: Result<T, Vec<Violation>>) -> String {
    let lines: Vec<String> = result.unwrap_err().iter().map(|violation| format!("{violation}")).collect();
    lines.join("\n")
}

#[test]
fn version_2_takes_every_property_that_has_an_equivalent() {
    let limits = Limits::of(&Layout::V2, &parse(EVERYTHING)).unwrap();
    insta::assert_snapshot!(writes(&limits), @"
    memory.swap.max = 500
    memory.max = 1000
    memory.low = 500
    cpuset.cpus = 0-1
    cpuset.mems = 0
    cpu.weight = 100
    cpu.max.burst = 5000
    cpu.max = 20000 100000
    cpu.idle = 1
    pids.max = 0
    io.bfq.weight = 10, else io.weight = 1
    io.bfq.weight = 8:0 1000, else io.weight = 8:0 10000
    io.max = 8:0 rbps=600
    io.max = 8:16 wiops=max
    hugetlb.2MB.rsvd.max = 4194304, else hugetlb.2MB.max = 4194304
    rdma.max = mlx5_1 hca_handle=3 hca_object=10
    ");
}

#[test]
fn version_1_takes_every_property() {
    let limits = Limits::of(&all_of_version_1(), &parse(EVERYTHING)).unwrap();
    insta::assert_snapshot!(writes(&limits), @"
    memory.limit_in_bytes = 1000
    memory.memsw.limit_in_bytes = 1500
    memory.soft_limit_in_bytes = 500
    cpuset.cpus = 0-1
    cpuset.mems = 0
    cpu.shares = 1024
    cpu.cfs_period_us = 100000
    cpu.cfs_burst_us = 5000
    cpu.cfs_quota_us = 20000
    cpu.idle = 1
    pids.max = 0
    blkio.weight = 10, else blkio.bfq.weight = 10
    blkio.weight_device = 8:0 1000, else blkio.bfq.weight_device = 8:0 1000
    blkio.throttle.read_bps_device = 8:0 600
    blkio.throttle.write_iops_device = 8:16 0
    hugetlb.2MB.rsvd.limit_in_bytes = 4194304, else hugetlb.2MB.limit_in_bytes = 4194304
    rdma.max = mlx5_1 hca_handle=3 hca_object=10
    ");
    let limits = Limits::of(&all_of_version_1(), &parse(VERSION_1_ONLY)).unwrap();
    insta::assert_snapshot!(writes(&limits), @"
    memory.use_hierarchy = 0
    memory.kmem.tcp.limit_in_bytes = 4096
    memory.swappiness = 60
    memory.oom_control = 1
    cpu.rt_period_us = 1000000
    cpu.rt_runtime_us = 950000
    blkio.leaf_weight = 10
    blkio.leaf_weight_device = 8:0 300
    net_cls.classid = 1048577
    net_prio.ifpriomap = eth0 500
    ");
}

#[test]
fn what_version_2_cannot_express_is_an_error_at_its_pointer() {
    insta::assert_snapshot!(violations(Limits::of(&Layout::V2, &parse(VERSION_1_ONLY))), @"
    `/linux/resources/memory/kernelTCP`: has no equivalent in cgroup version 2
    `/linux/resources/memory/swappiness`: has no equivalent in cgroup version 2
    `/linux/resources/memory/disableOOMKiller`: has no equivalent in cgroup version 2
    `/linux/resources/memory/useHierarchy`: has no equivalent in cgroup version 2
    `/linux/resources/cpu/realtimeRuntime`: has no equivalent in cgroup version 2
    `/linux/resources/cpu/realtimePeriod`: has no equivalent in cgroup version 2
    `/linux/resources/blockIO/leafWeight`: has no equivalent in cgroup version 2
    `/linux/resources/blockIO/weightDevice/0/leafWeight`: has no equivalent in cgroup version 2
    `/linux/resources/network/classID`: has no equivalent in cgroup version 2
    `/linux/resources/network/priorities`: has no equivalent in cgroup version 2
    ");
}

#[test]
fn a_controller_that_the_host_lacks_is_an_error_at_the_property_that_needs_it() {
    let layout = Layout::V1 { hierarchies: version_1(&["memory", "devices"]) };
    insta::assert_snapshot!(violations(Limits::of(&layout, &parse(EVERYTHING))), @"
    `/linux/resources/cpu/cpus`: needs the cgroup controller `cpuset`, which this host lacks
    `/linux/resources/cpu/mems`: needs the cgroup controller `cpuset`, which this host lacks
    `/linux/resources/cpu`: needs the cgroup controller `cpu`, which this host lacks
    `/linux/resources/pids/limit`: needs the cgroup controller `pids`, which this host lacks
    `/linux/resources/blockIO`: needs the cgroup controller `blkio`, which this host lacks
    `/linux/resources/hugepageLimits`: needs the cgroup controller `hugetlb`, which this host lacks
    `/linux/resources/rdma`: needs the cgroup controller `rdma`, which this host lacks
    ");
}

#[test]
fn on_a_hybrid_host_each_controller_is_reached_where_it_is() {
    let mut unified = version_1(&[""]).remove(0);
    unified.controllers = Controllers::parse("hugetlb rdma", Version::V2);
    let layout = Layout::Hybrid { hierarchies: version_1(&["devices", "pids"]), unified };
    let text = r#"{"pids": {"limit": 5}, "hugepageLimits": [{"pageSize": "1GB", "limit": 0}],
        "unified": {"rdma.max": "a hca_object=1"}}"#;
    let limits = Limits::of(&layout, &parse(text)).unwrap();
    insta::assert_snapshot!(writes(&limits), @"
    pids.max = 5
    hugetlb.1GB.rsvd.max = 0, else hugetlb.1GB.max = 0
    rdma.max = a hca_object=1
    ");
    assert_eq!(limits.of_unified().count(), 2);
    assert_eq!(limits.program, None);
    assert!(violations(Limits::of(&layout, &parse(r#"{"memory": {"limit": 5}}"#))).contains("`memory`"));
}

#[test]
fn limits_that_contradict_each_other_or_the_kernel_are_refused() {
    let text = r#"{
        "devices": [{"allow": true, "type": "x"}, {"allow": true, "type": "c", "major": -2}, {"allow": false, "access": "rx"}],
        "memory": {"limit": 10, "swap": 5, "reservation": -2},
        "cpu": {"quota": 10, "burst": 11, "idle": 2},
        "pids": {"limit": -2},
        "blockIO": {"weightDevice": [{"major": 8, "minor": 0}], "throttleReadBpsDevice": [{"major": -1, "minor": 0, "rate": 1}]},
        "hugepageLimits": [{"pageSize": "../2MB", "limit": 1}],
        "rdma": {"a b": {"hcaHandles": 1}, "c/d": {}},
        "unified": {"../x.y": "1", "nodot": "1", "a.": "1"}
    }"#;
    insta::assert_snapshot!(violations(Limits::of(&Layout::V2, &parse(text))), @r#"
    `/linux/resources/devices/0/type`: `x` is none of `a`, `b`, `c`
    `/linux/resources/devices/1/major`: `-2` is no device number
    `/linux/resources/devices/2/access`: `rx` is no composition of `r`, `w`, `m`
    `/linux/resources/memory/swap`: `5` for memory and swap together is below the memory limit `10`
    `/linux/resources/cpu/burst`: `11` is above the quota `10`
    `/linux/resources/cpu/idle`: `2` is neither 0 nor 1
    `/linux/resources/pids/limit`: `-2` is neither a number of tasks nor -1
    `/linux/resources/blockIO/weightDevice/0`: has neither `weight` nor `leafWeight`
    `/linux/resources/blockIO/throttleReadBpsDevice/0`: `-1:0` are no device numbers
    `/linux/resources/hugepageLimits/0/pageSize`: `../2MB` is no page size such as `64KB`, `2MB` or `1GB`
    `/linux/resources/rdma/a b`: is no device name
    `/linux/resources/rdma/c~1d`: has neither `hcaHandles` nor `hcaObjects`
    `/linux/resources/unified/..~1x.y`: "../x.y" is no cgroup file such as `memory.high`
    `/linux/resources/unified/a.`: "a." is no cgroup file such as `memory.high`
    `/linux/resources/unified/nodot`: "nodot" is no cgroup file such as `memory.high`
    "#);
}

#[test]
fn unlimited_memory_means_unlimited_swap_unless_swap_is_given() {
    let of = |text| writes(&Limits::of(&Layout::V2, &parse(text)).unwrap());
    assert_eq!(of(r#"{"memory": {"limit": -1}}"#), "memory.swap.max = max, else nothing\nmemory.max = max");
    assert_eq!(
        of(r#"{"memory": {"limit": 7, "swap": 7}}"#),
        "memory.swap.max = 0, else nothing\nmemory.max = 7"
    );
    assert_eq!(of(r#"{"memory": {"limit": 7}}"#), "memory.max = 7");
    assert_eq!(
        of(r#"{"memory": {"limit": 0, "swap": 0}, "cpu": {"shares": 0, "quota": 0, "period": 0}}"#),
        ""
    );
    let lone = Limits::of(&Layout::V2, &parse(r#"{"memory": {"swap": 7}}"#));
    assert!(violations(lone).starts_with("`/linux/resources/memory/swap`: limits memory and swap together"));
}

#[test]
fn version_1_raises_swap_before_memory_and_lowers_it_after() {
    let resources = parse(r#"{"memory": {"limit": 100, "swap": 200}}"#);
    let update = |present| {
        let current = Current { memory_limit_bytes: Some(present), ..Current::default() };
        writes(&Limits::update(&all_of_version_1(), &resources, &current).unwrap())
    };
    assert_eq!(update(50), "memory.memsw.limit_in_bytes = 200\nmemory.limit_in_bytes = 100");
    assert_eq!(update(500), "memory.limit_in_bytes = 100\nmemory.memsw.limit_in_bytes = 200");
}

#[test]
fn an_update_lifts_the_quota_before_the_values_that_are_judged_against_it() {
    let resources = parse(r#"{"cpu": {"quota": 10, "burst": 5, "period": 1000}}"#);
    let current = Current { cpu_quota: Some(String::from("3")), ..Current::default() };
    let update = |layout: &Layout| writes(&Limits::update(layout, &resources, &current).unwrap());
    assert_eq!(update(&Layout::V2), "cpu.max = max\ncpu.max.burst = 5\ncpu.max = 10 1000");
    assert_eq!(
        update(&all_of_version_1()),
        "cpu.cfs_quota_us = -1\ncpu.cfs_period_us = 1000\ncpu.cfs_burst_us = 5\ncpu.cfs_quota_us = 10"
    );
    let period = Limits::update(&Layout::V2, &parse(r#"{"cpu": {"period": 50}}"#), &current).unwrap();
    assert_eq!(writes(&period), "cpu.max = 3 50");
}

#[test]
fn a_checked_update_below_the_present_usage_is_refused() {
    let current = Current { memory_usage_bytes: Some(2000), ..Current::default() };
    let checked = parse(r#"{"memory": {"limit": 1000, "checkBeforeUpdate": true}}"#);
    let refused = Limits::update(&Layout::V2, &checked, &current);
    assert_eq!(
        violations(refused),
        "`/linux/resources/memory/limit`: `1000` is below the present usage of 2000 bytes"
    );
    let unchecked = parse(r#"{"memory": {"limit": 1000}}"#);
    assert!(Limits::update(&Layout::V2, &unchecked, &current).is_ok());
}

#[test]
fn unified_values_are_written_line_by_line_and_need_version_2() {
    let resources = parse(r#"{"unified": {"io.max": "8:0 rbps=1\n8:16 wiops=2", "cgroup.max.depth": "3"}}"#);
    let limits = Limits::of(&Layout::V2, &resources).unwrap();
    assert_eq!(writes(&limits), "cgroup.max.depth = 3\nio.max = 8:0 rbps=1\nio.max = 8:16 wiops=2");
    let refused = Limits::of(&all_of_version_1(), &resources);
    assert_eq!(
        violations(refused),
        "`/linux/resources/unified`: needs cgroup version 2, which this host lacks"
    );
}

#[test]
fn devices_become_a_program_on_version_2_unless_all_are_allowed() {
    let deny = parse(r#"{"devices": [{"allow": false, "access": "rwm"}]}"#);
    assert!(Limits::of(&Layout::V2, &deny).unwrap().program.is_some());
    let allow = parse(r#"{"devices": [{"allow": false}, {"allow": true, "type": "a", "access": "rwm"}]}"#);
    assert_eq!(Limits::of(&Layout::V2, &allow).unwrap().program, None);
    assert!(Limits::of(&Layout::V2, &Resources::default()).unwrap().program.is_some());
}

fn device_writes(text: &str) -> Result<Vec<String>, Vec<Violation>> {
    let limits = Limits::of(&all_of_version_1(), &parse(text))?;
    Ok(limits.writes.iter().map(|write| format!("{} {}", write.file, write.value)).collect())
}

#[test]
fn version_1_gets_a_default_and_exceptions_to_it() {
    let writes = device_writes(
        r#"{"devices": [{"allow": false}, {"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rwm"},
            {"allow": false, "type": "c", "major": 10, "access": "m"}, {"allow": true, "type": "b", "major": 8, "access": "r"}]}"#,
    );
    let expected = [
        "devices.deny a",
        "devices.allow c 10:229 rw",
        "devices.allow b 8:* r",
        "devices.allow c *:* m",
        "devices.allow b *:* m",
        "devices.allow c 1:3 rwm",
        "devices.allow c 1:5 rwm",
        "devices.allow c 1:7 rwm",
        "devices.allow c 1:8 rwm",
        "devices.allow c 1:9 rwm",
        "devices.allow c 5:0 rwm",
        "devices.allow c 5:1 rwm",
        "devices.allow c 5:2 rwm",
        "devices.allow c 136:* rwm",
    ];
    assert_eq!(writes.unwrap(), expected);
}

#[test]
fn version_1_starts_from_allow_where_everything_is_allowed_first() {
    let writes =
        device_writes(r#"{"devices": [{"allow": true}, {"allow": false, "type": "b", "major": 8}]}"#)
            .unwrap();
    assert_eq!(writes, ["devices.allow a", "devices.deny b 8:* rw"]);
    let refused = device_writes(
        r#"{"devices": [{"allow": true, "type": "c", "major": 10, "access": "rw"}, {"allow": false, "type": "c", "major": 10, "minor": 1}]}"#,
    );
    assert!(
        violations(refused).starts_with("`/linux/resources/devices/1`: takes a part out of an earlier entry")
    );
}

proptest! {
    /// Memory limits never lower to a write that the kernel would read as something else.
    #[test]
    fn memory_and_swap_lower_to_their_difference(limit in 1..i64::MAX, swap in 1..i64::MAX) {
        let text = format!(r#"{{"memory": {{"limit": {limit}, "swap": {swap}}}}}"#);
        match Limits::of(&Layout::V2, &parse(&text)) {
            Ok(limits) => {
                let values: Vec<String> = limits.writes.iter().map(|write| write.value.clone()).collect();
                prop_assert_eq!(values, vec![format!("{}", swap - limit), format!("{limit}")]);
            }
            Err(_) => prop_assert!(swap < limit),
        }
    }
}
