//! What coracle keeps about each container, and what it finds out about one.
//!
//! The *state root* has one directory for each container, named by its id; making that directory decides who owns the
//! id. In it lie
//!
//! - `intent`, a symbolic link made before anything else is: its target is an [`Anchor`] that names the cgroups which
//!   are about to be made;
//! - `init`, a symbolic link made as soon as there is a process: an [`Anchor`] that names it and the cgroups made;
//! - `record`: the [`Record`] on its first line, after it the configuration as it was read;
//! - `gate`, the socket on which a created container waits for `start`.
//!
//! A link is made with its target or not at all, so none of this is ever half there but for `record`, and what must be
//! cleaned up can be found without it. Nothing is synced to the disk: a power failure ends the containers too.
//!
//! The status is never stored, since it would lie after the next crash: it follows from the process and the gate.

mod anchor;
mod container;
mod containers;
mod directory;
mod gate;
mod id;
mod init;
mod instant;
mod record;

pub use anchor::Anchor;
pub use container::{Container, State, Status};
pub use containers::Containers;
pub use directory::{Directory, StateError};
pub(crate) use gate::wait as wait_at_gate;
pub use gate::{Gate, Knock};
pub use id::{Id, IdError};
pub(crate) use init::Stat;
pub use init::{Alive, Init};
pub use instant::Instant;
pub use record::Record;
