//! `blockIO`: the weight of the container, and its rates on a device of this host.

use serde_json::json;

use crate::bundle::Bundle;
use crate::cgroup;
use crate::clauses::config_linux;
use crate::container::Container;
use crate::facts::block_device;
use crate::fault::must_hold;
use crate::{Case, Clause, Judgment, Need};

/// A rate: its property, its file in version 1, its word in the lines of `io.max`.
struct Rate {
    name: &'static str,
    clause: &'static Clause,
    property: &'static str,
    v1: &'static str,
    v2: &'static str,
}

const RATES: [Rate; 4] = [
    Rate {
        name: "read-bytes",
        clause: &config_linux::BLOCK_IO_BANDWIDTH,
        property: "throttleReadBpsDevice",
        v1: "blkio.throttle.read_bps_device",
        v2: "rbps",
    },
    Rate {
        name: "write-bytes",
        clause: &config_linux::BLOCK_IO_BANDWIDTH,
        property: "throttleWriteBpsDevice",
        v1: "blkio.throttle.write_bps_device",
        v2: "wbps",
    },
    Rate {
        name: "read-operations",
        clause: &config_linux::BLOCK_IO_OPERATIONS,
        property: "throttleReadIOPSDevice",
        v1: "blkio.throttle.read_iops_device",
        v2: "riops",
    },
    Rate {
        name: "write-operations",
        clause: &config_linux::BLOCK_IO_OPERATIONS,
        property: "throttleWriteIOPSDevice",
        v1: "blkio.throttle.write_iops_device",
        v2: "wiops",
    },
];

const RATE: u32 = 424_242;

const fn rate(row: usize) -> Case {
    let Rate { name, clause, .. } = &RATES[row];
    let needs = &[Need::Root, Need::Cgroup("io"), Need::BlockDevice];
    Case { name, clause, needs, bundle: with_rate, run: must_throttle }
}

fn row(case: &Case) -> &'static Rate {
    RATES.iter().find(|rate| rate.name == case.name).expect("each row is in the table")
}

fn with_rate(b: Bundle) -> Bundle {
    let (major, minor) = block_device().unwrap_or_default();
    let pointer = format!("/linux/resources/blockIO/{}", row(b.case).property);
    b.set(&pointer, json!([{"major": major, "minor": minor, "rate": RATE}])).pause()
}

fn must_throttle(c: &Container) -> Judgment {
    let rate = row(c.case());
    let (major, minor) = c.facts().block_device.unwrap_or_default();
    let device = format!("{major}:{minor} ");
    let (file, word) = if c.facts().v1("io") {
        (rate.v1, RATE.to_string())
    } else {
        ("io.max", format!("{}={RATE}", rate.v2))
    };
    let text = cgroup::read(&c.given_cgroup("io")?, file)?;
    let of_device = text.lines().filter_map(|line| line.strip_prefix(&device));
    let holds = of_device.flat_map(str::split_whitespace).any(|found| found == word);
    must_hold(&format!("{file}: {device}{word}"), holds, format!("{file}: {}", text.trim()))
}

/// The weight of the cgroup: as it is where the file has the scale of version 1, else converted by whatever formula.
const WEIGHT: Case = Case {
    name: "odd",
    clause: &config_linux::BLOCK_IO_WEIGHT,
    needs: &[Need::Root, Need::Cgroup("io"), Need::CgroupFile(&WEIGHTS)],
    bundle: |b| b.set("/linux/resources/blockIO", json!({"weight": 424})).pause(),
    run: |c| {
        let file = WEIGHTS.into_iter().find(|file| c.facts().has_cgroup_file(file)).unwrap_or_default();
        let text = cgroup::read(&c.must_get_cgroup("io")?, file)?;
        let weight = text.lines().next().unwrap_or_default().trim_start_matches("default").trim();
        let (expected, holds) = if file == "io.weight" {
            ("another weight than the kernel's 100", weight != "100")
        } else {
            ("424", weight == "424")
        };
        must_hold(expected, holds, format!("{file}: {weight}"))
    },
};

/// Files with the weight of a cgroup; the first that is there tells.
const WEIGHTS: [&str; 4] = ["blkio.weight", "blkio.bfq.weight", "io.bfq.weight", "io.weight"];

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[&WEIGHT, &rate(0), &rate(1), &rate(2), &rate(3)];
