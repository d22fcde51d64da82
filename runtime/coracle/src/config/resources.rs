//! `linux.resources`: what the container may use (`config-linux.md#control-groups`).
//!
//! The structs say what the document says, nothing more: ranges and combinations are judged where the values are
//! lowered to cgroup files. Unknown properties are ignored.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::document::{Document, Node};
use super::read::{Findings, Map, Object, Read, whole};
use super::violation::Violation;

/// Limits and permissions of the container's cgroup.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resources<'a> {
    /// The allowed device list, applied in this order.
    pub devices: Vec<DeviceRule<'a>>,
    /// Memory, swap and kernel memory.
    pub memory: Option<Memory>,
    /// Processor time and placement.
    pub cpu: Option<Cpu<'a>>,
    /// The number of tasks.
    pub pids: Option<Pids>,
    /// Block devices.
    pub block_io: Option<BlockIo>,
    /// Huge pages, by page size.
    pub hugepage_limits: Vec<HugepageLimit<'a>>,
    /// Marks and priorities of network packets.
    pub network: Option<Network<'a>>,
    /// RDMA resources, by device.
    pub rdma: BTreeMap<&'a str, Rdma>,
    /// Files of the unified hierarchy and what to write to them.
    pub unified: BTreeMap<&'a str, &'a str>,
}

/// An entry of the allowed device list.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceRule<'a> {
    /// Whether the entry allows or denies.
    pub allow: bool,
    /// `a`, `b` or `c`; absent means `a`.
    pub kind: Option<&'a str>,
    /// Absent, and -1 by custom, means every major number.
    pub major: Option<i64>,
    /// Absent, and -1 by custom, means every minor number.
    pub minor: Option<i64>,
    /// A composition of `r`, `w` and `m`; absent means all three.
    pub access: Option<&'a str>,
}

/// Memory limits in bytes; -1 is unlimited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub kernel_tcp: Option<i64>,
    /// How eagerly to swap, 0 to 100.
    pub swappiness: Option<u64>,
    /// Whether processes over the limit wait instead of being killed.
    pub disable_oom_killer: Option<bool>,
    /// Whether child cgroups share the limits of this one.
    pub use_hierarchy: Option<bool>,
    /// Whether to refuse a limit below the present usage.
    pub check_before_update: Option<bool>,
}

/// Processor time and placement; times in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub cpus: Option<&'a str>,
    /// Memory nodes, such as `0-3,7`.
    pub mems: Option<&'a str>,
    /// 1 for `SCHED_IDLE`, 0 for the default.
    pub idle: Option<i64>,
}

/// The number of tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pids {
    /// Most tasks at once; -1 is unlimited, 0 is a limit.
    pub limit: Option<i64>,
}

/// Weights and limits of block devices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    pub throttle_read_iops_device: Vec<ThrottleDevice>,
    /// Writes per second, by device.
    pub throttle_write_iops_device: Vec<ThrottleDevice>,
}

/// Weight of one block device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightDevice {
    /// Major number.
    pub major: i64,
    /// Minor number.
    pub minor: i64,
    /// Weight on this device.
    pub weight: Option<u16>,
    /// Weight on this device against child cgroups.
    pub leaf_weight: Option<u16>,
}

/// Rate limit of one block device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrottleDevice {
    /// Major number.
    pub major: i64,
    /// Minor number.
    pub minor: i64,
    /// Bytes or operations per second.
    pub rate: u64,
}

/// Limit of the huge pages of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HugepageLimit<'a> {
    /// Page size, such as `2MB`.
    pub page_size: &'a str,
    /// Limit in bytes.
    pub limit: u64,
}

/// Marks and priorities of network packets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network<'a> {
    /// Class that packets are tagged with.
    pub class_id: Option<u32>,
    /// Priorities by interface.
    pub priorities: Vec<InterfacePriority<'a>>,
}

/// Priority of the traffic through one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfacePriority<'a> {
    /// Interface name.
    pub name: &'a str,
    /// Its priority.
    pub priority: u32,
}

/// Limits of one RDMA device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rdma {
    /// Most handles.
    pub hca_handles: Option<u32>,
    /// Most objects.
    pub hca_objects: Option<u32>,
}

impl<'d> Resources<'d> {
    /// Reads resources that stand alone, as `update --resources` takes them.
    ///
    /// # Errors
    /// Everything in them that is of a wrong type, or missing from an entry.
    pub fn check(document: &'d Document) -> Result<Self, Vec<Violation>> {
        whole(document).map(|(resources, _)| resources)
    }
}

