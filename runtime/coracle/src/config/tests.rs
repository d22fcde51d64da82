//! Whole configurations: valid ones say what they mean, broken ones everything that is wrong.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::*;

/// Checks a configuration and gives the pointers of its violations.
fn pointers(config: &Value) -> Vec<String> {
    let document = Document::parse(config.to_string().into_bytes()).unwrap();
    let violations = Config::check(&document).err().unwrap_or_default();
    violations.iter().map(|violation| violation.pointer.clone().into_owned()).collect()
}

/// The least that can be started.
fn least() -> Value {
    json!({
        "ociVersion": "1.3.0",
        "root": {"path": "rootfs"},
        "process": {"cwd": "/", "args": ["sh"], "user": {"uid": 0, "gid": 0}},
        "linux": {"namespaces": [{"type": "mount"}, {"type": "uts"}, {"type": "network"}, {"type": "ipc"}]},
    })
}

/// The least, with `value` at `pointer`, whose parents are made where they are missing.
fn with(pointer: &str, value: Value) -> Value {
    let mut config = least();
    let mut place = &mut config;
    for segment in pointer.split('/').skip(1) {
        place = match segment.parse::<usize>() {
            Ok(index) if place.is_array() => &mut place[index],
            _ => &mut place[segment.replace("~1", "/").replace("~0", "~")],
        };
    }
    *place = value;
    config
}

#[test]
fn an_example_of_everything_is_valid() {
    let text = include_str!("example.json");
    let document = Document::parse(text.as_bytes().to_vec()).unwrap();
    let config = Config::check(&document).unwrap();
    assert_eq!(config.warnings, []);
    insta::assert_debug_snapshot!(config);
}

/// A value that cannot be honored, where it stands, and where the violation is reported.
type Broken = (&'static str, Value, &'static str);

fn check_all(table: Vec<Broken>) {
    for (pointer, value, expected) in table {
        let config = with(pointer, value);
        assert_eq!(pointers(&config), [expected], "{config}");
    }
}

#[test]
fn the_least_is_valid_and_a_process_is_not_needed_yet() {
    assert_eq!(pointers(&least()), Vec::<String>::new());
    assert_eq!(pointers(&json!({"ociVersion": "1.0.0", "root": {"path": "r"}})), Vec::<String>::new());
}

#[test]
fn documents_that_are_no_objects_are_refused() {
    for document in [Value::Null, json!([]), json!("x"), json!(7)] {
        assert_eq!(pointers(&document), [""], "{document}");
    }
    assert_eq!(pointers(&json!({})), ["/ociVersion", "/root"]);
}

#[test]
fn every_violation_is_reported_at_once() {
    let config = json!({
        "ociVersion": "2.0.0",
        "root": {"readonly": "yes"},
        "process": {"cwd": "tmp", "args": [], "user": {"uid": -1, "gid": 1.5}},
        "hooks": {"poststop": [{"path": "bin"}, {"path": "/bin", "timeout": 0}]},
        "linux": {"seccomp": {"defaultAction": "SCMP_ACT_MOON"}, "maskedPaths": ["proc"]},
    });
    let expected = [
        "/ociVersion",
        "/root/path",
        "/root/readonly",
        "/process/cwd",
        "/process/args",
        "/process/user/uid",
        "/process/user/gid",
        "/hooks/poststop/0/path",
        "/hooks/poststop/1/timeout",
        "/linux/maskedPaths/0",
        "/linux/seccomp/defaultAction",
    ];
    assert_eq!(pointers(&config), expected);
}

#[test]
fn the_root_and_the_version_are_judged() {
    check_all(alloc::vec![
        ("/ociVersion", json!("0.2.0"), "/ociVersion"),
        ("/ociVersion", json!("1.3"), "/ociVersion"),
        ("/ociVersion", json!(1), "/ociVersion"),
        ("/root/path", json!(""), "/root/path"),
        ("/root/path", json!("a\0b"), "/root/path"),
        ("/hostname", json!("x".repeat(65)), "/hostname"),
        ("/annotations", json!({"": "x"}), "/annotations/"),
        ("/annotations", json!({"a": 1}), "/annotations/a"),
    ]);
}

