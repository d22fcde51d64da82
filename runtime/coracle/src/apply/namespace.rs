//! Namespaces, session and names.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use rustix::fd::AsFd;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use rustix::process::{Gid, Uid, setsid};
use rustix::system::{setdomainname, sethostname};
use rustix::thread::{set_thread_res_gid, set_thread_res_uid};

use super::Process;
use super::fault::Fault;
use crate::config::linux::{TimeOffset, TimeOffsets};
use crate::config::namespaces::Kind;
use crate::file::put;
use crate::step::Step;
use crate::sync::Order;
use crate::sys::{identity, keyring, namespace, network};

impl Process<'_> {
    pub(super) fn perform_namespace(&mut self, step: &Step<'_>) -> Result<(), Fault> {
        match step {
            Step::AwaitMappings => {
                self.expect(&Order::Mapped)?;
                // Until now, its ids may have been mapped by somebody who could otherwise not have reached it.
                Ok(identity::set_undumpable()?)
            }
            Step::AwaitCgroups => self.expect(&Order::Placed),
            Step::BecomeRoot => become_root(),
            Step::Join(kind, _) => self.join(*kind),
            Step::UnshareCgroups => Ok(namespace::unshare(Kind::Cgroup.flag())?),
            Step::ShiftClocks(offsets) => shift_clocks(*offsets),
            Step::StartSession => Ok(setsid().map(drop)?),
            Step::MakeKeyring(name) => match keyring::join_session(name) {
                Ok(keyring) => Ok(keyring::make_searchable(keyring)?),
                Err(errno) => without_keys(errno),
            },
            Step::JoinKeyring(name) => keyring::join_session(name).map(drop).or_else(without_keys),
            Step::SetHostname(name) => Ok(sethostname(name.to_bytes())?),
            Step::SetDomainname(name) => Ok(setdomainname(name.to_bytes())?),
            Step::RaiseLoopback => {
                let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
                Ok(network::raise_loopback(socket.as_fd())?)
            }
            Step::SetSysctl(sysctl) => {
                let path = super::joined(&[b"/proc/sys/", sysctl.path.to_bytes()]);
                Ok(put(CWD, &*path, sysctl.value)?)
            }
            Step::SetOomScore(score) => Ok(put(CWD, c"/proc/self/oom_score_adj", &format!("{score}"))?),
            _ => Err(Errno::NOSYS.into()),
        }
    }

    /// Waits for one order of the runtime.
    pub(super) fn expect(&self, order: &Order) -> Result<(), Fault> {
        match self.line.next_order()? {
            Some(found) if found == *order => Ok(()),
            Some(_) => Err(Errno::PROTO.into()),
            None => Err(Fault::Abandoned),
        }
    }

    fn join(&self, kind: Kind) -> Result<(), Fault> {
        let (_, joined) = self.joins.iter().find(|(one, _)| *one == kind).ok_or(Errno::BADF)?;
        Ok(namespace::enter(joined.as_fd(), kind.flag())?)
    }
}

/// A kernel without keys has no keyring to protect.
fn without_keys(errno: Errno) -> Result<(), Fault> {
    if errno == Errno::NOSYS { Ok(()) } else { Err(errno.into()) }
}

fn become_root() -> Result<(), Fault> {
    set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT)?;
    set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT)?;
    Ok(())
}

/// Clocks can be set until the first process is in the namespace: which is this one, as soon as they are.
fn shift_clocks(offsets: TimeOffsets) -> Result<(), Fault> {
    namespace::unshare(Kind::Time.flag())?;
    let mut lines = String::new();
    for (clock, offset) in [("monotonic", offsets.monotonic), ("boottime", offsets.boottime)] {
        if let Some(TimeOffset { secs, nanosecs }) = offset {
            // Writing to a string does not fail.
            let _written = writeln!(lines, "{clock} {secs} {nanosecs}");
        }
    }
    if !lines.is_empty() {
        put(CWD, c"/proc/self/timens_offsets", &lines)?;
    }
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let made = openat(CWD, c"/proc/self/ns/time_for_children", flags, Mode::empty())?;
    Ok(namespace::enter(made.as_fd(), Kind::Time.flag())?)
}
