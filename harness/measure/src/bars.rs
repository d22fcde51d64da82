//! The bars that the reference runtime has to reach, as data, and all of them measured in one interleaved run.
//!
//! Terms: a [*bar*](Bar) is a figure with a limit, beside another runtime or alone; a [*finding*](Finding) is what
//! came of it. A *cycle* takes some rounds of every race, so that a slow minute of the machine slows all of them.
//!
//! Begin with `bars.toml`, then [`schedule`].

mod crowd;
mod finding;
mod scenario;
mod schedule;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use drive::Runtime;
use fixtures::floor;
use record::{Header, Subject, WriteError};

pub use finding::{Finding, Standing, findings};
pub use schedule::run;
pub use table::{Bar, Figure};

use crate::session::{Effort, Extent, Session};
use crate::start::{Field, FieldError, resident};

/// Name of this family in samples.
pub const FAMILY: &str = "bars";

/// The runtime that is judged.
pub const JUDGED: &str = "coracle";

/// The program that does the kernel's work alone.
pub const HARD_CODED: &str = "hard-coded";

/// Memory that the processes of a created container hold, in bytes; what they share is divided among them.
pub const HELD: &str = "held";

/// Some 90 cycles on two quiet processors.
pub const FULL: Effort =
    Effort { extent: Extent::Whole, rounds: 200, budget: Duration::from_mins(6), seed: 1 };

/// A look, in a minute or so.
pub const QUICK: Effort =
    Effort { extent: Extent::Look, rounds: 5, budget: Duration::from_secs(20), seed: 1 };

/// Why there is nothing to hold the bars to.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BarsError {
    #[error(transparent)]
    Field(#[from] FieldError),

    #[error("write the floor into `{path}`")]
    Floor { path: PathBuf, source: std::io::Error },

    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Who is measured.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The runtime that is judged.
    pub judged: Runtime,
    /// Those that it is judged beside; the crun that most bars are to comes first.
    pub peers: Vec<Runtime>,
}

impl Entry {
    /// Adds everyone to a header.
    #[must_use]
    pub fn introduce(&self, mut header: Header) -> Header {
        header.subjects =
            std::iter::once(&self.judged).chain(&self.peers).map(|one| one.subject.clone()).collect();
        header.subjects.push(Subject::without_binary(HARD_CODED));
        header
    }

    /// The judged runtime and its first peer, or all of them.
    fn pair(&self) -> Vec<Runtime> {
        std::iter::once(&self.judged).chain(self.peers.first()).cloned().collect()
    }

    fn all(&self, floor: &Runtime) -> Vec<Runtime> {
        std::iter::once(&self.judged).chain(&self.peers).chain([floor]).cloned().collect()
    }
}

/// The floor, written into `home`, as if it were a runtime.
fn hard_coded(home: &Path) -> Result<Runtime, BarsError> {
    let path = floor::install(home).map_err(|source| BarsError::Floor { path: home.to_owned(), source })?;
    Ok(Runtime { path, ..Runtime::known(Subject::without_binary(HARD_CODED)) })
}

/// Measures what is not raced: how much memory is held, what many containers cost, how many calls are made.
fn run_alone<W: Write>(session: &mut Session<'_, W>, field: &Field, entry: &Entry) -> Result<(), BarsError> {
    let seed = session.effort.seed;
    match field.traced(seed) {
        Ok(mut race) => {
            race.family = FAMILY;
            session.run_rounds(race, schedule::TRACED)?;
        }
        Err(FieldError::Calls(error)) => session.record.omit("bars/calls", crate::chain(&error)),
        Err(other) => return Err(other.into()),
    }
    session.run_rounds(
        resident::race(field, &entry.pair(), (FAMILY, resident::SCENARIO), seed)?,
        schedule::RESIDENT,
    )?;
    crowd::measure(session, field, &entry.pair())
}
