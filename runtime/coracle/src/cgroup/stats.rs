//! What a container uses: the figures of its cgroups, in the shape that runc's `events --stats` gave engines.
//!
//! A file that this kernel or host lacks leaves its figures out, or 0 where the shape demands one.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rustix::fd::OwnedFd;
use serde::Serialize;

use super::control::ControlError;
use super::controller::{Controller, Version};
use super::record::Record;
use crate::file;

/// The figures of one moment: the `data` of a `stats` event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Processor time.
    pub cpu: Cpu,
    /// Memory in bytes.
    pub memory: Memory,
    /// Tasks.
    pub pids: Pids,
    /// Block devices.
    pub blkio: Blkio,
    /// Huge pages, by page size.
    pub hugetlb: BTreeMap<String, Usage>,
}

/// Processor time, in nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cpu {
    /// Time used.
    pub usage: CpuUsage,
    /// Time denied.
    pub throttling: Throttling,
}

/// Time used, in nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CpuUsage {
    /// In all.
    pub total: u64,
    /// On each processor; version 1 only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub percpu: Vec<u64>,
    /// In the kernel.
    pub kernel: u64,
    /// Outside it.
    pub user: u64,
}

/// Periods, and time denied in nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Throttling {
    /// Periods that have passed.
    pub periods: u64,
    /// Periods in which the quota was used up.
    pub throttled_periods: u64,
    /// Time for which tasks had to wait.
    pub throttled_time: u64,
}

/// Memory, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Pages of files.
    pub cache: u64,
    /// All memory.
    pub usage: Usage,
    /// Memory and swap together, as version 1 counts.
    pub swap: Usage,
    /// Kernel memory; version 1 only.
    pub kernel: Usage,
    /// TCP buffers; version 1 only.
    #[serde(rename = "kernelTCP")]
    pub kernel_tcp: Usage,
    /// `memory.stat` as it is.
    pub raw: BTreeMap<String, u64>,
}

/// A figure with its limit, in bytes; without a limit that is the greatest number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Most allowed.
    pub limit: u64,
    /// At this moment.
    pub usage: u64,
    /// Most so far.
    pub max: u64,
    /// How often the limit was hit.
    pub failcnt: u64,
}

/// Tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pids {
    /// At this moment.
    pub current: u64,
    /// Most allowed; 0 without a limit.
    pub limit: u64,
}

/// Bytes and operations of block devices, with those of child cgroups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blkio {
    /// Bytes.
    pub io_service_bytes_recursive: Vec<BlkioEntry>,
    /// Operations.
    pub io_serviced_recursive: Vec<BlkioEntry>,
}

/// One figure of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlkioEntry {
    /// Major number.
    pub major: u64,
    /// Minor number.
    pub minor: u64,
    /// Kind of operation, such as `Read`.
    pub op: String,
    /// How many bytes or operations.
    pub value: u64,
}

impl Record {
    /// Reads the figures of the container.
    ///
    /// # Errors
    /// When a cgroup of the container is gone.
    pub fn stats(&self) -> Result<Stats, ControlError> {
        let directories: Vec<OwnedFd> =
            self.branches.iter().map(|branch| self.open(branch)).collect::<Result<_, _>>()?;
        let files = Files { record: self, directories };
        Ok(Stats {
            cpu: files.cpu(),
            memory: files.memory(),
            pids: Pids {
                current: files.number(Controller::Pids, "pids.current"),
                limit: files.limited(Controller::Pids, "pids.max").unwrap_or_default(),
            },
            blkio: files.blkio(),
            hugetlb: files.hugetlb(),
        })
    }
}

impl Record {
    /// How many processes of the container the kernel has killed for want of memory; 0 where nothing counts them.
    #[must_use]
    pub fn oom_kills(&self) -> u64 {
        let Ok(directories) = self.branches.iter().map(|branch| self.open(branch)).collect() else {
            return 0;
        };
        let files = Files { record: self, directories };
        let file = match files.version(Controller::Memory) {
            Version::V1 => "memory.oom_control",
            Version::V2 => "memory.events",
        };
        files.map(Controller::Memory, file).get("oom_kill").copied().unwrap_or_default()
    }
}

/// The files of the container's cgroups.
struct Files<'a> {
    record: &'a Record,
    /// One for each branch of the record.
    directories: Vec<OwnedFd>,
}

