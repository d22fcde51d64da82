//! `spec`: a `config.json` to begin with.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::process::{getegid, geteuid};

use crate::cause::Cause;
use crate::cgroup::Layout;
use crate::cli::Spec;
use crate::stream;

/// Why no configuration was written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum SpecError {
    #[error("`{bundle}/config.json` exists; remove it first")]
    Exists { bundle: String },

    #[error("write `{bundle}/config.json`")]
    Write { bundle: String, source: Cause },
}

/// For root: namespaces of its own but for users, no device beyond the default ones.
const ROOT: &str = include_str!("spec/root.json");
/// For others: a user namespace where the caller is root, the host's network.
const ROOTLESS: &str = include_str!("spec/rootless.json");

/// Writes `config.json` into the bundle; never over one that is there.
///
/// # Errors
/// As said.
pub fn spec(asked: &Spec<'_>) -> Result<(), SpecError> {
    let bundle = || asked.bundle.to_string_lossy().into_owned();
    let write = |source: Errno| SpecError::Write { bundle: bundle(), source: Cause(source) };
    let unified = matches!(Layout::discover(), Ok(Layout::V2));
    let text = text(asked.rootless.then(|| (geteuid().as_raw(), getegid().as_raw())), unified);
    let directory = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = openat(CWD, asked.bundle, directory, Mode::empty()).map_err(write)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file = openat(&directory, "config.json", flags, Mode::from_raw_mode(0o666)).map_err(|errno| {
        if errno == Errno::EXIST { SpecError::Exists { bundle: bundle() } } else { write(errno) }
    })?;
    stream::write_all(&file, text.as_bytes()).map_err(write)
}

/// The document: for root, or for a caller with these ids; with a cgroup namespace where that hides something.
fn text(rootless: Option<(u32, u32)>, unified: bool) -> String {
    const LAST: &str = "\"type\": \"mount\"\n\t\t\t}";
    const CGROUP: &str = "\"type\": \"mount\"\n\t\t\t},\n\t\t\t{\n\t\t\t\t\"type\": \"cgroup\"\n\t\t\t}";
    let text = match rootless {
        None => ROOT.to_owned(),
        Some((uid, gid)) => {
            // The template maps root's ids, of which the first are the user's.
            let user = ROOTLESS.replacen("\"hostID\": 0", &format!("\"hostID\": {uid}"), 1);
            let (before, group) = user.rsplit_once("\"hostID\": 0").unwrap_or((&user, ""));
            format!("{before}\"hostID\": {gid}{group}")
        }
    };
    if unified { text.replacen(LAST, CGROUP, 1) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Document, ids::IdMapping, namespaces::Kind, namespaces::Namespace, version};

    fn checked(text: &str, then: impl FnOnce(&Config<'_>)) {
        let document = Document::parse(text.as_bytes().to_vec()).unwrap();
        let config = Config::check(&document).unwrap();
        assert_eq!(config.warnings, []);
        assert_eq!(config.oci_version, version::GREATEST);
        then(&config);
    }

    #[test]
    fn each_document_is_valid_and_asks_for_what_it_says() {
        let cgroup = |config: &Config<'_>| config.linux.namespaces.of(Kind::Cgroup) == Namespace::Create;
        checked(&text(None, false), |config| assert!(!cgroup(config)));
        checked(&text(None, true), |config| assert!(cgroup(config)));
        checked(&text(Some((1000, 7)), true), |config| {
            let map = |host_id| [IdMapping { container_id: 0, host_id, size: 1 }];
            assert_eq!(config.linux.uid_mappings, map(1000));
            assert_eq!(config.linux.gid_mappings, map(7));
            assert_eq!(config.linux.namespaces.of(Kind::Network), Namespace::Inherit);
            assert!(cgroup(config));
        });
        checked(&text(Some((0, 0)), false), |config| assert_eq!(config.linux.gid_mappings[0].host_id, 0));
    }
}
