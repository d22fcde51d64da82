//! Moving network devices into a container, by rtnetlink (`config-linux.md#network-devices`).
//!
//! Two sockets, one in the runtime's network namespace and one in the container's, so that nobody else has to be asked
//! for anything. What was moved can be moved back, as long as the container's namespace is there: it is held open.

mod netlink;

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

use self::netlink::{Body, Kind, Socket};
use crate::cause::Cause;
use crate::config::namespaces;
use crate::config::net_devices::NetDevice;
use crate::sys::namespace;

/// Why a network device did not become the container's.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum NetworkError {
    #[error("open the network namespaces")]
    Open { source: Cause },

    #[error("enter the network namespace of the container")]
    Enter { source: Cause },

    #[error("list the network devices")]
    List { source: Cause },

    #[error("there is no network device `{name}` to move into the container")]
    Unknown { name: String },

    #[error(
        "the container has a network device `{name}` already; choose another `name`, or one with `%d` in it"
    )]
    Taken { name: String },

    #[error("move the network device `{name}` into the container")]
    Move { name: String, source: Cause },

    #[error("keep the addresses of the network device `{name}`")]
    Address { name: String, source: Cause },

    #[error("bring the network device `{name}` up")]
    Raise { name: String, source: Cause },
}

/// Attributes of a device, and of an address.
const IFLA_IFNAME: u16 = 3;
const IFLA_NET_NS_FD: u16 = 28;
const IFA_FLAGS: u16 = 8;
/// What makes an address: itself, the local end, broadcast, priority of its route, who made it. Not its label, which
/// has the name of the device in it.
const ADDRESS_PARTS: [u16; 5] = [1, 2, 4, 9, 11];
const PERMANENT: u32 = 0x80;
/// Flags that are asked for, beside those that tell of a state: `nodad`, `home`, `mngtmpaddr`, `noprefixroute`,
/// `autojoin`.
const ASKED_FLAGS: u32 = 0x02 | 0x10 | 0x100 | 0x200 | 0x400;
const UNIVERSE: u8 = 0;
const IFF_UP: u32 = 1;
/// `struct ifinfomsg` and `struct ifaddrmsg`.
const LINK_BYTES: usize = 16;
const ADDRESS_BYTES: usize = 8;

/// A network namespace, and a socket that speaks about it.
#[derive(Debug)]
struct Side {
    namespace: OwnedFd,
    socket: Socket,
}

/// A device of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    index: u32,
    name: Vec<u8>,
    is_up: bool,
}

/// An address that outlives a restart of its device, as it is to be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address {
    family: u8,
    prefix: u8,
    flags: u32,
    parts: Vec<(u16, Vec<u8>)>,
}

/// Devices that were moved into a container.
#[derive(Debug)]
pub struct Moved {
    host: Side,
    container: Side,
    /// As they were on the host, and their number in the container.
    devices: Vec<(Link, u32)>,
}

