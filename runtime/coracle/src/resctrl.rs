//! Classes of service: shares of caches and memory bandwidth, by the `resctrl` file system (`config-linux.md#intelrdt`).
//!
//! A *class* is a directory with the files `schemata`, its shares, and `tasks`, who has them; a *monitoring group* is a
//! directory below `mon_groups` of a class, and has `tasks` too.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags, access, mkdir, openat, unlinkat};
use rustix::io::{Errno, write};
use rustix::process::Pid;
use serde::{Deserialize, Serialize};

use crate::cause::Cause;
use crate::config::intel_rdt::{Class, IntelRdt};
use crate::file;

/// Why a container did not get its class of service.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ResctrlError {
    #[error(
        "no resctrl file system is mounted; mount one on /sys/fs/resctrl if the processor has these shares"
    )]
    NoFileSystem,

    #[error("there is no class `{path}`; make it, or say what it is entitled to")]
    NoClass { path: String },

    #[error("class `{path}` exists already; name it in `closID` to share it")]
    Exists { path: String },

    #[error("class `{path}` has other shares than `{line}`")]
    Differs { path: String, line: String },

    #[error("read `{path}`")]
    Read { path: String, source: Cause },

    #[error("make `{path}`")]
    Make { path: String, source: Cause },

    #[error("write {text:?} to `{path}`")]
    Write { path: String, text: String, source: Cause },

    #[error("remove `{path}`")]
    Remove { path: String, source: Cause },
}

/// The class and the monitoring group of one container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    /// Directory of the class.
    class: String,
    /// Whether the class is there for this container alone, and goes with it.
    is_own: bool,
    /// Whether the class has to be made.
    #[serde(skip)]
    is_new: bool,
    /// Directory of the monitoring group.
    #[serde(skip_serializing_if = "Option::is_none")]
    monitor: Option<String>,
}

/// Where a resctrl file system is mounted, if it is, according to `/proc/self/mountinfo`.
#[must_use]
pub fn mount_point(mountinfo: &str) -> Option<&str> {
    let of_resctrl =
        |line: &&str| line.split_once(" - ").is_some_and(|(_, kind)| kind.starts_with("resctrl "));
    mountinfo.lines().find(of_resctrl)?.split(' ').nth(4)
}

impl Groups {
    /// Finds out what container `id` gets from the file system that is mounted; makes nothing.
    ///
    /// # Errors
    /// Those of [`Groups::plan`]; [`ResctrlError::NoFileSystem`].
    pub(crate) fn find(rdt: &IntelRdt<'_>, id: &str) -> Result<Self, ResctrlError> {
        let path = "/proc/self/mountinfo";
        let mounts = file::take(CWD, path)
            .map_err(|errno| ResctrlError::Read { path: path.to_string(), source: Cause(errno) })?;
        Self::plan(mount_point(&mounts).ok_or(ResctrlError::NoFileSystem)?, rdt, id)
    }

    /// What container `id` gets in the file system mounted on `mount`; makes nothing.
    ///
    /// # Errors
    /// A class that is named and is not there, or has other shares; one of the container's own that is there.
    pub fn plan(mount: &str, rdt: &IntelRdt<'_>, id: &str) -> Result<Self, ResctrlError> {
        let (class, is_own) = match rdt.class {
            Some(Class::Default) => (mount.to_string(), false),
            Some(Class::Named(name)) => (format!("{mount}/{name}"), false),
            None => (format!("{mount}/{id}"), true),
        };
        let is_new = access(class.as_str(), Access::EXISTS).is_err();
        match (is_new, is_own) {
            (true, false) if rdt.schemata.is_empty() => return Err(ResctrlError::NoClass { path: class }),
            (false, true) => return Err(ResctrlError::Exists { path: class }),
            (false, false) => compare(&class, &rdt.schemata)?,
            (true, _) => {}
        }
        let monitor = rdt.monitored.then(|| format!("{class}/mon_groups/{id}"));
        Ok(Self { class, is_own, is_new, monitor })
    }

    /// Makes what has to be made, which is gone again if that fails, and puts the process there.
    ///
    /// # Errors
    /// What the kernel refuses: a class too many, shares that it does not have.
    pub fn make(&self, schemata: &[&str], pid: Pid) -> Result<(), ResctrlError> {
        let outcome = self.try_make(schemata).and_then(|()| self.join(pid));
        if outcome.is_err() {
            // The error to report is why they could not be made.
            let _removed = self.undo();
        }
        outcome
    }

    /// Puts a process there.
    ///
    /// # Errors
    /// When the kernel refuses, such as `ESRCH` for a process that is gone.
    pub fn join(&self, pid: Pid) -> Result<(), ResctrlError> {
        let text = pid.as_raw_pid().to_string();
        let directories = core::iter::once(&self.class).chain(&self.monitor);
        directories.map(|directory| format!("{directory}/tasks")).try_for_each(|path| put(path, &text))
    }

