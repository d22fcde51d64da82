//! What a plan needs to know of the host.

use rustix::process::geteuid;

use crate::cgroup::{Layout, LayoutError};

/// Facts about the host and the caller, looked up once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The cgroup hierarchies; none where no cgroups are to be had.
    pub layout: Option<Layout>,
    /// Whether the caller is the host's root, or root of a user namespace.
    pub is_privileged: bool,
}

impl Host {
    /// Looks.
    ///
    /// # Errors
    /// When the cgroup hierarchies cannot be found, and the caller could use them.
    pub fn look() -> Result<Self, LayoutError> {
        let is_privileged = geteuid().is_root();
        let layout = match Layout::discover() {
            Err(_) if !is_privileged => None,
            outcome => Some(outcome?),
        };
        Ok(Self { layout, is_privileged })
    }
}
