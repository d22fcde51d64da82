//! The state of a container, as the verb `state` and the input of hooks give it.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::act::{Act, Trouble};
use crate::fault::{Fault, Judgment};

/// What a container is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Being created.
    Creating,
    /// Created; its program waits.
    Created,
    /// Its program runs.
    Running,
    /// Its process has exited.
    Stopped,
    /// A status that the runtime defines.
    Other,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Creating => "creating",
            Self::Created => "created",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Other => "none of the specification's",
        })
    }
}

/// The state of a container.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// What it is doing.
    pub status: Status,
    /// Its process, where the state has one that is not 0.
    pub pid: Option<u32>,
    /// Its id.
    pub id: Option<String>,
    /// Its bundle.
    pub bundle: Option<String>,
    /// The version that the state complies with.
    pub oci_version: Option<String>,
    /// Its annotations; none where there is no map of strings.
    pub annotations: Option<BTreeMap<String, String>>,
    /// The whole document.
    pub document: Value,
}

impl State {
    /// Reads a state document.
    ///
    /// # Errors
    /// Where it is not a JSON object with a status.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let document: Value = serde_json::from_str(text)
            .map_err(|error| Trouble::Missing(format!("its answer is no JSON document: {error}")))?;
        let word = |name: &str| document[name].as_str().map(str::to_owned);
        let missing = || Trouble::Missing(format!("its answer has no `status`: {document}"));
        let status = match word("status").ok_or_else(missing)?.as_str() {
            "creating" => Status::Creating,
            "created" => Status::Created,
            "running" => Status::Running,
            "stopped" => Status::Stopped,
            _ => Status::Other,
        };
        let pid = document["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok());
        let annotations = serde_json::from_value(document["annotations"].clone()).ok();
        Ok(Self {
            status,
            pid: pid.filter(|pid| *pid != 0),
            id: word("id"),
            bundle: word("bundle"),
            oci_version: word("ociVersion"),
            annotations,
            document,
        })
    }
}

impl Act<State> {
    /// The clause asks that the container has this status.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it has another, or `state` fails.
    pub fn must_be(self, status: Status) -> Judgment {
        let state = self.must_succeed()?;
        if state.status == status {
            return Ok(());
        }
        Err(Fault::failed(format!("status `{status}`"), format!("status `{}`", state.status)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_with_what_it_lacks() {
        let state = State::parse(r#"{"status":"running","pid":7,"annotations":{"a":""}}"#).unwrap();
        assert_eq!((state.status, state.pid, state.id), (Status::Running, Some(7), None));
        assert_eq!(state.annotations.unwrap()["a"], "");
        let stopped = State::parse(r#"{"status":"stopped","pid":0}"#).unwrap();
        assert_eq!((stopped.pid, stopped.annotations), (None, None));
        assert!(State::parse("").is_err() && State::parse("{}").is_err() && State::parse("[]").is_err());
    }

    #[test]
    fn a_status_is_what_the_case_asks_for_or_the_clause_is_broken() {
        let act = |text: &str| Act::new("`state`", State::parse(text));
        assert_eq!(act(r#"{"status":"created"}"#).must_be(Status::Created), Ok(()));
        let other = act(r#"{"status":"created"}"#).must_be(Status::Running);
        assert_eq!(other, Err(Fault::failed("status `running`", "status `created`")));
    }
}
