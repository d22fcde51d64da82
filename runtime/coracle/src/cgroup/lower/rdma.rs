//! `rdma`: handles and objects, by device.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use super::Lowering;
use crate::cgroup::controller::Controller;
use crate::config::resources::Rdma;

impl Lowering<'_> {
    /// Both versions have the same file.
    pub(super) fn rdma(&mut self, devices: &BTreeMap<&str, Rdma>) {
        for (device, limits) in devices {
            let pointer = format!("/linux/resources/rdma/{}", super::unified::escape(device));
            if device.is_empty() || device.contains(char::is_whitespace) || device.contains(char::is_control)
            {
                self.violate(pointer, "is no device name");
                continue;
            }
            if limits.hca_handles.is_none() && limits.hca_objects.is_none() {
                self.violate(pointer, "has neither `hcaHandles` nor `hcaObjects`");
                continue;
            }
            let Some(version) = self.reach(Controller::Rdma, "/linux/resources/rdma") else { return };
            let mut value = String::from(*device);
            for (word, limit) in [("hca_handle", limits.hca_handles), ("hca_object", limits.hca_objects)] {
                if let Some(limit) = limit {
                    value = format!("{value} {word}={limit}");
                }
            }
            self.write((Controller::Rdma, version), "rdma.max", value, pointer);
        }
    }
}
