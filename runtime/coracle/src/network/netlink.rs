//! Messages of rtnetlink, as few as moving a device takes (`linux/rtnetlink.h`).
//!
//! A message is a header of 16 bytes, a fixed part, and *attributes*: a length, a type, a value, padded to 4 bytes.

use alloc::vec::Vec;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Kind {
    GetLink = 18,
    SetLink = 19,
    NewAddress = 20,
    GetAddress = 22,
}

const ERROR: u16 = 2;
const DONE: u16 = 3;
const REQUEST: u16 = 1;
const ACKNOWLEDGE: u16 = 4;
const DUMP: u16 = 0x300;
const CREATE: u16 = 0x400;
const HEADER_BYTES: usize = 16;
/// Kernels answer a dump in pieces of at most 32 KiB.
const BUFFER_BYTES: usize = 1 << 16;

/// A connection to the kernel, which speaks about the network namespace that it was made in.
#[derive(Debug)]
pub(super) struct Socket(OwnedFd);

/// The fixed part and the attributes of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Body(Vec<u8>);

impl Socket {
    /// # Errors
    /// Those of `socket(2)`.
    pub(super) fn open() -> Result<Self, Errno> {
        // The protocol that comes without asking is rtnetlink.
        socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None).map(Self)
    }

    /// Has the kernel change something.
    ///
    /// # Errors
    /// What the kernel answers, such as `EEXIST`, `EPERM`, `EINVAL`.
    pub(super) fn change(&self, kind: Kind, body: &Body) -> Result<(), Errno> {
        let create = if kind == Kind::NewAddress { CREATE } else { 0 };
        self.exchange(kind, ACKNOWLEDGE | create, body).map(drop)
    }

    /// Has the kernel list all that there is of a kind.
    ///
    /// # Errors
    /// What the kernel answers.
    pub(super) fn list(&self, kind: Kind, body: &Body) -> Result<Vec<Body>, Errno> {
        self.exchange(kind, DUMP, body)
    }

    fn exchange(&self, kind: Kind, flags: u16, body: &Body) -> Result<Vec<Body>, Errno> {
        send(&self.0, &message(kind, flags, body)?, SendFlags::empty())?;
        let mut listed = Vec::new();
        let mut buffer = alloc::vec![0; BUFFER_BYTES];
        loop {
            let (_, count) = recv(&self.0, buffer.as_mut_slice(), RecvFlags::TRUNC)?;
            let packet = buffer.get(..count).ok_or(Errno::MSGSIZE)?;
            if read_packet(packet, &mut listed)? {
                return Ok(listed);
            }
        }
    }
}

fn message(kind: Kind, flags: u16, body: &Body) -> Result<Vec<u8>, Errno> {
    let length = u32::try_from(HEADER_BYTES + body.0.len()).map_err(|_| Errno::MSGSIZE)?;
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.0.len());
    bytes.extend_from_slice(&length.to_ne_bytes());
    bytes.extend_from_slice(&(kind as u16).to_ne_bytes());
    bytes.extend_from_slice(&(REQUEST | flags).to_ne_bytes());
    // Sequence and port: there is one question at a time, and the kernel knows the socket.
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&body.0);
    Ok(bytes)
}

