//! What the program in the container does.

use std::path::Path;

/// Exit status of a program that ends by itself: no runtime returns it by chance, so it shows that the program ran.
pub const ENDS_WITH: i32 = 42;

/// Where a program that stamps writes the time, relative to its root.
pub(super) const STAMP: &str = "stamp";

/// Where a program that tells what it sees writes it, relative to its root.
pub(super) const REPORT: &str = "seen";

/// What it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// It ends with [`ENDS_WITH`].
    Ends,
    /// It writes down when it began, and ends with [`ENDS_WITH`].
    Stamps,
    /// It waits to be killed.
    Waits,
    /// It writes down what it sees of its container, and waits to be killed.
    Tells,
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
            Self::Tells => vec![format!("report={}", root.join(REPORT).display()), "pause".to_owned()],
        }
    }
}
