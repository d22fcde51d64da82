//! The machine's root file system, as the archive that its kernel unpacks into memory.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::kernel::Kernel;
use super::output;

/// A file or directory to take along.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct File {
    /// Where it is here.
    pub(crate) host: PathBuf,
    /// Where it goes.
    pub(crate) guest: PathBuf,
}

/// What a machine is started with.
#[derive(Debug)]
pub(crate) struct Cargo {
    pub(crate) command: Vec<String>,
    pub(crate) files: Vec<File>,
    /// The directory that is to be brought back.
    pub(crate) bring: Option<PathBuf>,
}

/// The first process: moves the machine onto a root from which a container may pivot.
const INIT: &str = include_str!("init.sh");
/// The second: mounts what a system has, runs the command, says how it ended.
const SYSTEM: &str = include_str!("system.sh");
const BUSYBOX: &str = "/bin/busybox";

/// Builds the archive in `scratch` and returns its path.
pub(crate) fn build(scratch: &Path, kernel: &Kernel, cargo: &Cargo) -> Result<PathBuf> {
    let stage = scratch.join("stage");
    let machine = stage.join("machine");
    for directory in ["bin", "dev", "etc", "proc", "root", "run", "sys", "tmp", "var"] {
        fs::create_dir_all(machine.join(directory)).context("make the machine's directories")?;
    }
    fs::create_dir_all(stage.join("bin")).context("make the archive's directories")?;
    copy(Path::new(BUSYBOX), &stage.join("bin/busybox"))?;
    copy(Path::new(BUSYBOX), &machine.join("bin/busybox"))?;
    script(&stage.join("init"), INIT)?;
    script(&machine.join("system"), SYSTEM)?;
    script(&machine.join("command"), &format!("#!/bin/sh\nexec {}\n", quote(&cargo.command)))?;
    fs::write(machine.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")
        .context("write `/etc/passwd`")?;
    if let Some(bring) = &cargo.bring {
        fs::write(machine.join("bring"), bring.as_os_str().as_encoded_bytes()).context("write `/bring`")?;
    }
    for module in &kernel.modules {
        let name = module.file_name().unwrap_or_default();
        copy(module, &machine.join("modules").join(name))?;
    }
    for file in with_libraries(&cargo.files)? {
        copy(&file.host, &machine.join(file.guest.strip_prefix("/")?))?;
    }
    archive(scratch, &stage)
}

fn archive(scratch: &Path, stage: &Path) -> Result<PathBuf> {
    let path = scratch.join("machine.cpio");
    let pack = format!("find . | cpio --create --format=newc --quiet > '{}'", path.display());
    output("sh", &["-c", &pack], stage).context("pack the machine; is `cpio` installed?")?;
    fs::remove_dir_all(stage).context("remove the staging directory")?;
    Ok(path)
}

/// The files, and the shared libraries of those that are programs.
fn with_libraries(files: &[File]) -> Result<BTreeSet<File>> {
    let mut all: BTreeSet<File> = files.iter().cloned().collect();
    for file in files.iter().filter(|file| file.host.is_file()) {
        // What is no program, or a static one, has none: `ldd` says so by failing.
        let Ok(listing) = output("ldd", &[&file.host.to_string_lossy()], Path::new("/")) else { continue };
        let words =
            listing.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')));
        for library in words {
            let host = fs::canonicalize(library).with_context(|| format!("resolve `{library}`"))?;
            all.insert(File { host, guest: PathBuf::from(library) });
        }
    }
    Ok(all)
}

/// Copies a file or a directory with everything about it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let parent = to.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).with_context(|| format!("make `{}`", parent.display()))?;
    let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
    output("cp", &["--archive", "--no-target-directory", &from, &to], Path::new("/")).map(drop)
}

fn script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("write `{}`", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).context("make a script executable")
}

/// The command for a shell, each word as it is.
fn quote(command: &[String]) -> String {
    let words: Vec<String> =
        command.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_the_machine_s_shell_as_they_are() {
        let command = ["echo", "it's $HOME", ""].map(String::from);
        assert_eq!(quote(&command), r"'echo' 'it'\''s $HOME' ''");
        let echoed = output("sh", &["-c", &quote(&command)], Path::new("/")).unwrap();
        assert_eq!(echoed, "it's $HOME \n");
    }
}
