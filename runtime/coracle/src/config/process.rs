//! `process`: the program of the container and what it runs as (`config.md#process`).

use alloc::vec::Vec;
use core::ffi::CStr;

use super::capabilities::Capabilities;
use super::document::{Document, Node};
use super::read::{Findings, Object, Read, whole};
use super::rlimits::{Rlimit, rlimits};
use super::scheduling::{ExecAffinity, IoPriority, Scheduler};
use super::violation::Violation;

/// A process of the container: its first, or one that joins it.
#[derive(Debug, Clone, PartialEq)]
pub struct Process<'d> {
    /// The terminal, if it has one.
    pub terminal: Option<Terminal>,
    /// Working directory; absolute.
    pub cwd: &'d CStr,
    /// Argument vector; at least one. The first is looked up as execvp(3) does.
    pub args: Vec<&'d CStr>,
    /// Environment.
    pub env: Vec<&'d CStr>,
    /// Whom it runs as.
    pub user: User,
    /// The five sets; all empty where the configuration has none.
    pub capabilities: Capabilities,
    /// Limits, each resource at most once.
    pub rlimits: Vec<Rlimit>,
    /// Whether execve(2) grants nothing any more.
    pub no_new_privileges: bool,
    /// Name of the `AppArmor` profile; not empty.
    pub apparmor_profile: Option<&'d CStr>,
    /// `SELinux` label; not empty.
    pub selinux_label: Option<&'d CStr>,
    /// Value for `oom_score_adj`, -1000 to 1000; left alone where absent.
    pub oom_score_adj: Option<i32>,
    /// Scheduling policy and its parameters.
    pub scheduler: Option<Scheduler>,
    /// I/O priority.
    pub io_priority: Option<IoPriority>,
    /// Processors of a process that joins; without effect on the first one.
    pub exec_affinity: ExecAffinity,
}

/// A terminal for the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Its size, if the configuration says.
    pub size: Option<ConsoleSize>,
}

/// Size of a terminal, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleSize {
    /// Rows.
    pub height: u16,
    /// Columns.
    pub width: u16,
}

/// Whom a process runs as; ids of the container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Bits that new files do not get, at most `0o777`; the caller's stays where absent.
    pub umask: Option<u16>,
    /// Supplementary groups.
    pub additional_gids: Vec<u32>,
}

impl<'d> Process<'d> {
    /// Checks a process that stands alone, as `exec --process` takes it.
    ///
    /// - **Returns** the process, and what must be logged about it.
    /// - **Errors**: every violation of the specification in it.
    ///
    /// # Errors
    /// As above.
    pub fn check(document: &'d Document) -> Result<(Self, Vec<Violation>), Vec<Violation>> {
        whole(document)
    }
}

impl<'d> Read<'d> for Process<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let process = Object::read(node, findings)?;
        let cwd = process.required_node("cwd", findings).and_then(|cwd| findings.absolute(cwd));
        let args = arguments(process, findings);
        Some(Self {
            terminal: terminal(process, findings),
            env: process.or_default("env", findings),
            user: process.or_default("user", findings),
            capabilities: process.or_default("capabilities", findings),
            rlimits: rlimits(process, findings),
            no_new_privileges: process.or_default("noNewPrivileges", findings),
            apparmor_profile: label(process, "apparmorProfile", findings),
            selinux_label: label(process, "selinuxLabel", findings),
            oom_score_adj: oom_score_adj(process, findings),
            scheduler: process.optional("scheduler", findings),
            io_priority: process.optional("ioPriority", findings),
            exec_affinity: process.or_default("execCPUAffinity", findings),
            cwd: cwd?,
            args: args?,
        })
    }
}

fn arguments<'d>(process: Object<'d>, findings: &mut Findings) -> Option<Vec<&'d CStr>> {
    let node = process.required_node("args", findings)?;
    let args = Vec::read(node, findings)?;
    if node.items().next().is_none() {
        findings.violate(node, "has no entry; the first names the program");
    }
    Some(args)
}

/// The size is not even looked at without a terminal, as the specification asks.
fn terminal(process: Object<'_>, findings: &mut Findings) -> Option<Terminal> {
    let wanted: bool = process.or_default("terminal", findings);
    wanted.then(|| Terminal { size: process.optional("consoleSize", findings) })
}

impl<'d> Read<'d> for ConsoleSize {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let size = Object::read(node, findings)?;
        let (height, width) = (size.required("height", findings), size.required("width", findings));
        Some(Self { height: height?, width: width? })
    }
}

/// A name for a security module; an empty one is none, as for those who write it.
pub(super) fn label<'d>(object: Object<'d>, name: &str, findings: &mut Findings) -> Option<&'d CStr> {
    object.optional::<&CStr>(name, findings).filter(|label| !label.is_empty())
}

fn oom_score_adj(process: Object<'_>, findings: &mut Findings) -> Option<i32> {
    let node = process.node_of("oomScoreAdj", findings)?;
    let value = i32::read(node, findings)?;
    findings.within(node, value, &(-1000..=1000))
}

impl<'d> Read<'d> for User {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let user = Object::read(node, findings)?;
        let uid = user.required::<Id>("uid", findings);
        let gid = user.required::<Id>("gid", findings);
        let groups: Vec<Id> = user.or_default("additionalGids", findings);
        let umask = user.node_of("umask", findings);
        let umask = umask.and_then(|node| {
            u16::read(node, findings).and_then(|value| findings.within(node, value, &(0..=0o777)))
        });
        let additional_gids = groups.into_iter().map(|id| id.0).collect();
        Some(Self { uid: uid?.0, gid: gid?.0, umask, additional_gids })
    }
}

/// A user or group id; not the greatest number, which tells the kernel to leave the id alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Id(pub(super) u32);

impl<'d> Read<'d> for Id {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let id = u32::read(node, findings)?;
        findings.within(node, id, &(0..=u32::MAX - 1)).map(Self)
    }
}
