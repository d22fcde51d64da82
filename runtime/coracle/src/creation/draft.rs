//! A container that is being created, and what must be undone if that fails.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::Uid;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};

use super::error::CreateError;
use super::spawn::spawn;
use super::{Inputs, Keyring, Start, id_map, keyring, mapping, prepare};
use crate::apply::{Opened, Process, Program};
use crate::cause::Cause;
use crate::cgroup::{self, ControlError, Made};
use crate::cli::Log;
use crate::config::namespaces::{Kind, Namespace};
use crate::config::resources::Resources;
use crate::hooks::{self, HookState};
use crate::network::{self, Moved};
use crate::plan::{self, Filter, Plan};
use crate::resctrl;
use crate::state::{Directory, Init, Instant, Record, State, Status};
use crate::sync::{self, Line};
use crate::sys::clone::Side;
use crate::sys::signal::{self, Signals};
use crate::sys::{exit, identity};
use crate::trace::Phase;

/// A container that is being created.
#[derive(Debug)]
pub(crate) struct Draft<'c> {
    pub(super) inputs: &'c Inputs<'c>,
    /// Its directory, locked.
    pub(crate) directory: Directory,
    /// Its cgroups, once they are made.
    pub(super) made: Option<Made>,
    /// Its process, once there is one.
    pub(crate) child: Option<Child>,
    /// Its class of service, once that is there.
    groups: Option<&'c resctrl::Groups>,
    /// The network devices that were moved into it, as long as they can be moved back.
    devices: Option<Moved>,
    /// Signals to the runtime, all of which are blocked.
    pub(crate) signals: OwnedFd,
    /// Its root file system, an absolute path.
    rootfs: String,
    /// The name of its session keyring, unless it keeps the caller's.
    keyring: Option<String>,
}

/// The new process, as the runtime knows it.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) pid: Pid,
    pub(crate) pidfd: OwnedFd,
    pub(crate) line: Line,
}

impl<'c> Draft<'c> {
    /// Takes the id.
    pub(crate) fn begin(inputs: &'c Inputs<'c>) -> Result<Self, CreateError> {
        // Before anything is there that would have to be undone: from now on signals wait until they are read.
        let signals = watch_signals().map_err(|errno| failed("the signals", errno))?;
        // Whoever may trace the process could take over what it can still do. A caller who is not root could then not
        // map its ids either: it does so itself once they are.
        if inputs.host.is_privileged || inputs.config.linux.namespaces.of(Kind::User) != Namespace::Create {
            identity::set_undumpable().map_err(|errno| failed("the process", errno))?;
        }
        let root = inputs.config.root.path.to_string_lossy();
        let rootfs =
            if root.starts_with('/') { root.into_owned() } else { [inputs.bundle, "/", &root].concat() };
        let keyring = match inputs.request.keyring {
            Keyring::New => {
                Some(keyring::name(&inputs.id).map_err(|errno| failed("the session keyring", errno))?)
            }
            Keyring::Callers => None,
        };
        let directory = inputs.request.containers.reserve(&inputs.id)?;
        inputs.trace.phase(Phase::Reserve);
        Ok(Self {
            inputs,
            directory,
            made: None,
            child: None,
            groups: None,
            devices: None,
            signals,
            rootfs,
            keyring,
        })
    }

    /// Does everything; the container is created, or with [`Start::Now`] runs.
    ///
    /// # Errors
    /// What failed; [`Draft::undo`] then removes what was made until then.
    pub(crate) fn bring_up(&mut self, start: Start) -> Result<(), CreateError> {
        let trace = self.inputs.trace;
        self.make_cgroups()?;
        trace.phase(Phase::MakeCgroups);
        self.clone(start)?;
        trace.phase(Phase::Clone);
        let ignored = self.settle()?;
        self.join_class()?;
        self.move_devices()?;
        trace.phase(Phase::Record);
        self.talk(start, ignored)?;
        trace.phase(Phase::Accompany);
        // From here on they are the container's, whatever becomes of it.
        self.devices = None;
        Ok(())
    }

    /// Removes what was made: process, cgroups, directory; then runs the hooks that follow the end of a container.
    pub(crate) fn undo(self) {
        if let Some(devices) = &self.devices {
            devices.back();
        }
        if let Some(child) = &self.child {
            // Whatever becomes of the signal, the next step waits for the end that it or something else brings.
            let _killed = pidfd_send_signal(&child.pidfd, Signal::KILL);
            let _reaped = waitid(WaitId::PidFd(child.pidfd.as_fd()), WaitIdOptions::EXITED);
        }
        self.clear();
    }

