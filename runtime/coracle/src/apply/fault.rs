//! Why a step failed.

use alloc::format;
use alloc::string::String;

use rustix::io::Errno;

use crate::cause::Cause;
use crate::step::Step;

/// Why a step failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A system call did; the step says what was tried.
    System(Errno),
    /// Something that an error number does not say.
    Other(String),
    /// The runtime has died, and with it the reason to go on.
    Abandoned,
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Self {
        Self::System(errno)
    }
}

impl Fault {
    /// The error message: the step, and what was wrong with it.
    pub(crate) fn told_of(&self, step: &Step<'_>) -> String {
        match self {
            Self::System(errno) => format!("{step}: {}", Cause(*errno)),
            Self::Other(why) => format!("{step}: {why}"),
            Self::Abandoned => format!("{step}: the runtime has ended"),
        }
    }
}
