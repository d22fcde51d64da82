//! The table of every property of a configuration and what coracle does with it: `reports/coracle-properties.md`.
//!
//! coracle prints the table itself, since nothing here links it; where a checkout of the specification is given, it
//! holds the table against the schema first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use clap::Args;

use crate::workspace;

/// Options of the chore.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The JSON schemas of the specification, such as `../shared/specs/runtime-spec/schema`: nothing in them may be
    /// left out.
    schema: Option<PathBuf>,
    /// Write nothing; fail where the table that is committed is not the one that would be written.
    #[arg(long)]
    check: bool,
}

const TABLE: &str = "reports/coracle-properties.md";

/// Writes the table, or compares it.
///
/// # Errors
/// A property of the schema that coracle says nothing of; with `--check`, a table that is out of date.
pub(crate) fn write(options: &Options) -> anyhow::Result<()> {
    let table = print(options.schema.as_deref())?;
    let path = workspace::root().join(TABLE);
    if options.check {
        let committed = fs::read_to_string(&path).with_context(|| format!("read `{TABLE}`"))?;
        ensure!(committed == table, "`{TABLE}` is out of date; run `cargo xtask properties`");
        println!("`{TABLE}` is up to date");
        return Ok(());
    }
    fs::write(&path, table).with_context(|| format!("write `{TABLE}`"))?;
    println!("wrote `{TABLE}`");
    Ok(())
}

fn print(schema: Option<&Path>) -> anyhow::Result<String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--quiet", "-p", "coracle", "--example", "properties", "--"]);
    if let Some(schema) = schema {
        command.arg(fs::canonicalize(schema).with_context(|| format!("find `{}`", schema.display()))?);
    }
    let output = command.stderr(Stdio::inherit()).output().context("start cargo")?;
    ensure!(output.status.success(), "coracle has no complete table of properties; see above");
    String::from_utf8(output.stdout).context("read the table")
}