    /// Gives the class other shares.
    ///
    /// # Errors
    /// Shares that the kernel does not have.
    pub fn share(&self, schemata: &[&str]) -> Result<(), ResctrlError> {
        if schemata.is_empty() {
            return Ok(());
        }
        // All lines at once: the kernel takes them in their order.
        let lines: Vec<String> = schemata.iter().map(|line| format!("{line}\n")).collect();
        put(format!("{}/schemata", self.class), &lines.concat())
    }

    /// Removes what is there for the container alone, once it is gone.
    ///
    /// # Errors
    /// When a directory that is there cannot be removed.
    pub fn remove(&self) -> Result<(), ResctrlError> {
        self.monitor.iter().chain(self.is_own.then_some(&self.class)).try_for_each(|path| remove(path))
    }

    /// Removes what [`Groups::make`] has made.
    ///
    /// # Errors
    /// When a directory that is there cannot be removed.
    pub fn undo(&self) -> Result<(), ResctrlError> {
        self.monitor.iter().chain(self.is_new.then_some(&self.class)).try_for_each(|path| remove(path))
    }

    fn try_make(&self, schemata: &[&str]) -> Result<(), ResctrlError> {
        if self.is_new {
            make(&self.class)?;
            self.share(schemata)?;
        }
        self.monitor.iter().try_for_each(|monitor| make(monitor))
    }
}

fn make(path: &str) -> Result<(), ResctrlError> {
    mkdir(path, Mode::from_raw_mode(0o755))
        .map_err(|errno| ResctrlError::Make { path: path.to_string(), source: Cause(errno) })
}

fn remove(path: &str) -> Result<(), ResctrlError> {
    match unlinkat(CWD, path, AtFlags::REMOVEDIR) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(ResctrlError::Remove { path: path.to_string(), source: Cause(errno) }),
    }
}

fn put(path: String, text: &str) -> Result<(), ResctrlError> {
    // Nobody can make files in a resctrl; only a directory that looks like one lacks them.
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let written = openat(CWD, path.as_str(), flags, Mode::RUSR | Mode::WUSR)
        .and_then(|opened| write(&opened, text.as_bytes()));
    match written {
        Ok(count) if count == text.len() => Ok(()),
        outcome => {
            let source = Cause(outcome.err().unwrap_or(Errno::IO));
            Err(ResctrlError::Write { path, text: text.to_string(), source })
        }
    }
}

/// Checks that a class has all these shares.
fn compare(class: &str, schemata: &[&str]) -> Result<(), ResctrlError> {
    if schemata.is_empty() {
        return Ok(());
    }
    let path = format!("{class}/schemata");
    let found = file::take(CWD, &path).map_err(|errno| ResctrlError::Read { path, source: Cause(errno) })?;
    match schemata.iter().find(|line| !agrees(&found, line)) {
        Some(line) => Err(ResctrlError::Differs { path: class.to_string(), line: (*line).to_string() }),
        None => Ok(()),
    }
}

/// Whether each share of a line, such as `L3:0=7f0;1=1f`, is among those of a `schemata` file.
fn agrees(schemata: &str, line: &str) -> bool {
    let Some((resource, wanted)) = shares(line) else { return false };
    let mut found = schemata.lines().filter_map(shares);
    let Some((_, found)) = found.find(|(name, _)| *name == resource) else { return false };
    wanted.iter().all(|share| found.contains(share))
}

