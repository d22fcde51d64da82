//! Mounts.

use nix::libc::{ENOENT, EROFS};
use serde_json::json;

use crate::Case;
use crate::clauses::{config, config_linux, runtime_linux};
use crate::fault::{must_equal, must_hold};

/// A mount below another one is made after it: the upper one would hide it otherwise.
const ORDER: Case = Case {
    name: "nested",
    clause: &config::MOUNTS_ORDER,
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        b.outside_directory("there/below")
            .outside_file("there/lark", "outer")
            .directory("lark")
            .mount("/lark", "bind", &source, &["bind"])
            .mount("/lark/below", "tmpfs", "inner", &["size=424k"])
            .look(&["read=/lark/lark"])
    },
    run: |c| {
        let report = c.given_report()?;
        report.answer_must_be("read=/lark/lark", "/text", "outer")?;
        let (outer, inner) = (report.must_have_mount("/lark")?, report.must_have_mount("/lark/below")?);
        must_equal("the mount that /lark/below is on", &outer.id, &inner.parent)
    },
};

/// Of two mounts on one place the second is seen.
const ORDER_OVER: Case = Case {
    name: "same-place",
    clause: &config::MOUNTS_ORDER,
    needs: &[],
    bundle: |b| {
        let (first, second) = (b.outside("first"), b.outside("second"));
        b.outside_file("first/lark", "first")
            .outside_file("second/lark", "second")
            .directory("lark")
            .mount("/lark", "bind", &first, &["bind"])
            .mount("/lark", "bind", &second, &["bind"])
            .look(&["read=/lark/lark"])
    },
    run: |c| c.given_report()?.answer_must_be("read=/lark/lark", "/text", "second"),
};

/// A relative destination counts from the root, whatever the working directory is.
const RELATIVE_DESTINATION: Case = Case {
    name: "destination",
    clause: &config::MOUNT_RELATIVE,
    needs: &[],
    bundle: |b| {
        b.directory("lark/deep").directory("cwd").set("/process/cwd", "/cwd").mount(
            "lark/deep",
            "tmpfs",
            "x",
            &[],
        )
    },
    run: |c| must_equal("kind", &"tmpfs", &c.given_report()?.must_have_mount("/lark/deep")?.kind.as_str()),
};

/// An absolute source of a bind mount counts from `/`.
const SOURCE_ABSOLUTE: Case = Case {
    name: "absolute",
    clause: &config::MOUNT_SOURCE,
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        b.outside_file("there/lark", "4242")
            .directory("lark")
            .mount("/lark", "bind", &source, &["bind"])
            .look(&["read=/lark/lark"])
    },
    run: |c| c.given_report()?.answer_must_be("read=/lark/lark", "/text", "4242"),
};

/// A relative source of a bind mount counts from the bundle.
const SOURCE_RELATIVE: Case = Case {
    name: "relative",
    clause: &config::MOUNT_SOURCE,
    needs: &[],
    bundle: |b| {
        b.beside("there/lark", "4242")
            .directory("lark")
            .mount("/lark", "bind", "there", &["bind"])
            .look(&["read=/lark/lark"])
    },
    run: |c| c.given_report()?.answer_must_be("read=/lark/lark", "/text", "4242"),
};

/// A file can be mounted over a file.
const SOURCE_FILE: Case = Case {
    name: "file",
    clause: &config::MOUNT_SOURCE,
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        b.outside_file("there", "4242")
            .file("lark", "")
            .mount("/lark", "bind", &source, &["bind"])
            .look(&["read=/lark"])
    },
    run: |c| c.given_report()?.answer_must_be("read=/lark", "/text", "4242"),
};

/// `bind` makes a bind mount of what the type calls something else.
const BIND: Case = Case {
    name: "other-type",
    clause: &config::MOUNT_BIND,
    needs: &[],
    bundle: |b| {
        let source = b.outside("there");
        b.outside_file("there/lark", "4242")
            .directory("lark")
            .mount("/lark", "ext4", &source, &["bind"])
            .look(&["read=/lark/lark"])
    },
    run: |c| c.given_report()?.answer_must_be("read=/lark/lark", "/text", "4242"),
};

