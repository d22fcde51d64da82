//! Performing steps: each an arm, each arm a few system calls.
//!
//! Until the root is entered, everything in it is reached from one descriptor, by `openat2(2)`, and mounts attach to
//! descriptors; no path of the image can lead out of it. Inside, paths are as good as descriptors: the kernel does not
//! lead out of a root either.

mod cgroups;
mod copy;
mod device;
mod enter;
mod exec;
mod fault;
mod mount;
mod namespace;
mod path;
mod settings;
mod terminal;

use alloc::ffi::CString;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fd::OwnedFd;
use rustix::fs::Mode;
use rustix::io::Errno;

pub(crate) use self::exec::Program;
pub(crate) use self::fault::Fault;
pub(crate) use self::mount::{EMPTY_PATH, RECURSIVE, open_source};
use crate::config::hooks::Hooks;
use crate::config::namespaces::Kind;
use crate::seccomp;
use crate::state::Status;
use crate::step::Step;
use crate::sync::Line;
use crate::trace::Trace;

/// A new process on its way to be the container's, and what it has been given for that.
#[derive(Debug)]
pub(crate) struct Process<'a> {
    /// The connection to the runtime.
    pub(crate) line: Line,
    /// Where it waits for `start`; without one it runs as soon as the runtime lets it.
    pub(crate) gate: Option<OwnedFd>,
    /// Namespaces to join.
    pub(crate) joins: &'a [(Kind, OwnedFd)],
    /// Trees of mounts that were opened before the clone.
    pub(crate) trees: &'a [OwnedFd],
    /// A connection to whoever receives the terminal.
    pub(crate) console: Option<&'a OwnedFd>,
    /// The hooks, and the state that they are given, as JSON.
    pub(crate) hooks: &'a Hooks<'a>,
    /// The state of the container for hooks, but for status and pid.
    pub(crate) hook_state: crate::hooks::HookState<'a>,
    /// The compiled filter.
    pub(crate) filter: Option<&'a seccomp::Program>,
    /// What is executed at last.
    pub(crate) program: Option<&'a Program<'a>>,
    /// The bits that the runtime's caller kept new files from having.
    pub(crate) umask: Mode,
    /// How many descriptors from 3 on are the program's.
    pub(crate) preserved: u32,
    /// Whom the terminal belongs to.
    pub(crate) owner: u32,
    /// What the steps so far have opened.
    pub(crate) opened: Opened,
    /// Notes what takes how long.
    pub(crate) trace: &'a Trace<'a>,
}

/// What steps open for those after them.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// The mount that becomes the root.
    root: Option<OwnedFd>,
    /// `/dev` in it.
    dev: Option<OwnedFd>,
    /// A detached mount of the host's `/dev/null`, and whether it has found a place.
    null: Option<(OwnedFd, bool)>,
    /// The container's side of its terminal.
    terminal: Option<OwnedFd>,
    /// Whether the kernel has shown that it lacks `open_tree_attr(2)`.
    lacks_open_tree_attr: bool,
    /// The connection to `start`.
    start: Option<OwnedFd>,
}

impl Opened {
    /// For a process that joins a container whose root is that directory.
    pub(crate) fn at(root: OwnedFd) -> Self {
        Self { root: Some(root), ..Self::default() }
    }
}

impl Process<'_> {
    /// Performs all steps, the last of which replaces the process; comes back only with the reason why not.
    pub(crate) fn run(&mut self, steps: &[Step<'_>]) -> String {
        for (number, step) in steps.iter().enumerate() {
            if let Err(fault) = self.perform(step) {
                return fault.told_of(step);
            }
            self.trace.step(number);
        }
        "there is no program: the configuration has no `process`".to_string()
    }

    fn perform(&mut self, step: &Step<'_>) -> Result<(), Fault> {
        match step {
            Step::AwaitMappings
            | Step::BecomeRoot
            | Step::Join(..)
            | Step::AwaitCgroups
            | Step::UnshareCgroups
            | Step::ShiftClocks(_)
            | Step::StartSession
            | Step::MakeKeyring(_)
            | Step::JoinKeyring(_)
            | Step::SetHostname(_)
            | Step::SetDomainname(_)
            | Step::RaiseLoopback
            | Step::SetSysctl(_)
            | Step::SetOomScore(_) => self.perform_namespace(step),
            Step::Propagate(propagation) | Step::PropagateRoot(propagation) => {
                mount::propagate_all(*propagation)
            }
            Step::IsolateParent(path) => mount::isolate_parent(path),
            Step::FindRoot(path) => self.find_root(path),
            Step::OpenRoot(path) => self.open_root(path),
            Step::MountFilesystem(new) => self.mount_filesystem(new),
            Step::MountTree(tree) => self.mount_tree(tree),
            Step::Remount(mount) => self.remount(mount),
            Step::MountCgroups(mount) => self.mount_cgroups(mount),
            Step::MakeDevice(new) => self.make_device(new),
            Step::LinkDevice { name, target } => self.link_device(name, target),
            Step::OpenTerminal(terminal) => self.open_terminal(*terminal),
            Step::MountConsole => self.mount_console(),
            Step::AwaitHooks => self.await_hooks(),
            Step::RunCreateContainerHooks => self.run_hooks(&self.hooks.create_container, Status::Creating),
            Step::LabelProgram { module, label } => settings::label(*module, label),
            Step::SealRoot => self.seal_root(),
            Step::EnterRoot(entry) => self.enter_root(*entry),
            Step::ProtectPath(path) => self.protect(path),
            Step::MaskPath(path) => self.mask(path),
            _ => self.perform_setting(step),
        }
    }
}

/// The descriptor of the root, which every plan opens before it needs it.
fn present(descriptor: Option<&OwnedFd>) -> Result<&OwnedFd, Errno> {
    descriptor.ok_or(Errno::BADF)
}

/// `path` as a C string made of parts that are some.
fn joined(parts: &[&[u8]]) -> CString {
    let bytes: Vec<u8> = parts.concat();
    CString::new(bytes).unwrap_or_default()
}
