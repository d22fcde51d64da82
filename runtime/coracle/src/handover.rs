//! Handing a descriptor to whoever listens on a socket.

use alloc::vec::Vec;
use core::mem::MaybeUninit;

use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::io::{Errno, IoSlice};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags,
    SocketType, connect, send, sendmsg, socket_with,
};
use rustix::path::Arg;

/// A connection to the socket at `path`.
///
/// # Errors
/// Those of `socket(2)` and `connect(2)`; `ENAMETOOLONG` for a path longer than a socket's address.
pub(crate) fn connection(path: impl Arg) -> Result<OwnedFd, Errno> {
    let address = SocketAddrUnix::new(path)?;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    connect(&socket, &address)?;
    Ok(socket)
}

/// Sends all of `text`, which is not empty, and the descriptor with its first part.
///
/// # Errors
/// Those of `sendmsg(2)`, such as `EPIPE` when the other side has hung up.
pub(crate) fn hand_over(
    connection: BorrowedFd<'_>,
    text: &[u8],
    descriptor: BorrowedFd<'_>,
) -> Result<(), Errno> {
    let descriptors = [descriptor];
    let mut space: Vec<MaybeUninit<u8>> = Vec::new();
    space.resize(rustix::cmsg_space!(ScmRights(1)), MaybeUninit::uninit());
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(Errno::NOBUFS);
    }
    let mut sent = sendmsg(connection, &[IoSlice::new(text)], &mut control, SendFlags::NOSIGNAL)?;
    while let Some(rest) = text.get(sent..).filter(|rest| !rest.is_empty()) {
        sent += send(connection, rest, SendFlags::NOSIGNAL)?;
    }
    Ok(())
}
