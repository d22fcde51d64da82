//! A container that is there: its record, its status, and the document that `state` prints.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::directory::{Directory, StateError};
use super::record::Record;
use crate::config::text::Text;

/// A container that is there.
#[derive(Debug)]
pub struct Container {
    /// Its directory.
    pub directory: Directory,
    /// What is kept about it.
    pub record: Record,
    /// Its configuration, as it was read.
    pub configuration: Vec<u8>,
    is_complete: bool,
}

/// What a container is doing (`runtime.md#state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is being created.
    Creating,
    /// It waits for `start`.
    Created,
    /// Its program runs.
    Running,
    /// Its program runs, but is frozen.
    Paused,
    /// Its program has ended.
    Stopped,
}

/// The state of a container as JSON (`runtime.md#state`); `rootfs` and `created` are what engines expect besides.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State<'a> {
    /// The version of the specification that its configuration names.
    pub oci_version: &'a str,
    /// Its id.
    pub id: &'a str,
    /// What it does.
    pub status: Status,
    /// Its process as seen from the host; 0 when it has none.
    pub pid: i32,
    /// Its bundle.
    pub bundle: &'a str,
    /// Its root file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rootfs: Option<&'a str>,
    /// When it was created, as in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Metadata.
    #[serde(skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations<'a>,
}

/// Annotations by their names.
type Annotations<'a> = BTreeMap<Cow<'a, str>, Cow<'a, str>>;

/// What `state` needs of a configuration.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Extract<'a> {
    #[serde(borrow)]
    oci_version: Option<Text<'a>>,
    #[serde(borrow)]
    annotations: BTreeMap<Text<'a>, Text<'a>>,
}

impl Status {
    /// The word for it in the specification.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }
}

impl Container {
    /// Reads what is in its directory.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when that cannot be read.
    pub fn load(directory: Directory) -> Result<Self, StateError> {
        let loaded = directory.load()?;
        Ok(Self::of(directory, loaded))
    }

    /// The container whose directory and content these are.
    #[must_use]
    pub fn of(directory: Directory, loaded: (Record, Vec<u8>, bool)) -> Self {
        let (record, configuration, is_complete) = loaded;
        Self { directory, record, configuration, is_complete }
    }

    /// Whether it was created, not only begun.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// What the container is doing: asked of the kernel, as it may be something else a moment later.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.record.init.find().is_none() {
            return Status::Stopped;
        }
        if !self.is_complete {
            return Status::Creating;
        }
        if self.directory.gate().is_guarded() {
            return Status::Created;
        }
        if self.record.cgroup.is_frozen() { Status::Paused } else { Status::Running }
    }

    /// Prints the state as JSON.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when the configuration kept is not JSON.
    pub fn state(&self) -> Result<String, StateError> {
        let damaged = |_| StateError::Damaged { path: self.directory.path().to_string() };
        let extract: Extract<'_> = serde_json::from_slice(&self.configuration).map_err(damaged)?;
        let status = self.status();
        let annotations = extract.annotations.iter();
        let state = State {
            oci_version: extract.oci_version.as_deref().unwrap_or_default(),
            id: &self.record.id,
            status,
            pid: if status == Status::Stopped { 0 } else { self.record.init.pid },
            bundle: &self.record.bundle,
            rootfs: Some(&self.record.rootfs),
            created: Some(self.record.created.to_string()),
            annotations: annotations
                .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
                .collect(),
        };
        serde_json::to_string_pretty(&state).map_err(damaged)
    }
}
