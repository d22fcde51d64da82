//! New limits for a container that exists.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use rustix::fd::OwnedFd;

use super::apply::apply;
use super::control::ControlError;
use super::controller::Controller;
use super::error::MakeError;
use super::layout::Layout;
use super::limits::{Current, Limits};
use super::record::Record;
use crate::config::resources::Resources;
use crate::config::violation::{Violation, lines};
use crate::file;

/// Why limits could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// The resources are malformed, or ask for what this host lacks.
    #[error("the resources cannot be applied: {}", lines(.0))]
    Invalid(Vec<Violation>),

    /// The container's cgroup could not be opened.
    #[error(transparent)]
    Open(#[from] ControlError),

    /// The kernel refused a value; earlier ones are in force.
    #[error(transparent)]
    Apply(#[from] MakeError),
}

impl Record {
    /// Changes the limits of the container to those in `resources`; what they do not mention stays, devices too.
    ///
    /// # Errors
    /// Resources that cannot be lowered on this host; a value that the kernel refuses.
    pub fn update(&self, layout: &Layout, resources: &Resources<'_>) -> Result<(), UpdateError> {
        let directories: Vec<OwnedFd> =
            self.branches.iter().map(|branch| self.open(branch)).collect::<Result<_, _>>()?;
        let limits =
            Limits::update(layout, resources, &self.current(&directories)).map_err(UpdateError::Invalid)?;
        Ok(apply(self, &directories, &limits)?)
    }

    /// What the container's cgroups hold now, as far as an update depends on it.
    fn current(&self, directories: &[OwnedFd]) -> Current {
        let text = |controller, version_1: &str, version_2: &str| {
            let (directory, file) = match self.index_of(controller) {
                Some(index) => (directories.get(index), version_1),
                None => (self.unified().and(directories.last()), version_2),
            };
            directory.and_then(|directory| file::take(directory, file).ok())
        };
        let number = |version_1, version_2| {
            text(Controller::Memory, version_1, version_2).and_then(|text| text.trim().parse().ok())
        };
        let quota = text(Controller::Cpu, "", "cpu.max");
        Current {
            memory_usage_bytes: number("memory.usage_in_bytes", "memory.current"),
            memory_limit_bytes: number("memory.limit_in_bytes", "memory.max"),
            cpu_quota: quota.and_then(|text| text.split_ascii_whitespace().next().map(str::to_owned)),
        }
    }

    /// The branch through which a version 1 controller is reached.
    fn index_of(&self, controller: Controller) -> Option<usize> {
        self.branches.iter().position(|branch| branch.controllers().contains(controller))
    }
}
