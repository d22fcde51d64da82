//! What came of a fault.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fault::Effect;

/// What came of a fault, the best first: of several the worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The call succeeded, and everything is as it would have been.
    Tolerated,
    /// The call failed and left nothing.
    CleanFail,
    /// Something was left; a forced delete removes all of it.
    DirtyFail,
    /// Something was left after a forced delete, or the id cannot be used.
    Leak,
    /// The call succeeded, but a property is missing, or the container is of no use.
    Silent,
    /// The runtime died of a signal that nobody sent, or panicked.
    Crash,
    /// The deadline passed.
    Hang,
    /// The call that was to fail was not made.
    Unfired,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Tolerated,
        Self::CleanFail,
        Self::DirtyFail,
        Self::Leak,
        Self::Silent,
        Self::Crash,
        Self::Hang,
        Self::Unfired,
    ];

    /// Whether a runtime may do so. One that is killed cannot clean up; whatever it leaves, a delete must be able to.
    #[must_use]
    pub fn conforms(self, effect: Effect) -> bool {
        match self {
            Self::Tolerated | Self::CleanFail | Self::Unfired => true,
            Self::DirtyFail => matches!(effect, Effect::Kill(_)),
            Self::Leak | Self::Silent | Self::Crash | Self::Hang => false,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tolerated => "tolerated",
            Self::CleanFail => "clean-fail",
            Self::DirtyFail => "dirty-fail",
            Self::Leak => "leak",
            Self::Silent => "silent",
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Unfired => "unfired",
        })
    }
}