impl<'d> Read<'d> for Resources<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        Some(Self {
            devices: object.or_default("devices", findings),
            memory: object.optional("memory", findings),
            cpu: object.optional("cpu", findings),
            pids: object.optional("pids", findings),
            block_io: object.optional("blockIO", findings),
            hugepage_limits: object.or_default("hugepageLimits", findings),
            network: object.optional("network", findings),
            rdma: map(object, "rdma", findings),
            unified: map(object, "unified", findings),
        })
    }
}

/// A property that maps names to values, in the order of the names.
fn map<'d, T: Read<'d>>(object: Object<'d>, name: &str, findings: &mut Findings) -> BTreeMap<&'d str, T> {
    let Map(members) = object.or_default(name, findings);
    members.into_iter().collect()
}

impl<'d> Read<'d> for DeviceRule<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        let allow = object.required("allow", findings);
        Some(Self {
            allow: allow?,
            kind: object.optional("type", findings),
            major: object.optional("major", findings),
            minor: object.optional("minor", findings),
            access: object.optional("access", findings),
        })
    }
}

impl<'d> Read<'d> for Memory {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        Some(Self {
            limit: object.optional("limit", findings),
            reservation: object.optional("reservation", findings),
            swap: object.optional("swap", findings),
            kernel: object.optional("kernel", findings),
            kernel_tcp: object.optional("kernelTCP", findings),
            swappiness: object.optional("swappiness", findings),
            disable_oom_killer: object.optional("disableOOMKiller", findings),
            use_hierarchy: object.optional("useHierarchy", findings),
            check_before_update: object.optional("checkBeforeUpdate", findings),
        })
    }
}

impl<'d> Read<'d> for Cpu<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        Some(Self {
            shares: object.optional("shares", findings),
            quota: object.optional("quota", findings),
            burst: object.optional("burst", findings),
            period: object.optional("period", findings),
            realtime_runtime: object.optional("realtimeRuntime", findings),
            realtime_period: object.optional("realtimePeriod", findings),
            cpus: object.optional("cpus", findings),
            mems: object.optional("mems", findings),
            idle: object.optional("idle", findings),
        })
    }
}

impl<'d> Read<'d> for Pids {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        Some(Self { limit: object.optional("limit", findings) })
    }
}

impl<'d> Read<'d> for BlockIo {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        Some(Self {
            weight: object.optional("weight", findings),
            leaf_weight: object.optional("leafWeight", findings),
            weight_device: object.or_default("weightDevice", findings),
            throttle_read_bps_device: object.or_default("throttleReadBpsDevice", findings),
            throttle_write_bps_device: object.or_default("throttleWriteBpsDevice", findings),
            throttle_read_iops_device: object.or_default("throttleReadIOPSDevice", findings),
            throttle_write_iops_device: object.or_default("throttleWriteIOPSDevice", findings),
        })
    }
}

impl<'d> Read<'d> for WeightDevice {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        let major = object.required("major", findings);
        let minor = object.required("minor", findings);
        Some(Self {
            major: major?,
            minor: minor?,
            weight: object.optional("weight", findings),
            leaf_weight: object.optional("leafWeight", findings),
        })
    }
}

impl<'d> Read<'d> for ThrottleDevice {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        let major = object.required("major", findings);
        let minor = object.required("minor", findings);
        let rate = object.required("rate", findings);
        Some(Self { major: major?, minor: minor?, rate: rate? })
    }
}

impl<'d> Read<'d> for HugepageLimit<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        let page_size = object.required("pageSize", findings);
        let limit = object.required("limit", findings);
        Some(Self { page_size: page_size?, limit: limit? })
    }
}

impl<'d> Read<'d> for Network<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        Some(Self {
            class_id: object.optional("classID", findings),
            priorities: object.or_default("priorities", findings),
        })
    }
}

impl<'d> Read<'d> for InterfacePriority<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        let name = object.required("name", findings);
        let priority = object.required("priority", findings);
        Some(Self { name: name?, priority: priority? })
    }
}

impl<'d> Read<'d> for Rdma {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let object = Object::read(node, findings)?;
        Some(Self {
            hca_handles: object.optional("hcaHandles", findings),
            hca_objects: object.optional("hcaObjects", findings),
        })
    }
}
