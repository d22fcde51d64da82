//! The emulated machine: started, listened to, stopped.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What one machine may take.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) memory_mib: u32,
    pub(crate) deadline_s: u64,
}

/// How the command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// The archive of the directory that was to be brought back; empty where there is none.
    pub(crate) brought: Vec<u8>,
}

/// The machine's serial ports, each a file here, in the order of their numbers there.
const PORTS: [&str; 4] = ["console", "stdout", "stderr", "result"];
/// What the machine says before it runs the command.
const UP: &[u8] = b"up\n";
/// An empty disk, so that limits of block devices have one to name; the driver is built in.
const DISK_BYTES: u64 = 64 << 20;
/// How often the ports are looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// How often a kernel may fail to come up: on a busy host its clocks and an emulated processor disagree now and then.
const BOOTS: u32 = 4;
/// How long a kernel has to come up, in seconds.
const BOOT_S: u64 = 300;

/// Starts the machine, passes on what its command prints, and returns how it ended.
///
/// What fails before the command runs says nothing about the command, so the machine is started again.
pub(crate) fn start(scratch: &Path, kernel: &Path, image: &Path, limits: &Limits) -> Result<Ended> {
    for _ in 1..BOOTS {
        match boot(scratch, kernel, image, limits) {
            Err(error) if !came_up(scratch) => eprintln!("starting it again: {error:#}"),
            result => return result,
        }
    }
    boot(scratch, kernel, image, limits)
}

fn boot(scratch: &Path, kernel: &Path, image: &Path, limits: &Limits) -> Result<Ended> {
    for port in PORTS {
        fs::write(scratch.join(port), "").context("make a serial port")?;
    }
    let disk = fs::File::create(scratch.join("disk")).and_then(|file| file.set_len(DISK_BYTES));
    disk.context("make the machine's disk")?;
    let mut machine = Machine(spawn(scratch, kernel, image, limits)?);
    let mut stdout = Port::open(&scratch.join("stdout"))?;
    let mut stderr = Port::open(&scratch.join("stderr"))?;
    let started = Instant::now();
    loop {
        let ended = machine.0.try_wait().context("look at the machine")?.is_some();
        stdout.pass_on(&mut io::stdout())?;
        stderr.pass_on(&mut io::stderr())?;
        if ended {
            return result(scratch);
        }
        let elapsed_s = started.elapsed().as_secs();
        if elapsed_s > limits.deadline_s || (elapsed_s > BOOT_S && !came_up(scratch)) {
            bail!("the machine did not end in {elapsed_s} s; its console:\n{}", console(scratch));
        }
        sleep(INTERVAL);
    }
}

/// Whether the command was run.
fn came_up(scratch: &Path) -> bool {
    fs::read(scratch.join("result")).is_ok_and(|bytes| bytes.starts_with(UP))
}

/// A running emulator, which does not outlive this value.
struct Machine(Child);

impl Drop for Machine {
    fn drop(&mut self) {
        // It has ended already, unless something went wrong.
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn spawn(scratch: &Path, kernel: &Path, image: &Path, limits: &Limits) -> Result<Child> {
    // The emulator does not outlive us, even where we are killed.
    let mut command = Command::new("setpriv");
    command.args([
        "--pdeathsig",
        "KILL",
        "qemu-system-x86_64",
        "-accel",
        "tcg",
        // The kernel's allocator goes astray on this emulator's 16-byte exchange, where several processors use it.
        "-cpu",
        "max,-cx16",
        "-smp",
        "2",
        "-nodefaults",
        "-display",
        "none",
        "-no-reboot",
    ]);
    command.args([
        "-append",
        "console=ttyS0 quiet panic=-1 no_timer_check",
        "-m",
        &limits.memory_mib.to_string(),
    ]);
    command.arg("-kernel").arg(kernel).arg("-initrd").arg(image);
    let disk = scratch.join("disk");
    command.arg("-drive").arg(format!("file={},format=raw,if=none,id=disk", disk.display()));
    command.args(["-device", "nvme,drive=disk,serial=disk"]);
    for port in PORTS {
        command.arg("-serial").arg(format!("file:{}", scratch.join(port).display()));
    }
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.spawn().context("start `qemu-system-x86_64`; try `apt-get install qemu-system-x86`")
}

/// A serial port that is read while it is written.
struct Port(fs::File);

impl Port {
    fn open(path: &Path) -> Result<Self> {
        fs::File::open(path).map(Self).with_context(|| format!("open `{}`", path.display()))
    }

    /// Writes what has come since the last time.
    fn pass_on(&mut self, target: &mut impl Write) -> Result<()> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).context("read a serial port")?;
        target.write_all(&bytes).and_then(|()| target.flush()).context("pass on the machine's output")
    }
}

fn result(scratch: &Path) -> Result<Ended> {
    let bytes = fs::read(scratch.join("result")).context("read what the machine sent")?;
    parse(&bytes).with_context(|| {
        format!("the machine ended before its command did; its console:\n{}", console(scratch))
    })
}

/// After the first line, one with the exit code, and then the archive.
fn parse(bytes: &[u8]) -> Option<Ended> {
    let bytes = bytes.strip_prefix(UP)?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let code = std::str::from_utf8(&bytes[..end]).ok()?.trim().parse().ok()?;
    Some(Ended { code, brought: bytes[end + 1..].to_vec() })
}

/// The last lines of the console.
fn console(scratch: &Path) -> String {
    const LINES: usize = 30;
    let bytes = fs::read(scratch.join("console")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_follows_the_line_of_the_exit_code() {
        let parsed = |bytes: &[u8]| parse(bytes).map(|ended| (ended.code, ended.brought));
        assert_eq!(parsed(b"up\n3\n\x1f\x8b\n"), Some((3, b"\x1f\x8b\n".to_vec())));
        assert_eq!(parsed(b"up\n0\n"), Some((0, Vec::new())));
        assert_eq!(parsed(b"up\n"), None);
        assert_eq!(parsed(b"0\n"), None);
    }
}
