//! A runtime that does what the id tells it to, for tests of the driver.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::{Container, Runtime};

const SCRIPT: &str = r#"#!/bin/sh
case "$*" in
  --version) echo "fake version 1.2.3" ;;
  *fails*) echo "fake: cannot" >&2; exit 4 ;;
  *writes*) (echo from the container) & ;;
  *) echo "$*" ;;
esac
"#;

/// A container of the fake runtime; its scratch directory goes with the test process.
pub(crate) fn container(id: &str) -> Container {
    static HOME: OnceLock<(TempDir, Runtime)> = OnceLock::new();
    let (home, runtime) = HOME.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("fake");
        fs::write(&path, SCRIPT).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let runtime = open(&path);
        (home, runtime)
    });
    let scratch = tempfile::tempdir_in(home.path()).unwrap().keep();
    Container::new(runtime, id, Path::new("/bundle"), &scratch).unwrap()
}

/// Another test may be between fork and exec with the script still open for writing: look again.
fn open(path: &Path) -> Runtime {
    crate::wait::until(std::time::Duration::from_secs(5), || Runtime::open(path).ok()).unwrap()
}
