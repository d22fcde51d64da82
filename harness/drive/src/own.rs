//! The project's own binaries, built when they are wanted.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Why one of our own binaries could not be had.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BuildError {
    #[error("${variable} names `{path}`, and there is no such file")]
    Override { variable: &'static str, path: PathBuf },

    #[error("start `{cargo}` to build {name}; give its path in ${variable} where there is no cargo")]
    Cargo { name: &'static str, variable: &'static str, cargo: PathBuf, source: io::Error },

    #[error("cargo could not build {name}; its messages are above")]
    Build { name: &'static str },
}

struct Recipe {
    name: &'static str,
    /// The variable that names a binary to use in place of building one.
    variable: &'static str,
    args: &'static [&'static str],
}

/// The reference runtime, in the build whose cost is measured: static, without libc.
///
/// # Errors
/// See [`BuildError`].
pub fn coracle() -> Result<PathBuf, BuildError> {
    binary(&Recipe {
        name: "coracle",
        variable: "CORACLE",
        args: &["--profile", "coracle", "-p", "coracle", "--features", "freestanding"],
    })
}

/// The layer store.
///
/// # Errors
/// See [`BuildError`].
pub fn hold() -> Result<PathBuf, BuildError> {
    binary(&Recipe { name: "hold", variable: "HOLD", args: &["--release", "-p", "hold", "--bin", "hold"] })
}

fn binary(recipe: &Recipe) -> Result<PathBuf, BuildError> {
    let Recipe { name, variable, .. } = *recipe;
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        return if path.is_file() { Ok(path) } else { Err(BuildError::Override { variable, path }) };
    }
    eprintln!("building {name} (set ${variable} to use another) …");
    let cargo = PathBuf::from(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(&cargo);
    command.current_dir(workspace).arg("build").args(recipe.args);
    command
        .args(["--message-format", "json-render-diagnostics"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output = command.output().map_err(|source| BuildError::Cargo { name, variable, cargo, source })?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let built = executable(name, &messages).filter(|_| output.status.success());
    built.ok_or(BuildError::Build { name })
}

/// Where cargo says that it put the binary `name`.
fn executable(name: &str, messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let paths = messages.filter(|message| message["target"]["name"] == name);
    paths.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_the_one_that_cargo_names() {
        let messages = r#"{"target":{"name":"rustix"},"executable":null}
{"target":{"name":"coracle"},"executable":null}
not json
{"target":{"name":"coracle"},"executable":"/target/coracle/coracle"}"#;
        assert_eq!(executable("coracle", messages), Some(PathBuf::from("/target/coracle/coracle")));
        assert_eq!(executable("hold", messages), None);
    }
}
