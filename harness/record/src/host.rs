//! The machine, as far as it can change a figure.

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
    /// First `model name` of `/proc/cpuinfo`.
    pub cpu: String,
    /// Processors that this process may run on.
    pub cpus: u32,
    /// Total memory, in bytes.
    pub memory_bytes: u64,
    /// How cgroups are mounted.
    pub cgroups: CgroupMode,
    /// Whether the processor reports a hypervisor, under which `cpuid` is slow.
    pub hypervisor: bool,
}

/// Why the machine could not be described.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum HostError {
    #[error("read `{path}`")]
    Read { path: String, source: std::io::Error },
}
