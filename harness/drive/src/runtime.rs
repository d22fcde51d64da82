//! A runtime binary: found, checked, identified.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use record::{Subject, SubjectError};

use crate::{STEP_DEADLINE, Step, StepError};

/// A runtime binary that exists and can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runtime {
    /// Short name, such as `runc`: what `--version` says, else the name of the file.
    pub name: String,
    /// Absolute path.
    pub path: PathBuf,
    /// Version and digest, as records hold them.
    pub subject: Subject,
}

/// Why a path cannot be used as a runtime.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum OpenError {
    #[error("there is no runtime at `{path}`; give the path of a binary, such as $(command -v runc)")]
    Missing { path: PathBuf, source: io::Error },

    #[error("`{path}` is not a file; give the path of the runtime's binary")]
    NotAFile { path: PathBuf },

    #[error("`{path}` is not executable; try chmod +x, or give the path of the runtime's binary")]
    NotExecutable { path: PathBuf },

    #[error("`{path}` cannot be started here; is it built for this machine, and is its loader installed?")]
    CannotStart { path: PathBuf, source: StepError },

    #[error("identify the runtime")]
    Identify(#[from] SubjectError),

    #[error("make a directory for the output of `{path}`")]
    Scratch { path: PathBuf, source: io::Error },
}

impl OpenError {
    /// Whether the caller named something that is no runtime, rather than this host failing to run it.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::NotAFile { .. } | Self::NotExecutable { .. })
    }
}

impl Runtime {
    /// Checks that there is a binary at `path` that starts, and asks it for its version.
    ///
    /// # Errors
    /// See [`OpenError`]. What `--version` answers, and with which status, is no error.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let path =
            fs::canonicalize(path).map_err(|source| OpenError::Missing { path: path.into(), source })?;
        let metadata =
            fs::metadata(&path).map_err(|source| OpenError::Missing { path: path.clone(), source })?;
        if !metadata.is_file() {
            return Err(OpenError::NotAFile { path });
        }
        if metadata.permissions().mode() & 0o111 == 0 {
            return Err(OpenError::NotExecutable { path });
        }
        let answer = ask_version(&path)?;
        let name = name_in(&answer).map_or_else(|| file_name(&path), str::to_owned);
        let subject = Subject::of_binary(&name, &path, &version_in(&answer))?;
        Ok(Self { name, path, subject })
    }

    /// The runtime that a stored record line or a sandboxed job refers to, without asking it again.
    #[must_use]
    pub fn known(subject: Subject) -> Self {
        Self { name: subject.name.clone(), path: PathBuf::from(&subject.path), subject }
    }
}

fn ask_version(path: &Path) -> Result<String, OpenError> {
    let scratch =
        tempfile::tempdir().map_err(|source| OpenError::Scratch { path: path.to_owned(), source })?;
    let step = Step {
        name: "--version".to_owned(),
        program: path.to_owned(),
        args: vec!["--version".into()],
        output: scratch.path().join("version"),
        deadline: STEP_DEADLINE,
    };
    let done = step.run().map_err(|source| OpenError::CannotStart { path: path.to_owned(), source })?;
    Ok(done.stdout())
}

/// The word before `version` at the beginning of the answer.
fn name_in(answer: &str) -> Option<&str> {
    let mut words = answer.lines().next()?.split_whitespace();
    let name = words.next()?;
    let follows = words.next()?.trim_end_matches(':');
    (follows == "version" && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)))
        .then_some(name)
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The first word that begins like a semantic version, or like `1.28` right after `version`; a leading `v` is dropped.
fn version_in(answer: &str) -> String {
    let bare = |word: &'_ str| word.trim_start_matches('v').trim_end_matches([',', ';']).to_owned();
    let words: Vec<&str> = answer.split_whitespace().collect();
    let named = words.windows(2).filter(|pair| pair[0].trim_end_matches(':') == "version");
    let short = named.map(|pair| bare(pair[1])).find(|word| numbers(word) == Some(2));
    let whole = words.into_iter().map(bare).find(|word| numbers(word) == Some(3));
    short.or(whole).unwrap_or_default()
}

/// How many numbers with dots between them a word begins with, whatever a distribution puts after them.
fn numbers(word: &str) -> Option<usize> {
    let core = word.split(['-', '+', '~']).next().unwrap_or_default();
    let numbers: Vec<&str> = core.split('.').collect();
    numbers.iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())).then_some(numbers.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_version_are_read_from_the_forms_in_use() {
        let read = |answer: &str| (name_in(answer).unwrap_or("-").to_owned(), version_in(answer));
        let pair = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(read("runc version 1.1.5+ds1\ncommit: 1\nspec: 1.0.2-dev"), pair("runc", "1.1.5+ds1"));
        assert_eq!(read("crun version 1.8.1\ncommit: 0"), pair("crun", "1.8.1"));
        assert_eq!(read("crun version 1.28\ncommit: 0\nspec: 1.0.0"), pair("crun", "1.28"));
        assert_eq!(read("youki version: 0.7.0\ncommit: x"), pair("youki", "0.7.0"));
        assert_eq!(read("runc version 1.5.0-rc.1+dev"), pair("runc", "1.5.0-rc.1+dev"));
        assert_eq!(read("true (GNU coreutils) 9.1"), pair("-", ""));
        assert_eq!(read(""), pair("-", ""));
    }

    #[test]
    fn a_path_that_cannot_be_a_runtime_is_refused_with_what_to_do() {
        let refusal = |path: &str| Runtime::open(Path::new(path)).unwrap_err();
        assert!(
            refusal("/no/such/runtime").to_string().contains("there is no runtime at `/no/such/runtime`")
        );
        assert!(refusal("/usr").to_string().contains("is not a file"));
        assert!(refusal("/etc/passwd").to_string().contains("is not executable"));
        assert!(["/no/such/runtime", "/usr", "/etc/passwd"].iter().all(|path| refusal(path).is_usage()));
    }

    #[test]
    fn a_file_that_the_kernel_cannot_start_is_the_hosts_matter() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("runtime");
        fs::write(&path, "\u{7f}ELF but no more").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let error = Runtime::open(&path).unwrap_err();
        assert!(matches!(error, OpenError::CannotStart { .. }) && !error.is_usage(), "{error}");
    }

    #[test]
    fn a_binary_without_a_version_has_the_name_of_its_file() {
        let runtime = Runtime::open(Path::new("/bin/true")).unwrap();
        assert_eq!((runtime.name.as_str(), runtime.subject.version.as_str()), ("true", ""));
        assert_eq!(Runtime::known(runtime.subject.clone()), runtime);
    }
}
