//! The clone of the new process, and the namespaces that have to be joined around it.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, read, write};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
};

use super::error::CreateError;
use crate::cause::Cause;
use crate::config::namespaces::Kind;
use crate::sys::clone::{Lineage, Side, clone};
use crate::sys::{exit, namespace};

/// Clones the process into new `namespaces` (`CLONE_NEW*`), inside the user and the PID namespace that it joins.
///
/// A process cannot change its PID namespace, only that of its children; and what is made in a user namespace belongs
/// to it only if it is made from there. Other namespaces are joined by the new process itself.
///
/// # Errors
/// A namespace that cannot be joined; those of [`clone`].
pub(crate) fn spawn(
    namespaces: u64,
    joins: &[(Kind, OwnedFd)],
    cgroup: Option<BorrowedFd<'_>>,
) -> Result<Side, CreateError> {
    let joined = |kind| joins.iter().find(|(one, _)| *one == kind).map(|(_, namespace)| namespace.as_fd());
    let side = match (joined(Kind::User), joined(Kind::Pid)) {
        (None, None) => clone(namespaces, cgroup, Lineage::Child),
        (None, Some(pid)) => among(pid, || clone(namespaces, cgroup, Lineage::Child)),
        (Some(user), pid) => by_another(|| {
            enter_both(user, pid)?;
            clone(namespaces, cgroup, Lineage::Sibling)
        }),
    };
    side.map_err(|errno| CreateError::Clone { source: Cause(errno) })
}

/// Makes a child in a PID namespace; later ones are in the runtime's again, since hooks belong there.
fn among(pids: BorrowedFd<'_>, make: impl FnOnce() -> Result<Side, Errno>) -> Result<Side, Errno> {
    let own = openat(CWD, c"/proc/self/ns/pid", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    namespace::enter(pids, Kind::Pid.flag())?;
    let side = make();
    // The new process has no children to place.
    if matches!(side, Ok(Side::Child)) {
        return side;
    }
    match (namespace::enter(own.as_fd(), Kind::Pid.flag()), side) {
        (Ok(()), side) => side,
        (Err(errno), Ok(Side::Parent(_, child))) => {
            end(&child);
            Err(errno)
        }
        (Err(errno), _) => Err(errno),
    }
}

/// Ends a child that nobody will know of, and waits for its end.
fn end(child: &OwnedFd) {
    // Whatever becomes of the signal, the next step waits for the end that it or something else brings.
    let _killed = pidfd_send_signal(child, Signal::KILL);
    let _reaped = waitid(WaitId::PidFd(child.as_fd()), WaitIdOptions::EXITED);
}

/// Enters a user namespace, and the PID namespace for children: whichever side has the right to the latter.
fn enter_both(user: BorrowedFd<'_>, pids: Option<BorrowedFd<'_>>) -> Result<(), Errno> {
    let enter_pids = || pids.map_or(Ok(()), |pids| namespace::enter(pids, Kind::Pid.flag()));
    let outcome = enter_pids();
    namespace::enter(user, Kind::User.flag())?;
    if outcome == Err(Errno::PERM) { enter_pids() } else { outcome }
}

/// Has a short-lived process make the new one as its sibling, so that the runtime stays where it is.
fn by_another(make: impl FnOnce() -> Result<Side, Errno>) -> Result<Side, Errno> {
    let (answer, tell) = pipe_with(PipeFlags::CLOEXEC)?;
    let Side::Parent(_, helper) = clone(0, None, Lineage::Child)? else {
        let told = match make() {
            Ok(Side::Child) => return Ok(Side::Child),
            Ok(Side::Parent(pid, _)) => pid.as_raw_pid(),
            Err(errno) => -errno.raw_os_error(),
        };
        // If nobody listens any more, nobody is left to tell.
        let _told = write(&tell, &told.to_ne_bytes());
        exit::exit(0)
    };
    drop(tell);
    let mut told = [0; 4];
    let length = read(&answer, &mut told);
    waitid(WaitId::PidFd(helper.as_fd()), WaitIdOptions::EXITED)?;
    if length? != told.len() {
        return Err(Errno::CHILD);
    }
    let told = i32::from_ne_bytes(told);
    let pid = Some(told)
        .filter(|told| *told > 0)
        .and_then(Pid::from_raw)
        .ok_or_else(|| Errno::from_raw_os_error(-told))?;
    // A child of ours: its number stays its own until we have seen its end.
    Ok(Side::Parent(pid, pidfd_open(pid, PidfdFlags::empty())?))
}
