//! Processor and I/O time of a process: `scheduler`, `ioPriority`, `execCPUAffinity` (`config.md#linux-process`).

use alloc::format;
use core::ops::RangeInclusive;

use super::document::Node;
use super::numbers::{Numbers, numbers};
use super::read::{Findings, Object, Read};
use super::violation::Violation;

/// Parameters for `sched_setattr(2)`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scheduler {
    /// Number of the policy, `SCHED_*` of `linux/sched.h`.
    pub policy: u32,
    /// -20 to 19.
    pub nice: i32,
    /// 1 to 99 for the real-time policies, else 0.
    pub priority: u32,
    /// `SCHED_FLAG_*`.
    pub flags: u64,
    /// Nanoseconds in each period, deadline policy only.
    pub runtime_ns: u64,
    /// Nanoseconds within which they are needed, deadline policy only.
    pub deadline_ns: u64,
    /// Length of a period in nanoseconds, deadline policy only; 0 stands for the deadline.
    pub period_ns: u64,
}

/// A value for `ioprio_set(2)`: class in the upper three of sixteen bits, 0 (first) to 7 in the lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IoPriority(pub u16);

/// Processors of a process that joins a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecAffinity {
    /// Where it runs until it is in the container's cgroup.
    pub initial: Option<Numbers>,
    /// Where it runs from then on; left to the kernel where absent.
    pub last: Option<Numbers>,
}

/// Scheduling policies and their numbers; `SCHED_ISO` has one, but has never been in Linux.
pub const POLICIES: [(&str, u32); 7] = [
    ("SCHED_OTHER", OTHER),
    ("SCHED_FIFO", FIFO),
    ("SCHED_RR", ROUND_ROBIN),
    ("SCHED_BATCH", 3),
    ("SCHED_ISO", ISO),
    ("SCHED_IDLE", 5),
    ("SCHED_DEADLINE", DEADLINE),
];

const OTHER: u32 = 0;
const FIFO: u32 = 1;
const ROUND_ROBIN: u32 = 2;
const ISO: u32 = 4;
const DEADLINE: u32 = 6;

/// Flags of `sched_setattr(2)`.
pub const SCHEDULER_FLAGS: [(&str, u64); 7] = [
    ("SCHED_FLAG_RESET_ON_FORK", 0x01),
    ("SCHED_FLAG_RECLAIM", 0x02),
    ("SCHED_FLAG_DL_OVERRUN", 0x04),
    ("SCHED_FLAG_KEEP_POLICY", 0x08),
    ("SCHED_FLAG_KEEP_PARAMS", 0x10),
    ("SCHED_FLAG_UTIL_CLAMP_MIN", 0x20),
    ("SCHED_FLAG_UTIL_CLAMP_MAX", 0x40),
];

/// Classes of I/O priority.
pub const IO_CLASSES: [(&str, u16); 3] =
    [("IOPRIO_CLASS_RT", 1), ("IOPRIO_CLASS_BE", 2), ("IOPRIO_CLASS_IDLE", 3)];

/// Most processors of any Linux, `NR_CPUS`.
const MOST_PROCESSORS: u32 = 8192;

impl<'d> Read<'d> for Scheduler {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let scheduler = Object::read(node, findings)?;
        let policy = scheduler.required_node("policy", findings);
        let policy = policy.and_then(|policy| findings.word(policy, &POLICIES));
        let nice = ranged(scheduler, "nice", &(-20..=19), findings);
        let priorities = if matches!(policy, Some(FIFO | ROUND_ROBIN)) { 1..=99 } else { 0..=0 };
        let priority = ranged(scheduler, "priority", &priorities, findings);
        let flags = scheduler.node_of("flags", findings);
        let times = ["runtime", "deadline", "period"].map(|name| scheduler.or_default(name, findings));
        let [runtime_ns, deadline_ns, period_ns] = times;
        let policy = policy?;
        if policy == ISO {
            findings.violate(node, "`SCHED_ISO` is a reserved number, no policy of Linux");
        }
        // The kernel wants runtime, deadline and period in this order, none of the first two zero.
        let ordered =
            0 < runtime_ns && runtime_ns <= deadline_ns && (period_ns == 0 || deadline_ns <= period_ns);
        if policy == DEADLINE && !ordered {
            findings.violate(node, format!(
                "runtime {runtime_ns}, deadline {deadline_ns}, period {period_ns} are not in growing order"
            ));
        }
        if policy != DEADLINE && times != [0; 3] {
            findings.violate(node, "has runtime, deadline or period, which only `SCHED_DEADLINE` knows");
        }
        let priority = priority.unwrap_or_default().unsigned_abs();
        let flags = flags.map_or(0, |flags| bits(flags, &SCHEDULER_FLAGS, findings));
        Some(Self {
            policy,
            nice: nice.unwrap_or_default(),
            priority,
            flags,
            runtime_ns,
            deadline_ns,
            period_ns,
        })
    }
}

/// A property within `range`; it is its first value that an absent one stands for, or 0 where that is allowed.
fn ranged(
    object: Object<'_>,
    name: &str,
    range: &RangeInclusive<i32>,
    findings: &mut Findings,
) -> Option<i32> {
    match object.node_of(name, findings) {
        Some(node) => i32::read(node, findings).and_then(|value| findings.within(node, value, range)),
        None if range.contains(&0) => Some(0),
        None => {
            let why = format!("is missing; it must be from {} to {}", range.start(), range.end());
            findings.violations.push(Violation::new(format!("{}/{name}", object.node().pointer()), why));
            None
        }
    }
}

/// The bits of a list of words.
pub(super) fn bits(node: Node<'_>, table: &[(&'static str, u64)], findings: &mut Findings) -> u64 {
    findings.items(node).filter_map(|word| findings.word(word, table)).fold(0, |bits, bit| bits | bit)
}

impl<'d> Read<'d> for IoPriority {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        const CLASS_SHIFT: u32 = 13;
        let io_priority = Object::read(node, findings)?;
        let class = io_priority.required_node("class", findings);
        let class = class.and_then(|class| findings.word(class, &IO_CLASSES));
        let level = io_priority.required_node("priority", findings)?;
        let level = u16::read(level, findings).and_then(|value| findings.within(level, value, &(0..=7)));
        Some(Self(class? << CLASS_SHIFT | level?))
    }
}

impl<'d> Read<'d> for ExecAffinity {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let affinity = Object::read(node, findings)?;
        Some(Self {
            initial: numbers(affinity, "initial", MOST_PROCESSORS, findings),
            last: numbers(affinity, "final", MOST_PROCESSORS, findings),
        })
    }
}
