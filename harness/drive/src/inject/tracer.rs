//! The loop around the stops of all traced threads.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::libc::{self, WIFSTOPPED, WSTOPSIG};
use nix::sys::ptrace::{self, Options};
use nix::unistd::Pid;

use super::call::Call;
use super::{Ruling, Scope, table};
use crate::sys::Ended;
use crate::sys::trace::{Event, Resume, next_event, resume};
use crate::tree;

/// What `WSTOPSIG` gives at a system call, with `PTRACE_O_TRACESYSGOOD`.
const CALL_STOP: i32 = libc::SIGTRAP | 0x80;

/// Number that no system call has: the kernel makes none.
const NO_CALL: u64 = u64::MAX;

/// One traced thread.
#[derive(Debug, Default)]
struct Thread {
    /// Which process it belongs to, in order of appearance.
    process: usize,
    /// What the call that it is in is to return in place of what it returns.
    instead: Option<i64>,
}

/// Follows one call of a runtime, and everything that comes of it.
pub(super) struct Tracer<'a> {
    root: u32,
    scope: &'a Scope,
    rule: &'a mut dyn FnMut(&Call) -> Ruling,
    threads: BTreeMap<u32, Thread>,
    /// Thread groups in order of appearance: the place of each is its number.
    processes: Vec<u32>,
    /// Length of the runtime's binary: by it a copy of the runtime is told from other programs.
    own_bytes: u64,
    armed: bool,
}

impl<'a> Tracer<'a> {
    /// Seizes the process `root`, which has not executed its program yet.
    pub(super) fn seize(
        root: u32,
        program: &Path,
        scope: &'a Scope,
        rule: &'a mut dyn FnMut(&Call) -> Ruling,
    ) -> io::Result<Self> {
        let options = Options::PTRACE_O_TRACESYSGOOD
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACEFORK
            | Options::PTRACE_O_TRACEVFORK
            | Options::PTRACE_O_TRACEEXEC
            | Options::PTRACE_O_EXITKILL;
        ptrace::seize(id(root), options)?;
        let threads = BTreeMap::from([(root, Thread::default())]);
        let own_bytes = fs::metadata(program)?.len();
        Ok(Self { root, scope, rule, threads, processes: vec![root], own_bytes, armed: false })
    }

    /// Follows until the root has ended; then lets everything that is left go on by itself.
    pub(super) fn follow(mut self) -> io::Result<Ended> {
        loop {
            let event = next_event()?;
            if !WIFSTOPPED(event.status) {
                self.threads.remove(&event.pid);
                if event.pid == self.root {
                    self.let_go()?;
                    return Ok(event.ended);
                }
                continue;
            }
            self.stopped(event);
        }
    }

    fn stopped(&mut self, event: Event) {
        let pid = event.pid;
        self.meet(pid);
        self.meet_child(event);
        let (signal, kind) = (WSTOPSIG(event.status), event.status >> 16);
        let goes_on = match kind {
            libc::PTRACE_EVENT_EXEC => self.executed(pid),
            // Another event, or the stop of a new thread: nothing to deliver.
            1.. => resume(pid, Resume::ToCall, 0),
            _ if signal == CALL_STOP => self.at_call(pid),
            _ => resume(pid, Resume::ToCall, signal),
        };
        // It may have been killed meanwhile; its end is an event of its own.
        drop(goes_on);
    }

    /// A thread that was not seen before gets the number of its process.
    fn meet(&mut self, pid: u32) {
        if self.threads.contains_key(&pid) {
            return;
        }
        let group = thread_group(pid).unwrap_or(pid);
        let known = self.processes.iter().position(|known| *known == group);
        let process = known.unwrap_or_else(|| {
            self.processes.push(group);
            self.processes.len() - 1
        });
        self.threads.insert(pid, Thread { process, instead: None });
    }

    /// A child is traced from its first moment on, whether it has stopped yet or not.
    fn meet_child(&mut self, event: Event) {
        let kind = event.status >> 16;
        if matches!(kind, libc::PTRACE_EVENT_CLONE | libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK)
            && let Some(child) = message(event.pid)
        {
            self.meet(child);
        }
    }

