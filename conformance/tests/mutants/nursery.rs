//! Mutants on disk, each in a directory of its own, and what cases make of them.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use conformance::Case;
use conformance::judge::Judge;
use drive::Runtime;
use record::Verdict;
use tempfile::TempDir;

use crate::mutation::Mutation;
use crate::program::{CALLS, NAME, Noted, ORDER, Order};

/// How long a mutant may keep a case: steps that hang end by their own deadline before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// How the verdict ends where nothing but the clean-up after a case found fault.
const OF_THE_SENTINEL: &str = "(runtime.md#delete)";

/// Where mutants live.
pub(crate) struct Nursery {
    home: TempDir,
    real: PathBuf,
    interpreter: PathBuf,
    grown: AtomicU32,
}

/// A mutant on disk.
pub(crate) struct Mutant {
    home: PathBuf,
    runtime: Runtime,
    keep: Vec<PathBuf>,
}

impl Nursery {
    /// A place for mutants of the runtime `real`.
    ///
    /// Files that are executed must not be open for writing in any thread that forks: the one there is is written
    /// before there are threads, and linked from then on.
    ///
    /// # Errors
    /// Where the directory or the file cannot be made.
    pub(crate) fn new(real: &Path) -> io::Result<Self> {
        // Not below `/tmp`, which a case has for its own.
        let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let (seed, interpreter) = (home.path().join(NAME), std::env::current_exe()?);
        fs::write(&seed, format!("#!{}\n", interpreter.display()))?;
        fs::set_permissions(&seed, fs::Permissions::from_mode(0o755))?;
        Ok(Self { home, real: real.to_owned(), interpreter, grown: AtomicU32::new(0) })
    }

    /// The directory in which they live; it goes with the nursery.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Makes a mutant.
    ///
    /// # Errors
    /// Where it cannot be written or does not start.
    pub(crate) fn grow(&self, mutation: &Mutation) -> Result<Mutant, String> {
        let home = self.home.path().join(self.grown.fetch_add(1, Ordering::Relaxed).to_string());
        let order = Order { real: self.real.clone(), mutation: mutation.to_string() };
        let written = fs::create_dir(&home)
            .and_then(|()| fs::write(home.join(ORDER), serde_json::to_vec(&order)?))
            .and_then(|()| fs::hard_link(self.home.path().join(NAME), home.join(NAME)));
        written.map_err(|error| format!("write the mutant `{mutation}`: {error}"))?;
        let runtime = Runtime::open(&home.join(NAME)).map_err(|error| error.to_string())?;
        let keep = vec![self.real.clone(), self.interpreter.clone(), home.clone()];
        Ok(Mutant { home, runtime, keep })
    }
}

impl Mutant {
    /// What a case makes of it within that time.
    ///
    /// # Errors
    /// Where there is no sandbox.
    pub(crate) fn judged(&self, case: &'static Case, patience: Duration) -> Result<Verdict, String> {
        let judge = Judge::prepare(&self.runtime, None, &self.keep, |_, case| case.to_owned());
        let judge = judge.map_err(|error| error.to_string())?.within(patience);
        // So far it was not the case that called.
        let _ = fs::remove_file(self.home.join(CALLS));
        Ok(judge.judge(case).verdict)
    }

    /// The calls that it has noted.
    pub(crate) fn noted(&self) -> Vec<Noted> {
        let text = fs::read_to_string(self.home.join(CALLS)).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

impl Drop for Mutant {
    fn drop(&mut self) {
        // What stays goes with the nursery.
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// Whether the case itself found fault, on the way from its clause to its end.
pub(crate) fn catches(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Failed { expected, .. } if !expected.ends_with(OF_THE_SENTINEL))
}
