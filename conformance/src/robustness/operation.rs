//! The operations in which a runtime is killed or hit by a fault: what must be there before, and the call itself.

use drive::Step;
use serde::{Deserialize, Serialize};

use crate::container::Container;
use crate::fault::Judgment;
use crate::state::Status;

/// One verb, on a container in the state that it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Operation {
    Create,
    Start,
    Exec,
    Kill,
    Delete,
}

impl Operation {
    /// The operation of that verb.
    pub(super) fn named(verb: &str) -> Option<Self> {
        Some(match verb {
            "create" => Self::Create,
            "start" => Self::Start,
            "exec" => Self::Exec,
            "kill" => Self::Kill,
            "delete" => Self::Delete,
            _ => return None,
        })
    }

    /// Brings the container, which does not exist, into the state that the call asks for.
    ///
    /// # Errors
    /// [`crate::Fault::Unreached`] where the runtime cannot.
    pub(super) fn prepare(self, c: &Container) -> Judgment {
        match self {
            Self::Create => Ok(()),
            Self::Start => c.create().given().map(drop),
            Self::Exec | Self::Kill => c.given_running().map(drop),
            Self::Delete => {
                c.given_running()?;
                c.kill("KILL").given()?;
                c.until(Status::Stopped).given().map(drop)
            }
        }
    }

    /// The call.
    pub(super) fn step(self, c: &Container) -> Step {
        let (handle, id) = (c.handle(), c.id());
        let words = |words: &[&str]| words.iter().map(Into::into).collect();
        match self {
            Self::Create => handle.step_create(),
            Self::Start => handle.step("start", words(&[id])),
            Self::Exec => handle.step("exec", words(&[id, "/probe", "echo=here"])),
            Self::Kill => handle.step("kill", words(&[id, "KILL"])),
            Self::Delete => handle.step("delete", words(&[id])),
        }
    }
}
