//! What a runtime survives: races, kills, faults, full disks, damaged state, hostile input.
//!
//! Terms: a *round* is one repetition of a race or a kill, with everything cleaned up before the next; a *promise* is
//! what a case holds a runtime to where no sentence of the specification does, with an id below `robustness/`.
//!
//! These cases are no part of a conformance figure. How often each repeats is one setting, `$ROUNDS`.

mod fault;
mod kill;
mod life;
mod operation;
mod promise;
mod race;
mod rounds;
mod steady;
pub mod sweep;
mod trial;
mod verdict;
mod world;

pub use fault::{Depth, Effect, Fault, Killed};
pub use trial::Trial;
pub use verdict::Verdict;

use crate::Case;

/// Every case, in the order in which they run.
#[must_use]
pub fn all() -> Vec<&'static Case> {
    [life::ALL, race::ALL, kill::ALL].concat()
}
