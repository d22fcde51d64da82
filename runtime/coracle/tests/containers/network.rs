//! Network devices of the real kernel, moved into containers, and back where there is no container in the end.
//!
//! They need `ip`; each skips with a reason without.

use std::process::Command;

use crate::container::{Container, is_root};
use fixtures::bundle::Bundle;
use serde_json::{Value, json};

/// Runs `ip` and returns what it prints as JSON; its complaint where it fails.
fn ip(words: &[&str]) -> Result<Value, String> {
    let output = Command::new("ip").arg("-json").args(words).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&output.stdout).unwrap_or_default())
}

/// A pair of devices on the host, one of them to be moved; gone when dropped.
struct Pair(String);

impl Pair {
    /// Makes one with an address of either family, and brings it up; nothing where that cannot be.
    fn make(name: &str) -> Option<Self> {
        let name = format!("c{}{name}", std::process::id());
        let peer = format!("{name}p");
        let made = ip(&["link", "add", &name, "type", "veth", "peer", "name", &peer]);
        if let Err(why) = made {
            println!("skipped: no pair of network devices to move: {why}");
            return None;
        }
        let pair = Self(name);
        for address in ["192.0.2.7/25", "2001:db8::7/64"] {
            ip(&["address", "add", address, "dev", &pair.0]).expect("an address");
        }
        ip(&["link", "set", &pair.0, "mtu", "1400", "up"]).expect("a device that is up");
        Some(pair)
    }

    /// Name, MTU, whether it is up, and addresses, as the host has it.
    fn seen(&self) -> Option<(u64, bool, Vec<String>)> {
        let shown = ip(&["address", "show", "dev", &self.0]).ok()?;
        let device = shown.as_array()?.first()?.clone();
        let flags = device["flags"].as_array()?;
        let global = |one: &&Value| one["scope"] == "global";
        let addresses = device["addr_info"].as_array()?.iter().filter(global);
        let addresses = addresses.map(|one| format!("{}/{}", one["local"], one["prefixlen"])).collect();
        Some((device["mtu"].as_u64()?, flags.iter().any(|flag| flag == "UP"), addresses))
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        // It is gone with the container, if that had it.
        let _gone = ip(&["link", "delete", &format!("{}p", self.0)]);
    }
}

fn bundle(devices: &Value) -> Bundle {
    Bundle::base().args(&["/probe", "pause"]).set("/linux/netDevices", devices.clone())
}

/// What creating the container complains about.
fn complaint(bundle: &Bundle) -> String {
    let container = Container::new(bundle);
    let path = container.path("bundle");
    let why = container.complaint(&mut container.call("create", &["--bundle", &path], &[]));
    let state = container.complaint(&mut container.call("state", &[], &[]));
    assert!(state.contains("does not exist"), "{state}");
    why
}

#[test]
fn a_failed_creation_brings_every_device_back_as_it_was() {
    if !is_root() {
        return;
    }
    let Some(pair) = Pair::make("a") else { return };
    let before = pair.seen().expect("the device is on the host");
    let unknown = json!({&pair.0: {"name": "inside"}, "no-such-device": {}});
    assert!(complaint(&bundle(&unknown)).contains("no network device `no-such-device`"));
    assert_eq!(pair.seen().as_ref(), Some(&before));
    let hook = json!({"createRuntime": [{"path": "/bin/false"}]});
    let late = bundle(&json!({&pair.0: {"name": "inside"}})).set("/hooks", hook);
    assert!(complaint(&late).contains("/bin/false"));
    assert_eq!(pair.seen(), Some(before));
}

#[test]
fn a_name_that_is_taken_is_refused_before_anything_is_moved() {
    if !is_root() {
        return;
    }
    let Some(pair) = Pair::make("b") else { return };
    let before = pair.seen();
    assert!(
        complaint(&bundle(&json!({&pair.0: {"name": "lo"}}))).contains("has a network device `lo` already")
    );
    assert_eq!(pair.seen(), before);
    assert!(
        complaint(&bundle(&json!({"lo": {"name": "other"}}))).contains("move the network device `other`")
    );
}

#[test]
fn a_device_is_gone_from_the_host_and_stays_in_a_namespace_that_was_joined() {
    if !is_root() {
        return;
    }
    let Some(pair) = Pair::make("c") else { return };
    let name = format!("{}n", pair.0);
    ip(&["netns", "add", &name]).expect("a network namespace");
    let joined = json!([{"type": "mount"}, {"type": "pid"}, {"type": "network", "path": format!("/run/netns/{name}")}]);
    let wanted = bundle(&json!({&pair.0: {"name": "lark%d"}})).set("/linux/namespaces", joined);
    let container = Container::running(&wanted.remove("/hostname"));
    assert_eq!(pair.seen(), None);
    drop(container);
    let seen = ip(&["-n", &name, "address", "show", "dev", "lark0"]).map(|shown| shown.to_string());
    ip(&["netns", "delete", &name]).expect("the namespace is deleted");
    let seen = seen.expect("the device is still there");
    for part in ["192.0.2.7", "2001:db8::7", "\"UP\"", "\"mtu\":1400"] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
}