/// The resource of a line, and its shares: which cache or node, and how much of it.
fn shares(line: &str) -> Option<(&str, Vec<(&str, String)>)> {
    let (resource, list) = line.trim().split_once(':')?;
    let share = |pair: &'_ str| {
        let value = pair.split_once('=')?.1.trim().trim_start_matches('0').to_ascii_lowercase();
        Some(value)
    };
    let shares = list.split(';').map(|pair| {
        let number = pair.split_once('=')?.0.trim();
        Some((number, share(pair)?))
    });
    Some((resource.trim(), shares.collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::fs;

    use super::*;

    const ID: &str = "web";

    /// A directory that looks like a resctrl with one class.
    struct Fake(tempfile::TempDir);

    impl Fake {
        fn make() -> Self {
            let fake = Self(tempfile::tempdir().unwrap());
            for class in ["", "gold"] {
                fs::create_dir_all(fake.path(&[class, "/mon_groups"].concat())).unwrap();
                fs::write(
                    fake.path(&[class, "/schemata"].concat()),
                    "    L3:0=7f0;1=1f\n    MB:0= 20;1= 70\n",
                )
                .unwrap();
            }
            fake
        }

        fn path(&self, name: &str) -> std::path::PathBuf {
            self.0.path().join(name.trim_start_matches('/'))
        }

        fn read(&self, name: &str) -> Option<String> {
            fs::read_to_string(self.path(name)).ok()
        }

        fn plan(&self, rdt: &IntelRdt<'_>) -> Result<Groups, ResctrlError> {
            Groups::plan(self.0.path().to_str().unwrap(), rdt, ID)
        }
    }

    fn rdt<'a>(class: Option<Class<'a>>, schemata: &[&'a str]) -> IntelRdt<'a> {
        IntelRdt { class, schemata: schemata.to_vec(), monitored: false }
    }

    fn us() -> Pid {
        rustix::process::getpid()
    }

    #[test]
    fn a_class_of_its_own_is_made_and_goes_with_the_container() {
        let (fake, rdt) = (Fake::make(), rdt(None, &["L3:0=f", "MB:0=10", "L2:0=3"]));
        let groups = fake.plan(&rdt).unwrap();
        groups.make(&rdt.schemata, us()).unwrap();
        assert_eq!(fake.read("web/schemata").as_deref(), Some("L3:0=f\nMB:0=10\nL2:0=3\n"));
        assert_eq!(fake.read("web/tasks"), Some(us().as_raw_pid().to_string()));
        assert!(matches!(fake.plan(&rdt), Err(ResctrlError::Exists { .. })));
        // A real class takes its files with it.
        for file in ["web/schemata", "web/tasks"] {
            fs::remove_file(fake.path(file)).unwrap();
        }
        groups.remove().unwrap();
        assert!(!fake.path("web").exists());
        groups.remove().unwrap();
    }

    #[test]
    fn a_class_with_a_name_is_shared_made_where_it_is_missing_and_stays() {
        let fake = Fake::make();
        let gold = fake.plan(&rdt(Some(Class::Named("gold")), &[])).unwrap();
        gold.make(&[], us()).unwrap();
        assert!(fake.read("gold/tasks").is_some());
        let new = rdt(Some(Class::Named("new")), &["L3:0=1"]);
        let groups = fake.plan(&new).unwrap();
        groups.make(&new.schemata, us()).unwrap();
        for groups in [gold, groups] {
            groups.remove().unwrap();
        }
        assert!(fake.path("gold").exists() && fake.path("new").exists());
        let missing = fake.plan(&rdt(Some(Class::Named("lead")), &[]));
        assert!(matches!(missing, Err(ResctrlError::NoClass { .. })));
    }

    #[test]
    fn the_shares_of_a_class_that_is_there_are_compared_and_never_written() {
        let fake = Fake::make();
        for (line, agrees) in [
            ("L3:0=7f0;1=1f", true),
            ("L3:1=01F", true),
            ("MB:0=20", true),
            ("L3:0=7ff", false),
            ("L3:2=1f", false),
            ("L2:0=1", false),
            ("L3", false),
        ] {
            for class in [Class::Named("gold"), Class::Default] {
                let found = fake.plan(&rdt(Some(class), &[line]));
                assert_eq!(found.is_ok(), agrees, "{line}: {found:?}");
            }
        }
        let (before, rdt) = (fake.read("gold/schemata"), rdt(Some(Class::Named("gold")), &["MB:0=20"]));
        fake.plan(&rdt).unwrap().make(&rdt.schemata, us()).unwrap();
        assert_eq!(fake.read("gold/schemata"), before);
    }

    #[test]
    fn a_monitoring_group_has_the_name_of_the_container_and_goes_with_it() {
        let fake = Fake::make();
        let mut rdt = rdt(Some(Class::Default), &[]);
        rdt.monitored = true;
        let groups = fake.plan(&rdt).unwrap();
        groups.make(&[], us()).unwrap();
        assert_eq!(fake.read("mon_groups/web/tasks"), fake.read("tasks"));
        fs::remove_file(fake.path("mon_groups/web/tasks")).unwrap();
        groups.remove().unwrap();
        assert!(!fake.path("mon_groups/web").exists() && fake.path("mon_groups").exists());
    }

    #[test]
    fn a_class_that_could_not_be_filled_is_gone_again() {
        let fake = Fake::make();
        let mut rdt = rdt(None, &[]);
        rdt.monitored = true;
        // What is made here has no `mon_groups`, as on a processor that cannot monitor.
        let error = fake.plan(&rdt).unwrap().make(&[], us()).unwrap_err();
        assert!(matches!(error, ResctrlError::Make { .. }), "{error}");
        assert!(!fake.path("web").exists());
    }

    #[test]
    fn the_file_system_is_found_by_its_type() {
        let mounts = "30 23 0:28 / /sys/fs/cgroup rw - tmpfs resctrl rw\n31 23 0:29 / /sys/fs/resctrl rw,relatime shared:9 - resctrl resctrl rw\n";
        assert_eq!(mount_point(mounts), Some("/sys/fs/resctrl"));
        assert_eq!(mount_point("30 23 0:28 / /sys/fs/resctrl rw - tmpfs resctrl rw\n"), None);
    }
}
