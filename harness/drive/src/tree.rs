//! What processes there are, where they hang, and their end.

use std::fmt;
use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// One process, as `/proc` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number in our PID namespace.
    pub pid: u32,
    /// Its parent's number; 0 where the parent is outside.
    pub ppid: u32,
    /// State letter, such as `S`, `D`, `Z`.
    pub state: char,
    /// Its name.
    pub comm: String,
}

/// A process and what it waits for: what a report on a passed deadline needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// The process.
    pub process: Process,
    /// Kernel function that it sleeps in; empty where the kernel does not tell.
    pub wchan: String,
    /// Number and arguments of its system call.
    pub syscall: String,
    /// Kernel stack, innermost first; empty without root.
    pub stack: String,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Process { pid, ppid, state, comm } = &self.process;
        write!(f, "{pid} (parent {ppid}) {comm}, state {state}, in `{}`", self.wchan)?;
        let call = self.syscall.split(' ').next().unwrap_or_default();
        let stack: Vec<&str> = self.stack.lines().filter_map(|line| line.split("] ").nth(1)).collect();
        write!(f, ", system call {call}, stack {}", stack.join(" < "))
    }
}

/// All processes of our PID namespace.
#[must_use]
pub fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?)).collect()
}

/// The process `pid`; none where there is no such process.
#[must_use]
pub fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (head, tail) = stat.rsplit_once(')')?;
    let comm = head.split_once('(')?.1.to_owned();
    let mut fields = tail.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    Some(Process { pid, ppid: fields.next()?.parse().ok()?, state, comm })
}

/// Whether the process exists and is not a zombie.
#[must_use]
pub fn lives(pid: u32) -> bool {
    process(pid).is_some_and(|process| !matches!(process.state, 'Z' | 'X'))
}

/// The process `root` and everything below it.
#[must_use]
pub fn below(root: u32) -> Vec<Process> {
    let all = all();
    let mut found: Vec<Process> = all.iter().filter(|process| process.pid == root).cloned().collect();
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].pid;
        found.extend(all.iter().filter(|process| process.ppid == parent).cloned());
        at += 1;
    }
    found
}

/// What each of the processes waits for.
#[must_use]
pub fn stuck(processes: Vec<Process>) -> Vec<Stuck> {
    let look = |process: Process| {
        let text = |name| fs::read_to_string(format!("/proc/{}/{name}", process.pid)).unwrap_or_default();
        let (wchan, syscall, stack) = (text("wchan"), text("syscall"), text("stack"));
        Stuck { process, wchan, syscall: syscall.trim().to_owned(), stack }
    };
    processes.into_iter().map(look).collect()
}

/// Kills the processes; those that are gone already are no matter.
pub fn kill(processes: &[Process]) {
    for process in processes {
        kill_pid(process.pid);
    }
}

/// Kills the process of this number.
pub(crate) fn kill_pid(pid: u32) {
    if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
        // Either it dies or it is dead: there is no other way to fail for a child of ours.
        let _ = kill_process(pid, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_shell_and_its_child_are_a_tree_and_are_killed_together() {
        let mut shell =
            Command::new("sh").args(["-c", "sleep 60 & wait"]).stdin(Stdio::null()).spawn().unwrap();
        let tree =
            || Some(below(shell.id())).filter(|tree| tree.iter().any(|process| process.comm == "sleep"));
        let tree = crate::wait::until(Duration::from_secs(5), tree).unwrap();
        assert_eq!((tree.len(), tree[1].ppid), (2, shell.id()));
        assert!(stuck(tree.clone())[0].to_string().contains("sh, state"));
        kill(&tree);
        shell.wait().unwrap();
        assert!(!lives(shell.id()));
    }
}
