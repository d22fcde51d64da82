//! What a container's process does before it is the container's: one step for each thing that can fail.
//!
//! Steps are data. [`crate::plan`] makes lists of them and [`crate::apply`] performs them; a step that fails is its own
//! error message, and a list of them with times is the tracing mode.

use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::fmt;

use crate::config::capabilities::Capabilities;
use crate::config::devices::Device;
use crate::config::linux::TimeOffsets;
use crate::config::memory_policy::MemoryPolicy;
use crate::config::mount::IdMap;
use crate::config::namespaces::Kind;
use crate::config::process::{Terminal, User};
use crate::config::rlimits::Rlimit;
use crate::config::scheduling::{IoPriority, Scheduler};
use crate::config::sysctl::Sysctl;

/// One thing to do in the new process.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<'a> {
    // Namespaces.
    /// Wait until the runtime has mapped the ids of the user namespace.
    AwaitMappings,
    /// Become user and group 0 of the user namespace.
    BecomeRoot,
    /// Join a namespace that exists; its descriptor was opened before the clone.
    Join(Kind, &'a CStr),
    /// Wait until the runtime has put the process into its version 1 cgroups.
    AwaitCgroups,
    /// Make a cgroup namespace, of which the container's cgroup is the root.
    UnshareCgroups,
    /// Make a time namespace with these offsets and enter it.
    ShiftClocks(TimeOffsets),
    /// Become the leader of a session.
    StartSession,
    /// Make a session keyring of this name, and join it; others who know the name can join it then.
    MakeKeyring(CString),
    /// Join the session keyring of this name.
    JoinKeyring(CString),
    /// Set the host name.
    SetHostname(&'a CStr),
    /// Set the NIS domain name.
    SetDomainname(&'a CStr),
    /// Bring the loopback interface up.
    RaiseLoopback,
    /// Set how readily the kernel kills the process when memory runs out.
    SetOomScore(i32),
    /// Set a kernel parameter.
    SetSysctl(&'a Sysctl<'a>),

    // Root.
    /// Set the propagation of every mount of the namespace.
    Propagate(u32),
    /// Make the mount that the root lies on private, lest `pivot_root(2)` refuse.
    IsolateParent(CString),
    /// Take the directory at this path for the root as it is, without a mount of its own.
    FindRoot(CString),
    /// Clone the tree of mounts at this path onto itself; from now on it is the root.
    OpenRoot(CString),
    /// Mount a file system.
    MountFilesystem(Filesystem<'a>),
    /// Mount a part of the host's file system.
    MountTree(Tree<'a>),
    /// Change a mount that is there.
    Remount(Remount<'a>),
    /// Mount the container's cgroups.
    MountCgroups(CgroupMount<'a>),
    /// Make a device file.
    MakeDevice(NewDevice<'a>),
    /// Make a symbolic link below `/dev`.
    LinkDevice {
        /// Name below `/dev`.
        name: &'static CStr,
        /// What it points to.
        target: &'static CStr,
    },
    /// Open a terminal, hand it to the engine and take it for input and output.
    OpenTerminal(Terminal),
    /// Make the terminal known as `/dev/console`.
    MountConsole,
    /// Let the runtime run its hooks, and wait until it has.
    AwaitHooks,
    /// Run the `createContainer` hooks.
    RunCreateContainerHooks,
    /// Set the label that the program gets from a security module.
    LabelProgram {
        /// Which module.
        module: Module,
        /// The label, or the name of the profile.
        label: &'a CStr,
    },
    /// Make the mount of the root read-only.
    SealRoot,
    /// Make the root the root, and let go of all that was mounted before.
    EnterRoot(Entry),
    /// Make a path read-only.
    ProtectPath(&'a CStr),
    /// Put something empty over a path.
    MaskPath(&'a CStr),
    /// Set the propagation of the root.
    PropagateRoot(u32),

    // Settings.
    /// Limit a resource.
    SetRlimit(Rlimit),
    /// Set the scheduling policy.
    SetScheduler(Scheduler),
    /// Set the priority of input and output.
    SetIoPriority(IoPriority),
    /// Let the process run on every processor of its cpuset, whatever the runtime's caller was bound to.
    ResetAffinity,
    /// Bind the process to these processors.
    SetAffinity(&'a [u64]),
    /// Set the execution domain.
    SetPersonality(u32),
    /// Set where memory is taken from.
    SetMemoryPolicy(&'a MemoryPolicy),

    // Identity.
    /// Give up these capabilities for good: all but those of the set.
    DropBounding(u64),
    /// Become the user, with exactly these groups.
    BecomeUser(&'a User),
    /// Go to the working directory.
    ChangeDirectory(&'a CStr),
    /// Set the bits that new files do not get; `None` restores those of the runtime's caller.
    SetUmask(Option<u16>),

    // Privileges.
    /// Gain nothing from `execve(2)` any more.
    SetNoNewPrivileges,
    /// Take on exactly these capabilities.
    SetCapabilities(Capabilities),
    /// Take up what may be taken up, to load a filter without `no_new_privs`.
    RaiseEffective(u64),
    /// Put the seccomp filter over the process.
    LoadSeccomp,

    // Exec.
    /// Say that all is done; wait until the process may run.
    AwaitStart,
    /// Run the `startContainer` hooks.
    RunStartContainerHooks,
    /// Become the program.
    Execute(&'a CStr),
}

/// A file system to mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filesystem<'a> {
    /// Where, inside the container.
    pub destination: &'a CStr,
    /// Its type.
    pub kind: &'a CStr,
    /// Its source; the type where there is none.
    pub source: &'a CStr,
    /// `MS_*` flags.
    pub flags: u32,
    /// What only the file system understands.
    pub data: CString,
    /// Whether the destination must be what it is called, with no symbolic link on the way.
    pub is_exact: bool,
    /// Whether it gets what it covers.
    pub copies_up: bool,
    /// What is changed once it is there.
    pub after: Adjustment<'a>,
}

/// A part of the host's file system to mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree<'a> {
    /// Where, inside the container.
    pub destination: &'a CStr,
    /// What; absolute.
    pub source: CString,
    /// Its ids, if they are mapped; it is then opened before the clone.
    pub id_map: Option<&'a IdMap>,
    /// Its place among those that are opened before the clone.
    pub prepared: Option<usize>,
    /// Whether with every mount below it.
    pub is_recursive: bool,
    /// `MOUNT_ATTR_*` of the mount itself: set, and cleared before.
    pub attributes: (u64, u64),
    /// What is changed besides.
    pub after: Adjustment<'a>,
}

/// What is changed on a mount besides its flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Adjustment<'a> {
    /// `MOUNT_ATTR_*` of the mount and all below it: set, and cleared before.
    pub recursive: (u64, u64),
    /// Propagation types, one after another.
    pub propagation: &'a [u32],
}

/// A mount to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remount<'a> {
    /// Where, inside the container.
    pub destination: &'a CStr,
    /// `MS_*` flags; without `MS_REMOUNT`, only the adjustment is made.
    pub flags: u32,
    /// What only the file system understands.
    pub data: CString,
    /// What is changed besides.
    pub after: Adjustment<'a>,
}

/// The cgroups as a container sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CgroupMount<'a> {
    /// Where, inside the container.
    pub destination: &'a CStr,
    /// What is mounted there.
    pub view: CgroupView,
    /// `MS_*` flags, of each mount.
    pub flags: u32,
}

/// What a container sees of the cgroups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CgroupView {
    /// One directory of the unified hierarchy.
    Unified(CString),
    /// A directory for each hierarchy: its name, and which directory of the host is mounted there.
    Hierarchies(Vec<(CString, CString)>),
}

/// A device file to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice<'a> {
    /// Path, kind, mode and owner.
    pub device: Device<'a>,
    /// Whether the host's file is mounted there, where making one is not allowed.
    pub is_bound: bool,
}

/// How the root becomes the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// `pivot_root(2)`; the old root shares nothing with the host.
    Pivot,
    /// `pivot_root(2)`; the old root shares mount events with the host, and must not pass on its end.
    PivotShared,
    /// Moving the mount over the old root, for a root on a ramdisk.
    Move,
    /// `chroot(2)`, without a mount namespace.
    Chroot,
}

/// A security module that labels programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// Profiles by name.
    AppArmor,
    /// Labels of four parts.
    Selinux,
}

/// A C string in backticks.
struct Quoted<'a>(&'a CStr);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", String::from_utf8_lossy(self.0.to_bytes()))
    }
}

/// What the step does, as an error message begins.
impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Join(..)
            | Self::AwaitMappings
            | Self::BecomeRoot
            | Self::AwaitCgroups
            | Self::UnshareCgroups
            | Self::ShiftClocks(_)
            | Self::StartSession
            | Self::MakeKeyring(_)
            | Self::JoinKeyring(_)
            | Self::SetHostname(_)
            | Self::SetDomainname(_)
            | Self::RaiseLoopback
            | Self::SetOomScore(_)
            | Self::SetSysctl(_) => self.write_namespace(f),
            Self::Propagate(_)
            | Self::IsolateParent(_)
            | Self::FindRoot(_)
            | Self::OpenRoot(_)
            | Self::MountFilesystem(_)
            | Self::MountTree(_)
            | Self::Remount(_)
            | Self::MountCgroups(_)
            | Self::MakeDevice(_)
            | Self::LinkDevice { .. }
            | Self::OpenTerminal(_)
            | Self::MountConsole
            | Self::AwaitHooks
            | Self::RunCreateContainerHooks
            | Self::SealRoot
            | Self::EnterRoot(_)
            | Self::ProtectPath(_)
            | Self::MaskPath(_)
            | Self::PropagateRoot(_) => self.write_root(f),
            _ => self.write_process(f),
        }
    }
}

