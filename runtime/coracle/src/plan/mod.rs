//! From a configuration to the steps that make it true: pure, so that what runtimes agree on can be tested without one.
//!
//! # The order
//! 1. *Namespaces*: what must come before anything can be mounted.
//! 2. *Root*: the tree of mounts, seen from outside of it; then the hooks; then inside.
//! 3. *Settings, identity, privileges*: what the program runs as. `exec` takes these same steps.
//! 4. *Exec*: the wait for `start`, the last hooks, the program.
//!
//! # What decides it
//! - Mounts before the hooks of the runtime's side, those before `createContainer`, that before the root is entered.
//! - Limits and scheduling while all capabilities are still there; the bounding set and the user before the other sets.
//! - The seccomp filter before capabilities are dropped exactly when there is no `no_new_privs`: loading one without
//!   needs a capability. With it, the filter comes last of all, unless an agent has to be told of it.

pub(crate) use self::mounts::attributes;
pub(crate) use self::namespaces::awaits_cgroups;
pub(crate) use self::owner::cgroup_owner;

mod devices;
mod mounts;
mod namespaces;
mod owner;
mod process;
mod root;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use crate::config::namespaces::{Kind, Namespace};
use crate::config::{self, Config};
use crate::host::Host;
use crate::step::{Entry, Step};

/// What the caller asks for, beyond the configuration.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The bundle, an absolute path.
    pub bundle: &'a str,
    /// The container's cgroup below the mount of its hierarchy.
    pub cgroup: Option<&'a str>,
    /// How the root is entered.
    pub pivot: Pivot,
    /// The name of the session keyring that is made for it; absent where it keeps the caller's.
    pub keyring: Option<&'a str>,
    /// What becomes of the seccomp filter.
    pub filter: Filter,
}

/// How the root is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pivot {
    /// By `pivot_root(2)`.
    Root,
    /// Without, for a root on a ramdisk.
    None,
}

/// What becomes of the seccomp filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// There is none.
    None,
    /// It decides alone.
    Alone,
    /// An agent decides with it, and must be told before the container is created.
    WithAgent,
}

/// How a container comes to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<'a> {
    /// `CLONE_NEW*` of the namespaces that are made with the process.
    pub namespaces: u32,
    /// Namespaces to open before the clone.
    pub joins: Vec<(Kind, &'a CStr)>,
    /// What the new process does.
    pub steps: Vec<Step<'a>>,
}

/// Plans a container.
///
/// Pure: looks at nothing but its arguments.
#[must_use]
pub fn plan<'a>(config: &'a Config<'_>, host: &Host, request: &Request<'_>) -> Plan<'a> {
    let mut steps = Vec::new();
    namespaces::steps(config, host, request, &mut steps);
    root::steps(config, host, request, &mut steps);
    if let Some(process) = &config.process {
        process::steps(process, &config.linux, request.filter, &mut steps);
    } else {
        steps.push(Step::AwaitStart);
    }
    Plan { namespaces: namespaces::cloned(config), joins: config.linux.namespaces.joined().collect(), steps }
}

/// Plans a process that joins a container: `joins` are its namespaces and where to find them, `keyring` the name of its
/// session keyring if it has one of its own.
///
/// Pure, as [`plan`]. The mount namespace comes last, since labels are written to the procfs of the host; a container
/// without one has its root open already.
#[must_use]
pub fn join<'a>(
    config: &'a Config<'_>,
    process: &'a config::process::Process<'_>,
    joins: &'a [(Kind, alloc::ffi::CString)],
    filter: Filter,
    keyring: Option<&str>,
) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let enter = |steps: &mut Vec<Step<'a>>, is_meant: fn(Kind) -> bool| {
        steps.extend(
            joins.iter().filter(|(kind, _)| is_meant(*kind)).map(|(kind, path)| Step::Join(*kind, path)),
        );
    };
    enter(&mut steps, |kind| !matches!(kind, Kind::User | Kind::Pid | Kind::Mount));
    if has_own(config, Kind::User) {
        steps.push(Step::BecomeRoot);
    }
    steps.push(Step::StartSession);
    steps.extend(keyring.map(|name| Step::JoinKeyring(text(&[name]))));
    steps.extend(process.oom_score_adj.map(Step::SetOomScore));
    process::labels(Some(process), &mut steps);
    enter(&mut steps, |kind| kind == Kind::Mount);
    if !has_own(config, Kind::Mount) {
        steps.push(Step::EnterRoot(Entry::Chroot));
    }
    steps.extend(process.terminal.map(Step::OpenTerminal));
    process::steps(process, &config.linux, filter, &mut steps);
    if let Some(last) = &process.exec_affinity.last {
        steps.insert(steps.len().saturating_sub(1), Step::SetAffinity(last.words()));
    }
    steps
}

/// Whether the container has a namespace of this kind that is not the runtime's.
fn has_own(config: &Config<'_>, kind: Kind) -> bool {
    config.linux.namespaces.of(kind) != Namespace::Inherit
}

/// `path`, counted from `base` unless it is absolute.
fn below(base: &str, path: &CStr) -> alloc::ffi::CString {
    let path = path.to_bytes();
    let whole = match path.first() {
        Some(b'/') => path.to_vec(),
        _ => [base.as_bytes(), b"/", path].concat(),
    };
    c_string(whole)
}

/// The bytes as a C string; they come from C strings and valid paths, so that none has a NUL.
fn c_string(bytes: Vec<u8>) -> alloc::ffi::CString {
    alloc::ffi::CString::new(bytes).unwrap_or_default()
}

fn text(parts: &[&str]) -> alloc::ffi::CString {
    c_string(String::into_bytes(parts.concat()))
}