    /// A program that is not the runtime's, such as a hook or the container's own, is none of ours.
    fn executed(&mut self, pid: u32) -> io::Result<()> {
        // A thread that executes takes the number of its process.
        if let Some(former) = message(pid).filter(|former| *former != pid) {
            self.threads.remove(&former);
        }
        let length = fs::metadata(format!("/proc/{pid}/exe")).map(|metadata| metadata.len());
        if length.is_ok_and(|length| length == self.own_bytes) {
            return resume(pid, Resume::ToCall, 0);
        }
        self.threads.remove(&pid);
        resume(pid, Resume::Free, 0)
    }

    fn at_call(&mut self, pid: u32) -> io::Result<()> {
        let thread = self.threads.get_mut(&pid);
        let operation = ptrace::syscall_info(id(pid))?.op;
        match (operation, thread) {
            (libc::PTRACE_SYSCALL_INFO_ENTRY, _) => self.entered(pid)?,
            (libc::PTRACE_SYSCALL_INFO_EXIT, Some(thread)) => {
                if let Some(result) = thread.instead.take() {
                    let mut registers = ptrace::getregs(id(pid))?;
                    registers.rax = result.cast_unsigned();
                    ptrace::setregs(id(pid), registers)?;
                }
            }
            _ => {}
        }
        resume(pid, Resume::ToCall, 0)
    }

    fn entered(&mut self, pid: u32) -> io::Result<()> {
        let mut registers = ptrace::getregs(id(pid))?;
        let Some(entry) = table::entry(registers.orig_rax) else { return Ok(()) };
        let process = self.threads.get(&pid).map_or(0, |thread| thread.process);
        let call = Call::read(process, pid, entry, &registers, &self.scope.places);
        self.armed |= call.object.as_deref().is_some_and(|object| self.scope.begins_at(object));
        if !self.armed {
            return Ok(());
        }
        match (self.rule)(&call) {
            Ruling::Go => return Ok(()),
            Ruling::Fail(errno) => {
                registers.orig_rax = NO_CALL;
                self.returns_instead(pid, -i64::from(errno));
            }
            Ruling::Halve => registers.rdx = registers.rdx.div_ceil(2),
            Ruling::Kill(victim) => {
                registers.orig_rax = NO_CALL;
                let group = self.processes.get(process).copied().unwrap_or(pid);
                let target = if victim == super::Victim::Root { self.root } else { group };
                tree::kill_pid(target);
            }
        }
        Ok(ptrace::setregs(id(pid), registers)?)
    }

    fn returns_instead(&mut self, pid: u32, result: i64) {
        if let Some(thread) = self.threads.get_mut(&pid) {
            thread.instead = Some(result);
        }
    }

    /// Stops every thread that is left, and detaches it.
    fn let_go(&mut self) -> io::Result<()> {
        for pid in self.threads.keys() {
            // One that has just ended has nothing left to interrupt; its end is an event.
            let _ = ptrace::interrupt(id(*pid));
        }
        while !self.threads.is_empty() {
            let event = match next_event() {
                Ok(event) => event,
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => break,
                Err(error) => return Err(error),
            };
            self.leave(event);
        }
        Ok(())
    }

    fn leave(&mut self, event: Event) {
        let pid = event.pid;
        if !WIFSTOPPED(event.status) {
            self.threads.remove(&pid);
            return;
        }
        self.meet(pid);
        let (signal, kind) = (WSTOPSIG(event.status), event.status >> 16);
        let inside_a_call = self.threads.get(&pid).is_some_and(|thread| thread.instead.is_some());
        if signal == CALL_STOP && inside_a_call {
            // At the end of the call whose result is ours to give; the interruption comes next.
            drop(self.at_call(pid));
            return;
        }
        self.meet_child(event);
        let delivered = if kind == 0 && signal != CALL_STOP { signal } else { 0 };
        self.threads.remove(&pid);
        // It may have been killed meanwhile, and is gone then.
        drop(resume(pid, Resume::Free, delivered));
    }
}

impl Scope {
    fn begins_at(&self, object: &Path) -> bool {
        self.begins.iter().any(|begin: &PathBuf| object.starts_with(begin))
    }
}

fn id(pid: u32) -> Pid {
    Pid::from_raw(pid.cast_signed())
}

/// What the event of a stopped thread is about: a process number.
fn message(pid: u32) -> Option<u32> {
    u32::try_from(ptrace::getevent(id(pid)).ok()?).ok()
}

/// The process that a thread belongs to.
fn thread_group(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Tgid:"))?;
    line.trim().parse().ok()
}
