//! From `linux.resources` to writes: each topic a file, each a pure function.
//!
//! A value of 0 counts as absent where the kernel knows no 0 and engines write it for "not set": processor shares,
//! quota and period, memory limits, block weights. `memory.kernel` is ignored, as kernels since 5.16 do.

mod block;
mod cpu;
mod hugepages;
mod memory;
mod network;
mod pids;
mod rdma;
#[cfg(test)]
mod tests;
mod unified;
mod weight;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::controller::{Controller, Version};
use super::device::Policy;
use super::layout::Layout;
use super::limits::{Current, Limits, Otherwise, Write};
use crate::config::resources::Resources;
use crate::config::violation::Violation;

impl Limits {
    /// The limits of a new container.
    ///
    /// - **Takes** the resources of the configuration, default if it has none: devices are judged in any case.
    /// - **Returns** what to write. Pure.
    /// - **Errors**: every property that is malformed, whose controller this host lacks, or that has no equivalent in
    ///   the cgroup version it would have to be written to.
    /// - **Source**: `config-linux.md#control-groups` and the sections below it.
    ///
    /// # Errors
    /// As above.
    pub fn of(layout: &Layout, resources: &Resources<'_>) -> Result<Self, Vec<Violation>> {
        let mut lowering = Lowering::new(layout, None);
        let program = lowering.devices(resources);
        lowering.resources(resources);
        lowering.finish(program)
    }

    /// The new limits of a container that has some; its devices stay as they are.
    ///
    /// # Errors
    /// As [`Limits::of`], and a memory limit below the present usage where the resources ask for that check.
    pub fn update(
        layout: &Layout,
        resources: &Resources<'_>,
        current: &Current,
    ) -> Result<Self, Vec<Violation>> {
        let mut lowering = Lowering::new(layout, Some(current));
        lowering.resources(resources);
        lowering.finish(None)
    }
}

/// Writes and violations, as the topics come upon them.
struct Lowering<'a> {
    layout: &'a Layout,
    /// Present when a container that exists is updated.
    current: Option<&'a Current>,
    writes: Vec<Write>,
    violations: Vec<Violation>,
}

impl<'a> Lowering<'a> {
    fn new(layout: &'a Layout, current: Option<&'a Current>) -> Self {
        Self { layout, current, writes: Vec::new(), violations: Vec::new() }
    }

    fn resources(&mut self, resources: &Resources<'_>) {
        if let Some(memory) = &resources.memory {
            self.memory(memory);
        }
        if let Some(cpu) = &resources.cpu {
            self.cpu(cpu);
        }
        if let Some(pids) = &resources.pids {
            self.pids(pids);
        }
        if let Some(block_io) = &resources.block_io {
            self.block_io(block_io);
        }
        self.hugepage_limits(&resources.hugepage_limits);
        if let Some(network) = &resources.network {
            self.network(network);
        }
        self.rdma(&resources.rdma);
        self.unified(&resources.unified);
    }

    /// Lowers the device list: to writes on version 1, to the policy of a program on version 2.
    fn devices(&mut self, resources: &Resources<'_>) -> Option<Policy> {
        const POINTER: &str = "/linux/resources/devices";
        let policy = match Policy::of(&resources.devices) {
            Ok(policy) if policy.allows_everything() && self.layout.hierarchies().is_empty() => return None,
            Ok(policy) => policy,
            Err(violations) => {
                self.violations.extend(violations);
                return None;
            }
        };
        match self.layout.version_of(Controller::Devices) {
            Some(Version::V1) => match policy.version_1_writes() {
                Ok(writes) => writes.into_iter().for_each(|(file, value)| {
                    self.write((Controller::Devices, Version::V1), file, value, POINTER);
                }),
                Err(violation) => self.violations.push(violation),
            },
            _ if self.layout.unified().is_some() => return Some(policy),
            _ => self.absent(Controller::Devices, Version::V1, POINTER),
        }
        None
    }

    fn finish(self, program: Option<Policy>) -> Result<Limits, Vec<Violation>> {
        if self.violations.is_empty() {
            Ok(Limits { writes: self.writes, program })
        } else {
            Err(self.violations)
        }
    }

    /// Through which version a controller is reached; a violation at `pointer` when it is not.
    fn reach(&mut self, controller: Controller, pointer: &'static str) -> Option<Version> {
        let version = self.layout.version_of(controller);
        if version.is_none() {
            self.absent(controller, Version::V1, pointer);
        }
        version
    }

    fn absent(&mut self, controller: Controller, version: Version, pointer: &'static str) {
        let name = controller.name(version);
        self.violate(pointer, format!("needs the cgroup controller `{name}`, which this host lacks"));
    }

    /// A property of version 1 alone, on a host where its controller is in version 2.
    fn no_equivalent(&mut self, pointer: impl Into<Cow<'static, str>>) {
        self.violate(pointer, "has no equivalent in cgroup version 2");
    }

    fn violate(&mut self, pointer: impl Into<Cow<'static, str>>, why: impl Into<Cow<'static, str>>) {
        self.violations.push(Violation::new(pointer, why));
    }

    fn write(
        &mut self,
        controller: (Controller, Version),
        file: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        pointer: impl Into<Cow<'static, str>>,
    ) {
        self.write_or(controller, (file, value), Otherwise::Fail, pointer);
    }

    /// As `write`, with what a kernel gets that lacks the file.
    fn write_or(
        &mut self,
        (controller, version): (Controller, Version),
        (file, value): (impl Into<Cow<'static, str>>, impl Into<String>),
        otherwise: Otherwise,
        pointer: impl Into<Cow<'static, str>>,
    ) {
        self.writes.push(Write {
            controller: controller.name(version).into(),
            version,
            file: file.into(),
            value: value.into(),
            pointer: pointer.into(),
            otherwise,
        });
    }
}
