//! What runtimes agree on, held against the plan.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Filter, Pivot, Request, join, plan};
use crate::cgroup::Layout;
use crate::config::{Config, Document};
use crate::host::Host;

const REQUEST: Request<'static> = Request {
    bundle: "/bundles/web",
    cgroup: Some("/web"),
    pivot: Pivot::Root,
    keyring: Some("_ses.web"),
    filter: Filter::None,
};

/// The steps of a configuration with these properties, in words.
fn steps(text: &str, request: &Request<'_>) -> Vec<String> {
    let document = Document::parse(text.as_bytes().to_vec()).unwrap();
    let config = Config::check(&document).unwrap();
    let host = Host { layout: Some(Layout::V2), is_privileged: true };
    plan(&config, &host, request).steps.iter().map(ToString::to_string).collect()
}

fn with_process(properties: &str) -> String {
    alloc::format!(
        r#"{{"ociVersion": "1.3.0", "root": {{"path": "rootfs"}}, "linux": {{"namespaces": [{{"type": "mount"}}]}},
        "process": {{"args": ["/a"], "cwd": "/", "user": {{"uid": 0, "gid": 0}} {properties}}}}}"#
    )
}

/// Asserts that the steps that begin with these words come in this order.
fn assert_order(steps: &[String], words: &[&str]) {
    let position = |word: &&str| {
        steps
            .iter()
            .position(|step| step.starts_with(*word))
            .unwrap_or_else(|| panic!("no `{word}` in {steps:#?}"))
    };
    let positions: Vec<usize> = words.iter().map(position).collect();
    assert!(positions.is_sorted(), "{words:?} are at {positions:?} of {steps:#?}");
}

#[test]
fn mounts_come_before_hooks_and_hooks_before_the_root_is_entered() {
    let text = r#"{"ociVersion": "1.3.0", "root": {"path": "rootfs", "readonly": true},
        "mounts": [{"destination": "/proc", "type": "proc"}],
        "hooks": {"createRuntime": [{"path": "/r"}], "createContainer": [{"path": "/c"}]},
        "linux": {"namespaces": [{"type": "mount"}], "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"]},
        "process": {"args": ["/a"], "cwd": "/", "user": {"uid": 0, "gid": 0}}}"#;
    assert_order(
        &steps(text, &REQUEST),
        &[
            "mount the root file system",
            "mount proc",
            "make the device `/dev/null`",
            "wait for the hooks of the runtime",
            "run the `createContainer` hooks",
            "make the root file system read-only",
            "enter the root file system",
            "make `/proc/sys` read-only",
            "mask `/proc/kcore`",
            "drop capabilities",
        ],
    );
}

#[test]
fn user_and_bounding_set_come_before_the_other_capabilities() {
    assert_order(
        &steps(&with_process(""), &REQUEST),
        &["drop capabilities", "become user", "set the capabilities", "wait for the start", "execute `/a`"],
    );
}

#[test]
fn limits_are_set_while_all_capabilities_are_there() {
    let text = with_process(r#", "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 1, "hard": 1}]"#);
    assert_order(&steps(&text, &REQUEST), &["limit resource 7", "drop capabilities", "become user"]);
}

#[test]
fn the_filter_comes_before_capabilities_are_dropped_exactly_without_no_new_privs() {
    let request = Request { filter: Filter::Alone, ..REQUEST };
    assert_order(
        &steps(&with_process(""), &request),
        &["load the seccomp", "set the capabilities", "wait for"],
    );
    let text = with_process(r#", "noNewPrivileges": true"#);
    assert_order(
        &steps(&text, &request),
        &[
            "set no_new_privs",
            "set the capabilities",
            "wait for",
            "run the `startContainer`",
            "load the seccomp",
        ],
    );
    let agent = Request { filter: Filter::WithAgent, ..REQUEST };
    assert_order(
        &steps(&text, &agent),
        &["set no_new_privs", "set the capabilities", "load the seccomp", "wait for"],
    );
    assert!(!steps(&text, &REQUEST).iter().any(|step| step.starts_with("load the seccomp")));
}

#[test]
fn nothing_comes_after_the_start_but_hooks_filter_and_program() {
    let text = with_process(r#", "noNewPrivileges": true"#);
    let steps = steps(&text, &Request { filter: Filter::Alone, ..REQUEST });
    let start = steps.iter().position(|step| step == "wait for the start").unwrap();
    assert_eq!(
        steps[start + 1..],
        ["run the `startContainer` hooks", "load the seccomp filter", "execute `/a`"]
    );
}

#[test]
fn without_a_process_the_plan_ends_with_the_wait() {
    let text = r#"{"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "linux": {"namespaces": [{"type": "mount"}]}}"#;
    assert_eq!(steps(text, &REQUEST).last().map(String::as_str), Some("wait for the start"));
}

#[test]
fn the_caller_decides_on_the_keyring() {
    let keyrings = |request: &Request<'_>| {
        let steps = steps(&with_process(""), request).into_iter();
        steps.filter(|step| step.contains("keyring")).collect::<Vec<_>>()
    };
    assert_eq!(keyrings(&REQUEST), ["make the session keyring `_ses.web`"]);
    assert_eq!(keyrings(&Request { keyring: None, ..REQUEST }), [""; 0]);
}

#[test]
fn who_joins_a_container_joins_its_keyring_and_makes_none() {
    let document = Document::parse(with_process("").into_bytes()).unwrap();
    let config = Config::check(&document).unwrap();
    let process = config.process.as_ref().unwrap();
    let keyrings = |name| {
        let steps = join(&config, process, &[], Filter::None, name).into_iter().map(|step| step.to_string());
        steps.filter(|step| step.contains("keyring")).collect::<Vec<_>>()
    };
    assert_eq!(keyrings(Some("_ses.web")), ["join the session keyring `_ses.web`"]);
    assert_eq!(keyrings(None), [""; 0]);
}
