//! Devices: those listed, those that are always there, and who may use them.

use nix::libc::EPERM;
use serde_json::json;

use crate::bundle::Bundle;
use crate::clauses::config_linux;
use crate::container::Container;
use crate::fault::must_hold;
use crate::{Case, Judgment, Need};

/// A character device that nothing has by default: `/dev/fuse` by its numbers, under another name.
fn with_device(b: Bundle) -> Bundle {
    let device = json!({
        "type": "c", "path": "/dev/lark", "major": 10, "minor": 229, "fileMode": 0o624, "uid": 4242, "gid": 4343,
    });
    b.push("/linux/devices", device).look(&["follow=/dev/lark"])
}

/// A listed device is there, with its type and numbers.
const LISTED: Case = Case {
    name: "character",
    clause: &config_linux::DEVICES,
    needs: &[Need::Root],
    bundle: with_device,
    run: |c| {
        let report = c.given_report()?;
        report.answer_must_be("follow=/dev/lark", "/stat/major", 10)?;
        report.answer_must_be("follow=/dev/lark", "/stat/minor", 229)?;
        let kind = report.seen.follow("/dev/lark").map_or('?', fixtures::probe::Stat::kind);
        must_hold("a character device", kind == 'c', kind)
    },
};

/// A listed FIFO is there, outside of `/dev`.
const FIFO: Case = Case {
    name: "fifo",
    clause: &config_linux::DEVICES,
    needs: &[Need::Root],
    bundle: |b| {
        let device = json!({"type": "p", "path": "/lark/fifo", "fileMode": 0o600});
        b.directory("lark").push("/linux/devices", device).look(&["follow=/lark/fifo"])
    },
    run: |c| {
        let report = c.given_report()?;
        let kind = report.seen.follow("/lark/fifo").map_or('?', fixtures::probe::Stat::kind);
        must_hold("a FIFO", kind == 'p', report.answer("follow=/lark/fifo"))
    },
};

/// A device has the configured mode.
const MODE: Case = Case {
    name: "odd",
    clause: &config_linux::DEVICE_MODE,
    needs: &[Need::Root],
    bundle: with_device,
    run: |c| c.given_report()?.answer_must_be("follow=/dev/lark", "/stat/mode", 0o020_624),
};

/// A device has the configured owner and group.
const OWNER: Case = Case {
    name: "both",
    clause: &config_linux::DEVICE_OWNER,
    needs: &[Need::Root],
    bundle: with_device,
    run: |c| {
        let report = c.given_report()?;
        report.answer_must_be("follow=/dev/lark", "/stat/uid", 4242)?;
        report.answer_must_be("follow=/dev/lark", "/stat/gid", 4343)
    },
};

/// A regular file where a device should be is an error.
const CONFLICT: Case = Case {
    name: "regular-file",
    clause: &config_linux::DEVICE_CONFLICT,
    needs: &[Need::Root],
    bundle: |b| {
        let device = json!({"type": "c", "path": "/lark/device", "major": 10, "minor": 229});
        b.directory("lark").push("/linux/devices", device)
    },
    run: |c| c.must_not_create(|b| b.file("lark/device", "no device")),
};

/// A device that is always there: its numbers.
const DEFAULTS: [(&str, u64, u64); 7] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
    ("ptmx", 5, 2),
];

const fn always(row: usize) -> Case {
    Case {
        name: DEFAULTS[row].0,
        clause: &config_linux::DEFAULT_DEVICES,
        needs: &[],
        bundle: |b| {
            let action = format!("follow=/dev/{}", b.case.name);
            b.look(&[&action])
        },
        run: |c| {
            let row = DEFAULTS.iter().find(|(name, ..)| *name == c.case().name);
            let (name, major, minor) = row.expect("each row is in the table");
            let (report, action) = (c.given_report()?, format!("follow=/dev/{name}"));
            report.answer_must_be(&action, "/stat/major", *major)?;
            report.answer_must_be(&action, "/stat/minor", *minor)
        },
    }
}

/// Two devices of one driver, which the program makes itself, and then opens.
fn with_rules(b: Bundle, rules: serde_json::Value) -> Bundle {
    const MAKE: [&str; 2] = ["call=133,@/lark,8576,2789", "call=133,@/wren,8576,2790"];
    let b = b.set("/linux/resources/devices", rules).push("/process/capabilities/bounding", "CAP_MKNOD");
    b.look(&MAKE).look(&["open=r:/lark", "open=r:/wren"])
}

/// The cgroup lets `/lark` be opened, whether or not there is a driver behind it, and not `/wren`.
fn must_open_lark_only(c: &Container) -> Judgment {
    let report = c.given_report()?;
    report.must_be_refused("open=r:/wren", &[EPERM])?;
    let lark = report.answer("open=r:/lark");
    must_hold("/lark to be opened", !lark.is_null() && lark["errno"] != EPERM, lark)
}

/// The last rule that matches counts: all denied, then one device allowed.
const RULES_ALLOW: Case = Case {
    name: "allow-after-deny",
    clause: &config_linux::DEVICES_ORDER,
    needs: &[Need::Root],
    bundle: |b| {
        let rules = json!([
            {"allow": false, "access": "rwm"},
            {"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rwm"},
            {"allow": true, "type": "c", "major": 10, "minor": 230, "access": "m"},
        ]);
        with_rules(b, rules)
    },
    run: must_open_lark_only,
};

/// The last rule that matches counts: two devices allowed, then one denied to be read.
const RULES_DENY: Case = Case {
    name: "deny-after-allow",
    clause: &config_linux::DEVICES_ORDER,
    needs: &[Need::Root],
    bundle: |b| {
        let rules = json!([
            {"allow": false, "access": "rwm"},
            {"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rwm"},
            {"allow": true, "type": "c", "major": 10, "minor": 230, "access": "rwm"},
            {"allow": false, "type": "c", "major": 10, "minor": 230, "access": "rw"},
        ]);
        with_rules(b, rules)
    },
    run: must_open_lark_only,
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &LISTED,
    &FIFO,
    &MODE,
    &OWNER,
    &CONFLICT,
    &always(0),
    &always(1),
    &always(2),
    &always(3),
    &always(4),
    &always(5),
    &always(6),
    &RULES_ALLOW,
    &RULES_DENY,
];
