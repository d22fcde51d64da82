//! The verbs: one function each, which the command line calls.

mod create;
mod delete;
mod error;
mod events;
mod exec;
mod kill;
mod list;
mod pause;
mod ps;
mod run;
mod spec;
mod start;
mod table;
mod update;

pub use self::create::create;
pub use self::delete::{Delete, delete};
pub use self::error::VerbError;
pub use self::events::{EventsError, events};
pub use self::exec::{ExecError, exec};
pub use self::kill::{Target, kill};
pub use self::list::{ListError, list};
pub use self::pause::{PauseError, pause, resume};
pub use self::ps::{PsError, ps};
pub use self::run::{Orphans, Run, run};
pub use self::spec::{SpecError, spec};
pub use self::start::start;
pub use self::update::{UpdateVerbError, update};
