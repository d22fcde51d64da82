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

/// The machine's serial ports, each a file here, in the order of their numbers there.
const PORTS: [&str; 4] = ["console", "stdout", "stderr", "status"];
/// How often the ports are looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// Starts the machine, passes on what its command prints, and returns the command's exit code.
pub(crate) fn start(scratch: &Path, kernel: &Path, image: &Path, limits: &Limits) -> Result<i32> {
    for port in PORTS {
        fs::write(scratch.join(port), "").context("make a serial port")?;
    }
    let mut machine = Machine(spawn(scratch, kernel, image, limits)?);
    let mut stdout = Port::open(&scratch.join("stdout"))?;
    let mut stderr = Port::open(&scratch.join("stderr"))?;
    let started = Instant::now();
    loop {
        let ended = machine.0.try_wait().context("look at the machine")?.is_some();
        stdout.pass_on(&mut io::stdout())?;
        stderr.pass_on(&mut io::stderr())?;
        if ended {
            return status(scratch);
        }
        if started.elapsed().as_secs() > limits.deadline_s {
            bail!("the machine did not end in {} s; its console:\n{}", limits.deadline_s, console(scratch));
        }
        sleep(INTERVAL);
    }
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
    let mut command = Command::new("qemu-system-x86_64");
    command.args([
        "-accel",
        "tcg",
        "-cpu",
        "max",
        "-smp",
        "2",
        "-nodefaults",
        "-display",
        "none",
        "-no-reboot",
    ]);
    command.args(["-append", "console=ttyS0 quiet panic=-1", "-m", &limits.memory_mib.to_string()]);
    command.arg("-kernel").arg(kernel).arg("-initrd").arg(image);
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

fn status(scratch: &Path) -> Result<i32> {
    let text = fs::read_to_string(scratch.join("status")).context("read the machine's exit code")?;
    match text.trim().parse() {
        Ok(code) => Ok(code),
        Err(_) => bail!("the machine ended before its command did; its console:\n{}", console(scratch)),
    }
}

/// The last lines of the console.
fn console(scratch: &Path) -> String {
    const LINES: usize = 30;
    let bytes = fs::read(scratch.join("console")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
