//! Signals: masks, dispositions, and a descriptor to read them from.

use core::ptr::{from_mut, from_ref, null};

use rustix::fd::{AsRawFd, FromRawFd, OwnedFd};
use rustix::io::Errno;

use super::number::{KILL, PIDFD_SEND_SIGNAL, RT_SIGACTION, RT_SIGPROCMASK, SIGNALFD4};
use super::raw::syscall;

/// A set of signals: bit `n - 1` is signal `n`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Signals(pub(crate) u64);

impl Signals {
    /// Every signal that there is.
    pub(crate) const ALL: Self = Self(u64::MAX);
    /// Signals 1 to 31, but for the two that cannot be caught: `SIGKILL`, 9, and `SIGSTOP`, 19.
    pub(crate) const STANDARD: Self = Self(0x7fff_ffff & !(1 << 8) & !(1 << 18));
    /// None.
    pub(crate) const NONE: Self = Self(0);

    /// The numbers of the signals in the set.
    pub(crate) fn numbers(self) -> impl Iterator<Item = i32> {
        (1..=64).filter(move |number| self.0 >> (number - 1) & 1 == 1)
    }
}

const BLOCK_EXACTLY: usize = 2;
const SET_BYTES: usize = size_of::<u64>();

/// The kernel's `struct sigaction`, large enough for each architecture; zeros mean the default disposition.
#[repr(C)]
struct Action([u64; 4]);

/// Blocks exactly these signals for the calling thread; returns those that were blocked before.
///
/// # Errors
/// None that can occur; that of `rt_sigprocmask(2)` is passed on.
pub(crate) fn block(signals: Signals) -> Result<Signals, Errno> {
    let mut before = Signals::NONE;
    let arguments =
        [BLOCK_EXACTLY, from_ref(&signals) as usize, from_mut(&mut before) as usize, SET_BYTES, 0, 0];
    // SAFETY: both sets are live and of the size given.
    unsafe { syscall(RT_SIGPROCMASK, arguments) }?;
    Ok(before)
}

/// Gives signal `number` its default disposition.
///
/// # Errors
/// `EINVAL` for `SIGKILL`, `SIGSTOP`, and what is no signal.
pub(crate) fn reset(number: i32) -> Result<(), Errno> {
    let action = Action([0; 4]);
    #[expect(clippy::cast_sign_loss, reason = "the kernel takes an int in a register")]
    let arguments = [number as usize, from_ref(&action) as usize, null::<Action>() as usize, SET_BYTES, 0, 0];
    // SAFETY: the action is live, at least as long as the kernel's, and names no handler.
    unsafe { syscall(RT_SIGACTION, arguments) }.map(drop)
}

/// A descriptor from which blocked signals can be read, close-on-exec.
///
/// # Errors
/// `EMFILE`, `ENFILE`, `ENOMEM`.
pub(crate) fn descriptor(signals: Signals) -> Result<OwnedFd, Errno> {
    const CLOSE_ON_EXEC: usize = 0o2_000_000;
    const NEW: usize = usize::MAX;
    let arguments = [NEW, from_ref(&signals) as usize, SET_BYTES, CLOSE_ON_EXEC, 0, 0];
    // SAFETY: the set is live and of the size given.
    let fd = unsafe { syscall(SIGNALFD4, arguments) }?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a descriptor is an int")]
    // SAFETY: the kernel has just returned this descriptor to us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Signals that tell a runtime to end: `SIGHUP`, `SIGINT`, `SIGQUIT`, `SIGTERM`.
pub(crate) const ENDING: [u32; 4] = [1, 2, 3, 15];

/// Takes the next signal from a [`descriptor`], and waits for one where there is none.
///
/// # Errors
/// Those of `read(2)`.
pub(crate) fn next(signals: &OwnedFd) -> Result<u32, Errno> {
    /// Size of `struct signalfd_siginfo`, which begins with the number.
    const INFO_BYTES: usize = 128;
    let mut info = [0; INFO_BYTES];
    rustix::io::read(signals, &mut info)?;
    Ok(info.first_chunk().map_or(0, |number| u32::from_ne_bytes(*number)))
}

/// Sends signal `number`, or nothing but a question with 0, to the process of a descriptor.
///
/// # Errors
/// Those of `pidfd_send_signal(2)`: `ESRCH` when it has ended.
pub(crate) fn send_to(pidfd: &OwnedFd, number: u8) -> Result<(), Errno> {
    let pidfd = pidfd.as_raw_fd().unsigned_abs() as usize;
    // SAFETY: the null stands for no information beside the number.
    unsafe { syscall(PIDFD_SEND_SIGNAL, [pidfd, usize::from(number), 0, 0, 0, 0]) }.map(drop)
}

/// Sends signal `number` to process `pid`; one that has ended meanwhile needs none.
///
/// # Errors
/// `EPERM`; `EINVAL` for what is no process or no signal.
pub(crate) fn send(pid: i32, number: u8) -> Result<(), Errno> {
    let pid = usize::try_from(pid).ok().filter(|pid| *pid > 0).ok_or(Errno::INVAL)?;
    // SAFETY: the call takes no pointer.
    match unsafe { syscall(KILL, [pid, usize::from(number), 0, 0, 0, 0]) } {
        Err(Errno::SRCH) => Ok(()),
        outcome => outcome.map(drop),
    }
}
