//! The binaries that take part in a run, told apart by content.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A binary that takes part in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Short name that lines refer to, such as `runc`.
    pub name: String,
    /// Path of the binary; empty for what has none, such as the floor. Absolute, except that a record tells places
    /// below the directory of the run from there, and those below the home directory from `~`.
    pub path: String,
    /// First `SemVer` in the output of `--version`; empty where there is none.
    pub version: String,
    /// SHA-256 of the binary, in hexadecimal; empty where there is none.
    pub sha256: String,
    /// Size of the binary, in bytes.
    pub size_bytes: u64,
}

/// Why a binary could not be identified.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum SubjectError {
    #[error("read the binary `{path}`")]
    Read { path: PathBuf, source: io::Error },
}

impl Subject {
    /// Identifies the binary at `path`; hashes the whole file.
    ///
    /// # Errors
    /// [`SubjectError::Read`] where the file cannot be read.
    pub fn of_binary(name: &str, path: &Path, version: &str) -> Result<Self, SubjectError> {
        let refuse = |source| SubjectError::Read { path: path.to_owned(), source };
        let whole = fs::canonicalize(path).map_err(refuse)?;
        let bytes = fs::read(&whole).map_err(refuse)?;
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        Ok(Self {
            name: name.to_owned(),
            path: whole.display().to_string(),
            version: version.to_owned(),
            sha256,
            size_bytes: bytes.len() as u64,
        })
    }

    /// A subject that is no binary, such as the floor or a kind of mount.
    #[must_use]
    pub fn without_binary(name: &str) -> Self {
        let empty = String::new;
        Self { name: name.to_owned(), path: empty(), version: empty(), sha256: empty(), size_bytes: 0 }
    }
}

/// Where a run happens: records are published, and where somebody works is nobody's business.
#[derive(Debug)]
pub(crate) struct Places {
    run: PathBuf,
    home: PathBuf,
}

impl Places {
    /// The directory of this run, and the home of whoever runs it.
    pub(crate) fn of_run() -> Self {
        let run = env::current_dir().unwrap_or_default();
        Self { run, home: env::var_os("HOME").map(PathBuf::from).unwrap_or_default() }
    }

    /// The path as a record tells it.
    pub(crate) fn told(&self, path: &str) -> String {
        let below =
            |place: &Path| Path::new(path).strip_prefix(place).ok().filter(|_| place.parent().is_some());
        let from_home = || below(&self.home).map(|rest| format!("~/{}", rest.display()));
        let told = below(&self.run).map(|rest| rest.display().to_string()).or_else(from_home);
        told.unwrap_or_else(|| path.to_owned())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_no_directory_of_somebody() {
        let places = Places { run: "/home/me/loadline".into(), home: "/home/me".into() };
        let told = |path| places.told(path);
        assert_eq!(told("/home/me/loadline/target/coracle/coracle"), "target/coracle/coracle");
        assert_eq!(told("/home/me/bin/crun"), "~/bin/crun");
        assert_eq!((told("/usr/bin/crun").as_str(), told("").as_str()), ("/usr/bin/crun", ""));
        let root = Places { run: "/".into(), home: "/".into() };
        assert_eq!(root.told("/usr/bin/crun"), "/usr/bin/crun");
    }

    #[test]
    fn a_binary_is_told_by_its_content() {
        let me = env::current_exe().unwrap();
        let subject = Subject::of_binary("me", &me, "1.2.3").unwrap();
        assert_eq!(subject.sha256.len(), 64);
        assert_eq!(hexadecimal(&[0, 15, 255]), "000fff");
        assert_eq!(subject.size_bytes, fs::metadata(&me).unwrap().len());
        let missing = Subject::of_binary("me", Path::new("/no/such/file"), "").unwrap_err();
        assert_eq!(missing.to_string(), "read the binary `/no/such/file`");
    }
}