impl Files<'_> {
    /// Where the files of a controller are: in its version 1 hierarchy, else in the unified one.
    fn place(&self, controller: Controller) -> Option<(&OwnedFd, Version)> {
        let of = |branch: &&super::record::Branch| branch.controllers().contains(controller);
        let index = self.record.branches.iter().position(|branch| of(&branch));
        match index {
            Some(index) => Some((self.directories.get(index)?, Version::V1)),
            None => {
                self.record.unified().and(self.directories.last()).map(|directory| (directory, Version::V2))
            }
        }
    }

    fn version(&self, controller: Controller) -> Version {
        self.place(controller).map_or(Version::V2, |(_, version)| version)
    }

    fn text(&self, controller: Controller, file: &str) -> String {
        let read = self.place(controller).and_then(|(directory, _)| file::take(directory, file).ok());
        read.unwrap_or_default()
    }

    fn number(&self, controller: Controller, file: &str) -> u64 {
        self.limited(controller, file).unwrap_or_default()
    }

    /// A number; nothing for `max` or a file that is not there.
    fn limited(&self, controller: Controller, file: &str) -> Option<u64> {
        self.text(controller, file).trim().parse().ok()
    }

    /// Lines of a name and a number.
    fn map(&self, controller: Controller, file: &str) -> BTreeMap<String, u64> {
        let text = self.text(controller, file);
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        pairs.filter_map(|(name, number)| Some((String::from(name), number.trim().parse().ok()?))).collect()
    }

    fn cpu(&self) -> Cpu {
        const NS_PER_US: u64 = 1000;
        let stat = self.map(Controller::Cpu, "cpu.stat");
        let figure = |name: &str| stat.get(name).copied().unwrap_or_default();
        let mut throttling = Throttling {
            periods: figure("nr_periods"),
            throttled_periods: figure("nr_throttled"),
            throttled_time: figure("throttled_time"),
        };
        if self.version(Controller::Cpu) == Version::V2 {
            throttling.throttled_time = figure("throttled_usec") * NS_PER_US;
        }
        let usage = match self.version(Controller::Cpuacct) {
            Version::V1 => CpuUsage {
                total: self.number(Controller::Cpuacct, "cpuacct.usage"),
                percpu: numbers(&self.text(Controller::Cpuacct, "cpuacct.usage_percpu")),
                kernel: self.number(Controller::Cpuacct, "cpuacct.usage_sys"),
                user: self.number(Controller::Cpuacct, "cpuacct.usage_user"),
            },
            Version::V2 => CpuUsage {
                total: figure("usage_usec") * NS_PER_US,
                percpu: Vec::new(),
                kernel: figure("system_usec") * NS_PER_US,
                user: figure("user_usec") * NS_PER_US,
            },
        };
        Cpu { usage, throttling }
    }

    fn memory(&self) -> Memory {
        let raw = self.map(Controller::Memory, "memory.stat");
        let figure = |name: &str| raw.get(name).copied().unwrap_or_default();
        match self.version(Controller::Memory) {
            Version::V1 => Memory {
                cache: figure("cache"),
                usage: self.usage_v1("memory"),
                swap: self.usage_v1("memory.memsw"),
                kernel: self.usage_v1("memory.kmem"),
                kernel_tcp: self.usage_v1("memory.kmem.tcp"),
                raw,
            },
            Version::V2 => {
                let usage = self.usage_v2(Controller::Memory, "memory");
                let swap = self.usage_v2(Controller::Memory, "memory.swap");
                Memory {
                    cache: figure("file"),
                    swap: together(&usage, &swap),
                    usage,
                    raw,
                    ..Memory::default()
                }
            }
        }
    }

    fn usage_v1(&self, prefix: &str) -> Usage {
        let number = |name: &str| self.number(Controller::Memory, &format!("{prefix}.{name}"));
        Usage {
            limit: number("limit_in_bytes"),
            usage: number("usage_in_bytes"),
            max: number("max_usage_in_bytes"),
            failcnt: number("failcnt"),
        }
    }

    fn usage_v2(&self, controller: Controller, prefix: &str) -> Usage {
        Usage {
            limit: self.limited(controller, &format!("{prefix}.max")).unwrap_or(u64::MAX),
            usage: self.number(controller, &format!("{prefix}.current")),
            max: self.number(controller, &format!("{prefix}.peak")),
            failcnt: self
                .map(controller, &format!("{prefix}.events"))
                .get("max")
                .copied()
                .unwrap_or_default(),
        }
    }

    fn blkio(&self) -> Blkio {
        let entries = |file: &str| -> Vec<BlkioEntry> {
            self.text(Controller::Blkio, file).lines().filter_map(blkio_line).collect()
        };
        match self.version(Controller::Blkio) {
            Version::V1 => Blkio {
                io_service_bytes_recursive: entries("blkio.throttle.io_service_bytes_recursive"),
                io_serviced_recursive: entries("blkio.throttle.io_serviced_recursive"),
            },
            Version::V2 => {
                let text = self.text(Controller::Blkio, "io.stat");
                let of =
                    |words: [(&str, &str); 2]| text.lines().flat_map(|line| io_line(line, words)).collect();
                Blkio {
                    io_service_bytes_recursive: of([("rbytes", "Read"), ("wbytes", "Write")]),
                    io_serviced_recursive: of([("rios", "Read"), ("wios", "Write")]),
                }
            }
        }
    }

    fn hugetlb(&self) -> BTreeMap<String, Usage> {
        let Some((_, version)) = self.place(Controller::Hugetlb) else { return BTreeMap::new() };
        let sizes = ["64KB", "2MB", "32MB", "512MB", "1GB"];
        let usage = |size: &str| match version {
            Version::V1 => {
                let number = |name: &str| self.number(Controller::Hugetlb, &format!("hugetlb.{size}.{name}"));
                Usage {
                    limit: number("limit_in_bytes"),
                    usage: number("usage_in_bytes"),
                    max: number("max_usage_in_bytes"),
                    failcnt: number("failcnt"),
                }
            }
            Version::V2 => self.usage_v2(Controller::Hugetlb, &format!("hugetlb.{size}")),
        };
        let present = |size: &&str| {
            let file = if version == Version::V1 { "usage_in_bytes" } else { "current" };
            self.limited(Controller::Hugetlb, &format!("hugetlb.{size}.{file}")).is_some()
        };
        sizes.into_iter().filter(present).map(|size| (String::from(size), usage(size))).collect()
    }
}

