//! Seccomp: from `linux.seccomp` to a filter in the kernel, without a library.
//!
//! Three stages: [`rules`] checks the section, [`ranges`] numbers its calls for each architecture and joins neighbors
//! that are decided alike, [`assemble`] writes classic BPF, a binary tree over those ranges.
//!
//! # What the specification leaves open
//! - Entries are tried in their order and the first whose conditions all hold decides, two conditions on one argument
//!   like any others. (libseccomp lets an entry without conditions win over any with, and runc and crun take several
//!   conditions on one argument as alternatives.)
//! - The native architecture is always judged; a call of an architecture that is not listed kills the process.
//! - Names that coracle does not know are ignored, as everywhere.
//! - On 32-bit x86 a rule for a call holds for `socketcall` and `ipc` too.

mod action;
mod arch;
mod assemble;
mod multiplex;
mod notify;
mod ranges;
mod rules;
mod table;
#[cfg(test)]
mod tests;

use alloc::vec;
use alloc::vec::Vec;

use rustix::fd::OwnedFd;
use rustix::io::Errno;

pub use self::arch::Arch;
pub use self::notify::{NotifyError, ProcessState};
use self::rules::Rules;
use crate::config::seccomp::Seccomp;
use crate::config::violation::Violation;
use crate::sys::filter::{self, Instruction};

pub(crate) use self::action::{ACTIONS, FLAGS, OPERATORS};
pub(crate) use self::arch::ARCHITECTURES;

/// A filter, ready to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    instructions: Vec<Instruction>,
    flags: u32,
}

/// Most instructions that the kernel takes, `BPF_MAXINSNS`.
const MOST_INSTRUCTIONS: usize = 4096;

/// Compiles the section for a machine of architecture `native`.
///
/// - **Returns** the program; pure.
/// - **Errors**: everything that is wrong in the section, and a section too large for the kernel.
/// - **Source**: `config-linux.md#seccomp`.
///
/// # Errors
/// As above.
pub fn compile(section: &Seccomp<'_>, native: Arch) -> Result<Program, Vec<Violation>> {
    let rules = Rules::of(section, native)?;
    let instructions = assemble::assemble(&ranges::sections(&rules), action::KILL_PROCESS);
    if instructions.len() > MOST_INSTRUCTIONS {
        let why =
            alloc::format!("needs {} instructions, the kernel takes {MOST_INSTRUCTIONS}", instructions.len());
        return Err(vec![Violation::new("/linux/seccomp/syscalls", why)]);
    }
    let listens = rules.entries.iter().any(|entry| entry.notifies);
    Ok(Program { instructions, flags: flags(rules.flags, listens) })
}

fn flags(asked: u32, listens: bool) -> u32 {
    match (listens, asked & action::SYNCHRONIZE != 0) {
        (false, _) => asked & !action::WAIT_KILLABLE,
        (true, false) => asked | action::NEW_LISTENER,
        (true, true) => asked | action::NEW_LISTENER | action::SYNCHRONIZE_ERROR,
    }
}

impl Program {
    /// Whether loading returns a descriptor for an agent, see [`ProcessState::send`].
    #[must_use]
    pub fn listens(&self) -> bool {
        self.flags & action::NEW_LISTENER != 0
    }

    /// Puts the filter over the calling thread, and over its process with the flag for it.
    ///
    /// # Errors
    /// Those of `seccomp(2)`: `EACCES` without `no_new_privs` and without `CAP_SYS_ADMIN`.
    pub fn load(&self) -> Result<Option<OwnedFd>, Errno> {
        filter::load_filter(&self.instructions, self.flags)
    }
}
