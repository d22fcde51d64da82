//! Layers: a tar of changes, planned over the layers below, and made a directory that overlayfs can stack.
//!
//! Two phases. The [*plan*](plan) reads headers alone, decides every link, whiteout and implicit parent on a [`tree`]
//! in memory, and touches no file system. [*Materializing*](materialize) makes that tree in an empty directory, and
//! meets no link on its way.

pub mod archive;
pub mod materialize;
pub mod plan;
pub mod tree;

pub use archive::{ArchiveError, Entry, Kind};
pub use materialize::MaterializeError;
pub use plan::{Plan, PlanError};
pub use tree::{Body, Inode, Meta, Source, Tree};
