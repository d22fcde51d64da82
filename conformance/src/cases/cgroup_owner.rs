//! Whom the container's cgroup belongs to, where version 2 can hand it over.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde_json::json;

use crate::bundle::Bundle;
use crate::clauses::config_linux;
use crate::container::Container;
use crate::fault::{Fault, must_equal, must_hold};
use crate::{Case, Clause, Judgment, Need};

/// The user of the process.
const USER: u32 = 4242;
/// The kernel's list of the files that belong to whom a cgroup is handed over.
const DELEGATE: &str = "/sys/kernel/cgroup/delegate";

/// A process of that user that sees its cgroup below `/sys/fs/cgroup`, with the mount options given.
fn with_mount(b: Bundle, options: &[&str]) -> Bundle {
    let b = b.set("/process/user", json!({"uid": USER, "gid": USER}));
    b.mount("/sys/fs/cgroup", "cgroup", "cgroup", options).pause()
}

/// The namespaces of the base bundle, but no cgroup namespace.
fn without_namespace(b: Bundle) -> Bundle {
    let all = b.value("/linux/namespaces").as_array().cloned().unwrap_or_default();
    let others: Vec<_> = all.into_iter().filter(|entry| entry["type"] != "cgroup").collect();
    b.set("/linux/namespaces", others)
}

fn with_namespace(b: Bundle) -> Bundle {
    without_namespace(b).push("/linux/namespaces", json!({"type": "cgroup"}))
}

fn owner(path: &Path) -> Result<u32, Fault> {
    let metadata = fs::metadata(path);
    metadata.map(|found| found.uid()).map_err(|error| Fault::broken("look at a file of the cgroup", &error))
}

const fn owned(
    name: &'static str,
    clause: &'static Clause,
    bundle: fn(Bundle) -> Bundle,
    run: fn(&Container) -> Judgment,
) -> Case {
    Case { name, clause, needs: &[Need::Root, Need::CgroupV2("pids")], bundle, run }
}

/// A cgroup that the process may write to is its user's.
const WRITABLE: Case = owned(
    "writable",
    &config_linux::CGROUP_OWNER,
    |b| with_mount(with_namespace(b), &["nosuid", "noexec", "nodev", "rw"]),
    |c| must_belong_to(c, USER),
);

/// One that it may only read stays the runtime's.
const READ_ONLY: Case = owned(
    "read-only",
    &config_linux::CGROUP_OWNER_KEPT,
    |b| with_mount(with_namespace(b), &["nosuid", "noexec", "nodev", "ro"]),
    |c| must_belong_to(c, 0),
);

/// So does one that it does not see at all.
const UNSEEN: Case = owned(
    "no-mount",
    &config_linux::CGROUP_OWNER_KEPT,
    |b| with_namespace(b).set("/process/user", json!({"uid": USER, "gid": USER})).pause(),
    |c| must_belong_to(c, 0),
);

/// One that it would share with the runtime stays the runtime's.
const SHARED: Case = owned(
    "inherited",
    &config_linux::CGROUP_OWNER_NAMESPACE,
    |b| with_mount(without_namespace(b), &["nosuid", "noexec", "nodev", "rw"]),
    |c| must_belong_to(c, 0),
);

/// Without them the process could not use what it was handed.
const LISTED: Case = owned(
    "delegated",
    &config_linux::CGROUP_OWNER_LISTED,
    |b| with_mount(with_namespace(b), &["nosuid", "noexec", "nodev", "rw"]),
    |c| {
        let (listed, _) = files(c)?;
        let kept: Vec<&File> = listed.iter().filter(|file| file.owner != USER).collect();
        must_hold(
            "every file of the kernel's list to belong to the user",
            kept.is_empty(),
            format!("{kept:?}"),
        )
    },
);

/// The user could lift limits by the other files.
const OTHERS: Case = owned(
    "limits",
    &config_linux::CGROUP_OWNER_OTHERS,
    |b| with_mount(with_namespace(b), &["nosuid", "noexec", "nodev", "rw"]),
    |c| {
        let (_, others) = files(c)?;
        let given: Vec<&File> = others.iter().filter(|file| file.owner != 0).collect();
        must_hold("no other file to change its owner", given.is_empty(), format!("{given:?}"))
    },
);

/// A file of a cgroup, and whom it belongs to.
#[derive(Debug)]
struct File {
    name: String,
    owner: u32,
}

/// The files of the container's cgroup: those on the kernel's list, and the others.
fn files(c: &Container) -> Result<(Vec<File>, Vec<File>), Fault> {
    let cgroup = c.given_cgroup(UNIFIED)?;
    let list =
        fs::read_to_string(DELEGATE).map_err(|error| Fault::broken("read the kernel's list", &error))?;
    let entries = fs::read_dir(&cgroup).map_err(|error| Fault::broken("list the cgroup", &error))?;
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        Ok(File { owner: owner(&entry.path())?, name })
    };
    let files = entries.flatten().map(file).collect::<Result<Vec<File>, Fault>>()?;
    Ok(files.into_iter().partition(|file| list.lines().any(|line| line == file.name)))
}

/// The controller that stands for the one tree of version 2.
const UNIFIED: &str = "";

fn must_belong_to(c: &Container, user: u32) -> Judgment {
    let cgroup = c.given_cgroup(UNIFIED)?;
    must_equal("the owner of the cgroup", &user, &owner(&cgroup)?)
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[&WRITABLE, &READ_ONLY, &UNSEEN, &SHARED, &LISTED, &OTHERS];
