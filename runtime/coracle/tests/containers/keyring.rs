//! Session keyrings: a container has one of its own, or its creator's, and whoever joins it has the same.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::container::{Container, is_root};
use crate::exec::paused;
use fixtures::bundle::Bundle;
use fixtures::probe::{Outcome, Report};
use serde_json::json;

/// `keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)`: the number of the session keyring.
const WHICH: &str = "call=250,0,-3,0";
/// `keyctl(KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, …)`: whoever knows its name can find it.
const SEARCHABLE: &str = "call=250,5,-3,0x3f1b0008";

/// The session keyring that a report was asked for; nothing on a kernel without keys.
fn keyring(report: &Report) -> Option<i64> {
    const NO_KEYS: Outcome = Outcome::Errno(38);
    match &report.answers.last().expect("an answer").outcome {
        Outcome::Number(number) => Some(*number),
        outcome if *outcome == NO_KEYS => {
            println!("skipped: the kernel has no keys");
            None
        }
        outcome => panic!("{outcome:?}"),
    }
}

/// Makes a call of the runtime with a session keyring of this name; the number of that.
fn with_keyring(name: &str, container: &Container, call: &Command) -> Option<i64> {
    let (probe, report) = (container.path("bundle/rootfs/probe"), container.path("caller"));
    let join = format!("call=250,1,@{name}");
    let (publish, become_it) = (format!("report={report}"), format!("exec={}", call.get_program().display()));
    let mut line = Command::new(probe);
    line.args([&join, SEARCHABLE, WHICH, &publish, &become_it]).args(call.get_args());
    container.done(line.stdin(Stdio::null()));
    keyring(&Report::open(Path::new(&report)).expect("a report"))
}

/// Starts a container that was created with these options; its session keyring, and that of its creator.
fn start(container: &Container, options: &[&str], creators: &str) -> Option<(i64, i64)> {
    let call = container.call("create", &[options, &["--bundle", &container.path("bundle")]].concat(), &[]);
    let caller = with_keyring(creators, container, &call)?;
    container.must("start", &[]);
    Some((keyring(&container.report("init"))?, caller))
}

/// The session keyring of a process that joins, and that of whoever has it join.
fn join(container: &Container, name: &str) -> Option<(i64, i64)> {
    let report = format!("report=/out/{name}");
    let call = container.call("exec", &[], &["/probe", WHICH, &report]);
    let caller = with_keyring("callers", container, &call)?;
    Some((keyring(&container.report(name))?, caller))
}

/// Without and with a user namespace, which has keyrings of its own.
fn containers() -> [Container; 2] {
    let ids = json!([{"containerID": 0, "hostID": 0, "size": 65536}]);
    let mapped = |bundle: Bundle| {
        let bundle = bundle.set("/linux/namespaces/-", json!({"type": "user"}));
        bundle.set("/linux/uidMappings", ids.clone()).set("/linux/gidMappings", ids.clone())
    };
    let bundle = || paused().args(&["/probe", WHICH, "report=/out/init", "pause"]);
    [Container::new(&bundle()), Container::new(&mapped(bundle()))]
}

#[test]
fn who_joins_has_the_keyring_of_the_container() {
    if !is_root() {
        return;
    }
    for container in containers() {
        let Some((own, creators)) = start(&container, &[], "creators") else { return };
        assert_ne!(own, creators);
        for name in ["first", "second"] {
            assert_eq!(join(&container, name).map(|(joined, _)| joined), Some(own), "{name}");
        }
    }
}

#[test]
fn without_a_keyring_of_its_own_everybody_keeps_what_they_have() {
    if !is_root() {
        return;
    }
    for container in containers() {
        let Some((own, creators)) = start(&container, &["--no-new-keyring"], "creators") else { return };
        assert_eq!(own, creators);
        let (joined, callers) = join(&container, "joined").expect("keys");
        assert_eq!(joined, callers);
    }
}

/// Its name alone is no secret, and the kernel would take the first keyring that has it.
#[test]
fn a_namesake_that_is_there_already_does_not_become_the_keyring_of_the_container() {
    if !is_root() {
        return;
    }
    let [container, _] = containers();
    let Some((own, namesake)) = start(&container, &[], &format!("_ses.{}", container.id())) else { return };
    assert_ne!(own, namesake);
    assert_eq!(join(&container, "joined").map(|(joined, _)| joined), Some(own));
}
