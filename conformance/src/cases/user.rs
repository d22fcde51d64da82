//! Who the process is: user, groups, umask, capabilities, limits.

use std::collections::BTreeSet;

use fixtures::probe::CapabilitySet;
use serde_json::{Value, json};

use crate::bundle::Bundle;
use crate::clauses::config;
use crate::container::Container;
use crate::fault::{must_equal, must_hold};
use crate::{Case, Clause, Judgment, Need};

/// All four user ids are the configured one.
const UID: Case = Case {
    name: "all-four",
    clause: &config::USER_UID,
    needs: &[Need::Root],
    bundle: |b| b.set("/process/user/uid", 4242),
    run: |c| c.given_report()?.must_be("/identity/uid", all_four(4242)),
};

/// All four group ids are the configured one.
const GID: Case = Case {
    name: "all-four",
    clause: &config::USER_GID,
    needs: &[Need::Root],
    bundle: |b| b.set("/process/user/gid", 4343),
    run: |c| c.given_report()?.must_be("/identity/gid", all_four(4343)),
};

fn all_four(id: u32) -> Value {
    json!({"real": id, "effective": id, "saved": id, "fs": id})
}

/// The umask is the configured one.
const UMASK: Case = Case {
    name: "set",
    clause: &config::USER_UMASK,
    needs: &[],
    bundle: |b| b.set("/process/user/umask", 0o027),
    run: |c| c.given_report()?.must_be("/identity/umask", 0o027),
};

/// Without `umask` it is that of the runtime's caller.
const UMASK_UNSET: Case = Case {
    name: "callers",
    clause: &config::USER_UMASK_UNSET,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o031));
        c.given_report()?.must_be("/identity/umask", 0o031)
    },
};

/// The supplementary groups are the configured ones, and no others.
const ADDITIONAL_GIDS: Case = Case {
    name: "exact",
    clause: &config::USER_ADDITIONAL_GIDS,
    needs: &[Need::Root],
    bundle: |b| b.set("/process/user/additionalGids", json!([4444, 77, 4545])),
    run: |c| {
        let groups: BTreeSet<u32> = c.given_report()?.seen.identity.groups.into_iter().collect();
        must_equal("supplementary groups", &BTreeSet::from([77, 4444, 4545]), &groups)
    },
};

/// Without `additionalGids` there are no supplementary groups, whatever the runtime's caller has.
const NO_ADDITIONAL_GIDS: Case = Case {
    name: "none",
    clause: &config::USER_ADDITIONAL_GIDS,
    needs: &[Need::Root],
    bundle: |b| b.set("/process/user/gid", 4343),
    run: |c| {
        let groups = [nix::unistd::Gid::from_raw(77)];
        nix::unistd::setgroups(&groups).map_err(|error| crate::Fault::broken("join a group", &error))?;
        let groups = c.given_report()?.seen.identity.groups;
        // The primary group may be among them.
        must_hold(
            "no supplementary group but the primary one",
            groups.iter().all(|gid| *gid == 4343),
            json!(groups),
        )
    },
};

/// A set of capabilities that nothing has by default, and which every host grants.
const ODD: [&str; 3] = ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"];

/// Bounding, effective and permitted are the same odd set, for root: `execve` gives root what the bounding set has.
fn with_odd_sets(b: Bundle) -> Bundle {
    b.set("/process/capabilities", json!({"bounding": ODD, "effective": ODD, "permitted": ODD}))
}

/// A user keeps the ambient capability, in all sets that hold it; inheritable has one more, bounding two.
fn with_ambient(b: Bundle) -> Bundle {
    let sets = json!({
        "bounding": ODD,
        "inheritable": ["CAP_CHOWN", "CAP_KILL"],
        "permitted": ["CAP_CHOWN", "CAP_KILL"],
        "effective": ["CAP_CHOWN", "CAP_KILL"],
        "ambient": ["CAP_KILL"],
    });
    b.set("/process/user/uid", 4242).set("/process/capabilities", sets)
}

fn must_have(c: &Container, set: &str, names: &[&str]) -> Judgment {
    let report = c.given_report()?;
    let seen = CapabilitySet(report.number(&format!("/privileges/capabilities/{set}")).unwrap_or(0));
    must_equal(set, &CapabilitySet::of(names), &seen)
}

const fn of_root(clause: &'static Clause, run: fn(&Container) -> Judgment) -> Case {
    Case { name: "root", clause, needs: &[Need::Root], bundle: with_odd_sets, run }
}

const fn of_user(clause: &'static Clause, run: fn(&Container) -> Judgment) -> Case {
    Case { name: "user", clause, needs: &[Need::Root], bundle: with_ambient, run }
}

/// Nothing is left to a user without ambient capabilities, whatever the other sets were.
const NO_AMBIENT: Case = Case {
    name: "user-without-ambient",
    clause: &config::CAPABILITIES_EFFECTIVE,
    needs: &[Need::Root],
    bundle: |b| with_odd_sets(b).set("/process/user/uid", 4242),
    run: |c| must_have(c, "effective", &[]),
};

