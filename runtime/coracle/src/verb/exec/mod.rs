//! `exec`: another process in a container that is there.

mod joining;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use self::joining::Joining;
use super::error::VerbError;
use crate::bundle::{BundleError, slurp};
use crate::cause::Cause;
use crate::cgroup::{BelowError, FollowError, MakeError};
use crate::cli::{self, Log};
use crate::config::violation::{Violation, lines};
use crate::config::{Config, Document, process};
use crate::creation::CreateError;
use crate::resctrl::ResctrlError;
use crate::state::{Container, Status};

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
    Below(#[from] BelowError),

    #[error(transparent)]
    Follow(#[from] FollowError),

    #[error(transparent)]
    Enter(#[from] MakeError),

    #[error(transparent)]
    Class(#[from] ResctrlError),

    #[error("container `{id}` is paused; resume it first, or use `--ignore-paused`")]
    Paused { id: String },

    #[error("container `{id}` is {status}; only a created or running one can be joined")]
    NotAlive { id: String, status: &'static str },

    #[error("container `{id}` has ended")]
    Ended { id: String },

    #[error("the process cannot be honored: {}", lines(.0))]
    Invalid(Vec<Violation>),

    #[error("container `{id}` has no `process` to take the rest from; use `--process`")]
    NoProcess { id: String },

    #[error("a terminal needs somebody to hand it to; name a `--console-socket`")]
    NoConsole,

    #[error("open `{path}`")]
    Open { path: String, source: Cause },

    #[error("prepare the process")]
    Prepare { source: Cause },

    /// What the process said.
    #[error("{0}")]
    Step(String),
}

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
    if process.terminal.is_some() && exec.console_socket.is_none() {
        return Err(ExecError::NoConsole);
    }
    Joining { exec, container, config: &config, process: &process }.run()
}

fn check(exec: &cli::Exec<'_>, container: &Container) -> Result<(), ExecError> {
    let id = || container.record.id.clone();
    match container.status() {
        Status::Created | Status::Running => {}
        Status::Paused if exec.ignore_paused => {}
        Status::Paused => return Err(ExecError::Paused { id: id() }),
        status => return Err(ExecError::NotAlive { id: id(), status: status.word() }),
    }
    Ok(())
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
        process.terminal = exec.tty.then(|| process.terminal.unwrap_or_default());
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