#[test]
fn the_process_is_judged() {
    check_all(alloc::vec![
        ("/process/cwd", json!(""), "/process/cwd"),
        ("/process/cwd", json!("/a\0b"), "/process/cwd"),
        ("/process/args", Value::Null, "/process/args"),
        ("/process/args", json!(["a\0b"]), "/process/args/0"),
        ("/process/env", json!(["A=1", 2]), "/process/env/1"),
        ("/process/user/uid", json!("0"), "/process/user/uid"),
        ("/process/user/uid", json!(1_u64 << 32), "/process/user/uid"),
        ("/process/user/gid", json!(u32::MAX), "/process/user/gid"),
        ("/process/user/umask", json!(0o1000), "/process/user/umask"),
        ("/process/user/additionalGids", json!([0, -1]), "/process/user/additionalGids/1"),
        ("/process/user", json!({"gid": 0}), "/process/user/uid"),
        ("/process/oomScoreAdj", json!(1001), "/process/oomScoreAdj"),
        ("/process/noNewPrivileges", json!(1), "/process/noNewPrivileges"),
        ("/process/capabilities", json!({"bounding": "CAP_KILL"}), "/process/capabilities/bounding"),
        (
            "/process/rlimits",
            json!([{"type": "RLIMIT_MOON", "soft": 1, "hard": 1}]),
            "/process/rlimits/0/type"
        ),
        ("/process/rlimits", json!([{"type": "RLIMIT_CPU", "soft": 2, "hard": 1}]), "/process/rlimits/0"),
        ("/process/rlimits", json!([{"type": "RLIMIT_CPU", "hard": 1}]), "/process/rlimits/0/soft"),
        (
            "/process/ioPriority",
            json!({"class": "IOPRIO_CLASS_BE", "priority": 8}),
            "/process/ioPriority/priority"
        ),
        (
            "/process/ioPriority",
            json!({"class": "IOPRIO_CLASS_NONE", "priority": 0}),
            "/process/ioPriority/class"
        ),
        ("/process/execCPUAffinity", json!({"final": "a"}), "/process/execCPUAffinity/final"),
    ]);
    let limit = json!({"type": "RLIMIT_CPU", "soft": 1, "hard": 1});
    assert_eq!(pointers(&with("/process/rlimits", json!([limit, limit]))), ["/process/rlimits"]);
}

#[test]
fn the_size_of_no_terminal_is_not_looked_at() {
    assert_eq!(pointers(&with("/process/consoleSize", json!("huge"))), Vec::<String>::new());
    let mut config = with("/process/consoleSize", json!({"height": 25}));
    config["process"]["terminal"] = json!(true);
    assert_eq!(pointers(&config), ["/process/consoleSize/width"]);
}

#[test]
fn schedulers_are_judged() {
    let scheduler = |value: Value| pointers(&with("/process/scheduler", value));
    for valid in [
        json!({"policy": "SCHED_OTHER", "nice": -20}),
        json!({"policy": "SCHED_FIFO", "priority": 99, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}),
        json!({"policy": "SCHED_DEADLINE", "runtime": 1000, "deadline": 2000, "period": 2000}),
        json!({"policy": "SCHED_DEADLINE", "runtime": 1000, "deadline": 2000}),
    ] {
        assert_eq!(scheduler(valid.clone()), Vec::<String>::new(), "{valid}");
    }
    for (broken, expected) in [
        (json!({}), "/policy"),
        (json!({"policy": "SCHED_MOON"}), "/policy"),
        (json!({"policy": "SCHED_ISO"}), ""),
        (json!({"policy": "SCHED_OTHER", "nice": 20}), "/nice"),
        (json!({"policy": "SCHED_OTHER", "priority": 1}), "/priority"),
        (json!({"policy": "SCHED_RR"}), "/priority"),
        (json!({"policy": "SCHED_RR", "priority": 100}), "/priority"),
        (json!({"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_MOON"]}), "/flags/0"),
        (json!({"policy": "SCHED_OTHER", "runtime": 1}), ""),
        (json!({"policy": "SCHED_DEADLINE"}), ""),
        (json!({"policy": "SCHED_DEADLINE", "runtime": 3, "deadline": 2}), ""),
        (json!({"policy": "SCHED_DEADLINE", "runtime": 1, "deadline": 2, "period": 1}), ""),
    ] {
        assert_eq!(scheduler(broken.clone()), [alloc::format!("/process/scheduler{expected}")], "{broken}");
    }
}

