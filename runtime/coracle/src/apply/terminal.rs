//! The container's terminal.

use rustix::fd::AsFd;
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, Uid, fchown, fstatfs, openat};
use rustix::io::Errno;
use rustix::mount::{OpenTreeFlags, open_tree};
use rustix::process::ioctl_tiocsctty;
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::fault::Fault;
use super::mount::attach;
use super::{Process, path};
use crate::config::process::Terminal;
use crate::handover::hand_over;
use crate::sys::descriptor;

/// `f_type` of a devpts, from `linux/magic.h`.
const DEVPTS_MAGIC: u64 = 0x1cd1;

/// What engines expect to be told with the terminal.
const NAME: &[u8] = b"/dev/ptmx";

impl Process<'_> {
    /// Opens a terminal of the container's own devpts, never of the host's.
    pub(super) fn open_terminal(&mut self, terminal: Terminal) -> Result<(), Fault> {
        let Some(console) = self.console else {
            return Err(Fault::Other(
                "a terminal needs somebody to hand it to; name a `--console-socket`".into(),
            ));
        };
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        // Whoever joins a container is inside when it comes to this.
        if self.opened.root.is_none() {
            self.opened.root = Some(openat(CWD, c"/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?);
        }
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
        hand_over(console.as_fd(), NAME, master.as_fd())?;
        descriptor::become_standard(slave.as_fd())?;
        ioctl_tiocsctty(&slave)?;
        self.opened.terminal = Some(slave);
        Ok(())
    }

    /// Makes the terminal known as `/dev/console`.
    pub(super) fn mount_console(&mut self) -> Result<(), Fault> {
        let flags =
            OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_EMPTY_PATH;
        let console = open_tree(super::present(self.opened.terminal.as_ref())?, c"", flags)?;
        let dev = self.dev()?;
        let place = match path::new_file(dev, c"console") {
            Err(Errno::EXIST) => super::device::existing(dev, c"console"),
            outcome => outcome,
        };
        Ok(attach(&console, &place?)?)
    }
}
