//! Network devices that are moved into the container.
//!
//! Each case has a network namespace of its own, and a pair of devices in it of which one is moved: what a runtime
//! does to them, it does not do to the host's.

use std::fs;
use std::process::Command;

use nix::mount::{MntFlags, umount2};
use nix::sched::{CloneFlags, unshare};
use serde_json::json;

use crate::bundle::Bundle;
use crate::clauses::network_devices;
use crate::container::Container;
use crate::fault::must_hold;
use crate::report::Report;
use crate::state::Status;
use crate::{Case, Fault, Judgment, Need};

/// `bridge` comes with the `ip` of iproute2, which can do what that of busybox cannot.
const NEEDS: &[Need] = &[Need::Root, Need::Program("ip"), Need::Program("bridge"), Need::Spec(1, 3)];
/// The device on the host's side, and what it is called inside.
const OUTSIDE: &str = "skylark";
const INSIDE: &str = "lark0";
const DEVICES: &str = "read=/proc/net/dev";

fn ip(words: &str) -> Judgment {
    let output = Command::new("ip").args(words.split(' ')).output();
    let output = output.map_err(|error| Fault::broken("run `ip`", &error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Fault::broken(&format!("run `ip {words}`"), &String::from_utf8_lossy(&output.stderr).trim()))
}

/// Enters a network namespace of the case's own, with a device to move that is down, and has addresses.
fn make_device() -> Judgment {
    unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| Fault::broken("make a network namespace", &errno))?;
    ip(&format!("link add {OUTSIDE} address 02:00:00:00:be:ef mtu 1402 type veth peer name nest"))?;
    ip(&format!("address add 192.0.2.77/25 dev {OUTSIDE}"))?;
    ip(&format!("address add 2001:db8::77/64 dev {OUTSIDE}"))
}

/// A container that gets the device under a name; it looks at what it then has.
fn named(b: Bundle, name: &str) -> Bundle {
    let looks = ["mtu", "address", "flags"].map(|file| format!("read=/sys/class/net/{INSIDE}/{file}"));
    let b = b.look(&[DEVICES, "read=/proc/net/if_inet6", "read=/proc/net/fib_trie"]);
    let b = b.look(&looks.each_ref().map(String::as_str));
    let b = b.push("/mounts", json!({"destination": "/sys", "type": "sysfs", "source": "sysfs"}));
    b.set("/linux/netDevices", json!({OUTSIDE: {"name": name}}))
}

fn text(report: &Report, action: &str) -> String {
    report.answer(action)["text"].as_str().unwrap_or_default().to_owned()
}

/// The names in `/proc/net/dev`.
fn names(devices: &str) -> Vec<&str> {
    devices.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim()).collect()
}

fn must_have(report: &Report, wanted: &str) -> Judgment {
    let devices = text(report, DEVICES);
    must_hold(&format!("a device `{wanted}`"), names(&devices).contains(&wanted), names(&devices).join(" "))
}

/// The device is inside under its new name, and no longer outside.
const RENAMED: Case = Case {
    name: "renamed",
    clause: &network_devices::AVAILABLE,
    needs: NEEDS,
    bundle: |b| named(b, INSIDE),
    run: |c| {
        make_device()?;
        must_have(&c.given_report()?, INSIDE)?;
        let outside = fs::read_to_string("/proc/thread-self/net/dev");
        let outside = outside.map_err(|error| Fault::broken("list the network devices", &error))?;
        must_hold("no such device outside", !names(&outside).contains(&OUTSIDE), names(&outside).join(" "))
    },
};

/// Without a name, the device keeps the one that it has.
const SAME_NAME: Case = Case {
    name: "same-name",
    clause: &network_devices::AVAILABLE,
    needs: NEEDS,
    bundle: |b| named(b, INSIDE).set("/linux/netDevices", json!({OUTSIDE: {}})),
    run: |c| {
        make_device()?;
        must_have(&c.given_report()?, OUTSIDE)
    },
};

/// Creates the container with these devices, which must fail; the plain one runs.
fn must_refuse(c: &Container, devices: serde_json::Value) -> Judgment {
    make_device()?;
    c.must_not_create(|b| b.set("/linux/netDevices", devices))
}

