//! What goes on right before the clock starts.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::sampling::TakeError;

/// Rest before the clock starts, in [`Mode::Isolated`]: after it, locks that are cheap while writers keep coming cost
/// what they cost a host that starts a container now and then.
pub const REST: Duration = Duration::from_millis(100);

/// Page cache, names and inodes; see `drop_caches` in proc(5).
const EVERYTHING: &str = "3";

/// What goes on before a take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: takes follow each other as fast as they can.
    Hot,
    /// [`REST`].
    Isolated,
    /// The kernel forgets what it has read from disks: files, the runtime's own among them, names and inodes. What a
    /// process has mapped stays, such as the C library of the harness, and so does what the disk itself caches.
    Cold,
}

impl Mode {
    /// Those in which every scenario is measured; a cold one needs its bundle on a disk.
    pub const USUAL: [Self; 2] = [Self::Hot, Self::Isolated];

    /// `hot`, `isolated` or `cold`, as the names of races end.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Isolated => "isolated",
            Self::Cold => "cold",
        }
    }

    /// Brings the machine to where the clock starts.
    pub(super) fn prepare(self, caches: &Caches) -> Result<(), TakeError> {
        match self {
            Self::Hot => {}
            Self::Isolated => thread::sleep(REST),
            Self::Cold => caches.forget()?,
        }
        Ok(())
    }
}

/// What the kernel has read from disks, and the switch that makes it forget that.
#[derive(Debug, Clone)]
pub(super) struct Caches {
    switch: PathBuf,
}

/// Why the kernel does not forget.
#[derive(Debug, thiserror::Error)]
#[error("make the kernel forget what it has read from disks, through `{switch}`")]
pub struct ForgetError {
    switch: PathBuf,
    source: io::Error,
}

impl Caches {
    /// Those of this machine.
    pub(super) fn of_machine() -> Self {
        Self { switch: "/proc/sys/vm/drop_caches".into() }
    }

    /// Those whose switch is the file `switch`, where tests want it.
    #[cfg(test)]
    pub(super) fn at(switch: PathBuf) -> Self {
        Self { switch }
    }

    /// Writes back what is dirty, as the kernel keeps that, and makes it forget once, which tells whether it does.
    pub(super) fn settle(&self) -> Result<(), ForgetError> {
        rustix::fs::sync();
        self.forget()
    }

    fn forget(&self) -> Result<(), ForgetError> {
        let refuse = |source| ForgetError { switch: self.switch.clone(), source };
        fs::write(&self.switch, EVERYTHING).map_err(refuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cold_alone_makes_the_kernel_forget_everything() {
        let place = tempfile::tempdir().unwrap();
        let switch = place.path().join("drop_caches");
        let written = |mode: Mode| {
            fs::write(&switch, "").unwrap();
            mode.prepare(&Caches::at(switch.clone())).unwrap();
            fs::read_to_string(&switch).unwrap()
        };
        assert_eq!([Mode::Hot, Mode::Isolated, Mode::Cold].map(written), ["", "", "3"]);
    }

    #[test]
    fn a_switch_that_cannot_be_turned_is_named() {
        let refused = Mode::Cold.prepare(&Caches::at("/no/such/switch".into())).unwrap_err();
        assert!(crate::chain(&*refused).contains("`/no/such/switch`: No such file"), "{refused}");
    }
}
