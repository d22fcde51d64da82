//! The end of the process as runtime code: filter, start, hooks, program.

use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::fd::{AsFd, AsRawFd};
use rustix::io::Errno;
use rustix::net::{SendFlags, send};

use super::fault::Fault;
use super::{Process, joined};
use crate::config::hooks::Hook;
use crate::config::process;
use crate::hooks::{self, Interrupt};
use crate::state::{Status, wait_at_gate};
use crate::sync::{Order, Report};
use crate::sys::descriptor;
use crate::sys::exec::Image;
use crate::sys::signal::{self, Signals};

/// The program, ready to be executed: nothing is allocated between the clone and that.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    image: Image<'a>,
    /// Where it may be, in the order in which it is looked for.
    candidates: Vec<CString>,
}

/// Where programs are looked for without a `PATH`, as by execvp(3).
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";
const FIRST_PRESERVED: i32 = 3;

impl<'a> Program<'a> {
    pub(crate) fn of(process: &process::Process<'a>) -> Self {
        let image = Image::new(process.args.iter().copied(), process.env.iter().copied());
        let name = process.args.first().map(|name| name.to_bytes()).unwrap_or_default();
        if name.contains(&b'/') {
            return Self { image, candidates: [joined(&[name])].into() };
        }
        let search = process.env.iter().find_map(|variable| variable.to_bytes().strip_prefix(b"PATH="));
        let directories = search.unwrap_or(DEFAULT_PATH).split(|byte| *byte == b':');
        let candidates = directories.map(|directory| match directory {
            b"" => joined(&[b"./", name]),
            _ => joined(&[directory, b"/", name]),
        });
        Self { image, candidates: candidates.collect() }
    }
}

impl Process<'_> {
    pub(super) fn await_hooks(&mut self) -> Result<(), Fault> {
        self.line.report(&Report::HooksDue)?;
        self.expect(&Order::HooksDone)
    }

    pub(super) fn run_hooks(&self, list: &[Hook<'_>], status: Status) -> Result<(), Fault> {
        if list.is_empty() {
            return Ok(());
        }
        let state = self.hook_state.with(status, rustix::process::getpid().as_raw_pid());
        // Whoever waits for the hooks: `start` from when it has come, which outlives no `create`.
        let waiting = self.opened.start.as_ref().map_or(self.line.descriptor(), AsFd::as_fd);
        hooks::run(list, &state, Some(Interrupt::HungUp(waiting)))
            .map_err(|error| Fault::Other(hooks::told(&error)))
    }

    pub(super) fn load_seccomp(&mut self) -> Result<(), Fault> {
        let Some(filter) = self.filter else { return Ok(()) };
        if let Some(listener) = filter.load()? {
            self.line.report(&Report::Listens(listener.as_raw_fd()))?;
            self.expect(&Order::HooksDone)?;
        }
        Ok(())
    }

    /// Says that all is done, waits until the container is on record, and with a gate until somebody comes to start it.
    pub(super) fn await_start(&mut self) -> Result<(), Fault> {
        let preserved_end = FIRST_PRESERVED.saturating_add_unsigned(self.preserved);
        let Some(gate) = &self.gate else {
            self.await_go()?;
            return Ok(descriptor::close_on_exec_from(preserved_end)?);
        };
        let gate_number = gate.as_raw_fd();
        let mut kept = [self.line.descriptor().as_raw_fd(), gate_number];
        descriptor::close_all_but(preserved_end, &mut kept)?;
        self.line.report(&Report::Ready)?;
        self.await_go()?;
        self.line.hang_up()?;
        let gate = self.gate.as_ref().map(AsFd::as_fd).ok_or(Errno::BADF)?;
        self.opened.start = Some(wait_at_gate(gate)?);
        Ok(())
    }

    /// Waits for the runtime's word, then undoes what its caller did to signals.
    fn await_go(&mut self) -> Result<(), Fault> {
        let ignored = match self.line.next_order()? {
            Some(Order::Go { ignored }) => ignored,
            Some(_) => return Err(Errno::PROTO.into()),
            None => return Err(Fault::Abandoned),
        };
        Signals(u64::from(ignored)).numbers().try_for_each(signal::reset)?;
        signal::block(Signals::NONE)?;
        Ok(())
    }

    /// Becomes the program; comes back only with the reason why not.
    pub(super) fn execute(&self, name: &CStr) -> Result<(), Fault> {
        let Some(program) = self.program else { return Err(Errno::NOENT.into()) };
        let mut reason = Errno::NOENT;
        for candidate in &program.candidates {
            match program.image.execute(candidate) {
                Errno::NOENT | Errno::NOTDIR => {}
                // Another directory may have one that may be executed.
                Errno::ACCESS => reason = Errno::ACCESS,
                errno => return Err(errno.into()),
            }
        }
        if reason == Errno::NOENT && !name.to_bytes().contains(&b'/') {
            return Err(Fault::Other("executable file not found in $PATH".into()));
        }
        Err(reason.into())
    }

    /// Says why, to `start` where it waits for the answer, else to the runtime.
    pub(crate) fn tell(&self, why: String) {
        // If whoever should hear it is gone, nobody is left to tell.
        match &self.opened.start {
            Some(start) => drop(send(start, why.as_bytes(), SendFlags::NOSIGNAL)),
            None => drop(self.line.report(&Report::Failed(why))),
        }
    }
}
