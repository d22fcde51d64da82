//! Options that reach the mounts below a bind mount, and those that need a peer on the host.

use super::Shows::{self, Mounted, Propagates, With, Without};
use super::with_source;
use crate::bundle::Bundle;
use crate::clauses::mount_options::of;
use crate::container::Container;
use crate::{Case, Judgment, Need};

/// An option, an option of the mount below while it is on the host, and what then shows on it in the container.
struct Row {
    option: &'static str,
    outside: &'static str,
    shows: Shows,
}

const fn row(option: &'static str, outside: &'static str, shows: Shows) -> Row {
    Row { option, outside, shows }
}

const ROWS: [Row; 18] = [
    row("rdev", "nodev", Without("nodev")),
    row("ratime", "noatime", Without("noatime")),
    row("rdiratime", "nodiratime", Without("nodiratime")),
    row("rexec", "noexec", Without("noexec")),
    row("rnoatime", "", With("noatime")),
    row("rnodiratime", "", With("nodiratime")),
    row("rnoexec", "", With("noexec")),
    row("rnorelatime", "", Mounted),
    row("rnostrictatime", "strictatime", With("relatime")),
    row("rnosuid", "", With("nosuid")),
    row("rnosymfollow", "", With("nosymfollow")),
    row("rrelatime", "strictatime", With("relatime")),
    row("rro", "", With("ro")),
    row("rrw", "ro", Without("ro")),
    row("rslave", "shared", Propagates("master:")),
    row("rstrictatime", "", Without("relatime")),
    row("rsuid", "nosuid", Without("nosuid")),
    row("rsymfollow", "nosymfollow", Without("nosymfollow")),
];

const fn below(index: usize) -> Case {
    let (clause, needs) = (of(ROWS[index].option), &[Need::Kernel(5, 12)]);
    Case { name: "below", clause, needs, bundle: with_option, run: must_show_below }
}

fn row_of(case: &Case) -> &'static Row {
    let row = ROWS.iter().find(|row| of(row.option).id == case.clause.id);
    row.expect("each row is in the table")
}

fn with_option(b: Bundle) -> Bundle {
    let option = row_of(b.case).option;
    // A slave needs a master: the mounts of the host must not have been made private.
    with_source(b, &["rbind", option]).set("/linux/rootfsPropagation", "slave")
}

fn must_show_below(c: &Container) -> Judgment {
    let row = row_of(c.case());
    let _below = c.mount_outside("there/below", row.outside)?;
    c.create().must_succeed()?;
    c.start().given()?;
    let report = c.report().given()?;
    row.shows.must_hold(report.must_have_mount("/lark/below")?)
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &below(0),
    &below(1),
    &below(2),
    &below(3),
    &below(4),
    &below(5),
    &below(6),
    &below(7),
    &below(8),
    &below(9),
    &below(10),
    &below(11),
    &below(12),
    &below(13),
    &below(14),
    &below(15),
    &below(16),
    &below(17),
];