/// Memory and swap together, as version 1 counts them.
fn together(memory: &Usage, swap: &Usage) -> Usage {
    Usage {
        limit: memory.limit.saturating_add(swap.limit),
        usage: memory.usage + swap.usage,
        max: memory.max + swap.max,
        failcnt: swap.failcnt,
    }
}

fn numbers(text: &str) -> Vec<u64> {
    text.split_ascii_whitespace().filter_map(|number| number.parse().ok()).collect()
}

/// A line of version 1, such as `8:0 Read 4096`; its last line, the total, names no device.
fn blkio_line(line: &str) -> Option<BlkioEntry> {
    let mut words = line.split(' ');
    let (major, minor) = device(words.next()?)?;
    Some(BlkioEntry { major, minor, op: words.next()?.into(), value: words.next()?.parse().ok()? })
}

/// A line of version 2, such as `8:0 rbytes=4096 wbytes=0`: an entry for each of `words` in it.
fn io_line(line: &str, words: [(&str, &str); 2]) -> Vec<BlkioEntry> {
    let Some((numbers, figures)) = line.split_once(' ') else { return Vec::new() };
    let Some((major, minor)) = device(numbers) else { return Vec::new() };
    let figure = |word: &str| {
        let pairs = figures.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(name, _)| *name == word).and_then(|(_, value)| value.parse().ok())
    };
    let entries = words
        .into_iter()
        .filter_map(|(word, op)| Some(BlkioEntry { major, minor, op: op.into(), value: figure(word)? }));
    entries.collect()
}

fn device(numbers: &str) -> Option<(u64, u64)> {
    let (major, minor) = numbers.split_once(':')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(op: &str, value: u64) -> BlkioEntry {
        BlkioEntry { major: 8, minor: 16, op: op.into(), value }
    }

    #[test]
    fn lines_of_both_versions_become_entries() {
        assert_eq!(blkio_line("8:16 Read 4096"), Some(entry("Read", 4096)));
        assert_eq!(blkio_line("Total 4096"), None);
        let words = [("rbytes", "Read"), ("wbytes", "Write")];
        let line = "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0";
        assert_eq!(io_line(line, words), [entry("Read", 1), entry("Write", 2)]);
        assert_eq!(io_line("8:16 ", words), []);
    }

    #[test]
    fn the_shape_is_the_one_that_engines_read() {
        let json = serde_json::to_value(Stats::default()).unwrap();
        for pointer in [
            "/cpu/usage/total",
            "/cpu/throttling/throttledTime",
            "/memory/usage/failcnt",
            "/memory/kernelTCP/limit",
            "/pids/current",
            "/blkio/ioServiceBytesRecursive",
            "/hugetlb",
        ] {
            assert!(json.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn no_limit_stays_no_limit_when_memory_and_swap_are_added() {
        let unlimited = Usage { limit: u64::MAX, usage: 1, ..Usage::default() };
        assert_eq!(together(&unlimited, &unlimited), Usage { limit: u64::MAX, usage: 2, ..Usage::default() });
    }
}
