//! The gate at which a created container waits for `start`.
//!
//! A socket that the container's process listens on, and which its `execve(2)` closes: that it can be connected to says
//! that the container is created and not yet running, whatever crashed meanwhile. `start` sends one byte. The process
//! answers with one, runs the hooks that are left and executes the program, which closes the connection; or it sends
//! why it cannot. A connection that brings no byte is a question about the status, and is dropped.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, read, write};
use rustix::net::{
    AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect, listen,
    send, socket_with,
};

/// Where the socket of a container is.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    directory: &'a str,
    name: &'static str,
    descriptor: BorrowedFd<'a>,
}

/// What came of asking a container to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Knock {
    /// It has executed its program.
    Started,
    /// It could not, and says why.
    Failed(String),
    /// It was asked, but its answer could not be read.
    Lost(Errno),
    /// Nobody waits at the gate: the container was started before, or has ended.
    NobodyThere,
}

const START: u8 = b's';
const ACCEPTED: u8 = b'a';
/// Verbs that may ask at once; more have to try again.
const BACKLOG: i32 = 64;
/// Longest path in a socket address, without the NUL.
const ADDRESS_BYTES: usize = 107;

impl<'a> Gate<'a> {
    pub(super) fn new(directory: &'a str, name: &'static str, descriptor: BorrowedFd<'a>) -> Self {
        Self { directory, name, descriptor }
    }

    /// Makes the socket, close-on-exec.
    ///
    /// # Errors
    /// Those of `socket(2)`, `bind(2)` and `listen(2)`.
    pub fn build(&self) -> Result<OwnedFd, Errno> {
        let socket = socket()?;
        bind(&socket, &self.address()?)?;
        listen(&socket, BACKLOG)?;
        Ok(socket)
    }

    /// Whether somebody waits at the gate.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        self.call().is_ok()
    }

    /// Asks the container to start and waits until it has, or cannot.
    ///
    /// # Errors
    /// Those of the socket calls, other than for a gate at which nobody waits.
    pub fn knock(&self) -> Result<Knock, Errno> {
        let connection = match self.call() {
            Ok(connection) => connection,
            Err(Errno::NOENT | Errno::CONNREFUSED) => return Ok(Knock::NobodyThere),
            Err(errno) => return Err(errno),
        };
        match send(&connection, &[START], SendFlags::NOSIGNAL) {
            Ok(_) => {}
            Err(Errno::PIPE | Errno::CONNRESET) => return Ok(Knock::NobodyThere),
            Err(errno) => return Err(errno),
        }
        let answer = match drain(&connection) {
            Ok(answer) => answer,
            Err(errno) => return Ok(Knock::Lost(errno)),
        };
        Ok(match answer.split_first() {
            None => Knock::NobodyThere,
            Some((_, [])) => Knock::Started,
            Some((_, why)) => Knock::Failed(String::from_utf8_lossy(why).into_owned()),
        })
    }

    fn call(&self) -> Result<OwnedFd, Errno> {
        let socket = socket()?;
        connect(&socket, &self.address()?)?;
        Ok(socket)
    }

    /// The path, or where that is too long one through the open directory.
    fn address(&self) -> Result<SocketAddrUnix, Errno> {
        let path = format!("{}/{}", self.directory, self.name);
        if path.len() <= ADDRESS_BYTES {
            return SocketAddrUnix::new(path.as_str());
        }
        SocketAddrUnix::new(format!("/proc/self/fd/{}/{}", self.descriptor.as_raw_fd(), self.name).as_str())
    }
}

/// Waits in the container's process until a `start` has come; returns the connection to it, close-on-exec.
///
/// # Errors
/// Those of `accept(2)`.
pub(crate) fn wait(gate: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    loop {
        let connection = match accept_with(gate, SocketFlags::CLOEXEC) {
            // One that has gone again before it was taken is as good as none.
            Err(Errno::INTR | Errno::CONNABORTED | Errno::CONNRESET | Errno::PIPE) => continue,
            outcome => outcome?,
        };
        let mut byte = [0];
        // One that hangs up again only wanted to know the status.
        if matches!(read(&connection, &mut byte), Ok(1)) && byte == [START] {
            write(&connection, &[ACCEPTED])?;
            return Ok(connection);
        }
    }
}

fn socket() -> Result<OwnedFd, Errno> {
    socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
}

/// Reads to the end; a connection reset counts as one.
fn drain(connection: &OwnedFd) -> Result<Vec<u8>, Errno> {
    const ANSWER_BYTES: usize = 4096;
    let mut answer = Vec::new();
    let mut part = [0; ANSWER_BYTES];
    loop {
        match read(connection, &mut part) {
            Ok(0) | Err(Errno::CONNRESET) => return Ok(answer),
            Ok(count) => answer.extend_from_slice(part.get(..count).unwrap_or_default()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}