/// `rbind` without a type makes a bind mount, and takes along what is mounted below.
const RBIND: Case = Case {
    name: "rbind-without-type",
    clause: &config::MOUNT_BIND,
    needs: &[],
    bundle: |b| {
        let mount = json!({"destination": "/lark", "source": "/proc", "options": ["rbind"]});
        b.directory("lark").push("/mounts", mount).look(&["read=/lark/sys/kernel/ostype"])
    },
    run: |c| c.given_report()?.answer_must_be("read=/lark/sys/kernel/ostype", "/text", "Linux\n"),
};

/// `type` names the file system.
const TYPE: Case = Case {
    name: "tmpfs",
    clause: &config::MOUNT_TYPE,
    needs: &[],
    bundle: |b| b.directory("lark").mount("/lark", "tmpfs", "lark", &[]).look(&["filesystem=/lark"]),
    run: |c| {
        let report = c.given_report()?;
        must_equal("kind", &"tmpfs", &report.must_have_mount("/lark")?.kind.as_str())?;
        report.answer_must_be("filesystem=/lark", "/filesystem/magic", magic("tmpfs").1)
    },
};

/// Options that are not the kernel's go to the file system: here a size.
const DATA_SIZE: Case = Case {
    name: "size",
    clause: &config::MOUNT_DATA,
    needs: &[],
    bundle: |b| {
        b.directory("lark").mount("/lark", "tmpfs", "lark", &["size=424k"]).look(&["filesystem=/lark"])
    },
    run: |c| c.given_report()?.answer_must_be("filesystem=/lark", "/filesystem/size_bytes", 424 << 10),
};

/// Options that are not the kernel's go to the file system: here a mode, which is not that of the directory below.
const DATA_MODE: Case = Case {
    name: "mode",
    clause: &config::MOUNT_DATA,
    needs: &[],
    bundle: |b| b.directory("lark").mount("/lark", "tmpfs", "lark", &["mode=711"]).look(&["stat=/lark"]),
    run: |c| c.given_report()?.answer_must_be("stat=/lark", "/stat/mode", 0o040_711),
};

/// A mount that the container makes read-only cannot be written, and one beside it can.
const READONLY_MOUNT: Case = Case {
    name: "ramfs",
    clause: &config::MOUNT_TYPE,
    needs: &[],
    bundle: |b| {
        b.directory("lark")
            .directory("wren")
            .mount("/lark", "ramfs", "lark", &["ro"])
            .mount("/wren", "ramfs", "wren", &[])
            .look(&["write=/lark/new:x", "write=/wren/new:x"])
    },
    run: |c| {
        let report = c.given_report()?;
        must_equal("kind", &"ramfs", &report.must_have_mount("/lark")?.kind.as_str())?;
        report.must_be_refused("write=/lark/new:x", &[EROFS])?;
        report.must_have_done("write=/wren/new:x")
    },
};

/// A file system that every container should have: where, its type, and the number that statfs(2) gives it.
const fn default(name: &'static str, clause: &'static crate::Clause) -> Case {
    Case {
        name,
        clause,
        needs: &[],
        bundle: |b| {
            let (place, ..) = magic(b.case.name);
            let b = b.directory("sys").mount("/sys", "sysfs", "sysfs", &["ro"]);
            let action = format!("filesystem={place}");
            b.mount("/dev/shm", "tmpfs", "shm", &["mode=1777", "size=424k"]).look(&[&action])
        },
        run: |c| {
            let (place, magic) = magic(c.case().name);
            c.given_report()?.answer_must_be(&format!("filesystem={place}"), "/filesystem/magic", magic)
        },
    }
}

/// Places of the default file systems, and the numbers of their types.
fn magic(name: &str) -> (&'static str, u64) {
    match name {
        "proc" => ("/proc", 0x9fa0),
        "sysfs" => ("/sys", 0x6265_6572),
        "devpts" => ("/dev/pts", 0x1cd1),
        _ => ("/dev/shm", 0x0102_1994),
    }
}

/// The links of `/dev` lead into `/proc/self/fd`.
const DEV_LINKS: Case = Case {
    name: "all",
    clause: &runtime_linux::DEV_LINKS,
    needs: &[],
    bundle: |b| b.look(&["stat=/dev/fd", "stat=/dev/stdin", "stat=/dev/stdout", "stat=/dev/stderr"]),
    run: |c| {
        let report = c.given_report()?;
        for (link, target) in [
            ("stat=/dev/fd", "/proc/self/fd"),
            ("stat=/dev/stdin", "/proc/self/fd/0"),
            ("stat=/dev/stdout", "/proc/self/fd/1"),
            ("stat=/dev/stderr", "/proc/self/fd/2"),
        ] {
            report.answer_must_be(link, "/stat/target", target)?;
        }
        Ok(())
    },
};

