//! The verbs that look at containers, and those that change what they may use.

mod events;
mod list;
mod pause;
mod ps;
mod spec;
mod table;
mod update;

pub use self::events::{EventsError, events};
pub use self::list::{ListError, list};
pub use self::pause::{PauseError, pause, resume};
pub use self::ps::{PsError, ps};
pub use self::spec::{SpecError, spec};
pub use self::update::{UpdateVerbError, update};
