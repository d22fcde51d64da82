//! Containers that a `run` in the foreground waits for.

use std::process::{Child, Stdio};

use crate::container::{Container, is_root};
use fixtures::bundle::Bundle;

/// The exit code of a runtime whose program was killed.
const KILLED: Option<i32> = Some(128 + 9);

/// Runs a program that pauses, in the foreground; returns once it does.
fn running(options: &[&str]) -> (Container, Child) {
    let container = Container::new(&Bundle::base().args(&["/probe", "report=/out/runs", "pause"]));
    let bundle = container.path("bundle");
    let mut call = container.call("run", &[options, &["--bundle", &bundle]].concat(), &[]);
    let runtime = call.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("run starts");
    container.report("runs");
    (container, runtime)
}

#[test]
fn it_is_deleted_by_force_though_somebody_waits_for_it() {
    if !is_root() {
        return;
    }
    for options in [&[][..], &["--keep"]] {
        let (container, mut runtime) = running(options);
        container.done(&mut container.call("delete", &["--force"], &[]));
        assert_eq!(runtime.wait().expect("its end").code(), KILLED);
        let why = container.complaint(&mut container.call("state", &[], &[]));
        assert!(why.contains("does not exist"), "{why}");
    }
}

#[test]
fn it_is_not_deleted_without_force() {
    if !is_root() {
        return;
    }
    let (container, mut runtime) = running(&[]);
    let why = container.complaint(&mut container.call("delete", &[], &[]));
    assert!(why.contains("running") && why.contains("kill it first"), "{why}");
    container.done(&mut container.call("delete", &["--force"], &[]));
    runtime.wait().expect("its end");
}