#[test]
fn hooks_are_judged() {
    let hook = |value: Value| with("/hooks", json!({"createRuntime": [value]}));
    for (broken, expected) in [
        (json!({}), "path"),
        (json!({"path": "bin/a"}), "path"),
        (json!({"path": "/a\0b"}), "path"),
        (json!({"path": "/a", "timeout": 0}), "timeout"),
        (json!({"path": "/a", "timeout": -1}), "timeout"),
        (json!({"path": "/a", "args": ["\0"]}), "args/0"),
        (json!({"path": "/a", "env": "A=1"}), "env"),
    ] {
        assert_eq!(
            pointers(&hook(broken.clone())),
            [alloc::format!("/hooks/createRuntime/0/{expected}")],
            "{broken}"
        );
    }
}

#[test]
fn mounts_are_judged() {
    let ids = json!([{"containerID": 0, "hostID": 1, "size": 1}]);
    for (broken, expected) in [
        (json!({"type": "proc"}), "/destination"),
        (json!({"destination": "", "type": "proc"}), "/destination"),
        (json!({"destination": "/a\0b", "type": "proc"}), "/destination"),
        (json!({"destination": "/a"}), ""),
        (json!({"destination": "/a", "options": ["bind"]}), ""),
        (json!({"destination": "/a", "source": "/s", "options": ["bind", "size=1"]}), ""),
        (json!({"destination": "/a", "type": "proc", "options": ["tmpcopyup"]}), ""),
        (json!({"destination": "/a", "type": "proc", "options": [7]}), "/options/0"),
        (json!({"destination": "/a", "source": "/s", "options": ["bind", "idmap"]}), "/options"),
        (json!({"destination": "/a", "source": "/s", "options": ["bind"], "uidMappings": ids}), ""),
        (json!({"destination": "/a", "type": "tmpfs", "uidMappings": [{}], "gidMappings": ids}), ""),
    ] {
        let found = pointers(&with("/mounts", json!([broken])));
        assert!(found.contains(&alloc::format!("/mounts/0{expected}")), "{broken}: {found:?}");
    }
    let valid = json!([
        {"destination": "a", "type": "tmpfs", "options": ["size=1", "unheard-of", ""]},
        {"destination": "/a", "options": ["remount", "ro"]},
        {"destination": "/a", "options": ["rshared"]},
        {"destination": "/a", "source": "s", "options": ["rbind"], "uidMappings": ids, "gidMappings": ids},
    ]);
    assert_eq!(pointers(&with("/mounts", valid)), Vec::<String>::new());
}

#[test]
fn namespaces_are_judged() {
    let namespaces = |value: Value| pointers(&with("/linux/namespaces", value));
    assert_eq!(namespaces(json!([{"type": "pid"}, {"type": "pid"}])), ["/linux/namespaces/1"]);
    assert_eq!(namespaces(json!([{"type": "pid"}, {"type": "pid", "path": "/a"}])), ["/linux/namespaces/1"]);
    assert_eq!(namespaces(json!([{"type": "moon"}])), ["/linux/namespaces/0/type"]);
    assert_eq!(namespaces(json!([{"path": "/a"}])), ["/linux/namespaces/0/type"]);
    assert_eq!(namespaces(json!([{"type": "pid", "path": "a"}])), ["/linux/namespaces/0/path"]);
    assert_eq!(namespaces(json!([{"type": "user"}])), ["/linux/uidMappings", "/linux/gidMappings"]);
    assert_eq!(namespaces(json!([{"type": "user", "path": "/a"}])), Vec::<String>::new());
}

#[test]
fn id_mappings_are_judged() {
    let user = |uids: Value| {
        let mut config = with("/linux/namespaces", json!([{"type": "user"}]));
        config["linux"]["uidMappings"] = uids;
        config["linux"]["gidMappings"] = json!([{"containerID": 0, "hostID": 0, "size": 1}]);
        pointers(&config)
    };
    let one = |container: u32, host: u32, size: u32| json!({"containerID": container, "hostID": host, "size": size});
    assert_eq!(user(json!([one(0, 5, 1), one(1, 6, 1)])), Vec::<String>::new());
    assert_eq!(user(json!([one(0, 5, 0)])), ["/linux/uidMappings/0"]);
    assert_eq!(user(json!([one(0, u32::MAX, 1)])), ["/linux/uidMappings/0"]);
    assert_eq!(user(json!([one(0, 5, 2), one(1, 9, 1)])), ["/linux/uidMappings"]);
    assert_eq!(user(json!([one(0, 5, 2), one(7, 6, 1)])), ["/linux/uidMappings"]);
    assert_eq!(user(json!([one(1, 5, 1)])), ["/process/user/uid"]);
    assert_eq!(user(json!([{"containerID": 0, "size": 1}])), ["/linux/uidMappings/0/hostID"]);
    assert_eq!(pointers(&with("/linux/uidMappings", json!([one(0, 5, 1)]))), ["/linux/uidMappings"]);
}

