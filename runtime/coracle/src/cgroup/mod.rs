//! Control groups: where a container's processes are accounted and limited.
//!
//! A *hierarchy* is a tree of *cgroups*, mounted as directories. Version 2 has one hierarchy, the *unified* one, for
//! all *controllers*; version 1 has one for each controller, or for a few together. A *hybrid* host has both, each
//! controller in one of them.
//!
//! [`layout::Layout`] says what this host has, [`place::Place`] where a container goes, [`limits::Limits`] what to
//! write there; [`make::Made`] is the result, and its [`record::Record`] goes to the state file, from which every later
//! verb works.

mod apply;
pub mod below;
pub mod control;
pub mod controller;
mod delegate;
pub mod device;
mod enable;
mod error;
mod follow;
pub mod layout;
pub mod limits;
mod lower;
pub mod make;
pub mod place;
mod program;
pub mod record;
pub mod stats;
mod update;

pub use crate::cause::Cause;
pub use below::{Below, BelowError};
pub use control::ControlError;
pub use error::MakeError;
pub use follow::FollowError;
pub use layout::{Layout, LayoutError};
pub use limits::Limits;
pub use make::Made;
pub use place::{Place, PlaceError};
pub use record::Record;
pub use stats::Stats;
pub use update::UpdateError;
