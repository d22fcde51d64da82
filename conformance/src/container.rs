//! The container of a case: the verbs of the runtime, and what can be seen of it from inside and outside.

mod given;
mod outside;
mod seen;
mod terminal;

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::rc::Rc;

use drive::{Done, Runtime};

use crate::act::Act;
use crate::bundle::Bundle;
use crate::fault::{Fault, Judgment};
use crate::state::State;
use crate::{Case, facts::Facts};
pub use outside::Outside;
pub use seen::{must_leave_nothing, namespace, now_ns};
pub use terminal::Terminal;

/// Where the containers of a case have their directories: a tmpfs of the case's own.
pub(crate) const HOME: &str = "/run/case";

/// A container under test.
#[derive(Debug)]
pub struct Container {
    handle: drive::Container,
    bundle: Bundle,
    setting: Setting,
    /// What came of the last `create`: the container writes to its output.
    created: RefCell<Option<Done>>,
}

/// What all containers of one case share.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) runtime: Runtime,
    pub(crate) facts: Facts,
    pub(crate) case: &'static Case,
    /// Every container that the case has made, or tried to.
    pub(crate) ids: Rc<RefCell<Vec<String>>>,
}

impl Setting {
    /// Writes the bundle of the case, changed by `change`, for a container called `id`.
    pub(crate) fn container(
        &self,
        id: &str,
        change: impl FnOnce(Bundle) -> Bundle,
    ) -> Result<Container, Fault> {
        let home = Path::new(HOME).join(id);
        let base = Bundle::base(self.case, &home, self.facts.oci_version());
        let bundle = change((self.case.bundle)(base));
        let ours = |error: std::io::Error| Fault::broken("write the bundle", &error);
        bundle.write().map_err(ours)?;
        let mut handle =
            drive::Container::new(&self.runtime, id, &bundle.directory_path(), &home).map_err(ours)?;
        handle.state_root = Path::new(HOME).join("state");
        fs::create_dir_all(&handle.state_root).map_err(ours)?;
        self.ids.borrow_mut().push(id.to_owned());
        Ok(Container { handle, bundle, setting: self.clone(), created: RefCell::new(None) })
    }
}

/// The verbs.
impl Container {
    /// `create`.
    pub fn create(&self) -> Act<Done> {
        self.create_with(&["--bundle", &self.handle.bundle.display().to_string()])
    }

    /// `create` with other options than `--bundle` and the bundle's path.
    pub fn create_with(&self, options: &[&str]) -> Act<Done> {
        let options: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        let called = self.handle.call("create", &options, &[]);
        if let Ok(done) = &called {
            *self.created.borrow_mut() = Some(done.clone());
        }
        Act::of(called, "create")
    }

    /// `create` for an id that is in use: the program goes on writing where the first `create` let it.
    pub fn create_again(&self) -> Act<Done> {
        Act::of(self.handle.create(), "create")
    }

    /// `start`.
    pub fn start(&self) -> Act<Done> {
        Act::of(self.handle.start(), "start")
    }

    /// `start`, and meanwhile something else, which can ask whether `start` has returned.
    ///
    /// # Panics
    /// Where the thread that waits for `start` does.
    pub fn start_while<T>(&self, meanwhile: impl FnOnce(&dyn Fn() -> bool) -> T) -> (Act<Done>, T) {
        std::thread::scope(|scope| {
            let handle = &self.handle;
            let starting = scope.spawn(|| handle.start());
            let came_to = meanwhile(&|| starting.is_finished());
            (Act::of(starting.join().expect("a step does not panic"), "start"), came_to)
        })
    }

    /// `kill`, with a signal such as `TERM`.
    pub fn kill(&self, signal: &str) -> Act<Done> {
        Act::of(self.handle.kill(signal), "kill")
    }

    /// `delete`.
    pub fn delete(&self) -> Act<Done> {
        Act::of(self.handle.delete(), "delete")
    }

    /// `delete --force` for every container of the case: for cleaning up, since the specification does not know it.
    pub(crate) fn delete_all(&self) {
        for id in self.setting.ids.borrow().iter() {
            // Whether anything is left is looked at by the caller; most of them are gone already.
            let _ = self.handle.raw("delete", vec!["--force".into(), id.into()]);
        }
    }

    /// `state`.
    pub fn state(&self) -> Act<State> {
        Act::of(self.handle.state(), "state").and_then(|done| State::parse(&done.stdout()))
    }

    /// Any verb with any words after it, not even an id.
    pub fn raw(&self, verb: &str, words: &[&str]) -> Act<Done> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        Act::of(self.handle.raw(verb, words), verb)
    }

    /// A verb with options before the id.
    pub fn call(&self, verb: &str, options: &[&str]) -> Act<Done> {
        let options: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
        Act::of(self.handle.call(verb, &options, &[]), verb)
    }
}

/// What the container is made of.
impl Container {
    /// The container as the driver has it, for calls that several threads make, or that are interrupted.
    pub(crate) fn handle(&self) -> &drive::Container {
        &self.handle
    }

    /// Takes a `create` of this container that was called by way of [`Container::handle`] for its own.
    pub(crate) fn adopt(&self, created: Done) {
        *self.created.borrow_mut() = Some(created);
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.handle.id
    }

    /// Whose container it is: rows of one table are told apart by it.
    #[must_use]
    pub fn case(&self) -> &'static Case {
        self.setting.case
    }

    /// Its bundle, as written.
    #[must_use]
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// What the host and the runtime have.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.setting.facts
    }

    /// Another container of the same case, with the same state root, and a bundle changed further.
    ///
    /// # Errors
    /// [`Fault::Broken`] where the bundle cannot be written.
    pub fn other(&self, id: &str, change: impl FnOnce(Bundle) -> Bundle) -> Result<Self, Fault> {
        self.setting.container(id, change)
    }

    /// Writes another configuration into the bundle of this container.
    ///
    /// # Errors
    /// [`Fault::Broken`] where the file cannot be written.
    pub fn rewrite(&self, change: impl FnOnce(Bundle) -> Bundle) -> Judgment {
        let changed = change(self.bundle.clone());
        changed.write_config().map_err(|error| Fault::broken("write the configuration", &error))
    }
}
