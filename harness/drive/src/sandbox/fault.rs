//! What can go wrong between the caller and the job, named by the step it belongs to.

use std::io;

/// Why a stage could not do its part.
#[derive(Debug, thiserror::Error)]
pub(super) enum StageError {
    #[error("{what}: {source}")]
    Step { what: &'static str, source: io::Error },

    #[error("mount {what} on `{place}`: {source}")]
    Mount { what: String, place: String, source: io::Error },

    #[error("cgroup `{path}`: {source}")]
    Cgroup { path: String, source: io::Error },

    #[error("this program knows no job `{name}`; pass it to `sandbox::enter`")]
    UnknownJob { name: String },
}

/// Names the step that an error belongs to.
pub(super) trait During<T> {
    fn during(self, what: &'static str) -> Result<T, StageError>;
}

impl<T, E: Into<io::Error>> During<T> for Result<T, E> {
    fn during(self, what: &'static str) -> Result<T, StageError> {
        self.map_err(|source| StageError::Step { what, source: source.into() })
    }
}
