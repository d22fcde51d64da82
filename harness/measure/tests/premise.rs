//! Runtimes that leave out a part of what they are asked for get no figure where that part is asked for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use drive::{Runtime, own};
use measure::stage;
use measure::start::{Field, Mode, SCENARIOS, VARIATIONS};
use record::Subject;

/// The runtime behind a script that changes the configuration of every bundle before it is read.
fn careless(name: &str, change: &str, (runtime, home): (&Path, &Path)) -> Runtime {
    let path = home.join(name);
    let edit = format!("sed -i '{change}' \"$bundle/config.json\"");
    let find = "for word; do case $last in --bundle|-b) bundle=$word;; esac; last=$word; done";
    let text =
        format!("#!/bin/sh\n{find}\n[ -z \"$bundle\" ] || {edit}\nexec {} \"$@\"\n", runtime.display());
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Runtime { path, ..Runtime::known(Subject::without_binary(name)) }
}

#[test]
fn who_leaves_out_what_is_measured_is_not_measured() {
    if let Err(error) = stage::enter() {
        return println!("skipped: {}", measure::chain(&error));
    }
    let home = tempfile::tempdir_in("/run").unwrap();
    let coracle = own::coracle().unwrap();
    let from = (&*coracle, home.path());
    let honest = careless("honest", "s/nothing/nothing/", from);
    let unsealed = careless("unsealed", "s/\"noNewPrivileges\": *true/\"noNewPrivileges\": false/", from);
    let unfiltered = careless("unfiltered", "s/\"seccomp\"/\"no-seccomp\"/", from);
    let mut field = Field::lay_out(&home.path().join("field"), &[honest, unsealed, unfiltered]).unwrap();

    let unfit = field.keep_fit().unwrap();
    assert_eq!(unfit.keys().collect::<Vec<_>>(), ["unsealed"], "{unfit:?}");
    assert!(unfit["unsealed"].ends_with("rests on: `no_new_privs` is not what it should be"), "{unfit:?}");

    for scenario in SCENARIOS.into_iter().chain(VARIATIONS) {
        let race = field.race(scenario, Mode::Hot, 1).unwrap();
        let dropped: Vec<&str> = race.dropped().values().map(String::as_str).collect();
        let expected: &[&str] = match scenario.name {
            "run-seccomp" => &[
                "its container is not what `run-seccomp` rests on: no filter of system calls, or one too many",
            ],
            _ => &[],
        };
        assert_eq!(dropped, expected, "{}", scenario.name);
        assert_eq!(race.subjects().contains(&"unfiltered".to_owned()), expected.is_empty());
    }
}
