//! Processes that join a container whose program has made cgroups of its own, with controllers, below the container's.
//!
//! The kernel puts no process into a cgroup of version 2 that hands controllers on. `hugetlb` is the controller that even
//! a host with version 1 hierarchies usually leaves to version 2.

use std::fs;
use std::path::{Path, PathBuf};

use crate::container::{Container, is_root, until};
use crate::exec::{cgroup_of, paused};
use fixtures::bundle::Bundle;
use serde_json::json;

/// A container whose cgroup hands `hugetlb` on to those below it, and its cgroup.
struct Nested {
    container: Container,
    cgroup: PathBuf,
    init: i32,
}

/// The mount of cgroup2, if it has the controller.
fn unified() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").expect("the mounts");
    let found = mounts.lines().find_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (place, kind) = (words.next()?, words.next()?);
        (kind == "cgroup2").then(|| PathBuf::from(place))
    });
    let offered = |mount: &PathBuf| fs::read_to_string(mount.join("cgroup.controllers")).unwrap_or_default();
    let found = found.filter(|mount| offered(mount).split_whitespace().any(|name| name == "hugetlb"));
    if found.is_none() {
        println!("skipped: no cgroup2 with the controller `hugetlb` is mounted");
    }
    found
}

impl Nested {
    /// Makes one, its process in the cgroup `inner` below its own.
    fn new(mount: &Path, bundle: Bundle) -> Self {
        let limit = json!([{"pageSize": "2MB", "limit": 2_097_152}]);
        let container = Container::new(&bundle.set("/linux/resources", json!({"hugepageLimits": limit})));
        container
            .must("create", &["--bundle", &container.path("bundle"), "--pid-file", &container.path("init")]);
        container.must("start", &[]);
        let nested = Self { cgroup: mount.join(container.id()), init: container.pid("init"), container };
        nested.move_to(&nested.cgroup.join("inner"));
        fs::write(nested.cgroup.join("cgroup.subtree_control"), "+hugetlb").expect("it is handed on");
        nested
    }

    /// Moves the first process into a new cgroup.
    fn move_to(&self, cgroup: &Path) {
        fs::create_dir(cgroup).expect("another cgroup");
        fs::write(cgroup.join("cgroup.procs"), self.init.to_string()).expect("the process moves");
    }

    /// Where a process that joins is, after the mount of cgroup2.
    fn joined(&self) -> String {
        let file = self.container.path("pid");
        self.container.exec(&["--detach", "--pid-file", &file], &["pause"]);
        cgroup_of(self.container.pid("pid"), "")
    }
}

#[test]
fn a_process_joins_the_first_one_where_the_cgroup_of_the_container_takes_none() {
    let Some(mount) = unified().filter(|_| is_root()) else { return };
    let ids = json!([{"containerID": 0, "hostID": 100_000, "size": 65536}]);
    let mapped = paused()
        .set("/linux/namespaces/-", json!({"type": "user"}))
        .set("/linux/uidMappings", ids.clone())
        .set("/linux/gidMappings", ids);
    for bundle in [paused(), mapped] {
        let nested = Nested::new(&mount, bundle);
        assert_eq!(nested.joined(), format!("/{}/inner", nested.container.id()));
    }
}

#[test]
fn a_cgroup_that_is_asked_for_and_takes_no_process_is_named() {
    let Some(mount) = unified().filter(|_| is_root()) else { return };
    let nested = Nested::new(&mount, paused());
    let call = |asked| nested.container.call("exec", &["--cgroup", asked], &["/probe"]);
    let why = nested.container.complaint(&mut call("/"));
    let own = nested.cgroup.display();
    assert!(why.contains(&format!("cgroup `{own}` takes no processes, since it hands")), "{why}");
    // Without controllers a path counts in every hierarchy, and this one is in the unified one alone.
    if mount == Path::new("/sys/fs/cgroup") {
        nested.container.done(&mut call("/inner"));
    }
}

#[test]
fn a_process_follows_the_first_one_to_no_cgroup_outside() {
    let Some(mount) = unified().filter(|_| is_root()) else { return };
    let nested = Nested::new(&mount, paused());
    let outside = mount.join(format!("{}-outside", nested.container.id()));
    nested.move_to(&outside);
    let output = nested.container.output(&mut nested.container.call("exec", &[], &["/probe"]));
    drop(nested);
    until("the end of the process", || fs::remove_dir(&outside).is_ok());
    let why = String::from_utf8_lossy(&output.stderr);
    let expected = format!("the first of the container is in `{}`, not below it", outside.display());
    assert!(!output.status.success() && why.contains(&expected), "{why}");
}