impl Moved {
    /// Moves all devices into a network namespace; after a failure, those that were moved already are back.
    ///
    /// # Errors
    /// A device that is not there or cannot be moved, a name that is taken.
    pub(crate) fn into(namespace: OwnedFd, devices: &[NetDevice<'_>]) -> Result<Self, NetworkError> {
        let (host, container) = sides(namespace)?;
        let mut moved = Self { host, container, devices: Vec::new() };
        match devices.iter().try_for_each(|device| moved.take(device)) {
            Ok(()) => Ok(moved),
            Err(error) => {
                moved.back();
                Err(error)
            }
        }
    }

    /// Moves them back, with their names, their addresses and their state; one that cannot be stays where it is.
    pub(crate) fn back(&self) {
        for (link, index) in self.devices.iter().rev() {
            let returned = self.container.pass(*index, &link.name, &self.host);
            if let (Ok(index), true) = (returned, link.is_up) {
                // It is back, with its addresses: nobody is left who could be told of the rest.
                let _raised = self.host.raise(index);
            }
        }
    }

    fn take(&mut self, device: &NetDevice<'_>) -> Result<(), NetworkError> {
        let name = || device.host_name.to_string_lossy().into_owned();
        let links = self.host.links()?;
        let link = links.into_iter().find(|link| link.name == device.host_name.to_bytes());
        let link = link.ok_or_else(|| NetworkError::Unknown { name: name() })?;
        let wanted = device.name.to_bytes();
        if self.container.links()?.iter().any(|link| link.name == wanted) {
            return Err(NetworkError::Taken { name: device.name.to_string_lossy().into_owned() });
        }
        let index = self.host.pass(link.index, wanted, &self.container)?;
        self.devices.push((link, index));
        self.container
            .raise(index)
            .map_err(|errno| NetworkError::Raise { name: name(), source: Cause(errno) })
    }
}

/// The runtime's side and the container's.
fn sides(theirs: OwnedFd) -> Result<(Side, Side), NetworkError> {
    let enter = |errno| NetworkError::Enter { source: Cause(errno) };
    let open = |errno| NetworkError::Open { source: Cause(errno) };
    let (ours, socket) =
        own(c"/proc/self/ns/net").and_then(|own| Ok((own, Socket::open()?))).map_err(open)?;
    let flag = namespaces::Kind::Network.flag();
    namespace::enter(theirs.as_fd(), flag).map_err(enter)?;
    let there = Socket::open();
    namespace::enter(ours.as_fd(), flag).map_err(enter)?;
    let container = Side { namespace: theirs, socket: there.map_err(open)? };
    Ok((Side { namespace: ours, socket }, container))
}

/// Opens a network namespace.
///
/// # Errors
/// Those of `open(2)`.
pub(crate) fn own(path: &CStr) -> Result<OwnedFd, Errno> {
    openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
}

impl Side {
    fn links(&self) -> Result<Vec<Link>, NetworkError> {
        let found = self.socket.list(Kind::GetLink, &Body::new(&[0; LINK_BYTES]));
        let links = found.and_then(|found| found.iter().map(Link::read).collect());
        links.map_err(|errno| NetworkError::List { source: Cause(errno) })
    }

    /// Moves a device over to another namespace, under a name; returns its number there.
    fn pass(&self, index: u32, name: &[u8], to: &Self) -> Result<u32, NetworkError> {
        let text = || String::from_utf8_lossy(name).into_owned();
        let kept = self.addresses(index);
        let kept = kept.map_err(|errno| NetworkError::Address { name: text(), source: Cause(errno) })?;
        let before = to.links()?;
        let change = link_change(index, 0)
            .with(IFLA_NET_NS_FD, &raw(to.namespace.as_fd()))
            .with(IFLA_IFNAME, &[name, b"\0"].concat());
        let moved = self.socket.change(Kind::SetLink, &change);
        moved.map_err(|errno| NetworkError::Move { name: text(), source: Cause(errno) })?;
        // Its number may have been taken there, and its name may have been completed by the kernel.
        let is_new = |link: &Link| !before.iter().any(|known| known.index == link.index);
        let arrived = to.links()?.into_iter().find(is_new);
        let arrived = arrived.ok_or_else(|| NetworkError::Unknown { name: text() })?;
        let mut kept = kept.iter().map(|address| address.body(arrived.index));
        kept.try_for_each(|address| to.socket.change(Kind::NewAddress, &address))
            .map_err(|errno| NetworkError::Address { name: text(), source: Cause(errno) })?;
        Ok(arrived.index)
    }

