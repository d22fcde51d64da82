//! Interfaces of the network namespace, by the ioctls that every kernel has.

use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::io::Errno;

use super::number::IOCTL;
use super::raw::syscall3;

const SET_FLAGS: usize = 0x8914;
const NAME_BYTES: usize = 16;
const IFF_UP: u16 = 1;
const IFF_RUNNING: u16 = 0x40;

/// `struct ifreq` with flags.
#[repr(C)]
struct Request {
    name: [u8; NAME_BYTES],
    flags: u16,
    rest: [u8; 22],
}

/// Brings the loopback interface up, through any socket of the namespace.
///
/// # Errors
/// `EPERM` without `CAP_NET_ADMIN` over the namespace.
pub(crate) fn raise_loopback(socket: BorrowedFd<'_>) -> Result<(), Errno> {
    let mut name = [0; NAME_BYTES];
    name[..2].copy_from_slice(b"lo");
    let request = Request { name, flags: IFF_UP | IFF_RUNNING, rest: [0; 22] };
    #[expect(clippy::cast_sign_loss, reason = "the kernel takes an int in a register")]
    let socket = socket.as_raw_fd() as usize;
    // SAFETY: the request is live and has the size and form that this ioctl reads.
    unsafe { syscall3(IOCTL, socket, SET_FLAGS, core::ptr::from_ref(&request) as usize) }.map(drop)
}
