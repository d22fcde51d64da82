//! `list`: all containers.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fs::{CWD, stat};
use serde::{Deserialize, Serialize};

use crate::cli::{Format, List, Log};
use crate::file;
use crate::state::{Container, Containers, StateError};

/// Why containers could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The state root cannot be read, or the state of a container.
    #[error(transparent)]
    State(#[from] StateError),

    /// What is kept about a container is no JSON.
    #[error("write the list as JSON")]
    Json(#[from] serde_json::Error),
}

/// A container as `state` prints it, and who owns it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    oci_version: String,
    id: String,
    pid: i32,
    status: String,
    bundle: String,
    #[serde(default)]
    rootfs: String,
    #[serde(default)]
    created: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
    #[serde(default)]
    owner: String,
}

/// The list, as it is to be printed.
///
/// A container that vanishes meanwhile is left out; one that is damaged is left out of all but the ids, and warned about.
///
/// # Errors
/// When the state root cannot be read.
pub fn list(asked: List, containers: &Containers, log: &Log<'_>) -> Result<String, ListError> {
    let ids = containers.ids()?;
    if asked.quiet {
        return Ok(ids.iter().flat_map(|id| [id.as_str(), "\n"]).collect());
    }
    let users = Users::read();
    let mut rows = Vec::new();
    for id in &ids {
        match containers.find(id).and_then(|container| row(&container, &users)) {
            Ok(row) => rows.extend(row),
            Err(StateError::Unknown { .. }) => {}
            Err(error) => log.warning(&error.to_string()),
        }
    }
    match asked.format {
        Format::Json => Ok(serde_json::to_string(&rows)? + "\n"),
        Format::Table => Ok(table(&rows)),
    }
}

fn row(container: &Container, users: &Users) -> Result<Option<Row>, StateError> {
    let state = container.state()?;
    let row = serde_json::from_str::<Row>(&state).ok();
    Ok(row.map(|row| Row { owner: users.owner_of(container.directory.path()), ..row }))
}

fn table(rows: &[Row]) -> String {
    const HEADER: [&str; 6] = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"];
    let cells = |row: &Row| {
        let [id, status, bundle] = [&row.id, &row.status, &row.bundle].map(String::clone);
        [id, row.pid.to_string(), status, bundle, row.created.clone(), row.owner.clone()]
    };
    let rows: Vec<_> = core::iter::once(HEADER.map(String::from)).chain(rows.iter().map(cells)).collect();
    super::table::render(&rows)
}

/// The host's users by number.
struct Users(String);

impl Users {
    /// Reads the host's own list; without one, numbers stand for names.
    fn read() -> Self {
        Self(file::take(CWD, "/etc/passwd").unwrap_or_default())
    }

    /// Who made the directory of a container.
    fn owner_of(&self, path: &str) -> String {
        let Ok(stat) = stat(path) else { return String::new() };
        let uid = stat.st_uid.to_string();
        self.name(&uid).map_or_else(|| format!("#{uid}"), String::from)
    }

    fn name(&self, uid: &str) -> Option<&str> {
        let mut fields = self.0.lines().map(|line| line.split(':'));
        fields.find_map(|mut fields| {
            let name = fields.next()?;
            (fields.nth(1)? == uid).then_some(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_number() {
        let users = Users("root:x:0:0:root:/root:/bin/sh\nodd\nweb:x:33:33::/:/bin/false\n".into());
        assert_eq!(users.name("0"), Some("root"));
        assert_eq!(users.name("33"), Some("web"));
        assert_eq!(users.name("3"), None);
    }

    #[test]
    fn rows_line_up_under_their_header() {
        let row = Row {
            oci_version: "1.3.0".into(),
            id: "web".into(),
            pid: 42,
            status: "running".into(),
            bundle: "/b".into(),
            rootfs: "/b/rootfs".into(),
            created: "2026-11-24T08:30:00Z".into(),
            annotations: BTreeMap::new(),
            owner: "root".into(),
        };
        let expected = "ID    PID   STATUS    BUNDLE   CREATED                OWNER\n\
                        web   42    running   /b       2026-11-24T08:30:00Z   root\n";
        assert_eq!(table(&[row]), expected);
        assert_eq!(table(&[]), "ID   PID   STATUS   BUNDLE   CREATED   OWNER\n");
    }

    #[test]
    fn a_state_root_that_is_not_there_has_no_containers() {
        let containers = Containers::below("/nonexistent/coracle");
        let log = Log { file: None, format: crate::cli::LogFormat::Text, level: crate::cli::Level::Error };
        let print = |format, quiet| list(List { format, quiet }, &containers, &log).unwrap();
        assert_eq!(print(Format::Json, false), "[]\n");
        assert_eq!(print(Format::Table, true), "");
    }
}
