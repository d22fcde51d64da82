//! A process that is there before its program is: it waits until it is let go, so that a tracer can seize it.

use std::ffi::{CString, c_char};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::ptr;

use super::careless;
use nix::libc;
use rustix::pipe::{PipeFlags, pipe_with};

/// Exit status where the program could not be executed, as shells have it.
pub(crate) const NOT_EXECUTED: i32 = 127;

/// What a held process will become.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) path: CString,
    /// All arguments, its own name first.
    pub(crate) args: Vec<CString>,
    pub(crate) env: Vec<CString>,
    /// Standard input, output and error.
    pub(crate) stdio: [File; 3],
    /// Directory and file that a careless caller has left open; none for a tidy one.
    pub(crate) left_open: Option<[File; 2]>,
}

/// A process that waits to be let go.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) pid: u32,
    gate: OwnedFd,
}

impl Held {
    /// Lets it execute its program: by a byte, as the end of the pipe would not come while another process that was
    /// forked meanwhile, and waits in its turn, has a copy of the gate.
    pub(crate) fn release(self) -> u32 {
        // One that is gone already has nothing to wait for.
        let _ = rustix::io::write(&self.gate, &[0]);
        self.pid
    }
}

/// Makes the process; it executes nothing before [`Held::release`].
pub(crate) fn spawn(program: &Program) -> io::Result<Held> {
    let (reader, gate) = pipe_with(PipeFlags::CLOEXEC)?;
    let (args, env) = (pointers(&program.args), pointers(&program.env));
    // SAFETY: the child makes only async-signal-safe calls on what was prepared above, and never returns.
    let pid = unsafe { libc::fork() };
    match pid {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: the two lists end with a null pointer and outlive the call, which does not return.
        0 => unsafe { become_program(program, &args, &env, [reader.as_raw_fd(), gate.as_raw_fd()]) },
        pid => Ok(Held { pid: pid.unsigned_abs(), gate }),
    }
}

fn pointers(words: &[CString]) -> Vec<*const c_char> {
    words.iter().map(|word| word.as_ptr()).chain([ptr::null()]).collect()
}

/// The child's part, between fork and execve.
///
/// # Safety
/// `args` and `env` must end with a null pointer. Only for a process that was just forked.
unsafe fn become_program(
    program: &Program,
    args: &[*const c_char],
    env: &[*const c_char],
    [reader, gate]: [i32; 2],
) -> ! {
    let mut byte = 0_u8;
    // SAFETY: plain system calls on descriptors and memory that are this process's own.
    unsafe {
        libc::close(gate);
        libc::read(reader, (&raw mut byte).cast(), 1);
        for (number, file) in (0..).zip(&program.stdio) {
            libc::dup2(file.as_raw_fd(), number);
        }
        reset_signals();
        if let Some([directory, file]) = &program.left_open {
            careless::become_one(directory.as_raw_fd(), file.as_raw_fd());
        }
        libc::execve(program.path.as_ptr(), args.as_ptr(), env.as_ptr());
        libc::_exit(NOT_EXECUTED)
    }
}

/// Unblocks every signal, and undoes what the start of a Rust program sets: SIGPIPE ignored.
///
/// # Safety
/// Only for a process that was just forked.
unsafe fn reset_signals() {
    // SAFETY: an empty set is valid once `sigemptyset` has filled it in.
    unsafe {
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut());
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}
