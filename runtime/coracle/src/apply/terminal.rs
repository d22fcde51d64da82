//! The container's terminal.

use alloc::vec::Vec;
use core::mem::MaybeUninit;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{OFlags, ResolveFlags, Uid, fchown, fstatfs};
use rustix::io::{Errno, IoSlice};
use rustix::mount::{OpenTreeFlags, open_tree};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::ioctl_tiocsctty;
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::fault::Fault;
use super::mount::attach;
use super::{Process, path};
use crate::config::process::Terminal;
use crate::sys::descriptor;

/// `f_type` of a devpts, from `linux/magic.h`.
const DEVPTS_MAGIC: u64 = 0x1cd1;

impl Process<'_> {
    /// Opens a terminal of the container's own devpts, never of the host's.
    pub(super) fn open_terminal(&mut self, terminal: Terminal) -> Result<(), Fault> {
        let Some(console) = self.console else {
            return Err(Fault::Other(
                "a terminal needs somebody to hand it to; name a `--console-socket`".into(),
            ));
        };
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let master = path::open(self.root()?, c"/dev/pts/ptmx", flags, ResolveFlags::NO_SYMLINKS)?;
        #[expect(clippy::cast_sign_loss, reason = "a magic number has no sign")]
        if fstatfs(&master)?.f_type as u64 != DEVPTS_MAGIC {
            return Err(Fault::Other("`/dev/pts` of the container is no devpts".into()));
        }
        unlockpt(&master)?;
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let slave = ioctl_tiocgptpeer(&master, flags)?;
        if let Some(size) = terminal.size {
            let size = Winsize { ws_row: size.height, ws_col: size.width, ws_xpixel: 0, ws_ypixel: 0 };
            tcsetwinsize(&slave, size)?;
        }
        fchown(&slave, Some(Uid::from_raw(self.owner)), None)?;
        self.mount_console(&slave)?;
        hand_over(console.as_fd(), master.as_fd())?;
        descriptor::become_standard(slave.as_fd())?;
        Ok(ioctl_tiocsctty(&slave)?)
    }

    /// Makes the terminal known as `/dev/console`.
    fn mount_console(&mut self, slave: &OwnedFd) -> Result<(), Errno> {
        let flags =
            OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_EMPTY_PATH;
        let console = open_tree(slave, c"", flags)?;
        let dev = self.dev()?;
        let place = match path::new_file(dev, c"console") {
            Err(Errno::EXIST) => super::device::existing(dev, c"console"),
            outcome => outcome,
        };
        attach(&console, &place?)
    }
}

/// Sends the master to whoever listens on the console socket; with a name, as engines expect.
fn hand_over(console: BorrowedFd<'_>, master: BorrowedFd<'_>) -> Result<(), Errno> {
    let descriptors = [master];
    let mut space: Vec<MaybeUninit<u8>> = Vec::new();
    space.resize(rustix::cmsg_space!(ScmRights(1)), MaybeUninit::uninit());
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(Errno::NOBUFS);
    }
    sendmsg(console, &[IoSlice::new(b"/dev/ptmx")], &mut control, SendFlags::NOSIGNAL).map(drop)
}
