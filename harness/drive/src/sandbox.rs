//! A job inside namespaces and a cgroup of its own, so that nothing it starts outlives it.
//!
//! The program re-executes itself: [`enter`] is the first line of its `main` and goes no further in a re-executed
//! process. Three processes lie between the caller and the job:
//!
//! 1. the *warden* makes the cgroups, the user namespace where the caller is not root, and the namespaces;
//! 2. *init*, PID 1 of the new PID namespace, mounts, limits and reaps;
//! 3. the *worker* runs the job, and writes what it returns to its standard output.
//!
//! Each dies with its parent, and everything in the PID namespace dies with init. The janitor works from outside and
//! never through the runtime under test: kill, thaw, remove the cgroups bottom up.

mod cgroup;
mod fault;
mod mounts;
mod stage;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::tree::{self, Process};
use crate::{sys, wait};

/// The variable that tells a re-executed process what it is.
const SWITCH: &str = "LOADLINE_SANDBOX";

/// How much a job may return.
const ANSWER_LIMIT_BYTES: u64 = 16 << 20;

/// Something to run in a sandbox, found again by its name in the re-executed process.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Its name; unique in the program.
    pub name: &'static str,
    /// Takes the bytes that [`Sandbox::run`] was given, returns those that it is to return.
    pub run: fn(&[u8]) -> Vec<u8>,
}

/// How cgroups look inside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CgroupView {
    /// As the host has them, each hierarchy from the sandbox's own cgroup down. Where v1 and v2 stand side by side, v2
    /// shows no controllers, since some runtimes take a v2 tree with a controller for the only one.
    #[default]
    Host,
    /// One v2 tree on `/sys/fs/cgroup`, whatever controllers it has.
    V2,
}

/// What a job gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// How cgroups look inside.
    pub cgroups: CgroupView,
    /// Files and directories below `/tmp`, `/run` and `/dev/shm` that stay visible; everything else there is hidden.
    pub keep: Vec<PathBuf>,
    /// Memory of everything inside, in bytes.
    pub memory_bytes: u64,
    /// Processes inside, at most.
    pub processes: u32,
    /// Size of each of `/tmp`, `/run` and `/dev/shm`, and of the largest file, in bytes.
    pub disk_bytes: u64,
    /// How long the job may take.
    pub deadline: Duration,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self {
            cgroups: CgroupView::Host,
            keep: Vec::new(),
            memory_bytes: 1 << 30,
            processes: 512,
            disk_bytes: 64 << 20,
            deadline: wait::patient(Duration::from_mins(1)),
        }
    }
}

/// Why a job did not return.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum SandboxError {
    #[error("prepare a sandbox: {what}")]
    Prepare { what: &'static str, source: io::Error },

    #[error("set up the sandbox: {why}")]
    Stage { why: String },

    #[error("the job `{job}` ended with {status}")]
    Job { job: String, status: String },

    #[error("the job `{job}` did not end within {seconds} s and was killed")]
    Deadline { job: String, seconds: u64 },

    #[error("clean up after `{job}`: {left}")]
    Left { job: String, left: String },
}

/// What a re-executed process is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Orders {
    stage: Stage,
    job: String,
    /// Name of the sandbox's cgroup in every hierarchy.
    cgroup: String,
    sandbox: Sandbox,
    /// Whether the caller is root, so that no user namespace is needed and cgroups can be made.
    root: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    Warden,
    Init,
    Worker,
}

/// Becomes a part of a sandbox where this process was started as one, and does not return then.
///
/// Call it first in every `main` of a program that uses [`Sandbox::run`], with all its jobs.
pub fn enter(jobs: &[Job]) {
    if let Some(orders) = orders() {
        stage::follow(&orders, jobs);
    }
}

/// Whether this process runs in a sandbox.
#[must_use]
pub fn inside() -> bool {
    std::env::var_os(SWITCH).is_some()
}

