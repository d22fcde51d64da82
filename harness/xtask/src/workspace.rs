//! What cargo and git know of this workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// Absolute path of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("/")).to_path_buf()
}

/// `cargo metadata` of the whole workspace, dependencies included.
pub(crate) fn metadata() -> anyhow::Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let text = stdout(Command::new(cargo).args(["metadata", "--format-version", "1", "--locked"]))?;
    serde_json::from_str(&text).context("parse the output of `cargo metadata`")
}

/// Paths of all files that git tracks, relative to the root.
pub(crate) fn tracked() -> anyhow::Result<Vec<PathBuf>> {
    let text = stdout(Command::new("git").arg("ls-files"))?;
    Ok(text.lines().map(PathBuf::from).collect())
}

fn stdout(command: &mut Command) -> anyhow::Result<String> {
    let output = command.current_dir(root()).output().with_context(|| format!("start {command:?}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {}", complaint.trim());
    String::from_utf8(output.stdout).context("read its output as UTF-8")
}
