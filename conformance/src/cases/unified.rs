//! `unified`: files of cgroup version 2, and what becomes of limits that only version 1 has.

use std::path::Path;

use serde_json::json;

use crate::bundle::Bundle;
use crate::cgroup;
use crate::clauses::config_linux;
use crate::container::Container;
use crate::fault::{must_equal, must_hold};
use crate::state::Status;
use crate::{Case, Clause, Judgment, Need};

/// The controller that stands for the one tree of version 2.
const UNIFIED: &str = "";

/// A file of the container's cgroup, and a value that nothing has by default.
struct Row {
    name: &'static str,
    clause: &'static Clause,
    needs: &'static [Need],
    file: &'static str,
    value: &'static str,
}

const ROWS: [Row; 8] = [
    Row {
        name: "memory-high",
        clause: &config_linux::UNIFIED_FILES,
        needs: &[Need::Root, Need::CgroupV2("memory")],
        file: "memory.high",
        value: "43450368",
    },
    Row {
        name: "pids-max",
        clause: &config_linux::UNIFIED_FILES,
        needs: &[Need::Root, Need::CgroupV2("pids")],
        file: "pids.max",
        value: "4242",
    },
    Row {
        name: "cpu-weight",
        clause: &config_linux::UNIFIED_FILES,
        needs: &[Need::Root, Need::CgroupV2("cpu")],
        file: "cpu.weight",
        value: "42",
    },
    Row {
        name: "cpuset-cpus",
        clause: &config_linux::UNIFIED_FILES,
        needs: &[Need::Root, Need::CgroupV2("cpuset")],
        file: "cpuset.cpus",
        value: "0",
    },
    Row {
        name: "io-weight",
        clause: &config_linux::UNIFIED_FILES,
        needs: &[Need::Root, Need::CgroupV2("io"), Need::CgroupFile(&["io.weight"])],
        file: "io.weight",
        value: "default 42",
    },
    Row {
        name: "hugetlb-max",
        clause: &config_linux::UNIFIED_FILES,
        needs: &[Need::Root, Need::CgroupV2("hugetlb"), Need::CgroupFile(&["hugetlb.2MB.max"])],
        file: "hugetlb.2MB.max",
        value: "88080384",
    },
    Row {
        name: "oom-group",
        clause: &config_linux::UNIFIED_UNKNOWN,
        needs: &[Need::Root, Need::CgroupV2("memory")],
        file: "memory.oom.group",
        value: "1",
    },
    Row {
        name: "descendants",
        clause: &config_linux::UNIFIED_UNKNOWN,
        needs: &[Need::Root, Need::CgroupV2("pids")],
        file: "cgroup.max.descendants",
        value: "4242",
    },
];

const fn written(row: usize) -> Case {
    let Row { name, clause, needs, .. } = &ROWS[row];
    Case { name, clause, needs, bundle: with_file, run: must_be_written }
}

fn row(case: &Case) -> &'static Row {
    let row = ROWS.iter().find(|row| row.name == case.name && row.clause == case.clause);
    row.expect("each row is in the table")
}

fn unified(b: Bundle, file: &str, value: &str) -> Bundle {
    b.set(&format!("/linux/resources/unified/{file}"), value)
}

fn with_file(b: Bundle) -> Bundle {
    let row = row(b.case);
    unified(b, row.file, row.value).pause()
}

fn must_be_written(c: &Container) -> Judgment {
    let row = row(c.case());
    let text = cgroup::read(&c.given_cgroup(UNIFIED)?, row.file)?;
    must_equal(row.file, &row.value, &text.trim())
}

