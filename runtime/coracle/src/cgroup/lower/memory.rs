//! `memory`: limits in bytes, and the manners of the controller.

use alloc::format;
use alloc::string::{String, ToString};

use super::Lowering;
use crate::cgroup::controller::{Controller, Version};
use crate::cgroup::limits::Otherwise;
use crate::config::resources::Memory;

const LIMIT: &str = "/linux/resources/memory/limit";
const RESERVATION: &str = "/linux/resources/memory/reservation";
const SWAP: &str = "/linux/resources/memory/swap";
const KERNEL_TCP: &str = "/linux/resources/memory/kernelTCP";
const SWAPPINESS: &str = "/linux/resources/memory/swappiness";
const DISABLE_OOM_KILLER: &str = "/linux/resources/memory/disableOOMKiller";
const USE_HIERARCHY: &str = "/linux/resources/memory/useHierarchy";

const V1: (Controller, Version) = (Controller::Memory, Version::V1);
const V2: (Controller, Version) = (Controller::Memory, Version::V2);

/// A limit that is present: bytes, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Bytes(u64),
    Unlimited,
}

impl Limit {
    fn version_1(self) -> String {
        match self {
            Self::Bytes(bytes) => bytes.to_string(),
            Self::Unlimited => "-1".into(),
        }
    }

    fn version_2(self) -> String {
        match self {
            Self::Bytes(bytes) => bytes.to_string(),
            Self::Unlimited => "max".into(),
        }
    }
}

impl Lowering<'_> {
    pub(super) fn memory(&mut self, memory: &Memory) {
        if *memory == Memory::default() {
            return;
        }
        let limit = self.limit(memory.limit, LIMIT);
        let swap = self.limit(memory.swap, SWAP);
        if let (Some(Limit::Bytes(limit)), Some(true)) = (limit, memory.check_before_update) {
            self.check_usage(limit);
        }
        if let (Some(Limit::Bytes(limit)), Some(Limit::Bytes(swap))) = (limit, swap)
            && swap < limit
        {
            self.violate(
                SWAP,
                format!("`{swap}` for memory and swap together is below the memory limit `{limit}`"),
            );
            return;
        }
        match self.reach(Controller::Memory, "/linux/resources/memory") {
            Some(Version::V1) => self.memory_v1(memory, limit, swap),
            Some(Version::V2) => self.memory_v2(memory, limit, swap),
            None => {}
        }
    }

    fn memory_v1(&mut self, memory: &Memory, limit: Option<Limit>, swap: Option<Limit>) {
        if let Some(enabled) = memory.use_hierarchy {
            self.write(V1, "memory.use_hierarchy", u8::from(enabled).to_string(), USE_HIERARCHY);
        }
        self.limits_v1(limit, swap);
        if let Some(reservation) = self.limit(memory.reservation, RESERVATION) {
            self.write(V1, "memory.soft_limit_in_bytes", reservation.version_1(), RESERVATION);
        }
        if let Some(tcp) = self.limit(memory.kernel_tcp, KERNEL_TCP) {
            self.write(V1, "memory.kmem.tcp.limit_in_bytes", tcp.version_1(), KERNEL_TCP);
        }
        match memory.swappiness {
            Some(swappiness @ 0..=100) => {
                self.write(V1, "memory.swappiness", swappiness.to_string(), SWAPPINESS);
            }
            Some(other) => self.violate(SWAPPINESS, format!("`{other}` is not between 0 and 100")),
            None => {}
        }
        match memory.disable_oom_killer {
            Some(true) => self.write(V1, "memory.oom_control", "1", DISABLE_OOM_KILLER),
            Some(false) if self.current.is_some() => {
                self.write(V1, "memory.oom_control", "0", DISABLE_OOM_KILLER);
            }
            _ => {}
        }
    }

    /// Memory, and memory with swap: the kernel keeps the second at or above the first, at every moment.
    fn limits_v1(&mut self, limit: Option<Limit>, swap: Option<Limit>) {
        let swap = swap.or((limit == Some(Limit::Unlimited)).then_some(Limit::Unlimited));
        let swap_first = self.current.is_some_and(|current| match (limit, current.memory_limit_bytes) {
            (Some(Limit::Bytes(wanted)), Some(present)) => wanted > present,
            (limit, _) => limit == Some(Limit::Unlimited),
        });
        let write_swap = |lowering: &mut Self| {
            if let Some(swap) = swap {
                let otherwise = if swap == Limit::Unlimited { Otherwise::Skip } else { Otherwise::Fail };
                lowering.write_or(V1, ("memory.memsw.limit_in_bytes", swap.version_1()), otherwise, SWAP);
            }
        };
        if swap_first {
            write_swap(self);
        }
        if let Some(limit) = limit {
            self.write(V1, "memory.limit_in_bytes", limit.version_1(), LIMIT);
        }
        if !swap_first {
            write_swap(self);
        }
    }

    fn memory_v2(&mut self, memory: &Memory, limit: Option<Limit>, swap: Option<Limit>) {
        if let Some(swap) = self.swap_alone(limit, swap) {
            // Without swap accounting nothing is swapped on the container's account, which is all these two ask for.
            let lenient = matches!(swap, Limit::Unlimited | Limit::Bytes(0));
            let otherwise = if lenient { Otherwise::Skip } else { Otherwise::Fail };
            self.write_or(V2, ("memory.swap.max", swap.version_2()), otherwise, SWAP);
        }
        if let Some(limit) = limit {
            self.write(V2, "memory.max", limit.version_2(), LIMIT);
        }
        if let Some(reservation) = self.limit(memory.reservation, RESERVATION) {
            self.write(V2, "memory.low", reservation.version_2(), RESERVATION);
        }
        for (present, pointer) in [
            (memory.kernel_tcp.is_some_and(|tcp| tcp > 0), KERNEL_TCP),
            (memory.swappiness.is_some(), SWAPPINESS),
            (memory.disable_oom_killer == Some(true), DISABLE_OOM_KILLER),
            (memory.use_hierarchy == Some(false), USE_HIERARCHY),
        ] {
            if present {
                self.no_equivalent(pointer);
            }
        }
    }

    /// Version 2 limits swap alone, where the configuration limits the sum.
    fn swap_alone(&mut self, limit: Option<Limit>, swap: Option<Limit>) -> Option<Limit> {
        match (limit, swap) {
            (Some(Limit::Unlimited), None) | (_, Some(Limit::Unlimited)) => Some(Limit::Unlimited),
            (_, None) => None,
            (Some(Limit::Bytes(limit)), Some(Limit::Bytes(swap))) => {
                Some(Limit::Bytes(swap.saturating_sub(limit)))
            }
            (_, Some(Limit::Bytes(_))) => {
                self.violate(SWAP, "limits memory and swap together, so it needs a memory limit beside it");
                None
            }
        }
    }

    fn limit(&mut self, value: Option<i64>, pointer: &'static str) -> Option<Limit> {
        match value {
            None | Some(0) => None,
            Some(-1) => Some(Limit::Unlimited),
            Some(bytes) => {
                let limit = u64::try_from(bytes).ok().map(Limit::Bytes);
                if limit.is_none() {
                    self.violate(pointer, format!("`{bytes}` is neither a number of bytes nor -1"));
                }
                limit
            }
        }
    }

    fn check_usage(&mut self, limit: u64) {
        if let Some(usage) = self.current.and_then(|current| current.memory_usage_bytes)
            && limit < usage
        {
            self.violate(LIMIT, format!("`{limit}` is below the present usage of {usage} bytes"));
        }
    }
}
