//! The first line of a container's `record`.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::init::Init;
use super::instant::Instant;
use crate::{cgroup, resctrl};

/// What the later verbs need to know of a container beyond its configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The container's id, which is also the name of its directory.
    pub id: String,
    /// Its bundle, an absolute path.
    pub bundle: String,
    /// Its root file system, an absolute path on the host.
    pub rootfs: String,
    /// Its first process.
    pub init: Init,
    /// When it was created.
    pub created: Instant,
    /// Its cgroups.
    pub cgroup: cgroup::Record,
    /// Its class of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resctrl: Option<resctrl::Groups>,
    /// The name of its session keyring, unless it keeps its creator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyring: Option<String>,
}
