//! How `loadline` ends: its exit codes, and what it says where there is no answer.

use std::process::ExitCode;

use drive::OpenError;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Everything that was asked about holds. Exit code 0.
    Held,
    /// A clause broke, or something got slower or larger. Exit code 1.
    Broke,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for does not exist or makes no sense. Exit code 2.
    Usage(anyhow::Error),
    /// The host or the harness could not do it. Exit code 3.
    Host(anyhow::Error),
}

impl From<Answer> for ExitCode {
    fn from(answer: Answer) -> Self {
        Self::from(match answer {
            Answer::Held => 0,
            Answer::Broke => 1,
        })
    }
}

impl Failure {
    /// Something that the caller can change in the command.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::Usage(error.into())
    }

    /// Something that the caller can change on the machine.
    pub(crate) fn host(error: impl Into<anyhow::Error>) -> Self {
        Self::Host(error.into())
    }

    /// Says why, with all causes, on stderr.
    pub(crate) fn tell(self) -> ExitCode {
        let (Self::Usage(error) | Self::Host(error)) = &self;
        eprintln!("loadline: {error:#}");
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Host(_) => 3,
        })
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        if error.is_usage() { Self::usage(error) } else { Self::host(error) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_runtime_that_is_not_there_is_the_callers_matter() {
        let missing = drive::Runtime::open(Path::new("/no/such/runtime")).unwrap_err();
        assert!(matches!(Failure::from(missing), Failure::Usage(_)));
    }

    #[test]
    fn the_codes_are_those_of_the_help_text() {
        let text = |code: ExitCode| format!("{code:?}");
        assert_eq!(text(Answer::Broke.into()), text(ExitCode::from(1)));
        assert_eq!(text(Failure::usage(anyhow::anyhow!("x")).tell()), text(ExitCode::from(2)));
        assert_eq!(text(Failure::host(anyhow::anyhow!("x")).tell()), text(ExitCode::from(3)));
    }
}
