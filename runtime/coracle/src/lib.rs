//! The reference OCI runtime: from a bundle to a process.
#![no_std]
extern crate alloc;

pub mod activation;
mod apply;
pub mod bare;
pub mod bundle;
pub mod cause;
pub mod cgroup;
pub mod cli;
pub mod config;
pub mod creation;
pub mod features;
mod file;
mod handover;
pub mod hooks;
pub mod host;
pub mod network;
pub mod plan;
pub mod resctrl;
pub mod seccomp;
pub mod state;
pub mod step;
pub mod stream;
mod sync;
mod sys;
mod trace;
pub mod verb;

use alloc::boxed::Box;
use core::error::Error;
use core::ffi::CStr;

use cli::{Affected, Command, Invocation};
use state::{Container, Containers, Id};
use stream::Stream;

/// The exit code of a verb that failed, and of a command line that asks for nothing; runc has the same.
const FAILED: u8 = 1;

/// Runs the verb that the arguments name.
///
/// - **Takes** the arguments, the program's own name first, and the environment, each variable as `NAME=value`.
/// - **Returns** the exit code.
#[must_use]
pub fn run(arguments: &[&'static CStr], environment: &[&'static CStr]) -> u8 {
    let invocation = match cli::parse(arguments) {
        Ok(invocation) => invocation,
        Err(error) => {
            cli::log_of(arguments).error(&error);
            return FAILED;
        }
    };
    match perform(&invocation, environment) {
        Ok(code) => code,
        Err(error) => {
            invocation.global.log.error(&*error);
            FAILED
        }
    }
}

fn perform(invocation: &Invocation<'_>, environment: &[&'static CStr]) -> Result<u8, Box<dyn Error>> {
    let log = &invocation.global.log;
    let containers = containers(invocation, environment);
    let find = |affected: &Affected<'_>| find(&containers, affected.id);
    match &invocation.command {
        Command::Help(verb) => print(&cli::help(*verb))?,
        Command::Version => print(cli::VERSION)?,
        Command::Features => print(&(features::document()? + "\n"))?,
        Command::Spec(spec) => verb::spec(spec)?,
        Command::List(list) => print(&verb::list(*list, &containers, log)?)?,
        Command::Ps(ps) => print(&verb::ps(&self::find(&containers, ps.id)?, ps.format)?)?,
        Command::Pause(affected) => verb::pause(&find(affected)?)?,
        Command::Resume(affected) => verb::resume(&find(affected)?)?,
        Command::Update(update) => verb::update(update, &self::find(&containers, update.id)?)?,
        Command::Events(events) => verb::events(*events, &self::find(&containers, events.id)?)?,
        Command::State(affected) => print(&(find(affected)?.state()? + "\n"))?,
        Command::Create(create) => verb::create(&request(create, &containers, invocation, environment))?,
        Command::Start(affected) => verb::start(&find(affected)?)?,
        Command::Kill(kill) => {
            let target = if kill.all { verb::Target::All } else { verb::Target::Init };
            verb::kill(&self::find(&containers, kill.id)?, kill.signal, target)?;
        }
        Command::Delete(delete) => {
            let how = if delete.force { verb::Delete::Force } else { verb::Delete::Stopped };
            verb::delete(&containers, &Id::parse(delete.id)?, how, log)?;
        }
        Command::Run(run) => {
            let how = match (run.detach, run.keep) {
                (true, _) => verb::Run::Detached,
                (false, true) => verb::Run::Kept,
                (false, false) => verb::Run::Attached,
            };
            let orphans = if run.no_subreaper { verb::Orphans::Left } else { verb::Orphans::Adopted };
            let request = request(&run.create, &containers, invocation, environment);
            return Ok(verb::run(&request, how, orphans)?);
        }
        Command::Exec(exec) => {
            // Before a file of ours can have the number of one that is to be preserved.
            creation::check_preserved(exec.preserve_fds)?;
            return Ok(verb::exec(exec, &self::find(&containers, exec.id)?, log)?);
        }
    }
    Ok(0)
}

fn request<'a>(
    create: &cli::Create<'a>,
    containers: &Containers,
    invocation: &Invocation<'a>,
    environment: &[&'static CStr],
) -> creation::Request<'a> {
    let pid = rustix::process::getpid().as_raw_pid();
    creation::Request {
        containers: containers.clone(),
        id: create.id,
        bundle: create.bundle,
        pid_file: create.pid_file,
        console_socket: create.console_socket,
        pidfd_socket: create.pidfd_socket,
        preserve_fds: create.preserve_fds,
        sockets: activation::Sockets::find(environment, pid),
        pivot: if create.no_pivot { plan::Pivot::None } else { plan::Pivot::Root },
        keyring: if create.no_new_keyring { creation::Keyring::Callers } else { creation::Keyring::New },
        log: invocation.global.log,
        trace: invocation.global.trace,
    }
}

/// All containers where this invocation looks for them.
fn containers(invocation: &Invocation<'_>, environment: &[&'static CStr]) -> Containers {
    let is_root = rustix::process::geteuid().is_root() && invocation.global.rootless != Some(true);
    let directory = variable(environment, "XDG_RUNTIME_DIR").filter(|directory| !directory.is_empty());
    Containers::below(&invocation.global.root(is_root, directory))
}

fn find(containers: &Containers, id: &str) -> Result<Container, Box<dyn Error>> {
    Ok(containers.find(&Id::parse(id)?)?)
}

/// The value of an environment variable.
fn variable<'a>(environment: &[&'a CStr], name: &str) -> Option<&'a str> {
    let mut entries = environment.iter().filter_map(|entry| entry.to_str().ok());
    entries.find_map(|entry| entry.strip_prefix(name)?.strip_prefix('='))
}

fn print(text: &str) -> Result<(), Box<dyn Error>> {
    Stream::Out.put(text.as_bytes()).map_err(|errno| cause::Cause(errno).into())
}