    /// Removes what is left once the process has ended and was reaped, if there was one: as [`Draft::undo`].
    pub(crate) fn clear(self) {
        let existed = self.child.is_some();
        let state = self.state(Status::Stopped, 0);
        let log = self.inputs.request.log;
        if let Some(made) = self.made {
            if self.inputs.config.linux.namespaces.of(Kind::Pid) != Namespace::Create {
                kill_left(&made, &log);
            }
            made.undo();
        }
        if let Some(error) = self.groups.and_then(|groups| groups.undo().err()) {
            log.warning(&error.to_string());
        }
        if let Err(error) = self.directory.remove() {
            log.warning(&error.to_string());
        }
        if existed {
            let signals = Some(hooks::Interrupt::Signals(&self.signals));
            for hook in &self.inputs.config.hooks.poststop {
                if let Err(error) = hooks::run(core::slice::from_ref(hook), &state, signals) {
                    log.warning(&hooks::told(&error));
                }
            }
        }
    }

    /// The cgroups of the container; an empty record where it has none.
    pub(crate) fn cgroup(&self) -> cgroup::Record {
        self.made.as_ref().map(|made| made.record().clone()).unwrap_or_default()
    }

    /// The state of the container as JSON.
    pub(crate) fn state(&self, status: Status, pid: i32) -> String {
        self.hook_state().with(status, pid)
    }

    pub(crate) fn hook_state(&self) -> HookState<'c> {
        let annotations = self.inputs.config.annotations.iter();
        HookState::new(State {
            oci_version: self.inputs.config.oci_version,
            id: self.inputs.id.as_str(),
            status: Status::Creating,
            pid: 0,
            bundle: self.inputs.bundle,
            rootfs: None,
            created: None,
            annotations: annotations.map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        })
    }

    fn make_cgroups(&mut self) -> Result<(), CreateError> {
        let Inputs { place, host, limits, config, .. } = self.inputs;
        let Some(layout) = &host.layout else { return Ok(()) };
        let hooks_inside = self.has_hooks_inside();
        self.directory.intend(&place.intent(layout))?;
        match place.make(layout, limits) {
            // Whoever is not root has cgroups where they were given some, else none; unless they are asked for.
            Err(error) if !host.is_privileged && error.is_refusal() && self.can_lack_cgroups() => Ok(()),
            outcome => {
                let made = self.made.insert(outcome?);
                if hooks_inside {
                    made.guard(limits)?;
                }
                if let Some(owner) = plan::cgroup_owner(config, host) {
                    made.delegate(Uid::from_raw(owner))?;
                }
                Ok(())
            }
        }
    }

    fn can_lack_cgroups(&self) -> bool {
        let linux = &self.inputs.config.linux;
        // Devices are kept away by the lack of rights over them.
        let limits = Resources { devices: Vec::new(), ..linux.resources.clone() };
        limits == Resources::default() && linux.cgroups_path.is_none()
    }

    /// Whether hooks run in the container before the runtime lets it go: they find devices guarded from the beginning.
    fn has_hooks_inside(&self) -> bool {
        !self.inputs.config.hooks.create_container.is_empty()
    }

    /// Makes everything that the new process needs, then the process.
    fn clone(&mut self, start: Start) -> Result<(), CreateError> {
        let inputs = self.inputs;
        let plan = self.plan();
        let joins = prepare::namespaces(&plan.joins)?;
        let trees = id_map::trees(&plan.steps, &inputs.config.linux, &joins)?;
        let console = inputs.request.console_socket.map(prepare::connection).transpose()?;
        let gate = match start {
            Start::Later => Some(self.directory.gate().build().map_err(|errno| failed("the gate", errno))?),
            Start::Now => None,
        };
        let (ours, theirs) = sync::pair().map_err(|errno| failed("the connection to the process", errno))?;
        let program = inputs.config.process.as_ref().map(Program::of);
        let mut process = Process {
            line: theirs,
            gate,
            joins: &joins,
            trees: &trees,
            console: console.as_ref(),
            hooks: &inputs.config.hooks,
            hook_state: self.hook_state(),
            filter: inputs.filter.as_ref(),
            program: program.as_ref(),
            umask: inputs.umask,
            preserved: inputs.request.preserved(),
            owner: inputs.config.process.as_ref().map_or(0, |process| process.user.uid),
            opened: Opened::default(),
            trace: inputs.trace,
        };
        inputs.trace.name_steps(&plan.steps);
        inputs.trace.phase(Phase::Prepare);
        let cgroup = self.made.as_ref().and_then(Made::unified);
        match spawn(u64::from(plan.namespaces), &joins, cgroup)? {
            Side::Child => {
                let why = process.run(&plan.steps);
                process.tell(why);
                exit::exit(1)
            }
            Side::Parent(pid, pidfd) => {
                self.child = Some(Child { pid, pidfd, line: ours });
                Ok(())
            }
        }
    }

    /// Gives the process its class of service.
    fn join_class(&mut self) -> Result<(), CreateError> {
        let (Some(groups), Some(rdt)) = (&self.inputs.groups, &self.inputs.config.linux.intel_rdt) else {
            return Ok(());
        };
        groups.make(&rdt.schemata, self.child()?.pid)?;
        self.groups = Some(groups);
        Ok(())
    }

    /// Moves the network devices of the container into its namespace: made with the process, or joined by it.
    fn move_devices(&mut self) -> Result<(), CreateError> {
        let linux = &self.inputs.config.linux;
        if linux.net_devices.is_empty() {
            return Ok(());
        }
        let made = alloc::format!("/proc/{}/ns/net", self.child()?.pid.as_raw_pid());
        let path = match linux.namespaces.of(Kind::Network) {
            Namespace::Join(path) => path.into(),
            _ => alloc::ffi::CString::new(made).unwrap_or_default(),
        };
        let namespace = network::own(&path);
        let namespace = namespace
            .map_err(|errno| CreateError::Open { path: prepare::lossy(&path), source: Cause(errno) })?;
        self.devices = Some(Moved::into(namespace, &linux.net_devices)?);
        Ok(())
    }

    fn plan(&self) -> Plan<'c> {
        let Inputs { request, bundle, config, host, place, filter, .. } = self.inputs;
        let filter = match filter {
            None => Filter::None,
            Some(program) if program.listens() => Filter::WithAgent,
            Some(_) => Filter::Alone,
        };
        plan::plan(
            config,
            host,
            &plan::Request {
                bundle,
                cgroup: self.made.is_some().then(|| place.path()),
                pivot: request.pivot,
                keyring: self.keyring.as_deref(),
                filter,
            },
        )
    }

    /// Maps ids, fills the cgroups of version 1, closes that of version 2, and puts the process on record; returns the signals it ignores.
    fn settle(&self) -> Result<u32, CreateError> {
        let child = self.child()?;
        let config = self.inputs.config;
        if config.linux.namespaces.of(Kind::User) == Namespace::Create {
            let mapper = mapping::Mapper::of(&self.inputs.host, &self.signals);
            mapper.map(child.pid, &config.linux)?;
            child.tell(&sync::Order::Mapped)?;
        }
        if let Some(made) = &self.made {
            made.join(child.pid)?;
            made.close(&self.inputs.limits)?;
        }
        if plan::awaits_cgroups(config, &self.inputs.host) {
            child.tell(&sync::Order::Placed)?;
        }
        let stat = crate::state::Stat::of(child.pid).map_err(|errno| failed("the record", errno))?;
        let record = Record {
            id: self.inputs.id.as_str().into(),
            bundle: self.inputs.bundle.into(),
            rootfs: self.rootfs.clone(),
            init: Init { pid: child.pid.as_raw_pid(), started_ticks: stat.started_ticks },
            created: Instant::now(),
            cgroup: self.cgroup(),
            resctrl: self.inputs.groups.clone(),
            keyring: self.keyring.clone(),
        };
        self.directory.anchor(&record, self.inputs.text.as_bytes())?;
        if let Some(made) = self.made.as_ref().filter(|_| !self.has_hooks_inside()) {
            made.guard(&self.inputs.limits)?;
        }
        Ok(stat.ignored)
    }

    pub(crate) fn inputs(&self) -> &'c Inputs<'c> {
        self.inputs
    }

    pub(crate) fn child(&self) -> Result<&Child, CreateError> {
        self.child.as_ref().ok_or(CreateError::Vanished)
    }
}

