//! What the probe saw: its document, asked by pointer, and the mounts in it.

use fixtures::probe::{self, Mount, Text};
use serde_json::Value;

use crate::fault::{Fault, Judgment};

/// The document of one probe.
#[derive(Debug, Clone)]
pub struct Report {
    /// What it says, typed.
    pub seen: probe::Report,
    /// The same, asked by pointer: what tables of properties need.
    document: Value,
}

impl Report {
    /// The first document with this nonce in a text of documents.
    #[must_use]
    pub fn find(text: &str, nonce: &str) -> Option<Self> {
        // Whatever else the runtime or the program wrote stands on lines of its own.
        let documents = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let document = documents.into_iter().find(|document| document["nonce"] == nonce)?;
        Some(Self { seen: serde_json::from_value(document.clone()).ok()?, document })
    }

    /// The value at `pointer`; null where there is none.
    #[must_use]
    pub fn at(&self, pointer: &str) -> &Value {
        self.document.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The number at `pointer`.
    #[must_use]
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.at(pointer).as_u64()
    }

    /// The namespace of that kind, such as `net`, that the probe is in.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where it could not see that, as without `/proc`.
    pub fn namespace(&self, kind: &str) -> Result<String, Fault> {
        let seen = self.at(&format!("/namespaces/{kind}")).as_str().map(str::to_owned);
        seen.ok_or_else(|| {
            Fault::unreached(format!("a look at the {kind} namespace"), "the probe could not see it")
        })
    }

    /// The probe saw this value.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it saw another.
    pub fn must_be(&self, pointer: &str, expected: impl Into<Value>) -> Judgment {
        must_be(pointer.trim_start_matches('/'), &expected.into(), self.at(pointer))
    }

    /// What the action found or came to; null where the probe did not get to it.
    #[must_use]
    pub fn answer(&self, action: &str) -> &Value {
        let answers = self.at("/answers").as_array();
        let found = answers.into_iter().flatten().find(|answer| answer["action"] == action);
        found.map_or(&Value::Null, |answer| &answer["outcome"])
    }

    /// The action came to this, at `pointer` in its outcome.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it came to something else, such as an error.
    pub fn answer_must_be(&self, action: &str, pointer: &str, expected: impl Into<Value>) -> Judgment {
        let (answer, expected) = (self.answer(action), expected.into());
        match answer.pointer(pointer) {
            Some(seen) if *seen == expected => Ok(()),
            Some(seen) => Err(Fault::failed(format!("{action}: {expected}"), format!("{action}: {seen}"))),
            None => Err(Fault::failed(format!("{action}: {expected}"), format!("{action}: {answer}"))),
        }
    }

    /// The action came to an end without an error.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it came to an error, or was not tried.
    pub fn must_have_done(&self, action: &str) -> Judgment {
        let answer = self.answer(action);
        let done = !answer.is_null() && answer.get("errno").is_none();
        if done { Ok(()) } else { Err(Fault::failed(format!("{action} to go well"), answer.to_string())) }
    }

    /// The action was refused by the kernel with one of these error numbers.
    ///
    /// # Errors
    /// [`Fault::Failed`] where it was not.
    pub fn must_be_refused(&self, action: &str, errors: &[i32]) -> Judgment {
        let answer = self.answer(action);
        let number = answer["errno"].as_i64();
        if errors.iter().any(|error| number == Some(i64::from(*error))) {
            return Ok(());
        }
        let expected = format!("{action} to be refused with error {errors:?}");
        Err(Fault::failed(expected, answer.to_string()))
    }

    /// The topmost mount on `place`.
    ///
    /// # Errors
    /// [`Fault::Failed`] where there is none.
    pub fn must_have_mount(&self, place: &str) -> Result<&Mount, Fault> {
        let all = || self.seen.mounts.iter().flatten();
        let places = || all().map(|mount| mount.point.to_string()).collect::<Vec<_>>().join(" ");
        let found = self.seen.mount(place);
        found.ok_or_else(|| Fault::failed(format!("a mount on {place}"), format!("mounts on {}", places())))
    }
}

/// A value is as it should be.
///
/// # Errors
/// [`Fault::Failed`], with `what` before both values.
pub fn must_be(what: &str, expected: &Value, actual: &Value) -> Judgment {
    if expected == actual {
        return Ok(());
    }
    Err(Fault::failed(format!("{what}: {expected}"), format!("{what}: {actual}")))
}

/// Whether the mount or its file system has the option.
#[must_use]
pub fn has_option(mount: &Mount, option: &str) -> bool {
    mount.options.iter().chain(&mount.super_options).any(|one| one == option)
}

/// All mounts of a process, as the host sees them.
#[must_use]
pub fn mounts_of(pid: u32) -> Vec<Mount> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
    text.lines().filter_map(|line| Mount::try_from(Text::from(line)).ok()).collect()
}
