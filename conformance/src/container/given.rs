//! Several acts at once: what most cases begin with, and what most refusals come to.

use drive::leak::Snapshot;

use super::Container;
use crate::act::{Act, Trouble};
use crate::bundle::Bundle;
use crate::fault::{Fault, Judgment};
use crate::report::Report;
use crate::state::{State, Status};

impl Container {
    /// Creates, starts, and reads the report.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where one of them does not come about.
    pub fn given_report(&self) -> Result<Report, Fault> {
        self.create().given()?;
        self.start().given()?;
        self.report().given()
    }

    /// Creates and starts a program that waits; gives its process as the kernel has it.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where one of them does not come about.
    pub fn given_running(&self) -> Result<u32, Fault> {
        self.given_report()?;
        self.process().given()
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where it does not come about.
    pub fn given_stopped(&self) -> Result<State, Fault> {
        self.given_report()?;
        self.until(Status::Stopped).given()
    }

    /// The base bundle runs; changed, it is refused by `create`, and no container comes of it.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where even the base bundle does not run; [`Fault::Failed`] where the changed one is taken.
    pub fn must_not_create(&self, change: impl FnOnce(Bundle) -> Bundle) -> Judgment {
        self.given_report()?;
        let changed = self.other("refused", change)?;
        changed.create().must_fail()?;
        changed.must_not_exist()
    }

    /// The base bundle runs; changed, it is refused by `create` or by `start`, and its program does not run.
    ///
    /// For properties of the process, which the runtime may apply as late as `start`.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where even the base bundle does not run; [`Fault::Failed`] where the changed one runs.
    pub fn must_not_run(&self, change: impl FnOnce(Bundle) -> Bundle) -> Judgment {
        self.given_report()?;
        let changed = self.other("refused", change)?;
        let created = changed.create();
        if !created.came_about() {
            created.must_fail()?;
            return changed.must_not_exist();
        }
        changed.start().must_fail()?;
        let ran = changed.has_reported() || changed.process().came_about();
        if ran { Err(Fault::failed("the program not to run", "it ran")) } else { Ok(()) }
    }

    /// The runtime knows no container of this id.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it does.
    pub fn must_not_exist(&self) -> Judgment {
        match self.state().into_result() {
            Err(Trouble::Error(_)) => Ok(()),
            Err(other) => Act::<State>::new("`state`", Err(other)).must_fail(),
            Ok(state) => {
                Err(Fault::failed("no container of this id", format!("one that is `{}`", state.status)))
            }
        }
    }

    /// What there is beside this container: processes, mounts, cgroups, and the files of its bundle.
    #[must_use]
    pub fn surroundings(&self) -> Snapshot {
        Snapshot::take(&[&self.bundle.directory_path()])
    }
}
