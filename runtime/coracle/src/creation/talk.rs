//! The conversation with the new process, until it is created or runs.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::draft::{Draft, failed};
use super::error::CreateError;
use super::{Start, introduce, prepare};
use crate::hooks::{self, Interrupt};
use crate::state::Status;
use crate::sync::{Order, Report};
use crate::sys::signal;

impl Draft<'_> {
    /// Lets the process go on whenever it waits, until it has come to its gate, or with [`Start::Now`] to its program.
    pub(super) fn talk(&self, start: Start, ignored: u32) -> Result<(), CreateError> {
        let child = self.child()?;
        // How often it will ask before it can be let go.
        let mut questions = self.questions();
        if start == Start::Now && questions == 0 {
            self.release(ignored)?;
        }
        loop {
            self.await_report()?;
            match child.line.next_report().map_err(|errno| failed("the connection to the process", errno))? {
                Some(Report::HooksDue) => self.run_hooks()?,
                Some(Report::Listens(number)) => {
                    let state = self.hook_state().at(Status::Creating, child.pid.as_raw_pid());
                    introduce(child, number, self.inputs.config, state)?;
                }
                Some(Report::Ready) => {
                    self.release(ignored)?;
                    return self.await_gate();
                }
                Some(Report::Failed(why)) => return Err(CreateError::Step(why)),
                None if start == Start::Now => return Ok(()),
                None => return Err(CreateError::Vanished),
            }
            questions -= 1;
            if start == Start::Now && questions == 0 {
                self.release(ignored)?;
            }
        }
    }

    /// Waits until the process stands at its gate, where it hangs up.
    fn await_gate(&self) -> Result<(), CreateError> {
        match self
            .child()?
            .line
            .next_report()
            .map_err(|errno| failed("the connection to the process", errno))?
        {
            None => Ok(()),
            Some(Report::Failed(why)) => Err(CreateError::Step(why)),
            Some(_) => Err(failed("the connection to the process", Errno::PROTO)),
        }
    }

    fn questions(&self) -> u32 {
        let hooks = &self.inputs.config.hooks;
        let has_hooks = !hooks.prestart.is_empty() || !hooks.create_runtime.is_empty();
        let has_agent = self.inputs.filter.as_ref().is_some_and(crate::seccomp::Program::listens);
        u32::from(has_hooks) + u32::from(has_agent)
    }

    /// Makes the container known, and lets the process go to its gate, or run.
    fn release(&self, ignored: u32) -> Result<(), CreateError> {
        let child = self.child()?;
        if let Some(path) = self.inputs.request.pid_file {
            prepare::write_pid(path, child.pid.as_raw_pid())?;
        }
        if let Some(path) = self.inputs.request.pidfd_socket {
            prepare::send_pidfd(path, b"standard", &child.pidfd)?;
        }
        self.directory.publish()?;
        child.tell(&Order::Go { ignored })
    }

    fn run_hooks(&self) -> Result<(), CreateError> {
        let child = self.child()?;
        let state = self.state(Status::Creating, child.pid.as_raw_pid());
        let lists = &self.inputs.config.hooks;
        let interrupt = Some(Interrupt::Signals(&self.signals));
        hooks::run(&lists.prestart, &state, interrupt)?;
        hooks::run(&lists.create_runtime, &state, interrupt)?;
        child.tell(&Order::HooksDone)
    }

    /// Waits until the process says something, unless a signal asks the runtime to end.
    fn await_report(&self) -> Result<(), CreateError> {
        let child = self.child()?;
        loop {
            let mut watched = [
                PollFd::from_borrowed_fd(child.line.descriptor(), PollFlags::IN),
                PollFd::new(&self.signals, PollFlags::IN),
            ];
            match poll(&mut watched, None) {
                Err(Errno::INTR) => continue,
                outcome => outcome.map_err(|errno| failed("the connection to the process", errno))?,
            };
            let [line, signals] = &watched;
            if !signals.revents().is_empty() {
                let signal = signal::next(&self.signals).map_err(|errno| failed("the signals", errno))?;
                if signal::ENDING.contains(&signal) {
                    return Err(CreateError::Interrupted { signal });
                }
            }
            if !line.revents().is_empty() {
                return Ok(());
            }
        }
    }
}
