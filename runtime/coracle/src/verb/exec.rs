//! `exec`: another process in a container that is there.

use alloc::ffi::CString;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, umask, waitid};

use super::error::VerbError;
use super::run::wait;
use crate::apply::{Opened, Process, Program};
use crate::bundle::{BundleError, slurp};
use crate::cause::Cause;
use crate::cgroup::{ControlError, Made, MakeError};
use crate::cli::{self, Log};
use crate::config::hooks::Hooks;
use crate::config::namespaces::{Kind, Namespace};
use crate::config::violation::{Violation, lines};
use crate::config::{Config, Document, process};
use crate::creation::{Child, CreateError, check_preserved, spawn, watch_signals, write_pid};
use crate::hooks::HookState;
use crate::plan::{Filter, join};
use crate::seccomp;
use crate::state::{Container, Stat, Status};
use crate::sync::{self, Order, Report};
use crate::sys::clone::Side;
use crate::sys::{exit, identity};

/// Why a process did not join a container.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ExecError {
    #[error(transparent)]
    Verb(#[from] VerbError),

    #[error(transparent)]
    Start(#[from] CreateError),

    #[error(transparent)]
    File(#[from] BundleError),

    #[error(transparent)]
    Cgroup(#[from] ControlError),

    #[error(transparent)]
    Enter(#[from] MakeError),

    #[error("container `{id}` is paused; resume it first, or use `--ignore-paused`")]
    Paused { id: String },

    #[error("the process cannot be honored: {}", lines(.0))]
    Invalid(Vec<Violation>),

    #[error("container `{id}` has no `process` to take the rest from; use `--process`")]
    NoProcess { id: String },

    #[error("`exec` does not support {what}")]
    Unsupported { what: &'static str },

    #[error("find namespace `{path}` of the container")]
    Namespace { path: String, source: Cause },

    #[error("prepare the process")]
    Prepare { source: Cause },

    /// What the process said.
    #[error("{0}")]
    Step(String),
}

/// The kinds of namespaces, in the order in which they are joined.
const KINDS: [(Kind, &str); 8] = [
    (Kind::User, "user"),
    (Kind::Pid, "pid"),
    (Kind::Cgroup, "cgroup"),
    (Kind::Ipc, "ipc"),
    (Kind::Network, "net"),
    (Kind::Time, "time"),
    (Kind::Uts, "uts"),
    (Kind::Mount, "mnt"),
];

/// Runs a process in a container; returns its exit code, or 0 for one that is not waited for.
///
/// The process takes the steps of the first one, from limits to the program. While it is waited for, signals to the
/// runtime go to it.
///
/// # Errors
/// A container that is not there to be joined; a process that is invalid or cannot be executed.
pub fn exec(exec: &cli::Exec<'_>, container: &Container, log: &Log<'_>) -> Result<u8, ExecError> {
    check(exec, container)?;
    let document = document(&container.configuration)?;
    let config = Config::check(&document).map_err(ExecError::Invalid)?;
    let own = exec.process.map(own_document).transpose()?;
    let process = match &own {
        Some(document) => {
            let (process, warnings) = process::Process::check(document).map_err(ExecError::Invalid)?;
            for warning in &warnings {
                log.warning(&warning.to_string());
            }
            Some(process)
        }
        None => config.process.clone(),
    };
    let missing = || ExecError::NoProcess { id: container.record.id.clone() };
    let process = changed(process.ok_or_else(missing)?, exec);
    if process.terminal.is_some() {
        return Err(ExecError::Unsupported { what: "a terminal" });
    }
    Joining { exec, container, config: &config, process: &process }.run()
}

fn check(exec: &cli::Exec<'_>, container: &Container) -> Result<(), ExecError> {
    let id = || container.record.id.clone();
    match container.status() {
        Status::Created | Status::Running => {}
        Status::Paused if exec.ignore_paused => {}
        Status::Paused => return Err(ExecError::Paused { id: id() }),
        status => return Err(VerbError::NotAlive { id: id(), status: status.word() }.into()),
    }
    if !exec.cgroups.is_empty() {
        return Err(ExecError::Unsupported { what: "`--cgroup`" });
    }
    if exec.pidfd_socket.is_some() {
        return Err(ExecError::Unsupported { what: "`--pidfd-socket`" });
    }
    Ok(check_preserved(exec.preserve_fds)?)
}

fn document(text: &[u8]) -> Result<Document, ExecError> {
    Document::parse(text.to_vec()).map_err(|violation| ExecError::Invalid([violation].into()))
}

fn own_document(path: &core::ffi::CStr) -> Result<Document, ExecError> {
    document(&slurp(&crate::bundle::absolute(path)?)?)
}

/// The process with what the command line says otherwise.
fn changed<'d>(mut process: process::Process<'d>, exec: &cli::Exec<'d>) -> process::Process<'d> {
    if exec.process.is_none() {
        process.args.clone_from(&exec.args);
        process.terminal = exec.tty.then(process::Terminal::default);
        process.env.extend(&exec.env);
        process.cwd = exec.cwd.unwrap_or(process.cwd);
    }
    if let Some(user) = exec.user {
        process.user.uid = user.uid;
        process.user.gid = user.gid.unwrap_or(process.user.gid);
    }
    process.user.additional_gids.extend(&exec.additional_gids);
    let sets = &mut process.capabilities;
    for set in [&mut sets.bounding, &mut sets.effective, &mut sets.permitted] {
        *set |= exec.capabilities;
    }
    process.no_new_privileges |= exec.no_new_privs;
    process.selinux_label = exec.process_label.or(process.selinux_label);
    process.apparmor_profile = exec.apparmor.or(process.apparmor_profile);
    process
}

/// Something of each namespace that is joined.
type Of<T> = Vec<(Kind, T)>;

/// A process on its way into a container.
struct Joining<'a> {
    exec: &'a cli::Exec<'a>,
    container: &'a Container,
    config: &'a Config<'a>,
    process: &'a process::Process<'a>,
}

impl Joining<'_> {
    fn run(&self) -> Result<u8, ExecError> {
        let prepare = |errno| ExecError::Prepare { source: Cause(errno) };
        let filter = self.filter()?;
        let signals = watch_signals().map_err(prepare)?;
        identity::set_undumpable().map_err(prepare)?;
        let cgroups = Made::reopen(&self.container.record.cgroup)?;
        let child = self.clone(filter.as_ref(), &cgroups)?;
        let outcome = self
            .release(&child, &cgroups)
            .and_then(|()| if self.exec.detach { Ok(0) } else { Ok(wait(&child, &signals)?) });
        if outcome.is_err() {
            // Whatever becomes of the signal, the next step waits for the end that it or something else brings.
            let _killed = pidfd_send_signal(&child.pidfd, Signal::KILL);
            let _reaped = waitid(WaitId::PidFd(child.pidfd.as_fd()), WaitIdOptions::EXITED);
        }
        outcome
    }

    fn filter(&self) -> Result<Option<seccomp::Program>, ExecError> {
        let Some(section) = &self.config.linux.seccomp else { return Ok(None) };
        let compiled = section.read().and_then(|section| seccomp::compile(&section, seccomp::Arch::NATIVE));
        let program = compiled.map_err(ExecError::Invalid)?;
        if program.listens() {
            return Err(ExecError::Unsupported { what: "a seccomp filter with an agent" });
        }
        Ok(Some(program))
    }

    /// Makes the process, which waits before it runs the program.
    fn clone(&self, filter: Option<&seccomp::Program>, cgroups: &Made) -> Result<Child, ExecError> {
        let (paths, joins) = self.namespaces()?;
        let use_of_filter = if filter.is_some() { Filter::Alone } else { Filter::None };
        let steps = join(self.config, self.process, &paths, use_of_filter);
        let (ours, theirs) = sync::pair().map_err(|errno| ExecError::Prepare { source: Cause(errno) })?;
        let (program, hooks) = (Program::of(self.process), Hooks::default());
        let mut process = Process {
            line: theirs,
            gate: None,
            joins: &joins,
            trees: &[],
            console: None,
            hooks: &hooks,
            hook_state: HookState::of(self.container, self.config),
            filter,
            program: Some(&program),
            umask: umask(Mode::empty()),
            preserved: self.exec.preserve_fds,
            owner: self.process.user.uid,
            opened: Opened::default(),
        };
        match spawn(0, &joins, cgroups.unified())? {
            Side::Child => {
                let why = process.run(&steps);
                process.tell(why);
                exit::exit(1)
            }
            Side::Parent(pid, pidfd) => Ok(Child { pid, pidfd, line: ours }),
        }
    }

    /// The container's namespaces, open, and where they were found.
    fn namespaces(&self) -> Result<(Of<CString>, Of<OwnedFd>), ExecError> {
        let init = self.container.record.init;
        let (mut paths, mut open) = (Vec::new(), Vec::new());
        for (kind, name) in KINDS {
            if self.config.linux.namespaces.of(kind) == Namespace::Inherit {
                continue;
            }
            let path = format!("/proc/{}/ns/{name}", init.pid);
            let opened = openat(CWD, path.as_str(), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
            open.push((
                kind,
                opened.map_err(|errno| ExecError::Namespace { path: path.clone(), source: Cause(errno) })?,
            ));
            paths.push((kind, CString::new(path).unwrap_or_default()));
        }
        // Found by number: they are the container's only if that is still its process.
        if init.find().is_none() {
            let id = self.container.record.id.clone();
            return Err(VerbError::NotAlive { id, status: Status::Stopped.word() }.into());
        }
        Ok((paths, open))
    }

    /// Puts the process into the cgroups, makes its id known, and lets it run.
    fn release(&self, child: &Child, cgroups: &Made) -> Result<(), ExecError> {
        let prepare = |errno: Errno| ExecError::Prepare { source: Cause(errno) };
        cgroups.join(child.pid)?;
        let ignored = Stat::of(child.pid).map_err(prepare)?.ignored;
        if let Some(path) = self.exec.pid_file {
            write_pid(path, child.pid.as_raw_pid())?;
        }
        let told = child.line.order(&Order::Go { ignored });
        if told.is_err() {
            // It has failed, and its reason is still to be read; or it must not wait for a word that will not come.
            let _hung_up = child.line.hang_up();
        }
        match child.line.next_report().map_err(prepare)? {
            Some(Report::Failed(why)) => Err(ExecError::Step(why)),
            Some(_) => Err(prepare(Errno::PROTO)),
            None => told.map_err(prepare),
        }
    }
}
