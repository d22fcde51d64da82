//! What the specification asks for: one [`Clause`] per obligation.

use record::Level;

/// One obligation of the runtime specification.
#[derive(Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its name, such as `runtime/delete-not-stopped`; the part before the slash is the file of the specification.
    pub id: &'static str,
    /// How binding it is. A description without a keyword binds as the sentence that makes it binding does.
    pub level: Level,
    /// Where it stands: file and section, such as `runtime.md#delete`.
    pub address: &'static str,
    /// What it asks, in our own words.
    pub asks: &'static str,
    /// SHA-256 of its sentence as [`crate::ledger`] normalizes it, in hexadecimal.
    pub sentence: &'static str,
}

impl Clause {
    /// The file of the specification, such as `runtime.md`.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.address.split_once('#').map_or(self.address, |(file, _)| file)
    }

    /// The section within the file, such as `delete`; empty where the address names none.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.address.split_once('#').map_or("", |(_, section)| section)
    }
}