    /// The addresses of a device that have to be kept: permanent ones, of global scope.
    fn addresses(&self, index: u32) -> Result<Vec<Address>, Errno> {
        let listed = self.socket.list(Kind::GetAddress, &Body::new(&[0; ADDRESS_BYTES]))?;
        let found = listed.iter().map(|body| Address::read(body, index)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    fn raise(&self, index: u32) -> Result<(), Errno> {
        self.socket.change(Kind::SetLink, &link_change(index, IFF_UP))
    }
}

impl Link {
    fn read(body: &Body) -> Result<Self, Errno> {
        let name = body.attributes(LINK_BYTES).find(|(kind, _)| *kind == IFLA_IFNAME);
        let (_, name) = name.ok_or(Errno::PROTO)?;
        let name = name.strip_suffix(b"\0").unwrap_or(name).to_vec();
        Ok(Self { index: body.number(4)?, name, is_up: body.number(8)? & IFF_UP != 0 })
    }
}

impl Address {
    /// The address, if it is of that device and has to be kept.
    fn read(body: &Body, index: u32) -> Result<Option<Self>, Errno> {
        let word = |bytes: &[u8]| bytes.first_chunk().map(|four| u32::from_ne_bytes(*four));
        let attributes = || body.attributes(ADDRESS_BYTES);
        // The fixed part has room for the first eight flags only.
        let flags = attributes().find(|(kind, _)| *kind == IFA_FLAGS).and_then(|(_, bytes)| word(bytes));
        let flags = flags.unwrap_or(u32::from(body.byte(2)?));
        if body.number(4)? != index || body.byte(3)? != UNIVERSE || flags & PERMANENT == 0 {
            return Ok(None);
        }
        let parts = attributes().filter(|(kind, _)| ADDRESS_PARTS.contains(kind));
        let parts = parts.map(|(kind, value)| (kind, value.to_vec())).collect();
        Ok(Some(Self { family: body.byte(0)?, prefix: body.byte(1)?, flags: flags & ASKED_FLAGS, parts }))
    }

    /// What makes it again, on a device.
    fn body(&self, index: u32) -> Body {
        let [first, second, third, fourth] = index.to_ne_bytes();
        let fixed = [self.family, self.prefix, 0, UNIVERSE, first, second, third, fourth];
        let parts = self.parts.iter().fold(Body::new(&fixed), |body, (kind, value)| body.with(*kind, value));
        parts.with(IFA_FLAGS, &self.flags.to_ne_bytes())
    }
}

/// The fixed part of a change to a device: which, and the flags to set.
fn link_change(index: u32, flags: u32) -> Body {
    let words = [0, index, flags, flags].map(u32::to_ne_bytes);
    Body::new(&words.concat())
}

fn raw(descriptor: BorrowedFd<'_>) -> [u8; 4] {
    descriptor.as_raw_fd().to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: u32 = 7;

    fn address(scope: u8, flags: u32) -> Body {
        let [first, second, third, fourth] = INDEX.to_ne_bytes();
        let fixed = [2, 24, 0, scope, first, second, third, fourth];
        let body = Body::new(&fixed).with(1, &[10, 0, 0, 1]).with(3, b"old\0");
        body.with(IFA_FLAGS, &flags.to_ne_bytes()).with(6, &[0; 16])
    }

    #[test]
    fn only_permanent_addresses_of_global_scope_are_kept() {
        let kept = Address::read(&address(0, PERMANENT | 0x200 | 0x01), INDEX).unwrap().unwrap();
        assert_eq!((kept.prefix, kept.flags), (24, 0x200));
        for (lost, index) in
            [(address(253, PERMANENT), INDEX), (address(0, 0), INDEX), (address(0, PERMANENT), 8)]
        {
            assert_eq!(Address::read(&lost, index), Ok(None));
        }
    }

    #[test]
    fn an_address_is_made_again_on_the_new_number_without_the_old_name() {
        let kept = Address::read(&address(0, PERMANENT), INDEX).unwrap().unwrap();
        let body = kept.body(9);
        assert_eq!((body.number(4), body.byte(1)), (Ok(9), Ok(24)));
        let kinds: Vec<u16> = body.attributes(ADDRESS_BYTES).map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [1, IFA_FLAGS]);
    }
}