/// A device that is not there.
const MISSING: Case = Case {
    name: "missing",
    clause: &network_devices::POSSIBLE,
    needs: NEEDS,
    bundle: |b| b,
    run: |c| must_refuse(c, json!({"no-such-lark": {}})),
};

/// The loopback device, which belongs to its namespace.
const LOOPBACK: Case = Case {
    name: "loopback",
    clause: &network_devices::POSSIBLE,
    needs: NEEDS,
    bundle: |b| b,
    run: |c| must_refuse(c, json!({"lo": {"name": INSIDE}})),
};

/// Every namespace has a device `lo`.
const TAKEN: Case = Case {
    name: "loopback",
    clause: &network_devices::TAKEN,
    needs: NEEDS,
    bundle: |b| b,
    run: |c| must_refuse(c, json!({OUTSIDE: {"name": "lo"}})),
};

/// A template becomes the first name that is free.
const TEMPLATE: Case = Case {
    name: "first",
    clause: &network_devices::TEMPLATE,
    needs: NEEDS,
    bundle: |b| named(b, "lark%d"),
    run: |c| {
        make_device()?;
        must_have(&c.given_report()?, INSIDE)
    },
};

/// Addresses of both families, the hardware address and the size of its packets are as they were.
const PRESERVED: Case = Case {
    name: "addresses",
    clause: &network_devices::PRESERVED,
    needs: NEEDS,
    bundle: |b| named(b, INSIDE),
    run: |c| {
        make_device()?;
        let report = c.given_report()?;
        must_have(&report, INSIDE).map_err(|_| Fault::unreached("move the device", "it is not inside"))?;
        let holds = |action: &str, part: &str| {
            let seen = text(&report, action);
            must_hold(&format!("`{part}` in {action}"), seen.contains(part), seen)
        };
        holds(&format!("read=/sys/class/net/{INSIDE}/mtu"), "1402")?;
        holds(&format!("read=/sys/class/net/{INSIDE}/address"), "02:00:00:00:be:ef")?;
        holds("read=/proc/net/fib_trie", "192.0.2.77")?;
        holds("read=/proc/net/if_inet6", "20010db8000000000000000000000077")
    },
};

/// A device that was down is up.
const UP: Case = Case {
    name: "was-down",
    clause: &network_devices::UP,
    needs: NEEDS,
    bundle: |b| named(b, INSIDE),
    run: |c| {
        make_device()?;
        let flags = text(&c.given_report()?, &format!("read=/sys/class/net/{INSIDE}/flags"));
        let bits = u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).ok();
        must_hold("the flag IFF_UP", bits.is_some_and(|bits| bits & 1 == 1), flags)
    },
};

/// A namespace that was joined keeps the device when the container is deleted.
const STAYS: Case = Case {
    name: "joined",
    clause: &network_devices::STAYS,
    needs: NEEDS,
    bundle: |b| {
        let all = b.value("/linux/namespaces").as_array().cloned().unwrap_or_default();
        let mut others: Vec<_> = all.into_iter().filter(|entry| entry["type"] != "network").collect();
        others.push(json!({"type": "network", "path": "/run/netns/nest"}));
        named(b, INSIDE).set("/linux/namespaces", others)
    },
    run: |c| {
        make_device()?;
        ip("netns add nest")?;
        must_have(&c.given_report()?, INSIDE)
            .map_err(|_| Fault::unreached("move the device", "it is not inside"))?;
        c.until(Status::Stopped).given()?;
        c.delete().given()?;
        let left = Command::new("ip").args(["-n", "nest", "link", "show", INSIDE]).output();
        let left = left.map_err(|error| Fault::broken("run `ip`", &error))?;
        ip("netns delete nest")?;
        // `ip` mounts the directory of its namespaces, over itself, and leaves it so.
        while umount2("/run/netns", MntFlags::MNT_DETACH).is_ok() {}
        must_hold("the device in the namespace", left.status.success(), String::from_utf8_lossy(&left.stderr))
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] =
    &[&RENAMED, &SAME_NAME, &MISSING, &LOOPBACK, &TAKEN, &TEMPLATE, &PRESERVED, &UP, &STAYS];