/// Everything in the sandbox but init and this process.
#[must_use]
pub fn members() -> Vec<Process> {
    let mut all = tree::all();
    all.retain(|process| process.pid != 1 && process.pid != std::process::id());
    all
}

fn orders() -> Option<Orders> {
    serde_json::from_str(std::env::var(SWITCH).ok()?.as_str()).ok()
}

impl Sandbox {
    /// Runs `job` with `input` in a fresh sandbox, and cleans up.
    ///
    /// Cost: three processes and some twenty mounts, 5 to 15 ms.
    ///
    /// # Errors
    /// See [`SandboxError`]. A job that panics or is killed is [`SandboxError::Job`]; what it printed is on stderr.
    pub fn run(&self, job: &str, input: &[u8]) -> Result<Vec<u8>, SandboxError> {
        let orders = Orders {
            stage: Stage::Warden,
            job: job.to_owned(),
            cgroup: unique_name(),
            sandbox: self.clone(),
            root: nix::unistd::geteuid().is_root(),
        };
        let mut answer = memory_file("answer", b"")?;
        let warden = Self::spawn(&orders, input, &answer)?;
        let ended = self.watch(&warden, job);
        let cleaned = cgroup::remove(&orders.cgroup);
        let status = ended?;
        cleaned.map_err(|left| SandboxError::Left { job: job.to_owned(), left })?;
        let answer = read_back(&mut answer)?;
        match status.code() {
            Some(0) => Ok(answer),
            Some(stage::SETUP_FAILED) => {
                Err(SandboxError::Stage { why: String::from_utf8_lossy(&answer).into_owned() })
            }
            _ => Err(SandboxError::Job { job: job.to_owned(), status: status.to_string() }),
        }
    }

    fn spawn(orders: &Orders, input: &[u8], answer: &File) -> Result<Child, SandboxError> {
        let failed = |what| move |source| SandboxError::Prepare { what, source };
        let stdout = answer.try_clone().map_err(failed("duplicate a descriptor"))?;
        let mut command = reexecute(orders).map_err(failed("write its orders"))?;
        command.stdin(memory_file("input", input)?).stdout(stdout);
        command.spawn().map_err(failed("re-execute this program"))
    }

    /// Waits for the warden; past the deadline, kills it, and with it everything inside.
    fn watch(&self, warden: &Child, job: &str) -> Result<std::process::ExitStatus, SandboxError> {
        let failed = |source| SandboxError::Prepare { what: "wait for it", source };
        let process = wait::pidfd(warden.id()).map_err(failed)?;
        let in_time = wait::ended(&process, self.deadline).map_err(failed)?;
        if !in_time {
            tree::kill(&tree::below(warden.id()));
        }
        let status = sys::wait(warden.id()).map_err(failed)?.status;
        let (job, seconds) = (job.to_owned(), self.deadline.as_secs());
        if in_time { Ok(status) } else { Err(SandboxError::Deadline { job, seconds }) }
    }
}

/// This program again, with other orders.
fn reexecute(orders: &Orders) -> io::Result<Command> {
    let mut command = Command::new("/proc/self/exe");
    command.env(SWITCH, OsString::from(serde_json::to_string(orders)?));
    Ok(command)
}

fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("loadline-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn memory_file(name: &str, content: &[u8]) -> Result<File, SandboxError> {
    let failed = |source| SandboxError::Prepare { what: "make a file in memory", source };
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::memfd_create(name, flags).map_err(|e| failed(e.into()))?);
    file.write_all(content).and_then(|()| file.rewind()).map_err(failed)?;
    Ok(file)
}

fn read_back(answer: &mut File) -> Result<Vec<u8>, SandboxError> {
    let mut bytes = Vec::new();
    let read = answer.rewind().and_then(|()| answer.take(ANSWER_LIMIT_BYTES).read_to_end(&mut bytes));
    read.map_err(|source| SandboxError::Prepare { what: "read its answer", source })?;
    Ok(bytes)
}
