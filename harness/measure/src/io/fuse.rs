//! A union mount that a program makes, where the kernel's own is not allowed or not there.

use std::env;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use drive::wait;

use super::FUSE;

/// Ends a program together with the one that started it; it would hold its mount otherwise.
const BOUND: [&str; 3] = ["setpriv", "--pdeathsig", "KILL"];

/// How long it may take to mount, and to end once nothing is mounted.
const PATIENCE: Duration = Duration::from_secs(5);

/// The program, and the process that serves the mount while there is one.
#[derive(Debug)]
pub struct Fuse {
    program: PathBuf,
    server: Option<Child>,
}

impl Fuse {
    /// The one of `$PATH`.
    #[must_use]
    pub fn find() -> Option<Self> {
        let places = env::var_os("PATH")?;
        let program = env::split_paths(&places).map(|place| place.join(FUSE)).find(|path| path.is_file())?;
        Some(Self { program, server: None })
    }

    /// Mounts a lower, an upper and a work directory on `merged`.
    ///
    /// # Errors
    /// A program that cannot be started, ends at once, or has mounted nothing after some seconds.
    pub fn mount(&mut self, [lower, upper, work]: [&PathBuf; 3], merged: &Path) -> io::Result<()> {
        let (lower, upper, work) = (lower.display(), upper.display(), work.display());
        let options = format!("lowerdir={lower},upperdir={upper},workdir={work}");
        let device = |path: &Path| path.metadata().map(|found| found.dev());
        let before = device(merged)?;
        let mut command = Command::new(BOUND[0]);
        command.args(&BOUND[1..]).arg(&self.program).args(["-f", "-o", &options]).arg(merged);
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let settled = wait::until(PATIENCE, || match server.try_wait() {
            Ok(None) if device(merged).is_ok_and(|now| now != before) => Some(Ok(())),
            Ok(None) => None,
            Ok(Some(status)) => Some(Err(io::Error::other(format!("`{FUSE}` ended with {status}")))),
            Err(error) => Some(Err(error)),
        });
        self.server = Some(server);
        let refusal = || Err(io::Error::new(io::ErrorKind::TimedOut, format!("`{FUSE}` mounted nothing")));
        let mounted = settled.unwrap_or_else(refusal);
        if mounted.is_err() {
            self.stop();
        }
        mounted
    }

    /// Waits for the process to end, now that nothing is mounted.
    pub fn join(&mut self) {
        let ended = |server: &mut Child| !matches!(server.try_wait(), Ok(None));
        if let Some(server) = &mut self.server {
            wait::until(PATIENCE, || ended(server).then_some(()));
        }
        self.stop();
    }

    fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // One that has ended already is not there to be killed.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Drop for Fuse {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Mounts with a program that does what the script says.
    fn mount_with(script: &str) -> io::Error {
        let home = tempfile::tempdir().unwrap();
        let program = home.path().join("program");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let place = home.path().to_owned();
        let mut fuse = Fuse { program, server: None };
        let refused = fuse.mount([&place, &place, &place], &place).unwrap_err();
        assert!(fuse.server.is_none(), "nothing is left running");
        refused
    }

    #[test]
    fn a_program_that_ends_without_a_mount_is_told() {
        assert_eq!(mount_with("exit 3").to_string(), "`fuse-overlayfs` ended with exit status: 3");
    }

    #[test]
    fn a_program_that_mounts_nothing_is_ended() {
        assert_eq!(mount_with("exec sleep 60").kind(), io::ErrorKind::TimedOut);
    }
}
