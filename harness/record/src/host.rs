//! The machine, as far as it can change a figure.

use std::fs;

use serde::{Deserialize, Serialize};

/// How cgroups are mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CgroupMode {
    /// v1 hierarchies only.
    V1,
    /// v1 hierarchies with a v2 tree beside them.
    Hybrid,
    /// One v2 tree.
    V2,
    /// None mounted.
    None,
}

/// The machine, as far as it can change a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// `uname -r`.
    pub kernel: String,
    /// `uname -m`.
    pub machine: String,
    /// First `model name` of `/proc/cpuinfo`; empty where the kernel names none.
    pub cpu: String,
    /// Processors that this process may run on.
    pub cpus: u32,
    /// Total memory, in bytes.
    pub memory_bytes: u64,
    /// How cgroups are mounted.
    pub cgroups: CgroupMode,
    /// Whether the processor reports a hypervisor, under which `cpuid` is slow.
    pub hypervisor: bool,
    /// Frequency governor of the first processor; empty where there is none, as in most virtual machines.
    pub governor: String,
}

/// Why the machine could not be described.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum HostError {
    #[error("read `{path}`; is /proc mounted?")]
    Read { path: String, source: std::io::Error },
}

impl Host {
    /// Describes the machine that this process runs on, from what the kernel shows below `/proc` and `/sys`.
    ///
    /// # Errors
    /// [`HostError::Read`] where `/proc` is missing; everything else has a value for "not there".
    pub fn probe() -> Result<Self, HostError> {
        let cpuinfo = text("/proc/cpuinfo")?;
        let governor = fs::read_to_string("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
        Ok(Self {
            kernel: text("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            machine: std::env::consts::ARCH.to_owned(),
            cpu: field(&cpuinfo, "model name").to_owned(),
            cpus: std::thread::available_parallelism()
                .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
            memory_bytes: memory_bytes(&text("/proc/meminfo")?),
            cgroups: cgroup_mode(&text("/proc/self/mountinfo")?),
            hypervisor: field(&cpuinfo, "flags").split(' ').any(|flag| flag == "hypervisor"),
            governor: governor.unwrap_or_default().trim().to_owned(),
        })
    }
}

fn text(path: &str) -> Result<String, HostError> {
    fs::read_to_string(path).map_err(|source| HostError::Read { path: path.to_owned(), source })
}

/// The value of the first line `name : value`.
fn field<'a>(text: &'a str, name: &str) -> &'a str {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs
        .map(|(key, value)| (key.trim(), value.trim()))
        .find(|(key, _)| *key == name)
        .map_or("", |(_, value)| value)
}

fn memory_bytes(meminfo: &str) -> u64 {
    let kib = field(meminfo, "MemTotal").trim_end_matches(" kB").parse::<u64>();
    kib.map_or(0, |kib| kib * 1024)
}

/// Reads the mode off the file system types below `/sys/fs/cgroup`; the last mount on the directory itself decides.
fn cgroup_mode(mountinfo: &str) -> CgroupMode {
    let mounts = mountinfo.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        Some((place.split(' ').nth(4)?, kind.split(' ').next()?))
    });
    let (mut v1, mut v2) = (false, false);
    for (place, kind) in mounts.filter(|(place, _)| place.starts_with("/sys/fs/cgroup")) {
        if place == "/sys/fs/cgroup" {
            (v1, v2) = (false, false);
        }
        v1 |= kind == "cgroup";
        v2 |= kind == "cgroup2";
    }
    match (v1, v2) {
        (true, true) => CgroupMode::Hybrid,
        (true, false) => CgroupMode::V1,
        (false, true) => CgroupMode::V2,
        (false, false) => CgroupMode::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cgroup_mode_is_read_off_the_mounts() {
        let tmpfs = "30 22 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n";
        let cpu = "31 30 0:27 / /sys/fs/cgroup/cpu rw shared:1 - cgroup cgroup rw,cpu\n";
        let unified = "32 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let pure = "33 22 0:29 / /sys/fs/cgroup rw - cgroup2 none rw\n";
        let mode = |lines: &[&str]| cgroup_mode(&lines.concat());
        assert_eq!(mode(&[tmpfs, cpu]), CgroupMode::V1);
        assert_eq!(mode(&[tmpfs, cpu, unified]), CgroupMode::Hybrid);
        assert_eq!(mode(&[pure]), CgroupMode::V2);
        assert_eq!(mode(&[tmpfs, cpu, unified, pure]), CgroupMode::V2);
        assert_eq!(mode(&[tmpfs]), CgroupMode::None);
    }

    #[test]
    fn fields_are_found_whatever_the_padding() {
        let text = "processor\t: 0\nmodel name\t: Some CPU: 3 GHz\nflags\t\t: fpu hypervisor\n";
        assert_eq!(field(text, "model name"), "Some CPU: 3 GHz");
        assert_eq!(field(text, "bogomips"), "");
        assert_eq!(memory_bytes("MemTotal:       2048 kB\n"), 2 << 20);
    }

    #[test]
    fn this_machine_is_described() {
        let host = Host::probe().unwrap();
        assert!(host.kernel.starts_with(|c: char| c.is_ascii_digit()), "{host:?}");
        assert!(host.cpus > 0 && host.memory_bytes > 0, "{host:?}");
    }
}