/// A capability that nobody knows does not keep the container from running.
const UNKNOWN_CAPABILITY: Case = Case {
    name: "invented",
    clause: &config::CAPABILITIES_UNKNOWN,
    needs: &[],
    bundle: |b| b.push("/process/capabilities/bounding", "CAP_LARK"),
    run: |c| {
        c.create().must_succeed()?;
        c.start().must_succeed()?;
        c.report().must_succeed().map(drop)
    },
};

/// A limit and the values for it, below what any host has.
const LIMITS: [(&str, &str, u64, u64); 8] = [
    ("cpu", "RLIMIT_CPU", 4242, 4343),
    ("data", "RLIMIT_DATA", 1 << 31, 1 << 32),
    ("fsize", "RLIMIT_FSIZE", 1 << 20, 1 << 21),
    ("locks", "RLIMIT_LOCKS", 42, 43),
    ("msgqueue", "RLIMIT_MSGQUEUE", 4242, 4343),
    ("nofile", "RLIMIT_NOFILE", 333, 444),
    ("rss", "RLIMIT_RSS", 1 << 30, 1 << 31),
    ("stack", "RLIMIT_STACK", 4_243_456, 4_247_552),
];

fn limit(case: &Case) -> (&'static str, u64, u64) {
    let row = LIMITS.iter().find(|(name, ..)| *name == case.name);
    let (_, kind, soft, hard) = row.expect("each row is in the table");
    (kind, *soft, *hard)
}

fn with_limit(b: Bundle) -> Bundle {
    let (kind, soft, hard) = limit(b.case);
    b.push("/process/rlimits", json!({"type": kind, "soft": soft, "hard": hard}))
}

const fn soft(row: usize) -> Case {
    let run = |c: &Container| {
        let (kind, soft, _) = limit(c.case());
        c.given_report()?.must_be(&format!("/limits/{kind}/soft"), soft)
    };
    Case { name: LIMITS[row].0, clause: &config::RLIMIT_SOFT, needs: &[], bundle: with_limit, run }
}

const fn hard(row: usize) -> Case {
    let run = |c: &Container| {
        let (kind, _, hard) = limit(c.case());
        c.given_report()?.must_be(&format!("/limits/{kind}/hard"), hard)
    };
    Case { name: LIMITS[row].0, clause: &config::RLIMIT_HARD, needs: &[], bundle: with_limit, run }
}

/// A limit that the kernel does not know is an error.
const UNKNOWN_LIMIT: Case = Case {
    name: "invented",
    clause: &config::RLIMIT_UNKNOWN,
    needs: &[],
    bundle: |b| b.push("/process/rlimits", json!({"type": "RLIMIT_NOFILE", "soft": 333, "hard": 444})),
    run: |c| c.must_not_run(|b| b.set("/process/rlimits/0/type", "RLIMIT_LARK")),
};

/// The same limit twice is an error.
const LIMIT_TWICE: Case = Case {
    name: "twice",
    clause: &config::RLIMIT_DUPLICATE,
    needs: &[],
    bundle: |b| b.push("/process/rlimits", json!({"type": "RLIMIT_NOFILE", "soft": 333, "hard": 444})),
    run: |c| {
        c.must_not_run(|b| {
            b.push("/process/rlimits", json!({"type": "RLIMIT_NOFILE", "soft": 333, "hard": 444}))
        })
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &UID,
    &GID,
    &UMASK,
    &UMASK_UNSET,
    &ADDITIONAL_GIDS,
    &NO_ADDITIONAL_GIDS,
    &of_root(&config::CAPABILITIES_BOUNDING, |c| must_have(c, "bounding", &ODD)),
    &of_root(&config::CAPABILITIES_EFFECTIVE, |c| must_have(c, "effective", &ODD)),
    &of_root(&config::CAPABILITIES_PERMITTED, |c| must_have(c, "permitted", &ODD)),
    &of_user(&config::CAPABILITIES_INHERITABLE, |c| must_have(c, "inheritable", &["CAP_CHOWN", "CAP_KILL"])),
    &of_user(&config::CAPABILITIES_PERMITTED, |c| must_have(c, "permitted", &["CAP_KILL"])),
    &of_user(&config::CAPABILITIES_AMBIENT, |c| must_have(c, "ambient", &["CAP_KILL"])),
    &of_user(&config::CAPABILITIES_BOUNDING, |c| must_have(c, "bounding", &ODD)),
    &NO_AMBIENT,
    &UNKNOWN_CAPABILITY,
    &soft(0),
    &soft(1),
    &soft(2),
    &soft(3),
    &soft(4),
    &soft(5),
    &soft(6),
    &soft(7),
    &hard(0),
    &hard(1),
    &hard(2),
    &hard(3),
    &hard(4),
    &hard(5),
    &hard(6),
    &hard(7),
    &UNKNOWN_LIMIT,
    &LIMIT_TWICE,
];
