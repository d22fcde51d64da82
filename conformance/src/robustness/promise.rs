//! What the cases hold a runtime to.

use record::Level;

use crate::Clause;

/// A promise: an obligation that follows from a sentence of the specification at `address`, or from good sense.
pub(crate) const fn promise(id: &'static str, address: &'static str, asks: &'static str) -> Clause {
    Clause { id, level: Level::Must, address, asks, sentence: "" }
}
