//! `hugepageLimits`: reservations of huge pages where the kernel counts them, else their use.

use alloc::format;
use alloc::string::ToString;

use super::Lowering;
use crate::cgroup::controller::{Controller, Version};
use crate::cgroup::limits::Otherwise;
use crate::config::resources::HugepageLimit;

impl Lowering<'_> {
    pub(super) fn hugepage_limits(&mut self, limits: &[HugepageLimit<'_>]) {
        for (index, limit) in limits.iter().enumerate() {
            self.hugepage_limit(limit, index);
        }
    }

    fn hugepage_limit(&mut self, limit: &HugepageLimit<'_>, index: usize) {
        let size = limit.page_size;
        let pointer = format!("/linux/resources/hugepageLimits/{index}");
        if !is_page_size(size) {
            self.violate(
                pointer + "/pageSize",
                format!("`{size}` is no page size such as `64KB`, `2MB` or `1GB`"),
            );
            return;
        }
        let Some(version) = self.reach(Controller::Hugetlb, "/linux/resources/hugepageLimits") else {
            return;
        };
        let name = if version == Version::V1 { "limit_in_bytes" } else { "max" };
        let value = limit.limit.to_string();
        let usage = Otherwise::Write(format!("hugetlb.{size}.{name}").into(), value.clone());
        let reservation = format!("hugetlb.{size}.rsvd.{name}");
        self.write_or((Controller::Hugetlb, version), (reservation, value), usage, pointer);
    }
}

/// A number without leading zeros, then `KB`, `MB` or `GB`.
fn is_page_size(size: &str) -> bool {
    let number = ["KB", "MB", "GB"].iter().find_map(|unit| size.strip_suffix(unit)).unwrap_or_default();
    !number.is_empty() && !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit())
}
