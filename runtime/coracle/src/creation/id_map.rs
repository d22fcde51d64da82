//! Mounts with ids of their own: cloned and mapped here, since it takes privileges over their file systems.

use alloc::string::String;
use alloc::vec::Vec;

use rustix::event::poll;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, pidfd_send_signal, set_parent_process_death_signal, waitid,
};

use super::error::CreateError;
use super::mapping::write_both;
use super::prepare::lossy;
use crate::apply::{EMPTY_PATH, RECURSIVE, open_source};
use crate::cause::Cause;
use crate::config::ids::IdMapping;
use crate::config::linux::Linux;
use crate::config::mount::{IdMap, Mappings};
use crate::config::namespaces::Kind;
use crate::step::{Step, Tree};
use crate::sys::clone::{Lineage, Side, clone};
use crate::sys::mount::{Attributes, set_attributes};

/// `MOUNT_ATTR_IDMAP`.
const MAPPED: u64 = 0x10_0000;

/// Opens the trees of a plan whose ids are mapped, in their order.
///
/// # Errors
/// A source that is not there; a file system that knows no mapped ids.
pub(super) fn trees(
    steps: &[Step<'_>],
    linux: &Linux<'_>,
    joins: &[(Kind, OwnedFd)],
) -> Result<Vec<OwnedFd>, CreateError> {
    let mut namespaces = Namespaces { linux, joins, made: Vec::new() };
    let mapped = steps.iter().filter_map(|step| match step {
        Step::MountTree(tree) => tree.id_map.map(|id_map| (tree, id_map)),
        _ => None,
    });
    mapped.map(|(tree, id_map)| mapped_tree(tree, id_map, &mut namespaces)).collect()
}

fn mapped_tree(
    tree: &Tree<'_>,
    id_map: &IdMap,
    namespaces: &mut Namespaces<'_>,
) -> Result<OwnedFd, CreateError> {
    let opened = open_source(tree)
        .map_err(|errno| CreateError::Open { path: lossy(&tree.source), source: Cause(errno) })?;
    let namespace = namespaces.of(&id_map.mappings)?;
    let user_namespace = u64::from(rustix::fd::AsRawFd::as_raw_fd(&namespace).unsigned_abs());
    let attributes = Attributes { set: MAPPED, user_namespace, ..Attributes::default() };
    let flags = EMPTY_PATH | if id_map.recursive { RECURSIVE } else { 0 };
    set_attributes(opened.as_fd(), c"", flags, &attributes).map_err(|errno| CreateError::MapMount {
        destination: String::from_utf8_lossy(tree.destination.to_bytes()).into_owned(),
        source: Cause(errno),
    })?;
    Ok(opened)
}

/// User namespaces that hold mappings, each made once.
struct Namespaces<'p> {
    linux: &'p Linux<'p>,
    joins: &'p [(Kind, OwnedFd)],
    made: Vec<(Vec<IdMapping>, Vec<IdMapping>, OwnedFd)>,
}

impl Namespaces<'_> {
    fn of(&mut self, mappings: &Mappings) -> Result<BorrowedFd<'_>, CreateError> {
        let (uids, gids) = match mappings {
            Mappings::Own { uids, gids } => (uids, gids),
            Mappings::Container => {
                if let Some((_, joined)) = self.joins.iter().find(|(kind, _)| *kind == Kind::User) {
                    return Ok(joined.as_fd());
                }
                (&self.linux.uid_mappings, &self.linux.gid_mappings)
            }
        };
        let same = |(known_uids, known_gids, _): &(_, _, _)| known_uids == uids && known_gids == gids;
        let index = if let Some(index) = self.made.iter().position(same) {
            index
        } else {
            self.made.push((uids.clone(), gids.clone(), namespace(uids, gids)?));
            self.made.len() - 1
        };
        self.made.get(index).map(|(_, _, made)| made.as_fd()).ok_or(CreateError::Vanished)
    }
}

/// A user namespace with these mappings; a process that does nothing else is in it until it is open.
fn namespace(uids: &[IdMapping], gids: &[IdMapping]) -> Result<OwnedFd, CreateError> {
    let made = clone(u64::from(Kind::User.flag()), None, Lineage::Child);
    match made.map_err(|errno| CreateError::Clone { source: Cause(errno) })? {
        Side::Child => linger(),
        Side::Parent(pid, pidfd) => {
            let opened = write_both(pid, uids, gids).and_then(|()| open(pid));
            // It waits for nothing else; a signal cannot fail, and the next call sees its end.
            let _killed = pidfd_send_signal(&pidfd, Signal::KILL);
            let _reaped = waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED);
            opened
        }
    }
}

fn open(pid: Pid) -> Result<OwnedFd, CreateError> {
    let path = alloc::format!("/proc/{}/ns/user", pid.as_raw_pid());
    let opened = openat(CWD, path.as_str(), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    opened.map_err(|errno: Errno| CreateError::Open { path, source: Cause(errno) })
}

/// Waits for its end, which also comes if the runtime's does.
fn linger() -> ! {
    // Should this fail, the runtime still ends it, unless it is killed itself in these microseconds.
    let _bound = set_parent_process_death_signal(Some(Signal::KILL));
    loop {
        // All signals but the one that is waited for are blocked.
        let _woken = poll(&mut [], None);
    }
}
