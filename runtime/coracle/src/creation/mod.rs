//! Creating a container: the runtime's side of it.
//!
//! Everything that is made is noted in a [`Draft`] as soon as it is there, so that a failure, or a signal to the
//! runtime, undoes it; and on disk before it is there, so that `delete --force` can when the runtime was killed.

mod agent;
mod draft;
mod error;
mod id_map;
mod keyring;
mod mapping;
mod prepare;
mod spawn;
mod talk;

use alloc::string::ToString;
use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::fs::Mode;
use rustix::process::umask;

pub(crate) use self::agent::introduce;
pub(crate) use self::draft::{Child, Draft, watch_signals};
pub use self::error::CreateError;
pub use self::keyring::Keyring;
pub(crate) use self::prepare::{check_preserved, connection, send_pidfd, write_pid};
pub(crate) use self::spawn::spawn;
use crate::activation::{self, Sockets};
use crate::bundle::Bundle;
use crate::cgroup::{Limits, Place};
use crate::cli::Log;
use crate::config::{Config, Document};
use crate::host::Host;
use crate::plan::Pivot;
use crate::resctrl;
use crate::seccomp;
use crate::state::{Containers, Id};
use crate::trace::{Phase, Trace};

/// What `create` and `run` are asked for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Where containers are kept.
    pub containers: Containers,
    /// The id, as given.
    pub id: &'a str,
    /// The bundle, as given.
    pub bundle: &'a CStr,
    /// Where to write the process id.
    pub pid_file: Option<&'a CStr>,
    /// The socket that gets the terminal.
    pub console_socket: Option<&'a CStr>,
    /// The socket that gets the descriptor of the process.
    pub pidfd_socket: Option<&'a CStr>,
    /// How many descriptors from 3 on the program keeps.
    pub preserve_fds: u32,
    /// Descriptors before those, which the program is told of.
    pub sockets: Option<Sockets<'a>>,
    /// How the root is entered.
    pub pivot: Pivot,
    /// Which session keyring it gets.
    pub keyring: Keyring,
    /// Who is told what matters but stops nothing.
    pub log: Log<'a>,
    /// Where the waterfall of the start goes.
    pub trace: Option<&'a CStr>,
}

impl Request<'_> {
    /// How many descriptors from 3 on the program gets.
    pub(crate) fn preserved(&self) -> u32 {
        self.preserve_fds.saturating_add(self.sockets.map_or(0, |sockets| sockets.count))
    }
}

/// When the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// When `start` says so.
    Later,
    /// At once.
    Now,
}

/// All that is known before anything is done.
#[derive(Debug)]
pub(crate) struct Inputs<'c> {
    pub(crate) request: &'c Request<'c>,
    pub(crate) id: Id,
    /// The bundle, an absolute path.
    pub(crate) bundle: &'c str,
    /// The configuration as it was read.
    pub(crate) text: &'c str,
    pub(crate) config: &'c Config<'c>,
    pub(crate) host: Host,
    pub(crate) place: Place,
    pub(crate) limits: Limits,
    pub(crate) filter: Option<seccomp::Program>,
    /// Its class of service.
    pub(crate) groups: Option<resctrl::Groups>,
    /// The bits that the caller keeps new files from having.
    pub(crate) umask: Mode,
    /// Notes what takes how long.
    pub(crate) trace: &'c Trace<'c>,
}

impl<'c> Inputs<'c> {
    /// Judges what the configuration asks of this host, all of it at once.
    fn judge(
        (request, bundle): (&'c Request<'c>, &'c str),
        text: &'c str,
        config: &'c Config<'c>,
        trace: &'c Trace<'c>,
    ) -> Result<Self, CreateError> {
        let id = Id::parse(request.id)?;
        let host = Host::look()?;
        let place = Place::resolve(config.linux.cgroups_path, id.as_str())?;
        let mut violations = Vec::new();
        let limits = match &host.layout {
            Some(layout) => {
                Limits::of(layout, &config.linux.resources).map_err(|found| violations.extend(found))
            }
            None => Ok(Limits::default()),
        };
        let section = config.linux.seccomp.as_ref();
        let filter =
            section.map(|section| seccomp::compile(&section.read()?, seccomp::Arch::NATIVE)).transpose();
        let filter = filter.map_err(|found| violations.extend(found));
        let (Ok(limits), Ok(filter), true) = (limits, filter, violations.is_empty()) else {
            return Err(CreateError::Invalid(violations));
        };
        let groups = config.linux.intel_rdt.as_ref();
        let groups = groups.map(|rdt| resctrl::Groups::find(rdt, id.as_str())).transpose()?;
        // From here on, what is made has exactly the mode that is asked for.
        let umask = umask(Mode::empty());
        Ok(Self { request, id, bundle, text, config, host, place, limits, filter, groups, umask, trace })
    }
}

/// Reads and judges everything, then does `act` with it.
///
/// # Errors
/// What stands in the way of a container, or what `act` comes back with.
pub(crate) fn with_inputs<R>(
    request: &Request<'_>,
    act: impl FnOnce(&Inputs<'_>) -> Result<R, CreateError>,
) -> Result<R, CreateError> {
    let trace = Trace::begin(request.trace);
    check_preserved(request.preserved())?;
    let Bundle { path, configuration } = Bundle::read(request.bundle)?;
    let document =
        Document::parse(configuration).map_err(|violation| CreateError::Invalid([violation].into()))?;
    let mut config = Config::check(&document).map_err(CreateError::Invalid)?;
    if let (Some(sockets), Some(process)) = (request.sockets, &mut config.process) {
        process.env.extend([sockets.variable, activation::OWNER]);
    }
    for warning in &config.warnings {
        request.log.warning(&warning.to_string());
    }
    trace.phase(Phase::Read);
    let inputs = Inputs::judge((request, &path), document.text(), &config, &trace)?;
    trace.phase(Phase::Judge);
    let outcome = act(&inputs);
    if let Err(error) = trace.write() {
        request.log.warning(&error.to_string());
    }
    outcome
}