/// A controller is enabled on the way down to a cgroup whose parents are made for it.
const ENABLED: Case = Case {
    name: "below-new-parents",
    clause: &config_linux::UNIFIED_CONTROLLERS,
    needs: &[Need::Root, Need::CgroupV2("hugetlb"), Need::CgroupFile(&["hugetlb.2MB.max"])],
    bundle: |b| unified(b.set("/linux/cgroupsPath", "/lark/wren/one"), "hugetlb.2MB.max", "88080384").pause(),
    run: |c| {
        let controllers = cgroup::read(&c.given_cgroup(UNIFIED)?, "cgroup.controllers")?;
        let enabled = controllers.split_whitespace().any(|name| name == "hugetlb");
        must_hold("hugetlb among the cgroup's controllers", enabled, controllers.trim())?;
        c.kill("KILL").given()?;
        c.until(Status::Stopped).given()?;
        c.delete().given()?;
        // Whether the cgroups above are the container's is left open, and another case's.
        for above in ["lark/wren", "lark"] {
            let _ = std::fs::remove_dir(Path::new(cgroup::ROOT).join(above));
        }
        Ok(())
    },
};

const fn refused(name: &'static str, clause: &'static Clause, change: fn(&Container) -> Judgment) -> Case {
    Case { name, clause, needs: &[Need::Root, Need::CgroupV2("memory")], bundle: |b| b, run: change }
}

/// A controller that no kernel has.
const NO_CONTROLLER: Case = refused("no-such-controller", &config_linux::UNIFIED_MISSING, |c| {
    c.must_not_create(|b| unified(b, "lark.max", "1"))
});

/// A controller that only version 1 has.
const OLD_CONTROLLER: Case = refused("version-one", &config_linux::UNIFIED_MISSING, |c| {
    c.must_not_create(|b| unified(b, "net_cls.classid", "1"))
});

/// A file that the controller does not have cannot be applied.
const NO_FILE: Case = refused("no-such-file", &config_linux::UNIFIED_FILES, |c| {
    c.must_not_create(|b| unified(b, "memory.lark", "1"))
});

/// A value that the file does not take cannot be applied.
const NO_VALUE: Case = refused("no-such-value", &config_linux::UNIFIED_FILES, |c| {
    c.must_not_create(|b| unified(b, "memory.high", "lark"))
});

/// Version 2 has no swappiness of a cgroup.
const SWAPPINESS: Case = refused("swappiness", &config_linux::UNIFIED_CONVERSION, |c| {
    c.must_not_create(|b| b.set("/linux/resources/memory", json!({"swappiness": 42})))
});

/// Version 2 always has its out-of-memory killer.
const OOM_KILLER: Case = refused("oom-killer", &config_linux::UNIFIED_CONVERSION, |c| {
    c.must_not_create(|b| b.set("/linux/resources/memory", json!({"disableOOMKiller": true})))
});

/// Version 2 gives no cgroup time of the realtime scheduler.
const REALTIME: Case = Case {
    name: "realtime",
    clause: &config_linux::UNIFIED_CONVERSION,
    needs: &[Need::Root, Need::CgroupV2("cpu")],
    bundle: |b| b,
    run: |c| {
        let time = json!({"realtimeRuntime": 4242, "realtimePeriod": 84_840});
        c.must_not_create(|b| b.set("/linux/resources/cpu", time))
    },
};

/// Shares become a weight by whatever formula, but are not dropped.
const SHARES: Case = Case {
    name: "shares",
    clause: &config_linux::UNIFIED_CONVERSION,
    needs: &[Need::Root, Need::CgroupV2("cpu")],
    bundle: |b| b.set("/linux/resources/cpu", json!({"shares": 424})).pause(),
    run: |c| {
        let weight = cgroup::read(&c.given_cgroup(UNIFIED)?, "cpu.weight")?;
        must_hold("a cpu.weight other than the kernel's 100", weight.trim() != "100", weight.trim())
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[
    &written(0),
    &written(1),
    &written(2),
    &written(3),
    &written(4),
    &written(5),
    &written(6),
    &written(7),
    &ENABLED,
    &NO_CONTROLLER,
    &OLD_CONTROLLER,
    &NO_FILE,
    &NO_VALUE,
    &SWAPPINESS,
    &OOM_KILLER,
    &REALTIME,
    &SHARES,
];
