//! A throwaway machine with a kernel of Debian's, for what this host's kernel cannot show: cgroup version 2 alone with
//! all its controllers, older and newer kernels.
//!
//! The machine is emulated, so it needs no privilege and no hypervisor, and takes a few seconds to start. Its root is a
//! `tmpfs` with busybox and the files it is given; cgroup2 is mounted on `/sys/fs/cgroup`, and there is no network.

mod image;
mod kernel;
mod machine;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use image::{Cargo, File};
use kernel::Release;

/// Options of `cargo xtask vm`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo xtask vm -- cat /sys/fs/cgroup/cgroup.controllers
  cargo xtask vm --kernel backports -- target/coracle/coracle features
  cargo xtask vm --bring /tmp/seen:target/seen -- sh -c 'mkdir /tmp/seen; dmesg > /tmp/seen/dmesg'
  cargo xtask vm --file bundle:/bundle -- target/coracle/coracle run --bundle /bundle demo")]
pub(crate) struct Options {
    /// Whose kernel to start.
    #[arg(long, value_enum, default_value_t = Release::Bookworm)]
    kernel: Release,
    /// A file or directory to take along, at the same path or at another one; shared libraries follow by themselves.
    #[arg(long = "file", value_name = "HOST[:GUEST]")]
    files: Vec<String>,
    /// A directory to bring back once the command has ended, whatever its exit code.
    #[arg(long, value_name = "GUEST:HOST")]
    bring: Option<String>,
    /// Memory of the machine.
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    memory_mib: u32,
    /// After how long the machine is stopped.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    deadline_s: u64,
    /// What to run there; a program that exists here is taken along.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Runs the command in a machine of its own: its output becomes ours, and so does its exit code.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (command, files) = belongings(options)?;
    let bring = options.bring.as_deref().map(parse_bring).transpose()?;
    let (from, to) = bring.unzip();
    let kernel = kernel::fetch(options.kernel)?;
    let scratch = tempfile::tempdir().context("make a scratch directory")?;
    let image = image::build(scratch.path(), &kernel, &Cargo { command, files, bring: from })?;
    eprintln!("starting {} in an emulated machine", kernel.name);
    let limits = machine::Limits { memory_mib: options.memory_mib, deadline_s: options.deadline_s };
    let ended = machine::start(scratch.path(), &kernel.image, &image, &limits)?;
    if let Some(to) = to {
        unpack(scratch.path(), &ended.brought, &to)?;
    }
    match ended.code {
        0 => Ok(()),
        code => std::process::exit(code),
    }
}

/// Unpacks what the machine sent, a compressed archive, into a directory of this host.
fn unpack(scratch: &Path, archive: &[u8], to: &Path) -> Result<()> {
    ensure!(!archive.is_empty(), "the command made no directory to bring back to `{}`", to.display());
    let path = scratch.join("brought.tar.gz");
    std::fs::write(&path, archive).context("keep what the machine sent")?;
    std::fs::create_dir_all(to).with_context(|| format!("make `{}`", to.display()))?;
    output("tar", &["--no-same-owner", "-xzf", &path.to_string_lossy()], to).map(drop)
}

/// The command as the machine sees it, and the files it needs.
fn belongings(options: &Options) -> Result<(Vec<String>, Vec<File>)> {
    let mut files = options.files.iter().map(|argument| parse(argument)).collect::<Result<Vec<_>>>()?;
    let mut command = options.command.clone();
    if let Some(program) =
        command.first_mut().filter(|program| program.contains('/') && Path::new(program).is_file())
    {
        let host = std::fs::canonicalize(&*program).with_context(|| format!("resolve `{program}`"))?;
        *program = host.to_string_lossy().into_owned();
        files.push(File { guest: host.clone(), host });
    }
    Ok((command, files))
}

/// `HOST` or `HOST:GUEST`.
fn parse(argument: &str) -> Result<File> {
    let (host, guest) = argument.split_once(':').unwrap_or((argument, ""));
    let host = std::fs::canonicalize(host).with_context(|| format!("take `{host}` along"))?;
    let guest = if guest.is_empty() { host.clone() } else { PathBuf::from(guest) };
    ensure!(guest.is_absolute(), "`{}` is not absolute; write where the file goes as `/…`", guest.display());
    Ok(File { host, guest })
}

/// `GUEST:HOST`.
fn parse_bring(argument: &str) -> Result<(PathBuf, PathBuf)> {
    let (guest, host) = argument
        .split_once(':')
        .map(|(a, b)| (PathBuf::from(a), PathBuf::from(b)))
        .with_context(|| format!("`{argument}` does not say where to bring it; write `/there:here`"))?;
    ensure!(
        guest.is_absolute(),
        "`{}` is not absolute; write where the directory is as `/…`",
        guest.display()
    );
    Ok((guest, host))
}

/// Runs a program of the host and returns what it printed.
fn output(program: &str, arguments: &[&str], directory: &Path) -> Result<String> {
    let done =
        std::process::Command::new(program).args(arguments).current_dir(directory).output().with_context(
            || format!("run `{program}`; try `apt-get install qemu-system-x86 cpio busybox-static`"),
        )?;
    if !done.status.success() {
        bail!("`{program} {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}
