//! Some tens of changed configurations in the real kernel: each becomes a whole container, or nothing at all.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use fixtures::bundle::Bundle;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::container::{Container, is_root, until};
use crate::mutate::{any_changes, changed};

/// What stays as it is: the root, which must not become the host's, and what would reach beyond the container.
const SPARED: [&str; 4] = ["/root/path", "/hooks", "/linux/cgroupsPath", "/ociVersion"];
const CASES: u32 = 60;

/// A bundle that uses many properties, so that changes find something.
fn base() -> Bundle {
    let bundle = Bundle::base().args(&["/probe", "pause"]);
    let bundle = bundle.set(
        "/linux/resources",
        json!({"pids": {"limit": 50}, "devices": [{"allow": false, "access": "rwm"}]}),
    );
    let bundle = bundle.set("/process/rlimits", json!([{"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]));
    let bundle = bundle.set("/linux/sysctl", json!({"kernel.domainname": "lark"}));
    bundle.set("/linux/rootfsPropagation", json!("private")).set("/process/oomScoreAdj", json!(100))
}

/// Directories of that name in any hierarchy of cgroups.
fn cgroups(id: &str) -> Vec<String> {
    let mounts = fs::read_to_string("/proc/self/mounts").expect("the mounts");
    let places = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (place, kind) = (words.next()?, words.next()?);
        kind.starts_with("cgroup").then(|| format!("{place}/{id}"))
    });
    places.filter(|place| Path::new(place).exists()).collect()
}

/// Creates a container from a configuration; whether it came about.
fn settle(config: &Value) -> bool {
    let container = Container::new(&base());
    fs::write(container.path("bundle/config.json"), config.to_string())
        .expect("the configuration is written");
    let bundle = container.path("bundle");
    let mut create = container.call("create", &["--bundle", &bundle], &[]);
    let said = fs::File::create(container.path("said")).expect("a file for what it says");
    let mut running = create.stdout(Stdio::null()).stderr(said).spawn().expect("it starts");
    let pid = running.id();
    until("the end of `create`", || !Path::new(&format!("/proc/{pid}/fd")).exists() || has_ended(pid));
    let created = running.wait().expect("its end").success();
    let said = fs::read_to_string(container.path("said")).expect("what it said");
    let state = container.output(&mut container.call("state", &[], &[]));
    assert_eq!(state.status.success(), created, "{said}\n{config}");
    if created {
        let state: Value = serde_json::from_slice(&state.stdout).expect("a state");
        assert_eq!(state["status"], "created", "{said}\n{config}");
    } else {
        assert!(said.contains(' '), "no reason for {config}");
    }
    container.done(&mut container.call("delete", &["--force"], &[]));
    let state = Path::new(&container.path("state")).join(container.id());
    assert!(!state.exists(), "{} is left of {config}", state.display());
    assert_eq!(cgroups(container.id()), Vec::<String>::new(), "left of {config}");
    created
}

/// Whether a child has ended and waits to be reaped.
fn has_ended(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_none_or(|(_, rest)| rest.trim_start().starts_with('Z'))
}

#[test]
fn a_changed_configuration_becomes_a_whole_container_or_nothing() {
    if !is_root() {
        return;
    }
    let plain = base().config(Path::new("/bundle")).expect("a configuration");
    let config =
        Config { cases: CASES, failure_persistence: None, max_shrink_iters: 20, ..Config::default() };
    let counts = std::cell::Cell::new((0, 0));
    TestRunner::new(config)
        .run(&any_changes(4), |changes| {
            let (created, refused) = counts.get();
            let is_created = settle(&changed(plain.clone(), changes, &SPARED));
            counts.set(if is_created { (created + 1, refused) } else { (created, refused + 1) });
            Ok(())
        })
        .expect("every configuration is settled");
    let (created, refused) = counts.get();
    assert!(created > 0 && refused > 0, "{created} created, {refused} refused: the changes say too little");
}
