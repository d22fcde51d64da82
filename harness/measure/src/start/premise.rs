//! What a figure rests on: that the container is what its configuration asks for. A runtime that leaves a part of that out
//! is not faster, and gets no figure.
//!
//! What has to be so follows from the configuration itself; what is so, the probe tells from inside a container.

use std::fs;
use std::path::Path;

use fixtures::probe::{CapabilitySet, Mount, Report};
use serde_json::Value;

/// Kinds of namespaces: as a configuration names them, as `/proc/PID/ns` does, and as the probe saw the container's.
const NAMESPACES: [(&str, &str, Seen); 7] = [
    ("cgroup", "cgroup", |report| name_of(report.namespaces.cgroup.as_ref())),
    ("ipc", "ipc", |report| name_of(report.namespaces.ipc.as_ref())),
    ("mount", "mnt", |report| name_of(report.namespaces.mnt.as_ref())),
    ("network", "net", |report| name_of(report.namespaces.net.as_ref())),
    ("pid", "pid", |report| name_of(report.namespaces.pid.as_ref())),
    ("user", "user", |report| name_of(report.namespaces.user.as_ref())),
    ("uts", "uts", |report| name_of(report.namespaces.uts.as_ref())),
];

type Seen = fn(&Report) -> Option<String>;

/// Everything that is not as the configuration asks for, in words; of a container that runs on this host, in none of the
/// namespaces that the configuration does not name.
pub(super) fn broken(config: &Value, report: &Report) -> Vec<String> {
    let checks = [namespaces, mounts, hidden, environment, privileges, host_name];
    checks.iter().flat_map(|check| check(config, report)).collect()
}

fn namespaces(config: &Value, report: &Report) -> Vec<String> {
    let asked = list(config, "/linux/namespaces");
    let judge = |(name, link, seen): &(&str, &str, Seen)| {
        let wanted = asked.iter().any(|one| one["type"] == *name);
        let own = fs::read_link(Path::new("/proc/self/ns").join(link)).ok()?;
        match (wanted, seen(report).map(|seen| seen == own.to_string_lossy())) {
            (_, None) => Some(format!("its {name} namespace cannot be seen")),
            (true, Some(true)) => Some(format!("no {name} namespace of its own")),
            (false, Some(false)) => Some(format!("a {name} namespace that nobody asked for")),
            (true, Some(false)) | (false, Some(true)) => None,
        }
    };
    NAMESPACES.iter().filter_map(judge).collect()
}

fn mounts(config: &Value, report: &Report) -> Vec<String> {
    let asked = list(config, "/mounts");
    let places = asked.iter().filter_map(|mount| mount["destination"].as_str());
    places
        .filter(|place| report.mount(place).is_none())
        .map(|place| format!("no mount on `{place}`"))
        .collect()
}

/// What is to be out of reach is covered, where this kernel has it at all.
fn hidden(config: &Value, report: &Report) -> Vec<String> {
    let judge = |pointer: &str, word: &str, holds: fn(&Mount) -> bool| {
        let asked = list(config, pointer);
        let places = asked.iter().filter_map(Value::as_str).filter(|place| Path::new(place).exists());
        let open = places.filter(|place| !report.mount(place).is_some_and(holds));
        open.map(|place| format!("`{place}` is not {word}")).collect::<Vec<_>>()
    };
    let masked = judge("/linux/maskedPaths", "masked", |_| true);
    let read_only =
        judge("/linux/readonlyPaths", "read-only", |mount| mount.options.iter().any(|option| option == "ro"));
    [masked, read_only].concat()
}

fn environment(config: &Value, report: &Report) -> Vec<String> {
    let asked = list(config, "/process/env");
    let has = |wanted: &&str| report.program.env.iter().any(|one| one.to_str_lossy() == *wanted);
    let missing = asked.iter().filter_map(Value::as_str).filter(|wanted| !has(wanted)).count();
    if missing > 0 { vec![format!("{missing} variables of the environment are missing")] } else { Vec::new() }
}

