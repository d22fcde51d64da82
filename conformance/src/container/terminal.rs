//! The terminal of a container, which the runtime hands out over a socket.

use std::io::IoSliceMut;
use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::Duration;

use drive::wait;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, UnixAddr, recvmsg};

use super::Container;
use crate::act::{Act, Trouble};
use crate::fault::Fault;
use crate::report::Report;

/// How long a runtime may take to send what it has.
const SENDS: Duration = Duration::from_secs(10);

/// The side of the terminal that is not the container's. It is closed when the case's process ends.
#[derive(Debug)]
pub struct Terminal(#[expect(dead_code, reason = "it is held, not used")] RawFd);

impl Container {
    /// Creates the container with a terminal, starts it, and reads the report.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where one of them does not come about.
    pub fn given_terminal(&self) -> Result<(Terminal, Report), Fault> {
        let (path, listener) = self.console_socket()?;
        let bundle = self.bundle().directory_path().display().to_string();
        self.create_with(&["--bundle", &bundle, "--console-socket", &path.display().to_string()]).given()?;
        let terminal = receive(&listener).given()?;
        self.start().given()?;
        Ok((terminal, self.report().given()?))
    }

    fn console_socket(&self) -> Result<(PathBuf, UnixListener), Fault> {
        let path = PathBuf::from(self.bundle().outside("console"));
        let listener = UnixListener::bind(&path).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        Ok((path, listener.map_err(|error| Fault::broken("listen on the console socket", &error))?))
    }
}

/// The terminal that arrives on the socket.
fn receive(listener: &UnixListener) -> Act<Terminal> {
    let missing = |why: &str| Trouble::Missing(why.to_owned());
    let accepted = wait::until(wait::patient(SENDS), || listener.accept().ok());
    let found = accepted.ok_or_else(|| missing("nobody connected within 10 s")).and_then(|(stream, _)| {
        descriptor(&stream).ok_or_else(|| missing("nothing was sent with a descriptor"))
    });
    Act::new("the terminal", found.map(Terminal))
}

/// The first descriptor that comes with a message.
fn descriptor(stream: &UnixStream) -> Option<RawFd> {
    stream.set_read_timeout(Some(wait::patient(SENDS))).ok()?;
    let mut name = [0; 4096];
    let mut buffer = nix::cmsg_space!([RawFd; 1]);
    let mut slices = [IoSliceMut::new(&mut name)];
    let received =
        recvmsg::<UnixAddr>(stream.as_raw_fd(), &mut slices, Some(&mut buffer), MsgFlags::empty()).ok()?;
    received.cmsgs().ok()?.find_map(|message| match message {
        ControlMessageOwned::ScmRights(descriptors) => descriptors.first().copied(),
        _ => None,
    })
}
