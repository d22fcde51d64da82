//! What a command line can ask for.

use alloc::vec::Vec;
use core::ffi::CStr;

use crate::config::resources::{BlockIo, Cpu, Memory, Pids};

/// A verb with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// Print help: for a verb, or for the program.
    Help(Option<&'static str>),
    /// Print the version.
    Version,
    /// Create a container.
    Create(Create<'a>),
    /// Start the program of a created container.
    Start(Affected<'a>),
    /// Print the state of a container.
    State(Affected<'a>),
    /// Send a signal to a container.
    Kill(Kill<'a>),
    /// Delete a container.
    Delete(Delete<'a>),
    /// Create, start, wait and delete.
    Run(Run<'a>),
    /// Run another process in a container.
    Exec(Exec<'a>),
    /// Write a `config.json` to begin with.
    Spec(Spec<'a>),
    /// Print all containers.
    List(List),
    /// Print the processes of a container.
    Ps(Ps<'a>),
    /// Freeze a container.
    Pause(Affected<'a>),
    /// Thaw it.
    Resume(Affected<'a>),
    /// Change the limits of a container.
    Update(Update<'a>),
    /// Print the figures of a container.
    Events(Events<'a>),
    /// Print what coracle recognizes.
    Features,
}

/// The container that a verb without options is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affected<'a> {
    /// Its id, as given.
    pub id: &'a str,
}

/// `create`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Create<'a> {
    /// The new container's id, as given.
    pub id: &'a str,
    /// The bundle; the working directory if not given.
    pub bundle: &'a CStr,
    /// Socket that receives the terminal.
    pub console_socket: Option<&'a CStr>,
    /// File that receives the process id.
    pub pid_file: Option<&'a CStr>,
    /// Socket that receives the process's descriptor.
    pub pidfd_socket: Option<&'a CStr>,
    /// Whether to change the root by `MS_MOVE` and chroot(2), for hosts that boot from a ramdisk.
    pub no_pivot: bool,
    /// Whether the process keeps the caller's session keyring.
    pub no_new_keyring: bool,
    /// How many descriptors from 3 on the process keeps, after those of `LISTEN_FDS`.
    pub preserve_fds: u32,
}

/// `run`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'a> {
    /// What it has in common with `create`.
    pub create: Create<'a>,
    /// Whether not to wait.
    pub detach: bool,
    /// Whether not to delete the container at its end.
    pub keep: bool,
    /// Whether not to adopt orphans of the container.
    pub no_subreaper: bool,
}

/// `kill`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill<'a> {
    /// The container's id, as given.
    pub id: &'a str,
    /// Signal number, 0 to 64; `TERM` if not given.
    pub signal: u8,
    /// Whether all processes get it, not only the first.
    pub all: bool,
}

/// `delete`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delete<'a> {
    /// The container's id, as given.
    pub id: &'a str,
    /// Whether to kill it first if it runs, and to succeed if there is none.
    pub force: bool,
}

/// `exec`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the command line has them")]
pub struct Exec<'a> {
    /// The container's id, as given.
    pub id: &'a str,
    /// The command; empty exactly if `process` is there.
    pub args: Vec<&'a CStr>,
    /// File with a `process` object; other options change what it says.
    pub process: Option<&'a CStr>,
    /// Socket that receives the terminal.
    pub console_socket: Option<&'a CStr>,
    /// File that receives the process id.
    pub pid_file: Option<&'a CStr>,
    /// Socket that receives the process's descriptor.
    pub pidfd_socket: Option<&'a CStr>,
    /// Working directory.
    pub cwd: Option<&'a CStr>,
    /// Variables beside those of the container.
    pub env: Vec<&'a CStr>,
    /// Whether it has a terminal.
    pub tty: bool,
    /// Whom it runs as.
    pub user: Option<ExecUser>,
    /// Groups beside those of the container.
    pub additional_gids: Vec<u32>,
    /// Whether not to wait.
    pub detach: bool,
    /// `SELinux` label.
    pub process_label: Option<&'a CStr>,
    /// `AppArmor` profile.
    pub apparmor: Option<&'a CStr>,
    /// Whether execve(2) grants nothing any more.
    pub no_new_privs: bool,
    /// Capabilities beside those of the container, bit N for the one numbered N.
    pub capabilities: u64,
    /// How many descriptors from 3 on it keeps.
    pub preserve_fds: u32,
    /// Cgroups below the container's: `[CONTROLLERS:]PATH` each.
    pub cgroups: Vec<&'a str>,
    /// Whether to go on if the container is paused.
    pub ignore_paused: bool,
}

/// Whom `exec` runs a process as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExecUser {
    /// User id inside.
    pub uid: u32,
    /// Group id inside, if given.
    pub gid: Option<u32>,
}

/// `spec`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec<'a> {
    /// Where the file goes; the working directory if not given.
    pub bundle: &'a CStr,
    /// Whether for a caller that is not root.
    pub rootless: bool,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// `list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// How it is printed.
    pub format: Format,
    /// Whether only ids are.
    pub quiet: bool,
}

/// `ps`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ps<'a> {
    /// The container's id, as given.
    pub id: &'a str,
    /// How it is printed.
    pub format: Format,
}

/// `update`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update<'a> {
    /// The container's id, as given.
    pub id: &'a str,
    /// File with a `resources` object, `-` for standard input; nothing else is then looked at.
    pub resources: Option<&'a CStr>,
    /// Memory limits.
    pub memory: Memory,
    /// Processor time and placement.
    pub cpu: Cpu<'a>,
    /// The number of tasks.
    pub pids: Pids,
    /// Block devices.
    pub block_io: BlockIo,
    /// Share of the L3 caches.
    pub l3_cache_schema: Option<&'a str>,
    /// Share of the memory bandwidth.
    pub mem_bw_schema: Option<&'a str>,
}

/// `events`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Events<'a> {
    /// The container's id, as given.
    pub id: &'a str,
    /// How often, in nanoseconds; nothing for once.
    pub interval_ns: Option<u64>,
}