/// Adds what a packet lists; whether it was the last one.
fn read_packet(mut packet: &[u8], listed: &mut Vec<Body>) -> Result<bool, Errno> {
    while !packet.is_empty() {
        let length = number(packet, 0)? as usize;
        let kind = u16::from_ne_bytes(*packet.get(4..).and_then(<[u8]>::first_chunk).ok_or(Errno::PROTO)?);
        let content = packet.get(HEADER_BYTES..length).ok_or(Errno::PROTO)?;
        match kind {
            DONE => return Ok(true),
            ERROR => match number(content, 0)?.cast_signed() {
                0 => return Ok(true),
                errno => return Err(Errno::from_raw_os_error(-errno)),
            },
            _ => listed.push(Body(content.to_vec())),
        }
        packet = packet.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(false)
}

fn number(bytes: &[u8], offset: usize) -> Result<u32, Errno> {
    let four = bytes.get(offset..).and_then(<[u8]>::first_chunk).ok_or(Errno::PROTO)?;
    Ok(u32::from_ne_bytes(*four))
}

impl Body {
    /// One that begins with these bytes, as many as the kind of message has.
    pub(super) fn new(fixed: &[u8]) -> Self {
        Self(fixed.to_vec())
    }

    /// With one more attribute.
    #[must_use]
    pub(super) fn with(mut self, kind: u16, value: &[u8]) -> Self {
        const ATTRIBUTE_BYTES: usize = 4;
        // What is written here are names, numbers and addresses: a few bytes.
        let length = u16::try_from(ATTRIBUTE_BYTES + value.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_ne_bytes());
        self.0.extend_from_slice(&kind.to_ne_bytes());
        self.0.extend_from_slice(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    /// One byte of the fixed part.
    pub(super) fn byte(&self, offset: usize) -> Result<u8, Errno> {
        self.0.get(offset).copied().ok_or(Errno::PROTO)
    }

    /// Four bytes of the fixed part.
    pub(super) fn number(&self, offset: usize) -> Result<u32, Errno> {
        number(&self.0, offset)
    }

    /// The attributes behind a fixed part of that many bytes: type and value.
    pub(super) fn attributes(&self, fixed_bytes: usize) -> impl Iterator<Item = (u16, &[u8])> {
        let mut rest = self.0.get(fixed_bytes..).unwrap_or_default();
        core::iter::from_fn(move || {
            let &[first, second, third, fourth, ..] = rest else { return None };
            let length = usize::from(u16::from_ne_bytes([first, second]));
            let value = rest.get(4..length)?;
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
            Some((u16::from_ne_bytes([third, fourth]), value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_as_they_were_written() {
        let body = Body::new(&[7; 8]).with(3, b"veth0\0").with(28, &9_u32.to_ne_bytes()).with(1, &[]);
        let read: Vec<(u16, &[u8])> = body.attributes(8).collect();
        assert_eq!(read, [(3, &b"veth0\0"[..]), (28, &9_u32.to_ne_bytes()), (1, &[])]);
        assert_eq!(body.number(4), Ok(0x0707_0707));
        assert_eq!(body.0.len() % 4, 0);
    }

    #[test]
    fn a_packet_ends_with_an_answer_or_goes_on() {
        let packet = |kind: u16, content: &[u8]| {
            let mut bytes = message(Kind::GetLink, 0, &Body::new(content)).unwrap();
            bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
            bytes
        };
        let mut listed = Vec::new();
        let two = [packet(16, &[1; 16]), packet(16, &[2; 16])].concat();
        assert_eq!(read_packet(&two, &mut listed), Ok(false));
        assert_eq!(listed, [Body::new(&[1; 16]), Body::new(&[2; 16])]);
        assert_eq!(read_packet(&packet(DONE, &[0; 4]), &mut listed), Ok(true));
        assert_eq!(read_packet(&packet(ERROR, &0_i32.to_ne_bytes()), &mut listed), Ok(true));
        assert_eq!(read_packet(&packet(ERROR, &(-17_i32).to_ne_bytes()), &mut listed), Err(Errno::EXIST));
        for cut in 1..20 {
            assert_eq!(read_packet(&packet(ERROR, &[0; 4])[..cut], &mut listed), Err(Errno::PROTO), "{cut}");
        }
    }

    #[test]
    fn attributes_that_lie_about_their_length_end_the_list() {
        for lie in [[0, 0, 1, 0], [3, 0, 1, 0], [9, 0, 1, 0], [255, 255, 1, 0]] {
            assert_eq!(Body::new(&lie).attributes(0).count(), 0, "{lie:?}");
        }
        assert_eq!(Body::default().attributes(8).count(), 0);
    }
}
