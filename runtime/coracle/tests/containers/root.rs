//! What a container does to the file systems of the host.

use std::fs;

use crate::container::{Container, is_root};
use fixtures::bundle::Bundle;

#[test]
fn a_container_without_a_mount_namespace_mounts_nothing_on_the_host() {
    if !is_root() {
        return;
    }
    let bundle = Bundle::base().args(&["/probe", "report=/out/seen", "pause"]);
    let bundle = bundle.remove("/linux").remove("/mounts").remove("/hostname").set("/root/readonly", false);
    let container = Container::running(&bundle);
    container.report("seen");
    let mounts = fs::read_to_string("/proc/self/mountinfo").expect("the mounts of this process");
    let bundle = container.path("bundle");
    let below: Vec<&str> = mounts.lines().filter(|line| line.contains(&bundle)).collect();
    assert!(below.is_empty(), "{below:?}");
}
