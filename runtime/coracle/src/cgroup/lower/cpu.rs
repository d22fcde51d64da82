//! `cpu`: processor time, processors and memory nodes.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use super::Lowering;
use super::weight::of_shares;
use crate::cgroup::controller::{Controller, Version};
use crate::config::resources::Cpu;

const CPU: &str = "/linux/resources/cpu";
const SHARES: &str = "/linux/resources/cpu/shares";
const QUOTA: &str = "/linux/resources/cpu/quota";
const PERIOD: &str = "/linux/resources/cpu/period";
const BURST: &str = "/linux/resources/cpu/burst";
const IDLE: &str = "/linux/resources/cpu/idle";
const REALTIME_RUNTIME: &str = "/linux/resources/cpu/realtimeRuntime";
const REALTIME_PERIOD: &str = "/linux/resources/cpu/realtimePeriod";

const V1: (Controller, Version) = (Controller::Cpu, Version::V1);
const V2: (Controller, Version) = (Controller::Cpu, Version::V2);

/// The bandwidth properties that are present, in microseconds: 0 counts as absent.
struct Bandwidth {
    quota: Option<i64>,
    period: Option<u64>,
    burst: Option<u64>,
}

impl Bandwidth {
    fn of(cpu: &Cpu<'_>) -> Self {
        Self {
            quota: cpu.quota.filter(|quota| *quota != 0),
            period: cpu.period.filter(|period| *period != 0),
            burst: cpu.burst,
        }
    }
}

impl Lowering<'_> {
    pub(super) fn cpu(&mut self, cpu: &Cpu<'_>) {
        self.cpuset(cpu);
        let bandwidth = Bandwidth::of(cpu);
        self.check_cpu(cpu, &bandwidth);
        let wanted = cpu.shares.is_some_and(|shares| shares != 0)
            || cpu.idle.is_some()
            || bandwidth.quota.is_some()
            || bandwidth.period.is_some()
            || bandwidth.burst.is_some()
            || cpu.realtime_runtime.is_some()
            || cpu.realtime_period.is_some();
        if !wanted {
            return;
        }
        let Some(version) = self.reach(Controller::Cpu, CPU) else { return };
        if cpu.idle == Some(0) {
            self.write((Controller::Cpu, version), "cpu.idle", "0", IDLE);
        }
        self.shares(cpu, version);
        match version {
            Version::V1 => self.cpu_v1(cpu, &bandwidth),
            Version::V2 => self.cpu_v2(cpu, &bandwidth),
        }
        // Last: an idle cgroup refuses every other weight.
        if cpu.idle == Some(1) {
            self.write((Controller::Cpu, version), "cpu.idle", "1", IDLE);
        }
    }

    fn shares(&mut self, cpu: &Cpu<'_>, version: Version) {
        let Some(shares) = cpu.shares.filter(|shares| *shares != 0) else { return };
        match version {
            Version::V1 => self.write(V1, "cpu.shares", shares.to_string(), SHARES),
            Version::V2 => self.write(V2, "cpu.weight", of_shares(shares).to_string(), SHARES),
        }
    }

    fn cpu_v1(&mut self, cpu: &Cpu<'_>, bandwidth: &Bandwidth) {
        // While a quota stands, the kernel judges each new period and burst against it.
        if bandwidth.quota.is_some() && self.current.is_some() {
            self.write(V1, "cpu.cfs_quota_us", "-1", QUOTA);
        }
        if let Some(period) = bandwidth.period {
            self.write(V1, "cpu.cfs_period_us", period.to_string(), PERIOD);
        }
        if let Some(burst) = bandwidth.burst {
            self.write(V1, "cpu.cfs_burst_us", burst.to_string(), BURST);
        }
        if let Some(quota) = bandwidth.quota {
            self.write(V1, "cpu.cfs_quota_us", quota.max(-1).to_string(), QUOTA);
        }
        if let Some(period) = cpu.realtime_period.filter(|period| *period != 0) {
            self.write(V1, "cpu.rt_period_us", period.to_string(), REALTIME_PERIOD);
        }
        if let Some(runtime) = cpu.realtime_runtime.filter(|runtime| *runtime != 0) {
            self.write(V1, "cpu.rt_runtime_us", runtime.to_string(), REALTIME_RUNTIME);
        }
    }

    fn cpu_v2(&mut self, cpu: &Cpu<'_>, bandwidth: &Bandwidth) {
        let limited = bandwidth.quota.is_some() || bandwidth.period.is_some();
        if let Some(burst) = bandwidth.burst {
            // While a quota stands, the kernel judges each new burst against it.
            if bandwidth.quota.is_some() && self.current.is_some() {
                self.write(V2, "cpu.max", "max", QUOTA);
            }
            self.write(V2, "cpu.max.burst", burst.to_string(), BURST);
        }
        if limited {
            let pointer = if bandwidth.quota.is_some() { QUOTA } else { PERIOD };
            let value = self.cpu_max(bandwidth);
            self.write(V2, "cpu.max", value, pointer);
        }
        for (value, pointer) in [
            (cpu.realtime_runtime.is_some_and(|runtime| runtime != 0), REALTIME_RUNTIME),
            (cpu.realtime_period.is_some_and(|period| period != 0), REALTIME_PERIOD),
        ] {
            if value {
                self.no_equivalent(pointer);
            }
        }
    }

    /// `cpu.max`: a quota or `max`, then the period unless it stays.
    fn cpu_max(&self, bandwidth: &Bandwidth) -> String {
        let present = || self.current.and_then(|current| current.cpu_quota.clone());
        let quota = match bandwidth.quota {
            Some(quota) if quota > 0 => quota.to_string(),
            Some(_) => "max".to_owned(),
            None => present().unwrap_or_else(|| "max".to_owned()),
        };
        match bandwidth.period {
            Some(period) => format!("{quota} {period}"),
            None => quota,
        }
    }

    fn cpuset(&mut self, cpu: &Cpu<'_>) {
        for (list, file, pointer) in [
            (&cpu.cpus, "cpuset.cpus", "/linux/resources/cpu/cpus"),
            (&cpu.mems, "cpuset.mems", "/linux/resources/cpu/mems"),
        ] {
            let Some(list) = list.as_deref().filter(|list| !list.is_empty()) else { continue };
            if let Some(version) = self.reach(Controller::Cpuset, pointer) {
                self.write((Controller::Cpuset, version), file, list, pointer);
            }
        }
    }

    fn check_cpu(&mut self, cpu: &Cpu<'_>, bandwidth: &Bandwidth) {
        if let (Some(quota), Some(burst)) = (bandwidth.quota, bandwidth.burst)
            && u64::try_from(quota).is_ok_and(|quota| burst > quota)
        {
            self.violate(BURST, format!("`{burst}` is above the quota `{quota}`"));
        }
        if let Some(idle) = cpu.idle.filter(|idle| !matches!(idle, 0 | 1)) {
            self.violate(IDLE, format!("`{idle}` is neither 0 nor 1"));
        }
    }
}