impl Step<'_> {
    fn write_namespace(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AwaitMappings => f.write_str("wait for the id mappings"),
            Self::BecomeRoot => f.write_str("become root of the user namespace"),
            Self::Join(kind, path) => {
                write!(f, "join the {} namespace {}", kind.file().to_string_lossy(), Quoted(path))
            }
            Self::AwaitCgroups => f.write_str("wait to be put into the cgroups"),
            Self::UnshareCgroups => f.write_str("make a cgroup namespace"),
            Self::ShiftClocks(_) => f.write_str("make a time namespace"),
            Self::StartSession => f.write_str("start a session"),
            Self::MakeKeyring(name) => write!(f, "make the session keyring {}", Quoted(name)),
            Self::JoinKeyring(name) => write!(f, "join the session keyring {}", Quoted(name)),
            Self::SetHostname(name) => write!(f, "set the host name {}", Quoted(name)),
            Self::SetDomainname(name) => write!(f, "set the domain name {}", Quoted(name)),
            Self::RaiseLoopback => f.write_str("bring the loopback interface up"),
            Self::SetOomScore(score) => write!(f, "set the OOM score adjustment {score}"),
            Self::SetSysctl(sysctl) => write!(f, "set the kernel parameter `{}`", sysctl.name),
            _ => Ok(()),
        }
    }

    fn write_root(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Propagate(_) => f.write_str("set the propagation of all mounts"),
            Self::IsolateParent(path) => write!(f, "make the mount below {} private", Quoted(path)),
            Self::FindRoot(path) => write!(f, "find the root file system {}", Quoted(path)),
            Self::OpenRoot(path) => write!(f, "mount the root file system {}", Quoted(path)),
            Self::MountFilesystem(new) => {
                write!(f, "mount {} on {}", new.kind.to_string_lossy(), Quoted(new.destination))
            }
            Self::MountTree(tree) => {
                write!(f, "bind {} on {}", Quoted(&tree.source), Quoted(tree.destination))
            }
            Self::Remount(mount) => write!(f, "remount {}", Quoted(mount.destination)),
            Self::MountCgroups(mount) => write!(f, "mount the cgroups on {}", Quoted(mount.destination)),
            Self::MakeDevice(new) => write!(f, "make the device {}", Quoted(new.device.path)),
            Self::LinkDevice { name, .. } => write!(f, "make the link `/dev/{}`", name.to_string_lossy()),
            Self::OpenTerminal(_) => f.write_str("open a terminal"),
            Self::MountConsole => f.write_str("mount the terminal on `/dev/console`"),
            Self::AwaitHooks => f.write_str("wait for the hooks of the runtime"),
            Self::RunCreateContainerHooks => f.write_str("run the `createContainer` hooks"),
            Self::SealRoot => f.write_str("make the root file system read-only"),
            Self::EnterRoot(_) => f.write_str("enter the root file system"),
            Self::ProtectPath(path) => write!(f, "make {} read-only", Quoted(path)),
            Self::MaskPath(path) => write!(f, "mask {}", Quoted(path)),
            Self::PropagateRoot(_) => f.write_str("set the propagation of the root file system"),
            _ => Ok(()),
        }
    }

    fn write_process(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetRlimit(limit) => {
                write!(f, "limit resource {} to {} and at most {}", limit.resource, limit.soft, limit.hard)
            }
            Self::SetScheduler(_) => f.write_str("set the scheduler"),
            Self::SetIoPriority(_) => f.write_str("set the I/O priority"),
            Self::ResetAffinity | Self::SetAffinity(_) => f.write_str("set the CPU affinity"),
            Self::SetPersonality(persona) => write!(f, "set the personality {persona:#x}"),
            Self::SetMemoryPolicy(_) => f.write_str("set the memory policy"),
            Self::LabelProgram { module: Module::AppArmor, label } => {
                write!(f, "set the AppArmor profile {}", Quoted(label))
            }
            Self::LabelProgram { module: Module::Selinux, label } => {
                write!(f, "set the SELinux label {}", Quoted(label))
            }
            Self::DropBounding(_) => f.write_str("drop capabilities of the bounding set"),
            Self::BecomeUser(user) => write!(f, "become user {} of group {}", user.uid, user.gid),
            Self::ChangeDirectory(path) => write!(f, "go to the working directory {}", Quoted(path)),
            Self::SetUmask(_) => f.write_str("set the umask"),
            Self::SetNoNewPrivileges => f.write_str("set no_new_privs"),
            Self::SetCapabilities(_) => f.write_str("set the capabilities"),
            Self::RaiseEffective(_) => f.write_str("raise the effective capabilities"),
            Self::LoadSeccomp => f.write_str("load the seccomp filter"),
            Self::AwaitStart => f.write_str("wait for the start"),
            Self::RunStartContainerHooks => f.write_str("run the `startContainer` hooks"),
            Self::Execute(program) => write!(f, "execute {}", Quoted(program)),
            _ => Ok(()),
        }
    }
}
