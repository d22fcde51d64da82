//! `network`: marks and priorities of packets, on version 1 only.

use alloc::format;
use alloc::string::ToString;

use super::Lowering;
use crate::cgroup::controller::{Controller, Version};
use crate::config::resources::Network;

const CLASS_ID: &str = "/linux/resources/network/classID";
const PRIORITIES: &str = "/linux/resources/network/priorities";

impl Lowering<'_> {
    pub(super) fn network(&mut self, network: &Network<'_>) {
        if let Some(class_id) = network.class_id
            && self.reach_version_1(Controller::NetCls, CLASS_ID)
        {
            self.write((Controller::NetCls, Version::V1), "net_cls.classid", class_id.to_string(), CLASS_ID);
        }
        if network.priorities.is_empty() || !self.reach_version_1(Controller::NetPrio, PRIORITIES) {
            return;
        }
        for (index, interface) in network.priorities.iter().enumerate() {
            let pointer = format!("{PRIORITIES}/{index}");
            let name = interface.name;
            if name.is_empty() || name.contains(|letter: char| letter.is_whitespace() || letter.is_control())
            {
                self.violate(pointer + "/name", format!("{name:?} is no interface name"));
                continue;
            }
            let value = format!("{name} {}", interface.priority);
            self.write((Controller::NetPrio, Version::V1), "net_prio.ifpriomap", value, pointer);
        }
    }

    fn reach_version_1(&mut self, controller: Controller, pointer: &'static str) -> bool {
        let version = self.reach(controller, pointer);
        if version == Some(Version::V2) {
            self.no_equivalent(pointer);
        }
        version == Some(Version::V1)
    }
}
