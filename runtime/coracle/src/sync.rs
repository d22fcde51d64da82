//! What the runtime and the process it creates say to each other, over a pair of sockets.
//!
//! Each message is one packet: a letter, and after it what the message carries. That the process has executed its
//! program is said by the end of the connection, which `execve(2)` closes; that the runtime has died, likewise.

use alloc::string::String;
use alloc::vec::Vec;

use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType, recv, send, shutdown, socketpair,
};

/// What the runtime tells the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// The ids of its user namespace are mapped.
    Mapped,
    /// It is in its version 1 cgroups.
    Placed,
    /// The hooks of the runtime's side have run.
    HooksDone,
    /// It is on record: it may wait at its gate, or run. These signals it ignores, and must not: bit `n - 1` is `n`.
    Go { ignored: u32 },
}

/// What the process tells the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Report {
    /// Its mounts are made: time for the hooks of the runtime's side.
    HooksDue,
    /// Its seccomp filter has a listener, under this descriptor number.
    Listens(i32),
    /// All is done that comes before `start`.
    Ready,
    /// A step failed: which one, and why.
    Failed(String),
}

/// One end of the connection, close-on-exec.
#[derive(Debug)]
pub(crate) struct Line(OwnedFd);

/// Longest packet; longer error messages are cut.
const PACKET_BYTES: usize = 8192;

/// A connection: the runtime's end, and the process's.
///
/// # Errors
/// `EMFILE`, `ENFILE`, `ENOMEM`.
pub(crate) fn pair() -> Result<(Line, Line), Errno> {
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    Ok((Line(ours), Line(theirs)))
}

impl Line {
    /// # Errors
    /// `EPIPE` when the process is gone.
    pub(crate) fn order(&self, order: &Order) -> Result<(), Errno> {
        match order {
            Order::Mapped => self.put(b'm', &[]),
            Order::Placed => self.put(b'p', &[]),
            Order::HooksDone => self.put(b'h', &[]),
            Order::Go { ignored } => self.put(b'g', &ignored.to_ne_bytes()),
        }
    }

    /// # Errors
    /// `EPIPE` when the runtime is gone.
    pub(crate) fn report(&self, report: &Report) -> Result<(), Errno> {
        match report {
            Report::HooksDue => self.put(b'h', &[]),
            Report::Listens(number) => self.put(b'l', &number.to_ne_bytes()),
            Report::Ready => self.put(b'r', &[]),
            Report::Failed(why) => self.put(b'f', why.as_bytes()),
        }
    }

    /// The next order; nothing when the runtime is gone.
    ///
    /// # Errors
    /// Those of `recv(2)`; `EPROTO` for a packet that is no order.
    pub(crate) fn next_order(&self) -> Result<Option<Order>, Errno> {
        let packet = self.take()?;
        let Some((letter, rest)) = packet.split_first() else { return Ok(None) };
        match (letter, rest.first_chunk()) {
            (b'm', _) => Ok(Some(Order::Mapped)),
            (b'p', _) => Ok(Some(Order::Placed)),
            (b'h', _) => Ok(Some(Order::HooksDone)),
            (b'g', Some(ignored)) => Ok(Some(Order::Go { ignored: u32::from_ne_bytes(*ignored) })),
            _ => Err(Errno::PROTO),
        }
    }

    /// The next report; nothing when the process has executed its program, or is gone.
    ///
    /// # Errors
    /// Those of `recv(2)`; `EPROTO` for a packet that is no report.
    pub(crate) fn next_report(&self) -> Result<Option<Report>, Errno> {
        let packet = self.take()?;
        let Some((letter, rest)) = packet.split_first() else { return Ok(None) };
        match (letter, rest.first_chunk()) {
            (b'h', _) => Ok(Some(Report::HooksDue)),
            (b'l', Some(number)) => Ok(Some(Report::Listens(i32::from_ne_bytes(*number)))),
            (b'r', _) => Ok(Some(Report::Ready)),
            (b'f', _) => Ok(Some(Report::Failed(String::from_utf8_lossy(rest).into_owned()))),
            _ => Err(Errno::PROTO),
        }
    }

    /// Says that nothing more will be said.
    ///
    /// # Errors
    /// Those of `shutdown(2)`, none of which can occur on a connection.
    pub(crate) fn hang_up(&self) -> Result<(), Errno> {
        shutdown(&self.0, Shutdown::Write)
    }

    pub(crate) fn descriptor(&self) -> rustix::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn put(&self, letter: u8, rest: &[u8]) -> Result<(), Errno> {
        let mut packet = Vec::with_capacity(rest.len() + 1);
        packet.push(letter);
        packet.extend_from_slice(rest.get(..PACKET_BYTES - 1).unwrap_or(rest));
        loop {
            match send(&self.0, &packet, SendFlags::NOSIGNAL) {
                Err(Errno::INTR) => {}
                outcome => return outcome.map(drop),
            }
        }
    }

    fn take(&self) -> Result<Vec<u8>, Errno> {
        let mut packet = alloc::vec![0; PACKET_BYTES];
        loop {
            match recv(&self.0, packet.as_mut_slice(), RecvFlags::empty()) {
                Err(Errno::INTR) => {}
                Err(Errno::CONNRESET) => return Ok(Vec::new()),
                outcome => {
                    let (_, count) = outcome?;
                    packet.truncate(count);
                    return Ok(packet);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_reports_arrive_as_they_were_sent_and_then_the_end() {
        let (ours, theirs) = pair().unwrap();
        for order in [Order::Mapped, Order::Placed, Order::HooksDone, Order::Go { ignored: 0x1002 }] {
            ours.order(&order).unwrap();
            assert_eq!(theirs.next_order().unwrap(), Some(order));
        }
        for report in [Report::HooksDue, Report::Listens(7), Report::Ready, Report::Failed("mount it".into())]
        {
            theirs.report(&report).unwrap();
            assert_eq!(ours.next_report().unwrap(), Some(report));
        }
        drop(theirs);
        assert_eq!(ours.next_report().unwrap(), None);
        assert_eq!(ours.order(&Order::Mapped), Err(Errno::PIPE));
    }
}
