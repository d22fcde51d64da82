//! `pids`: the number of tasks.

use alloc::format;
use alloc::string::ToString;

use super::Lowering;
use crate::cgroup::controller::Controller;
use crate::config::resources::Pids;

const LIMIT: &str = "/linux/resources/pids/limit";

impl Lowering<'_> {
    /// Both versions have the same file; 0 is a limit like any other.
    pub(super) fn pids(&mut self, pids: &Pids) {
        let Some(limit) = pids.limit else { return };
        let value = match limit {
            -1 => "max".into(),
            0.. => limit.to_string(),
            _ => return self.violate(LIMIT, format!("`{limit}` is neither a number of tasks nor -1")),
        };
        if let Some(version) = self.reach(Controller::Pids, LIMIT) {
            self.write((Controller::Pids, version), "pids.max", value, LIMIT);
        }
    }
}