#[test]
fn the_linux_section_is_judged() {
    check_all(alloc::vec![
        ("/linux/sysctl", json!({"kernel.core_pattern": "x"}), "/linux/sysctl/kernel.core_pattern"),
        ("/linux/sysctl", json!({"net.core.somaxconn": 1}), "/linux/sysctl/net.core.somaxconn"),
        ("/linux/maskedPaths", json!(["/a", "b"]), "/linux/maskedPaths/1"),
        ("/linux/readonlyPaths", json!(["a\0"]), "/linux/readonlyPaths/0"),
        ("/linux/rootfsPropagation", json!("open"), "/linux/rootfsPropagation"),
        ("/linux/personality", json!({"domain": "MOON"}), "/linux/personality/domain"),
        ("/linux/personality", json!({"domain": "LINUX", "flags": ["X"]}), "/linux/personality/flags/0"),
        ("/linux/timeOffsets", json!({"monotonic": {"secs": 1}}), "/linux/timeOffsets"),
        ("/linux/timeOffsets", json!({"realtime": {"secs": 1}}), "/linux/timeOffsets/realtime"),
        ("/linux/netDevices", json!({"a/b": {}}), "/linux/netDevices/a~1b"),
        ("/linux/netDevices", json!({"a": {"name": "%s"}}), "/linux/netDevices/a/name"),
        ("/linux/netDevices", json!({"a": {"name": "sixteen-letters-"}}), "/linux/netDevices/a/name"),
        ("/linux/netDevices", json!({"a": {}, "b": {"name": "a"}}), "/linux/netDevices/b"),
        ("/linux/intelRdt", json!({"closID": ".."}), "/linux/intelRdt/closID"),
        ("/linux/intelRdt", json!({"memBwSchema": "L3:0=1"}), "/linux/intelRdt/memBwSchema"),
        ("/linux/intelRdt", json!({"schemata": ["a\nb"]}), "/linux/intelRdt/schemata/0"),
        ("/linux/memoryPolicy", json!({"nodes": "0"}), "/linux/memoryPolicy/mode"),
        ("/linux/memoryPolicy", json!({"mode": "MPOL_BIND"}), "/linux/memoryPolicy"),
        ("/linux/memoryPolicy", json!({"mode": "MPOL_LOCAL", "nodes": "0"}), "/linux/memoryPolicy"),
        ("/linux/memoryPolicy", json!({"mode": "MPOL_BIND", "nodes": "0,"}), "/linux/memoryPolicy/nodes"),
        (
            "/linux/memoryPolicy",
            json!({"mode": "MPOL_DEFAULT", "flags": ["X"]}),
            "/linux/memoryPolicy/flags/0"
        ),
        ("/linux/resources", json!({"pids": {"limit": "1"}}), "/linux/resources/pids/limit"),
        ("/linux/resources", json!({"devices": [{}]}), "/linux/resources/devices/0/allow"),
        ("/linux/seccomp", json!([]), "/linux/seccomp"),
    ]);
    let device = |value: Value| pointers(&with("/linux/devices", json!([value])));
    assert_eq!(
        device(json!({"path": "/d", "type": "c", "major": 1, "minor": 3, "fileMode": 8630})),
        Vec::<String>::new()
    );
    assert_eq!(device(json!({"path": "/d", "type": "p"})), Vec::<String>::new());
    for (broken, expected) in [
        (json!({"path": "d", "type": "p"}), "path"),
        (json!({"path": "/d", "type": "x"}), "type"),
        (json!({"path": "/d", "type": "c", "major": 1}), "minor"),
        (json!({"path": "/d", "type": "b", "major": 4096, "minor": 0}), "major"),
        (json!({"path": "/d", "type": "p", "fileMode": 8630}), "fileMode"),
        (json!({"path": "/d", "type": "p", "uid": -1}), "uid"),
    ] {
        assert_eq!(device(broken.clone()), [alloc::format!("/linux/devices/0/{expected}")], "{broken}");
    }
}

