//! A process on its way into a container.

use alloc::ffi::CString;
use alloc::format;
use alloc::vec::Vec;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, umask, waitid};

use super::super::run::wait;
use super::ExecError;
use crate::apply::{Opened, Process, Program};
use crate::cause::Cause;
use crate::cgroup::{Below, Made};
use crate::cli;
use crate::config::hooks::Hooks;
use crate::config::namespaces::{Kind, Namespace};
use crate::config::{Config, process};
use crate::creation::{
    Child, CreateError, connection, introduce, send_pidfd, spawn, watch_signals, write_pid,
};
use crate::hooks::HookState;
use crate::plan::{Filter, join};
use crate::seccomp;
use crate::state::{Container, Stat};
use crate::sync::{self, Order, Report};
use crate::sys::clone::Side;
use crate::sys::{exit, identity};

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

/// A process on its way into a container.
pub(super) struct Joining<'a> {
    pub(super) exec: &'a cli::Exec<'a>,
    pub(super) container: &'a Container,
    pub(super) config: &'a Config<'a>,
    pub(super) process: &'a process::Process<'a>,
}

/// The cgroups that a process joins, open, and those that the command line asks for.
struct Cgroups<'a> {
    made: Made,
    asked: &'a [Below<'a>],
}

/// What a container has, open, before anybody joins it.
struct Doors {
    /// Where its namespaces were found.
    paths: Vec<(Kind, CString)>,
    namespaces: Vec<(Kind, OwnedFd)>,
    /// Its root, unless that comes with its mount namespace.
    root: Option<OwnedFd>,
}

impl Joining<'_> {
    pub(super) fn run(&self) -> Result<u8, ExecError> {
        let prepare = |errno| ExecError::Prepare { source: Cause(errno) };
        let filter = self.filter()?;
        let below = self.exec.cgroups.iter().map(|text| Below::parse(text)).collect::<Result<Vec<_>, _>>()?;
        let signals = watch_signals().map_err(prepare)?;
        identity::set_undumpable().map_err(prepare)?;
        let mut cgroups =
            Cgroups { made: Made::reopen(&self.container.record.cgroup, &below)?, asked: &below };
        let child = self.clone(filter.as_ref(), &mut cgroups)?;
        let outcome = self
            .release(&child, filter.as_ref(), &cgroups.made)
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
        compiled.map(Some).map_err(ExecError::Invalid)
    }

    /// Makes the process, which waits before it runs the program.
    fn clone(
        &self,
        filter: Option<&seccomp::Program>,
        cgroups: &mut Cgroups<'_>,
    ) -> Result<Child, ExecError> {
        let doors = self.doors()?;
        let use_of_filter = match filter {
            None => Filter::None,
            Some(program) if program.listens() => Filter::WithAgent,
            Some(_) => Filter::Alone,
        };
        let keyring = self.container.record.keyring.as_deref();
        let steps = join(self.config, self.process, &doors.paths, use_of_filter, keyring);
        let console = self.exec.console_socket.map(connection).transpose()?;
        let (ours, theirs) = sync::pair().map_err(|errno| ExecError::Prepare { source: Cause(errno) })?;
        let (program, hooks) = (Program::of(self.process), Hooks::default());
        let mut process = Process {
            line: theirs,
            gate: None,
            joins: &doors.namespaces,
            trees: &[],
            console: console.as_ref(),
            hooks: &hooks,
            hook_state: HookState::of(self.container, self.config),
            filter,
            program: Some(&program),
            umask: umask(Mode::empty()),
            preserved: self.exec.preserve_fds,
            owner: self.process.user.uid,
            opened: doors.root.map_or_else(Opened::default, Opened::at),
            trace: &crate::trace::Trace::begin(None),
        };
        match self.spawn(&doors.namespaces, cgroups)? {
            Side::Child => {
                let why = process.run(&steps);
                process.tell(why);
                exit::exit(1)
            }
            Side::Parent(pid, pidfd) => Ok(Child { pid, pidfd, line: ours }),
        }
    }

    /// Clones the process into the container's cgroup, or where that takes none, into the one that its first process is in.
    fn spawn(&self, joins: &[(Kind, OwnedFd)], cgroups: &mut Cgroups<'_>) -> Result<Side, ExecError> {
        match spawn(0, joins, cgroups.made.unified()) {
            Err(CreateError::Clone { source: Cause(Errno::BUSY) }) => {
                cgroups.made.follow(self.container.record.init.pid, cgroups.asked)?;
                Ok(spawn(0, joins, cgroups.made.unified())?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Opens the container's namespaces, and its root where that does not come with them.
    fn doors(&self) -> Result<Doors, ExecError> {
        let init = self.container.record.init;
        let open = |name: &str, flags: OFlags| {
            let path = format!("/proc/{}/{name}", init.pid);
            match openat(CWD, path.as_str(), flags | OFlags::CLOEXEC, Mode::empty()) {
                Ok(opened) => Ok((CString::new(path).unwrap_or_default(), opened)),
                Err(errno) => Err(ExecError::Open { path, source: Cause(errno) }),
            }
        };
        let has_own = |kind| self.config.linux.namespaces.of(kind) != Namespace::Inherit;
        let mut doors = Doors { paths: Vec::new(), namespaces: Vec::new(), root: None };
        for (kind, name) in KINDS.into_iter().filter(|(kind, _)| has_own(*kind)) {
            let (path, opened) = open(&format!("ns/{name}"), OFlags::RDONLY)?;
            doors.namespaces.push((kind, opened));
            doors.paths.push((kind, path));
        }
        if !has_own(Kind::Mount) {
            doors.root = Some(open("root", OFlags::PATH | OFlags::DIRECTORY)?.1);
        }
        // Found by number: they are the container's only if that is still its process.
        match init.find() {
            Some(_) => Ok(doors),
            None => Err(ExecError::Ended { id: self.container.record.id.clone() }),
        }
    }

    /// Puts the process into the cgroups, makes it known, and lets it run.
    fn release(
        &self,
        child: &Child,
        filter: Option<&seccomp::Program>,
        cgroups: &Made,
    ) -> Result<(), ExecError> {
        let prepare = |errno: Errno| ExecError::Prepare { source: Cause(errno) };
        cgroups.join(child.pid)?;
        if let Some(groups) = &self.container.record.resctrl {
            groups.join(child.pid)?;
        }
        let ignored = Stat::of(child.pid).map_err(prepare)?.ignored;
        if filter.is_some_and(seccomp::Program::listens) {
            self.await_agent(child)?;
        }
        if let Some(path) = self.exec.pidfd_socket {
            send_pidfd(path, b"setns", &child.pidfd)?;
        }
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

    /// Waits until the filter is loaded, and hands its listener to the agent.
    fn await_agent(&self, child: &Child) -> Result<(), ExecError> {
        let prepare = |errno: Errno| ExecError::Prepare { source: Cause(errno) };
        match child.line.next_report().map_err(prepare)? {
            Some(Report::Listens(number)) => {
                let container = self.container;
                let state = HookState::of(container, self.config);
                let state = state.at(container.status(), container.record.init.pid);
                Ok(introduce(child, number, self.config, state)?)
            }
            Some(Report::Failed(why)) => Err(ExecError::Step(why)),
            _ => Err(prepare(Errno::PROTO)),
        }
    }
}
