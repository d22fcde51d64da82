//! What the program in the container does.

use std::path::Path;

/// Exit status of a program that ends by itself: no runtime returns it by chance, so it shows that the program ran.
pub const ENDS_WITH: i32 = 42;

/// Where a program that stamps writes the time, relative to its root.
pub(super) const STAMP: &str = "stamp";

/// What it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// It ends with [`ENDS_WITH`].
    Ends,
    /// It writes down when it began, and ends with [`ENDS_WITH`].
    Stamps,
    /// It waits to be killed.
    Waits,
}

impl Payload {
    /// Arguments of the probe, whose files are below `root`.
    #[must_use]
    pub fn arguments(self, root: &Path) -> Vec<String> {
        let ends = format!("exit={ENDS_WITH}");
        match self {
            Self::Ends => vec![ends],
            Self::Stamps => vec![format!("stamp={}", root.join(STAMP).display()), ends],
            Self::Waits => vec!["pause".to_owned()],
        }
    }
}