impl Child {
    pub(crate) fn tell(&self, order: &sync::Order) -> Result<(), CreateError> {
        let lost = |errno| failed("the connection to the process", errno);
        match self.line.order(order) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::PIPE) => {
                // It has failed, and its reason is still to be read; or it must not wait for a word that will not come.
                self.line.hang_up().map_err(lost)?;
                match self.line.next_report().map_err(lost)? {
                    Some(sync::Report::Failed(why)) => Err(CreateError::Step(why)),
                    _ => Err(CreateError::Vanished),
                }
            }
            Err(errno) => Err(lost(errno)),
        }
    }
}

/// Kills what is left in the cgroups: only in a PID namespace of its own does the end of the first process end all others.
fn kill_left(made: &Made, log: &Log<'_>) {
    match made.record().kill_all() {
        // A cgroup that was never ours holds nobody whom we started.
        Ok(()) | Err(ControlError::NotOurs { .. }) => {}
        Err(error) => log.warning(&error.to_string()),
    }
}

/// Blocks all signals and returns a descriptor to read them from; children reap as they should whatever the caller had.
pub(crate) fn watch_signals() -> Result<OwnedFd, rustix::io::Errno> {
    const SIGCHLD: i32 = 17;
    signal::block(Signals::ALL)?;
    signal::reset(SIGCHLD)?;
    signal::descriptor(Signals::ALL)
}

pub(super) fn failed(what: &'static str, errno: rustix::io::Errno) -> CreateError {
    CreateError::Prepare { what, source: Cause(errno) }
}