/// The program has descriptors 0 to 2, and no others.
const DESCRIPTORS: Case = Case {
    name: "three",
    clause: &runtime_linux::DESCRIPTORS,
    needs: &[],
    bundle: |b| b,
    run: |c| {
        let report = c.given_report()?;
        let open: Vec<u32> = report.seen.descriptors.iter().map(|descriptor| descriptor.fd).collect();
        must_equal("open descriptors", &vec![0, 1, 2], &open)
    },
};

/// A masked file reads as nothing.
const MASKED_FILE: Case = Case {
    name: "file",
    clause: &config_linux::MASKED_PATHS,
    needs: &[],
    bundle: |b| b.file("lark", "secret").set("/linux/maskedPaths", json!(["/lark"])).look(&["take=9:/lark"]),
    run: |c| {
        let answer = c.given_report()?;
        let answer = answer.answer("take=9:/lark");
        let hidden = answer["text"] == "" || answer["errno"].is_i64();
        must_hold("nothing to read from /lark", hidden, answer)
    },
};

/// A masked directory shows nothing of what is in it.
const MASKED_DIRECTORY: Case = Case {
    name: "directory",
    clause: &config_linux::MASKED_PATHS,
    needs: &[],
    bundle: |b| {
        b.file("lark/inside", "secret")
            .set("/linux/maskedPaths", json!(["/lark"]))
            .look(&["read=/lark/inside"])
    },
    run: |c| c.given_report()?.must_be_refused("read=/lark/inside", &[ENOENT, nix::libc::EACCES]),
};

/// A path that is not there can be masked all the same.
const MASKED_MISSING: Case = Case {
    name: "missing",
    clause: &config_linux::MASKED_PATHS,
    needs: &[],
    bundle: |b| {
        let b = b.file("lark", "secret").look(&["take=9:/lark"]);
        b.set("/linux/maskedPaths", json!(["/proc/no-such-file", "/lark"]))
    },
    run: |c| {
        let answer = c.given_report()?;
        let answer = answer.answer("take=9:/lark");
        let hidden = answer["text"] == "" || answer["errno"].is_i64();
        must_hold("nothing to read from /lark", hidden, answer)
    },
};

/// A relative path to mask is an error.
const MASKED_RELATIVE: Case = Case {
    name: "relative",
    clause: &config_linux::MASKED_ABSOLUTE,
    needs: &[],
    bundle: |b| b.file("lark", "secret").set("/linux/maskedPaths", json!(["/lark"])),
    run: |c| c.must_not_create(|b| b.set("/linux/maskedPaths", json!(["lark"]))),
};

/// A read-only file and what is in a read-only directory cannot be written.
const READONLY_PATHS: Case = Case {
    name: "write",
    clause: &config_linux::READONLY_PATHS,
    needs: &[],
    bundle: |b| {
        b.file("lark", "4242")
            .file("wren/inside", "4242")
            .file("free", "4242")
            .set("/linux/readonlyPaths", json!(["/lark", "/wren"]))
            .look(&["write=/lark:x", "write=/wren/inside:x", "write=/free:x"])
    },
    run: |c| {
        let report = c.given_report()?;
        report.must_be_refused("write=/lark:x", &[EROFS])?;
        report.must_be_refused("write=/wren/inside:x", &[EROFS])?;
        report.must_have_done("write=/free:x")
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &ORDER,
    &ORDER_OVER,
    &RELATIVE_DESTINATION,
    &SOURCE_ABSOLUTE,
    &SOURCE_RELATIVE,
    &SOURCE_FILE,
    &BIND,
    &RBIND,
    &TYPE,
    &DATA_SIZE,
    &DATA_MODE,
    &READONLY_MOUNT,
    &default("proc", &config_linux::DEFAULT_PROC),
    &default("sysfs", &config_linux::DEFAULT_SYS),
    &default("devpts", &config_linux::DEFAULT_PTS),
    &default("tmpfs", &config_linux::DEFAULT_SHM),
    &DEV_LINKS,
    &DESCRIPTORS,
    &MASKED_FILE,
    &MASKED_DIRECTORY,
    &MASKED_MISSING,
    &MASKED_RELATIVE,
    &READONLY_PATHS,
];
