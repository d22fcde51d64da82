//! Mount options: what the kernel says of a mount that was made with them.
//!
//! An option that undoes another is given after it: by itself it would change nothing. One that nothing shows is at
//! least taken for what it is: passed on to tmpfs, it would be refused.

mod recursive;

use fixtures::probe::Mount;

use crate::bundle::Bundle;
use crate::clauses::mount_options::of;
use crate::container::Container;
use crate::fault::{Fault, must_hold};
use crate::report::has_option;
use crate::{Case, Judgment, Need};

/// What shows that an option was applied.
#[derive(Debug, Clone, Copy)]
enum Shows {
    /// The mount is there.
    Mounted,
    /// The kernel lists this.
    With(&'static str),
    /// The kernel does not list this.
    Without(&'static str),
    /// The propagation begins like this; nothing stands for a private mount.
    Propagates(&'static str),
}

impl Shows {
    fn must_hold(self, mount: &Mount) -> Judgment {
        let (expected, holds) = match self {
            Self::Mounted => ("a mount".to_owned(), true),
            Self::With(option) => (format!("`{option}`"), has_option(mount, option)),
            Self::Without(option) => (format!("no `{option}`"), !has_option(mount, option)),
            Self::Propagates("") => ("a private mount".to_owned(), mount.propagation.is_empty()),
            Self::Propagates(beginning) => {
                let holds = mount.propagation.iter().any(|word| word.starts_with(beginning));
                (format!("propagation `{beginning}`"), holds)
            }
        };
        let [options, all, propagation] =
            [mount.options.join(","), mount.super_options.join(","), mount.propagation.join(",")];
        must_hold(
            &format!("{expected} on {}", mount.point),
            holds,
            format!("{options} {propagation} - {all}"),
        )
    }
}

/// An option, the options that a tmpfs is mounted with, and what then shows.
struct Row {
    option: &'static str,
    given: &'static [&'static str],
    shows: Shows,
}

const fn row(option: &'static str, given: &'static [&'static str], shows: Shows) -> Row {
    Row { option, given, shows }
}

use Shows::{Mounted, Propagates, With, Without};

const ROWS: [Row; 34] = [
    row("async", &["sync", "async"], Without("sync")),
    row("atime", &["noatime", "atime"], Without("noatime")),
    row("defaults", &["defaults"], Mounted),
    row("dev", &["nodev", "dev"], Without("nodev")),
    row("diratime", &["nodiratime", "diratime"], Without("nodiratime")),
    row("dirsync", &["dirsync"], With("dirsync")),
    row("exec", &["noexec", "exec"], Without("noexec")),
    row("iversion", &["iversion"], Mounted),
    row("lazytime", &["lazytime"], With("lazytime")),
    row("loud", &["silent", "loud"], Mounted),
    row("noatime", &["noatime"], With("noatime")),
    row("nodev", &["nodev"], With("nodev")),
    row("nodiratime", &["nodiratime"], With("nodiratime")),
    row("noexec", &["noexec"], With("noexec")),
    row("noiversion", &["noiversion"], Mounted),
    row("nolazytime", &["lazytime", "nolazytime"], Without("lazytime")),
    row("norelatime", &["norelatime"], Mounted),
    row("nostrictatime", &["strictatime", "nostrictatime"], With("relatime")),
    row("nosuid", &["nosuid"], With("nosuid")),
    row("nosymfollow", &["nosymfollow"], With("nosymfollow")),
    row("private", &["shared", "private"], Propagates("")),
    row("relatime", &["relatime"], With("relatime")),
    row("ro", &["ro"], With("ro")),
    row("rprivate", &["rshared", "rprivate"], Propagates("")),
    row("rshared", &["rshared"], Propagates("shared:")),
    row("runbindable", &["runbindable"], Propagates("unbindable")),
    row("rw", &["ro", "rw"], Without("ro")),
    row("shared", &["shared"], Propagates("shared:")),
    row("silent", &["silent"], Mounted),
    row("strictatime", &["strictatime"], Without("relatime")),
    row("suid", &["nosuid", "suid"], Without("nosuid")),
    row("symfollow", &["nosymfollow", "symfollow"], Without("nosymfollow")),
    row("sync", &["sync"], With("sync")),
    row("unbindable", &["unbindable"], Propagates("unbindable")),
];

const fn tmpfs(index: usize) -> Case {
    let clause = of(ROWS[index].option);
    Case { name: "tmpfs", clause, needs: &[], bundle: with_options, run: must_show }
}

/// The row that the clause of the case is about.
fn row_of(case: &Case) -> &'static Row {
    let row = ROWS.iter().find(|row| of(row.option).id == case.clause.id);
    row.expect("each row is in the table")
}

fn with_options(b: Bundle) -> Bundle {
    let given = row_of(b.case).given;
    b.directory("lark").mount("/lark", "tmpfs", "lark", given)
}

fn must_show(c: &Container) -> Judgment {
    c.create().must_succeed()?;
    c.start().given()?;
    let report = c.report().given()?;
    row_of(c.case()).shows.must_hold(report.must_have_mount("/lark")?)
}

/// `bind` shows what is at the source, and nothing of what is mounted below it.
const BIND: Case = Case {
    name: "not-below",
    clause: of("bind"),
    needs: &[],
    bundle: |b| with_source(b, &["bind"]),
    run: |c| {
        let _below = c.mount_outside("there/below", "")?;
        let report = c.given_report()?;
        report.answer_must_be("read=/lark/file", "/text", "4242")?;
        let below = report.seen.mount("/lark/below");
        must_hold("nothing mounted on /lark/below", below.is_none(), "there is a mount")
    },
};

/// `rbind` takes along what is mounted below.
const RBIND: Case = Case {
    name: "with-below",
    clause: of("rbind"),
    needs: &[],
    bundle: |b| with_source(b, &["rbind"]),
    run: |c| {
        let _below = c.mount_outside("there/below", "")?;
        let report = c.given_report()?;
        report.answer_must_be("read=/lark/file", "/text", "4242")?;
        report.must_have_mount("/lark/below").map(drop)
    },
};

/// `/lark` is what is outside in `there`, with a place for a mount below.
fn with_source(b: Bundle, options: &[&str]) -> Bundle {
    let source = b.outside("there");
    let b = b.outside_file("there/file", "4242").outside_directory("there/below").directory("lark");
    b.mount("/lark", "bind", &source, options).look(&["read=/lark/file"])
}

/// `slave` follows the mount that it was made from, which has peers on the host.
const SLAVE: Case = Case {
    name: "of-the-host",
    clause: of("slave"),
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        let b = b.outside_directory("there").directory("lark").mount(
            "/lark",
            "bind",
            &source,
            &["bind", "slave"],
        );
        // The mounts of the host must not have been made private.
        b.set("/linux/rootfsPropagation", "slave")
    },
    run: |c| {
        let _there = c.mount_outside("there", "shared")?;
        c.create().must_succeed()?;
        c.start().given()?;
        Propagates("master:").must_hold(c.report().given()?.must_have_mount("/lark")?)
    },
};

/// `remount` changes a mount that is there.
const REMOUNT: Case = Case {
    name: "read-only",
    clause: of("remount"),
    needs: &[],
    bundle: |b| {
        let b = b.directory("lark").mount("/lark", "tmpfs", "lark", &["nosuid"]);
        b.mount("/lark", "tmpfs", "lark", &["remount", "ro", "nosuid"])
    },
    run: |c| {
        c.create().must_succeed()?;
        c.start().given()?;
        let report = c.report().given()?;
        let on: Vec<&Mount> =
            report.seen.mounts.iter().flatten().filter(|mount| mount.point == "/lark").collect();
        let [mount] = on[..] else {
            return Err(Fault::failed("one mount on /lark", format!("{} mounts", on.len())));
        };
        With("ro").must_hold(mount)
    },
};

/// A file of root's belongs to the mapped user where it is mounted.
const IDMAP: Case = Case {
    name: "owner",
    clause: of("idmap"),
    // Bundles are on a tmpfs, whose ids can be mapped since then.
    needs: &[Need::Root, Need::Kernel(6, 3), Need::Spec(1, 2)],
    bundle: |b| {
        let mappings = serde_json::json!([{"containerID": 0, "hostID": 4242, "size": 10}]);
        let b = with_source(b, &["bind", "idmap"]).look(&["stat=/lark/file"]);
        b.set("/mounts/-/uidMappings", mappings.clone()).set("/mounts/-/gidMappings", mappings)
    },
    run: |c| {
        c.create().must_succeed()?;
        c.start().given()?;
        let report = c.report().given()?;
        report.answer_must_be("stat=/lark/file", "/stat/uid", 4242)?;
        report.answer_must_be("stat=/lark/file", "/stat/gid", 4242)
    },
};

/// Without mappings of its own and without a user namespace there is nothing to map: an error.
const IDMAP_WITHOUT: Case = Case {
    name: "without-mappings",
    clause: of("idmap"),
    needs: &[Need::Root, Need::Kernel(5, 12), Need::Spec(1, 2)],
    bundle: |b| with_source(b, &["bind"]),
    run: |c| c.must_not_create(|b| b.set("/mounts/-/options", serde_json::json!(["bind", "idmap"]))),
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &tmpfs(0),
    &tmpfs(1),
    &tmpfs(2),
    &tmpfs(3),
    &tmpfs(4),
    &tmpfs(5),
    &tmpfs(6),
    &tmpfs(7),
    &tmpfs(8),
    &tmpfs(9),
    &tmpfs(10),
    &tmpfs(11),
    &tmpfs(12),
    &tmpfs(13),
    &tmpfs(14),
    &tmpfs(15),
    &tmpfs(16),
    &tmpfs(17),
    &tmpfs(18),
    &tmpfs(19),
    &tmpfs(20),
    &tmpfs(21),
    &tmpfs(22),
    &tmpfs(23),
    &tmpfs(24),
    &tmpfs(25),
    &tmpfs(26),
    &tmpfs(27),
    &tmpfs(28),
    &tmpfs(29),
    &tmpfs(30),
    &tmpfs(31),
    &tmpfs(32),
    &tmpfs(33),
    &BIND,
    &RBIND,
    &SLAVE,
    &REMOUNT,
    &IDMAP,
    &IDMAP_WITHOUT,
];

/// Cases of options that reach what is mounted below.
pub(super) const RECURSIVE: &[&Case] = recursive::ALL;
