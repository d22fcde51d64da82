//! One container, from its bundle to its end.

use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use fixtures::bundle::{self, Bundle};
use fixtures::probe::Report;
use tempfile::TempDir;

/// How long anything may take that is waited for.
const DEADLINE: Duration = Duration::from_secs(20);

/// Whether the test can run; says why not.
pub(crate) fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("skipped: making containers needs root");
    }
    root
}

/// A container, or the place for one; deleted with everything when dropped.
pub(crate) struct Container {
    scratch: TempDir,
    id: String,
}

impl Container {
    /// Writes the bundle of a container.
    pub(crate) fn new(bundle: &Bundle) -> Self {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let name = scratch.path().file_name().expect("a directory has a name").to_string_lossy();
        let id = format!("coracle{}", name.replace('.', "-"));
        bundle.write(&scratch.path().join("bundle")).expect("the bundle is written");
        Self { scratch, id }
    }

    /// Creates and starts one.
    pub(crate) fn running(bundle: &Bundle) -> Self {
        let container = Self::new(bundle);
        container.must("create", &["--bundle", &container.path("bundle")]);
        container.must("start", &[]);
        container
    }

    /// Something in its scratch directory.
    pub(crate) fn path(&self, name: &str) -> String {
        self.scratch.path().join(name).display().to_string()
    }

    /// Its cgroup below the mount of each hierarchy, and its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// A call of the runtime: the verb, its options, the id, and words after it.
    pub(crate) fn call(&self, verb: &str, options: &[&str], words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coracle"));
        command.args(["--root", &self.path("state"), verb]).args(options).arg(&self.id).args(words);
        command.stdin(Stdio::null());
        command
    }

    /// A verb that succeeds; the container inherits a file for its output, which nobody has to read.
    pub(crate) fn must(&self, verb: &str, options: &[&str]) {
        self.done(&mut self.call(verb, options, &[]));
    }

    /// `exec` of the probe with these actions; it succeeds.
    pub(crate) fn exec(&self, options: &[&str], actions: &[&str]) {
        self.done(&mut self.call("exec", options, &[&["/probe"], actions].concat()));
    }

    /// Runs a call that succeeds.
    pub(crate) fn done(&self, command: &mut Command) {
        let output = self.output(command);
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs a call and returns what it said, in files: what stays behind keeps them, and would keep a pipe open.
    pub(crate) fn output(&self, command: &mut Command) -> Output {
        let file = |name: &str| fs::File::create(self.path(name)).expect("a file for output");
        let status = command.stdout(file("stdout")).stderr(file("stderr")).status().expect("it starts");
        let read = |name: &str| fs::read(self.path(name)).expect("its output");
        Output { status, stdout: read("stdout"), stderr: read("stderr") }
    }

    /// What the call complains about; it fails.
    pub(crate) fn complaint(&self, command: &mut Command) -> String {
        let output = self.output(command);
        assert!(!output.status.success(), "{command:?} succeeds");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// The report of that name below `/out`, once it is there.
    pub(crate) fn report(&self, name: &str) -> Report {
        let path = bundle::out(Path::new(&self.path("bundle")), name);
        until(&format!("the report {}", path.display()), || path.exists());
        Report::open(&path).expect("a report")
    }

    /// A process id that was written to a file.
    pub(crate) fn pid(&self, name: &str) -> i32 {
        let text = fs::read_to_string(self.path(name)).expect("the process id");
        text.trim().parse().expect("a number")
    }

    /// A socket to listen on, in the scratch directory.
    pub(crate) fn listen(&self, name: &str) -> UnixListener {
        UnixListener::bind(self.path(name)).expect("a socket")
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let deleted = self.call("delete", &["--force"], &[]).output();
        let left = PathBuf::from(self.path("state")).join(&self.id);
        if !std::thread::panicking() {
            assert!(deleted.is_ok_and(|output| output.status.success()), "the container is deleted");
            assert!(!left.exists(), "{} is left", left.display());
        }
    }
}

/// A call from a shell, after other words of it.
pub(crate) fn shell(before: &str, command: &Command, after: &str) -> Command {
    let words: Vec<OsString> =
        std::iter::once(command.get_program()).chain(command.get_args()).map(Into::into).collect();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{before} exec \"$@\" {after}")).arg("sh").args(words);
    shell.stdin(Stdio::null());
    shell
}

/// Waits until something holds.
pub(crate) fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < end, "{what} did not come in {DEADLINE:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What arrives on the next connection: a text and the descriptor that comes with it.
pub(crate) fn receive(listener: &UnixListener) -> (String, OwnedFd) {
    use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
    let (mut connection, _) = listener.accept().expect("a connection");
    connection.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut bytes = vec![0; 4096];
    let mut slices = [std::io::IoSliceMut::new(&mut bytes)];
    let got = recvmsg(&connection, &mut slices, &mut control, RecvFlags::CMSG_CLOEXEC).expect("a message");
    let descriptor = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    bytes.truncate(got.bytes);
    connection.read_to_end(&mut bytes).expect("the rest of the message");
    (String::from_utf8(bytes).expect("text"), descriptor.expect("a descriptor"))
}

/// The process that a pidfd is for.
pub(crate) fn process_of(pidfd: &OwnedFd) -> i32 {
    use std::os::fd::AsRawFd as _;
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd())).expect("its fdinfo");
    let pid = info.lines().find_map(|line| line.strip_prefix("Pid:"));
    pid.expect("a pidfd").trim().parse().expect("a number")
}