#[test]
fn nothing_of_the_host_is_changed_for_want_of_a_namespace() {
    for (pointer, value, expected) in [
        ("/hostname", json!("a"), "/hostname"),
        ("/domainname", json!("a"), "/domainname"),
        ("/linux/sysctl", json!({"net.core.somaxconn": "1"}), "/linux/sysctl/net.core.somaxconn"),
        ("/linux/sysctl", json!({"kernel.sem": "1"}), "/linux/sysctl/kernel.sem"),
        ("/linux/netDevices", json!({"eth0": {}}), "/linux/netDevices"),
    ] {
        let mut config = with(pointer, value);
        assert_eq!(pointers(&config), Vec::<String>::new(), "{config}");
        config["linux"]["namespaces"] = json!([{"type": "mount"}]);
        assert_eq!(pointers(&config), [expected], "{config}");
    }
    let mut names = with("/hostname", json!("a"));
    names["linux"]["sysctl"] = json!({"kernel.hostname": "b"});
    assert_eq!(pointers(&names), ["/linux/sysctl/kernel.hostname"]);
}

#[test]
fn unknown_properties_are_ignored_wherever_they_are() {
    let mut config = with("/process/unheardOf", json!({"a": [null]}));
    config["windows"] = json!({"layerFolders": 7});
    config["linux"]["unheardOf"] = Value::Null;
    config["linux"]["namespaces"][0]["unheardOf"] = json!(1);
    assert_eq!(pointers(&config), Vec::<String>::new());
}

#[test]
fn a_property_given_twice_is_refused_where_it_is_read() {
    let twice = |text: &str| {
        let document = Document::parse(text.as_bytes().to_vec()).unwrap();
        let violations = Config::check(&document).err().unwrap_or_default();
        violations.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let base = r#""ociVersion": "1.0.0", "root": {"path": "r"}"#;
    let found =
        twice(&alloc::format!(r#"{{{base}, "process": {{"cwd": "/", "cwd": "/a", "args": ["a"]}}}}"#));
    assert_eq!(found, ["`/process/cwd`: is given more than once"]);
    let found = twice(&alloc::format!(r#"{{{base}, "annotations": {{"a": "1", "a": "2"}}}}"#));
    assert_eq!(found, ["`/annotations/a`: is given more than once"]);
    assert_eq!(twice(&alloc::format!(r#"{{{base}, "x": 1, "x": 2}}"#)), Vec::<String>::new());
}

#[test]
fn a_process_may_stand_alone() {
    let check = |value: Value| {
        let document = Document::parse(value.to_string().into_bytes()).unwrap();
        Process::check(&document).map(|(process, _)| process.args.len()).map_err(|found| found[0].to_string())
    };
    assert_eq!(check(json!({"cwd": "/", "args": ["a", "b"]})), Ok(2));
    assert_eq!(check(json!({"cwd": "/"})), Err("`/args`: is missing".into()));
}

mod broken {
    use proptest::prelude::*;

    use super::*;

    /// All pointers of a document.
    fn places_below(value: &Value, pointer: String, places: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    places_below(value, alloc::format!("{pointer}/{name}"), places);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    places_below(value, alloc::format!("{pointer}/{index}"), places);
                }
            }
            _ => {}
        }
        places.push(pointer);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            prop_oneof![any::<i64>(), -2..10_i64].prop_map(Value::from),
            Just(json!(1.5)),
            prop::sample::select(&["", "a", "/", "a\0b", "../..", "rbind", "CAP_KILL", "1.0.0", "pid"][..])
                .prop_map(Value::from),
            Just(json!([])),
            Just(json!({})),
            Just(json!([{}, [], 1, "a"])),
        ]
    }

    proptest! {
        #[test]
        fn violations_point_at_what_is_there_or_missing(
            changes in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(any_value())), 1..4),
        ) {
            let mut config: Value = serde_json::from_str(include_str!("example.json")).unwrap();
            for (at, value) in changes {
                let mut all = Vec::new();
                places_below(&config, String::new(), &mut all);
                let pointer = at.get(&all).clone();
                let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
                match (value, config.pointer_mut(parent)) {
                    (None, Some(Value::Object(members))) => {
                        members.remove(&name.replace("~1", "/").replace("~0", "~"));
                    }
                    (Some(value), _) => *config.pointer_mut(&pointer).unwrap() = value,
                    _ => {}
                }
            }
            for pointer in pointers(&config) {
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                prop_assert!(config.pointer(parent).is_some(), "{pointer} in {config}");
            }
        }
    }
}
