//! The waterfall of a start, from the outside.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

const CORACLE: &str = env!("CARGO_BIN_EXE_coracle");

/// Tries to run a program that is not there; what coracle said.
fn run_nothing(home: &Path, trace: Option<&Path>) -> io::Result<String> {
    let bundle = home.join("bundle");
    fs::create_dir_all(bundle.join("rootfs"))?;
    if !bundle.join("config.json").exists() {
        assert!(Command::new(CORACLE).args(["spec", "--bundle"]).arg(&bundle).status()?.success());
        let text = fs::read_to_string(bundle.join("config.json"))?;
        let text = text.replace("\"terminal\": true", "\"terminal\": false");
        fs::write(bundle.join("config.json"), text)?;
    }
    let mut command = Command::new(CORACLE);
    command.arg("--root").arg(home.join("state"));
    trace.map(|path| command.arg("--trace").arg(path));
    let output = command.args(["run", "--bundle"]).arg(&bundle).arg("traced").output()?;
    assert!(!output.status.success());
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_trace_tells_the_steps_of_both_sides_and_only_where_it_is_asked_for() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: containers need root here; run it with sudo");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let trace = home.path().join("trace");
    let untraced = run_nothing(home.path(), None).unwrap();
    assert!(untraced.contains("executable file not found") && !trace.exists(), "{untraced}");
    assert_eq!(run_nothing(home.path(), Some(&trace)).unwrap(), untraced, "it changes nothing");
    let text = fs::read_to_string(&trace).unwrap();
    for step in
        ["runtime", "make the cgroups", "clone", "process", "mount proc on `/proc`", "wait for the start"]
    {
        assert!(text.contains(step), "{step:?} is not in\n{text}");
    }
    assert!(!text.contains("execute `sh`"), "it never was:\n{text}");
}
