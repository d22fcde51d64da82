//! The root file system, host names, annotations, and values that no runtime may take.

use nix::libc::EROFS;
use serde_json::json;

use crate::clauses::config;
use crate::{Case, Need};

/// A relative path counts from the bundle.
const PATH_RELATIVE: Case = Case {
    name: "relative",
    clause: &config::ROOT_PATH,
    needs: &[],
    bundle: |b| b.file("lark", "4242").look(&["read=/lark"]),
    run: |c| c.given_report()?.answer_must_be("read=/lark", "/text", "4242"),
};

/// An absolute path counts from `/`, and need not be in the bundle.
const PATH_ABSOLUTE: Case = Case {
    name: "absolute",
    clause: &config::ROOT_PATH,
    needs: &[],
    bundle: |b| {
        let root = b.outside("elsewhere");
        let elsewhere = b.outside_probe("elsewhere/probe").outside_file("elsewhere/lark", "4242");
        let elsewhere = ["proc", "dev"]
            .iter()
            .fold(elsewhere, |b, name| b.outside_directory(&format!("elsewhere/{name}")));
        elsewhere.set("/root/path", root).look(&["read=/lark"])
    },
    run: |c| c.given_report()?.answer_must_be("read=/lark", "/text", "4242"),
};

/// A root that is not there is an error.
const MISSING: Case = Case {
    name: "missing",
    clause: &config::ROOT_EXISTS,
    needs: &[],
    bundle: |b| b,
    run: |c| c.must_not_create(|b| b.set("/root/path", "no-such-directory")),
};

/// A root that is a file is an error.
const NO_DIRECTORY: Case = Case {
    name: "file",
    clause: &config::ROOT_EXISTS,
    needs: &[],
    bundle: |b| b.beside("file", "no directory"),
    run: |c| c.must_not_create(|b| b.set("/root/path", "file")),
};

/// Nothing can be written into a read-only root.
const READONLY: Case = Case {
    name: "write",
    clause: &config::ROOT_READONLY,
    needs: &[],
    bundle: |b| b.file("lark", "4242").set("/root/readonly", true).look(&["write=/new:x", "write=/lark:x"]),
    run: |c| {
        let report = c.given_report()?;
        report.must_be_refused("write=/new:x", &[EROFS])?;
        report.must_be_refused("write=/lark:x", &[EROFS])
    },
};

/// Without `readonly` the root can be written.
const WRITABLE: Case = Case {
    name: "default",
    clause: &config::ROOT_READONLY,
    needs: &[],
    bundle: |b| b.remove("/root/readonly").look(&["write=/new:x"]),
    run: |c| c.given_report()?.must_have_done("write=/new:x"),
};

/// The container sees the configured host name.
const HOSTNAME: Case = Case {
    name: "set",
    clause: &config::HOSTNAME,
    needs: &[],
    bundle: |b| b.set("/hostname", "skylark-4242"),
    run: |c| c.given_report()?.must_be("/host/hostname", "skylark-4242"),
};

/// The container sees the configured domain name.
const DOMAINNAME: Case = Case {
    name: "set",
    clause: &config::DOMAINNAME,
    needs: &[Need::Spec(1, 1)],
    bundle: |b| b.set("/domainname", "lark.example"),
    run: |c| c.given_report()?.must_be("/host/domainname", "lark.example"),
};

/// An annotation that nobody knows is no error.
const ANNOTATION: Case = Case {
    name: "invented",
    clause: &config::ANNOTATIONS_UNKNOWN,
    needs: &[],
    bundle: |b| b.set("/annotations", json!({"org.example.no.such.annotation": "4242"})),
    run: |c| {
        c.create().must_succeed()?;
        c.start().must_succeed()?;
        c.report().must_succeed().map(drop)
    },
};

/// A property that nobody knows, at that place, is ignored.
const UNKNOWN: [(&str, &str); 6] = [
    ("top", "/lark"),
    ("process", "/process/lark"),
    ("root", "/root/lark"),
    ("linux", "/linux/lark"),
    ("mount", "/mounts/0/lark"),
    ("namespace", "/linux/namespaces/0/lark"),
];

const fn unknown(row: usize) -> Case {
    Case {
        name: UNKNOWN[row].0,
        clause: &config::UNKNOWN_PROPERTY,
        needs: &[],
        bundle: |b| {
            let row = UNKNOWN.iter().find(|(name, _)| *name == b.case.name);
            b.set(row.expect("each row is in the table").1, json!({"some": ["thing"]}))
        },
        run: |c| {
            c.create().must_succeed()?;
            c.start().must_succeed()?;
            c.report().must_succeed().map(drop)
        },
    }
}

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &PATH_RELATIVE,
    &PATH_ABSOLUTE,
    &MISSING,
    &NO_DIRECTORY,
    &READONLY,
    &WRITABLE,
    &HOSTNAME,
    &DOMAINNAME,
    &ANNOTATION,
    &unknown(0),
    &unknown(1),
    &unknown(2),
    &unknown(3),
    &unknown(4),
    &unknown(5),
];
