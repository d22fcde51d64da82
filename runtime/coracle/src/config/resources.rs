//! `linux.resources`: what the container may use (`config-linux.md#control-groups`).
//!
//! The structs say what the document says, nothing more: ranges and combinations are judged where the values are
//! lowered to cgroup files. Unknown properties are ignored.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use serde::Deserialize;

use super::text::Text;

/// Limits and permissions of the container's cgroup.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Resources<'a> {
    /// The allowed device list, applied in this order.
    #[serde(borrow)]
    pub devices: Vec<DeviceRule<'a>>,
    /// Memory, swap and kernel memory.
    pub memory: Option<Memory>,
    /// Processor time and placement.
    pub cpu: Option<Cpu<'a>>,
    /// The number of tasks.
    pub pids: Option<Pids>,
    /// Block devices.
    #[serde(rename = "blockIO")]
    pub block_io: Option<BlockIo>,
    /// Huge pages, by page size.
    pub hugepage_limits: Vec<HugepageLimit<'a>>,
    /// Marks and priorities of network packets.
    pub network: Option<Network<'a>>,
    /// RDMA resources, by device.
    pub rdma: BTreeMap<Text<'a>, Rdma>,
    /// Files of the unified hierarchy and what to write to them.
    pub unified: BTreeMap<Text<'a>, Text<'a>>,
}

/// An entry of the allowed device list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DeviceRule<'a> {
    /// Whether the entry allows or denies.
    pub allow: bool,
    /// `a`, `b` or `c`; absent means `a`.
    #[serde(borrow, default, rename = "type")]
    pub kind: Option<Text<'a>>,
    /// Absent, and -1 by custom, means every major number.
    #[serde(default)]
    pub major: Option<i64>,
    /// Absent, and -1 by custom, means every minor number.
    #[serde(default)]
    pub minor: Option<i64>,
    /// A composition of `r`, `w` and `m`; absent means all three.
    #[serde(default)]
    pub access: Option<Text<'a>>,
}

/// Memory limits in bytes; -1 is unlimited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Memory {
    /// Limit of memory.
    pub limit: Option<i64>,
    /// Soft limit of memory.
    pub reservation: Option<i64>,
    /// Limit of memory and swap together.
    pub swap: Option<i64>,
    /// Limit of kernel memory; the kernel no longer has it.
    pub kernel: Option<i64>,
    /// Limit of TCP buffers.
    #[serde(rename = "kernelTCP")]
    pub kernel_tcp: Option<i64>,
    /// How eagerly to swap, 0 to 100.
    pub swappiness: Option<u64>,
    /// Whether processes over the limit wait instead of being killed.
    #[serde(rename = "disableOOMKiller")]
    pub disable_oom_killer: Option<bool>,
    /// Whether child cgroups share the limits of this one.
    pub use_hierarchy: Option<bool>,
    /// Whether to refuse a limit below the present usage.
    pub check_before_update: Option<bool>,
}

/// Processor time and placement; times in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Cpu<'a> {
    /// Relative share of processor time.
    pub shares: Option<u64>,
    /// Time that all tasks may run in one period.
    pub quota: Option<i64>,
    /// Time saved up that may be used beyond the quota.
    pub burst: Option<u64>,
    /// Length of a period.
    pub period: Option<u64>,
    /// Time that realtime tasks may run in one realtime period.
    pub realtime_runtime: Option<i64>,
    /// Length of a realtime period.
    pub realtime_period: Option<u64>,
    /// Processors, such as `0-3,7`.
    #[serde(borrow)]
    pub cpus: Option<Text<'a>>,
    /// Memory nodes, such as `0-3,7`.
    pub mems: Option<Text<'a>>,
    /// 1 for `SCHED_IDLE`, 0 for the default.
    pub idle: Option<i64>,
}

/// The number of tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pids {
    /// Most tasks at once; -1 is unlimited, 0 is a limit.
    pub limit: Option<i64>,
}

/// Weights and limits of block devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BlockIo {
    /// Default weight.
    pub weight: Option<u16>,
    /// Weight against child cgroups.
    pub leaf_weight: Option<u16>,
    /// Weights by device.
    pub weight_device: Vec<WeightDevice>,
    /// Bytes read per second, by device.
    pub throttle_read_bps_device: Vec<ThrottleDevice>,
    /// Bytes written per second, by device.
    pub throttle_write_bps_device: Vec<ThrottleDevice>,
    /// Reads per second, by device.
    #[serde(rename = "throttleReadIOPSDevice")]
    pub throttle_read_iops_device: Vec<ThrottleDevice>,
    /// Writes per second, by device.
    #[serde(rename = "throttleWriteIOPSDevice")]
    pub throttle_write_iops_device: Vec<ThrottleDevice>,
}

/// Weight of one block device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WeightDevice {
    /// Major number.
    pub major: i64,
    /// Minor number.
    pub minor: i64,
    /// Weight on this device.
    #[serde(default)]
    pub weight: Option<u16>,
    /// Weight on this device against child cgroups.
    #[serde(default)]
    pub leaf_weight: Option<u16>,
}

/// Rate limit of one block device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ThrottleDevice {
    /// Major number.
    pub major: i64,
    /// Minor number.
    pub minor: i64,
    /// Bytes or operations per second.
    pub rate: u64,
}

/// Limit of the huge pages of one size.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HugepageLimit<'a> {
    /// Page size, such as `2MB`.
    #[serde(borrow)]
    pub page_size: Text<'a>,
    /// Limit in bytes.
    pub limit: u64,
}

/// Marks and priorities of network packets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Network<'a> {
    /// Class that packets are tagged with.
    #[serde(rename = "classID")]
    pub class_id: Option<u32>,
    /// Priorities by interface.
    #[serde(borrow)]
    pub priorities: Vec<InterfacePriority<'a>>,
}

/// Priority of the traffic through one interface.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct InterfacePriority<'a> {
    /// Interface name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Its priority.
    pub priority: u32,
}

/// Limits of one RDMA device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rdma {
    /// Most handles.
    pub hca_handles: Option<u32>,
    /// Most objects.
    pub hca_objects: Option<u32>,
}
