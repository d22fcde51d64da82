//! A case: one test of one clause.

use crate::bundle::Bundle;
use crate::container::Container;
use crate::{Clause, Judgment, Need};

/// One test of one clause: a stage, an act, a check; nothing to clean up.
///
/// Each case runs in a sandbox of its own, with a fresh state root and a bundle that every runtime accepts, changed by
/// `bundle`. Cases that differ in one value are rows of one table: they share their functions and are told apart by
/// [`Bundle::case`] and [`Container::case`].
#[derive(Debug)]
pub struct Case {
    /// Last word of its address; unique below its clause.
    pub name: &'static str,
    /// What it tests.
    pub clause: &'static Clause,
    /// What the host and the runtime must have for it to tell anything.
    pub needs: &'static [Need],
    /// Changes the base bundle to what the case needs.
    pub bundle: fn(Bundle) -> Bundle,
    /// Acts and checks.
    pub run: fn(&Container) -> Judgment,
}

impl Case {
    /// Its address, such as `runtime/delete-not-stopped/running`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}/{}", self.clause.id, self.name)
    }
}