fn privileges(config: &Value, report: &Report) -> Vec<String> {
    let seen = &report.privileges;
    let set = |name: &str| {
        let names = list(config, &format!("/process/capabilities/{name}"));
        CapabilitySet::of(&names.iter().filter_map(Value::as_str).collect::<Vec<_>>())
    };
    let no_new = config.pointer("/process/noNewPrivileges").and_then(Value::as_bool).unwrap_or_default();
    let filtered = config.pointer("/linux/seccomp").is_some();
    let judged = [
        (seen.capabilities.bounding == set("bounding"), "the bounding set is another one"),
        (seen.capabilities.effective == set("effective"), "the effective capabilities are others"),
        (seen.no_new_privs == Some(no_new), "`no_new_privs` is not what it should be"),
        (
            seen.seccomp_mode.is_some_and(|mode| (mode == FILTER) == filtered),
            "no filter of system calls, or one too many",
        ),
    ];
    judged.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what.to_owned()).collect()
}

/// See `Seccomp` in proc(5).
const FILTER: u32 = 2;

fn host_name(config: &Value, report: &Report) -> Vec<String> {
    let asked = config["hostname"].as_str();
    let other = asked.filter(|name| report.host.hostname.to_str_lossy() != **name);
    other.map(|name| format!("the host name is not `{name}`")).into_iter().collect()
}

fn list(config: &Value, pointer: &str) -> Vec<Value> {
    config.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn name_of(namespace: Option<&fixtures::probe::Text>) -> Option<String> {
    namespace.map(|name| name.to_str_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use drive::{STEP_DEADLINE, Step};
    use serde_json::json;

    use super::*;

    /// What the probe tells of a process without any container.
    fn without_a_container() -> Report {
        let home = tempfile::tempdir().unwrap();
        let (program, seen) = (fixtures::probe::install(home.path()).unwrap(), home.path().join("seen"));
        let args = vec![format!("report={}", seen.display()).into()];
        let output = home.path().join("output");
        let step = Step { name: "probe".to_owned(), program, args, output, deadline: STEP_DEADLINE };
        step.run().unwrap().success().unwrap();
        Report::open(&seen).unwrap()
    }

    #[test]
    fn a_process_without_a_container_breaks_each_of_them() {
        let report = without_a_container();
        let config = json!({
            "hostname": "not-this-host",
            "process": {"env": ["NOT_HERE=1"], "noNewPrivileges": true, "capabilities": {"bounding": ["CAP_KILL"]}},
            "mounts": [{"destination": "/nowhere"}],
            "linux": {
                "namespaces": [{"type": "pid"}, {"type": "mount"}],
                "seccomp": {},
                "maskedPaths": ["/proc/version", "/proc/not-in-this-kernel"],
                "readonlyPaths": ["/proc/sys"],
            },
        });
        let expected = [
            "no mount namespace of its own",
            "no pid namespace of its own",
            "no mount on `/nowhere`",
            "`/proc/version` is not masked",
            "`/proc/sys` is not read-only",
            "1 variables of the environment are missing",
            "the bounding set is another one",
        ];
        let found = broken(&config, &report);
        assert_eq!(found[..expected.len()], expected);
        assert!(found.contains(&"no filter of system calls, or one too many".to_owned()), "{found:?}");
        assert_eq!(found.last().unwrap(), "the host name is not `not-this-host`");
    }

    #[test]
    fn what_is_asked_of_nobody_is_missed_by_nobody() {
        let report = without_a_container();
        let names = |set: CapabilitySet| set.names().collect::<Vec<_>>();
        let held = report.privileges.capabilities;
        let capabilities = json!({"bounding": names(held.bounding), "effective": names(held.effective)});
        let no_new = report.privileges.no_new_privs;
        let mut config = json!({"process": {"capabilities": capabilities, "noNewPrivileges": no_new}});
        if report.privileges.seccomp_mode == Some(FILTER) {
            config["linux"] = json!({"seccomp": {}});
        }
        assert_eq!(broken(&config, &report), Vec::<String>::new());
    }
}
