//! Processes that join a container of the real kernel, and what they are handed and hand out.

use std::fs;
use std::path::PathBuf;

use crate::container::{Container, is_root, process_of, receive, shell, until};
use fixtures::bundle::Bundle;
use fixtures::probe::Report;
use serde_json::{Value, json};

pub(crate) fn paused() -> Bundle {
    Bundle::base().args(&["/probe", "pause"])
}

/// The size of the terminal that all three standard streams are, which must control the session.
fn terminal(report: &Report) -> (u16, u16) {
    let of = |number| {
        let one = report.descriptors.iter().find(|one| one.fd == number).expect("a standard stream");
        one.terminal.expect("a terminal")
    };
    for number in 0..3 {
        assert_eq!(of(number).session, Some(report.identity.sid), "descriptor {number}");
    }
    (of(0).rows, of(0).columns)
}

#[test]
fn a_terminal_is_handed_over_and_controls_the_session() {
    if !is_root() {
        return;
    }
    let container = Container::running(&paused());
    let console = container.listen("console");
    let options = ["--tty", "--detach", "--console-socket", &container.path("console")];
    container.exec(&options, &["report=/out/tty", "pause"]);
    let (name, _master) = receive(&console);
    assert_eq!(name, "/dev/ptmx");
    assert_eq!(terminal(&container.report("tty")), (0, 0));
}

#[test]
fn a_process_object_says_how_large_its_terminal_is() {
    if !is_root() {
        return;
    }
    let container = Container::running(&paused());
    let console = container.listen("console");
    let process = json!({"terminal": true, "consoleSize": {"height": 43, "width": 132}, "cwd": "/",
        "user": {"uid": 7, "gid": 8}, "args": ["/probe", "stat=/proc/self/fd/0", "follow=/proc/self/fd/0", "report=/out/sized"]});
    fs::write(container.path("process.json"), process.to_string()).expect("a file");
    let paths = (container.path("process.json"), container.path("console"));
    let call = ["--process", &paths.0, "--console-socket", &paths.1];
    let mut waiting = container.call("exec", &call, &[]).spawn().expect("exec starts");
    let (_, _master) = receive(&console);
    assert!(waiting.wait().expect("its end").success());
    let report = container.report("sized");
    assert_eq!(terminal(&report), (43, 132));
    assert_eq!(report.follow("/proc/self/fd/0").expect("the terminal").uid, 7);
}

#[test]
fn a_terminal_without_anybody_to_take_it_is_refused() {
    if !is_root() {
        return;
    }
    let container = Container::running(&paused());
    let why = container.complaint(&mut container.call("exec", &["--tty", "--detach"], &["/probe"]));
    assert!(why.contains("name a `--console-socket`"), "{why}");
}

#[test]
fn a_descriptor_of_the_process_is_sent_by_create_and_by_exec() {
    if !is_root() {
        return;
    }
    let container = Container::new(&paused());
    let socket = container.listen("pidfd");
    let files = (container.path("pidfd"), container.path("pid"), container.path("bundle"));
    let options = ["--pidfd-socket", &files.0, "--pid-file", &files.1];
    container.must("create", &[&options[..], &["--bundle", &files.2]].concat());
    let (name, pidfd) = receive(&socket);
    assert_eq!((name.as_str(), process_of(&pidfd)), ("standard", container.pid("pid")));
    container.exec(&[&options[..], &["--detach"]].concat(), &["pause"]);
    let (name, pidfd) = receive(&socket);
    assert_eq!((name.as_str(), process_of(&pidfd)), ("setns", container.pid("pid")));
}

#[test]
fn without_anybody_to_take_the_descriptor_there_is_no_container() {
    if !is_root() {
        return;
    }
    let container = Container::new(&paused());
    let (socket, bundle) = (container.path("nobody"), container.path("bundle"));
    let call = &mut container.call("create", &["--pidfd-socket", &socket, "--bundle", &bundle], &[]);
    assert!(container.complaint(call).contains("connect to the socket"), "{call:?}");
    let state = container.complaint(&mut container.call("state", &[], &[]));
    assert!(state.contains("does not exist"), "{state}");
}

/// The mount of a version 1 hierarchy with that controller, if there is one.
fn hierarchy(controller: &str) -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").expect("the mounts");
    let mut found = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (place, kind, options) = (words.next()?, words.next()?, words.next()?);
        (kind == "cgroup" && options.split(',').any(|one| one == controller)).then(|| PathBuf::from(place))
    });
    found.next()
}

/// Where a process is in the hierarchy with that controller, or with none in the unified one.
pub(crate) fn cgroup_of(pid: i32, controller: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).expect("its cgroups");
    let of = text.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        controllers.split(',').any(|one| one == controller).then(|| path.to_owned())
    });
    of.unwrap_or_default()
}

#[test]
fn a_process_runs_in_the_cgroup_below_that_is_asked_for() {
    if !is_root() {
        return;
    }
    let Some(pids) = hierarchy("pids") else {
        println!("skipped: the host has no version 1 hierarchy `pids`");
        return;
    };
    let container = Container::running(&paused());
    let own = format!("/{}", container.id());
    let below = pids.join(container.id()).join("below");
    fs::create_dir(&below).expect("a cgroup below the container's");
    let file = container.path("pid");
    container.exec(&["--detach", "--pid-file", &file, "--cgroup", "pids:below"], &["pause"]);
    let pid = container.pid("pid");
    assert_eq!(cgroup_of(pid, "pids"), format!("{own}/below"));
    assert_eq!(cgroup_of(pid, "memory"), own);
    for (asked, why) in [("below", "make it"), ("pids:../..", "`..`"), ("unheard-of:below", "unheard-of")] {
        let call = &mut container.call("exec", &["--cgroup", asked], &["/probe"]);
        let complaint = container.complaint(call);
        assert!(complaint.contains(why), "{asked}: {complaint}");
    }
    container.must("kill", &["--all"]);
    container.done(&mut container.call("kill", &["--all"], &["KILL"]));
    let procs = below.join("cgroup.procs");
    until("the end of the process", || fs::read_to_string(&procs).is_ok_and(|text| text.is_empty()));
    fs::remove_dir(below).expect("the cgroup is empty");
}

#[test]
fn the_agent_is_told_of_every_process_that_joins() {
    if !is_root() {
        return;
    }
    let filter = json!({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/to-be-set", "listenerMetadata": "mine",
        "syscalls": [{"names": ["sysfs"], "action": "SCMP_ACT_NOTIFY"}]});
    for no_new_privs in [false, true] {
        let filter = filter.clone();
        let bundle = paused().set("/linux/seccomp", filter).set("/process/noNewPrivileges", no_new_privs);
        let container = Container::new(&bundle.set("/linux/seccomp/listenerPath", "{bundle}/agent"));
        let agent = container.listen("bundle/agent");
        container.must("create", &["--bundle", &container.path("bundle")]);
        let (first, _listener) = receive(&agent);
        container.must("start", &[]);
        let file = container.path("pid");
        container.exec(&["--detach", "--pid-file", &file], &["report=/out/filtered", "pause"]);
        let (second, _listener) = receive(&agent);
        let [first, second] = [first, second].map(|text| serde_json::from_str::<Value>(&text).expect("JSON"));
        assert_eq!(first["state"]["status"], "creating");
        assert_eq!(second["state"]["status"], "running");
        assert_eq!(second["pid"], container.pid("pid"));
        assert_eq!(second["state"]["pid"], first["pid"]);
        assert_eq!((&second["metadata"], &second["fds"]), (&json!("mine"), &json!(["seccompFd"])));
        assert_eq!(container.report("filtered").privileges.seccomp_filters, Some(1));
    }
}

#[test]
fn a_process_keeps_the_descriptors_that_are_meant_for_it_and_no_others() {
    if !is_root() {
        return;
    }
    let container = Container::running(&paused());
    let call = container.call("exec", &["--preserve-fds", "2"], &["/probe", "report=/out/kept"]);
    container.done(&mut shell("", &call, "3</etc/hosts 4</etc/hosts 5</etc/hosts"));
    assert_eq!(numbers(&container.report("kept")), [0, 1, 2, 3, 4]);
    let call = container.call("exec", &["--preserve-fds", "1"], &["/probe"]);
    let why = container.complaint(&mut shell("", &call, "3<&-"));
    assert!(why.contains("descriptor 3 is to be preserved"), "{why}");
}

#[test]
fn sockets_of_a_service_manager_come_first_and_the_program_is_told() {
    if !is_root() {
        return;
    }
    let container = Container::new(&Bundle::base().args(&["/probe", "report=/out/sockets"]));
    let bundle = container.path("bundle");
    let call = container.call("run", &["--preserve-fds", "1", "--bundle", &bundle], &[]);
    let before = "export LISTEN_FDS=2 LISTEN_PID=$$;";
    container.done(&mut shell(before, &call, "3</etc/hosts 4</etc/hosts 5</etc/hosts 6</etc/hosts"));
    let report = container.report("sockets");
    assert_eq!(numbers(&report), [0, 1, 2, 3, 4, 5]);
    let variable = |name| report.program.variable(name).map(|text| text.to_string());
    assert_eq!(variable("LISTEN_FDS").as_deref(), Some("2"));
    assert_eq!(variable("LISTEN_PID").as_deref(), Some("1"));
}

fn numbers(report: &Report) -> Vec<u32> {
    report.descriptors.iter().map(|one| one.fd).collect()
}

#[test]
fn a_container_without_mounts_of_its_own_is_joined_in_its_root() {
    if !is_root() {
        return;
    }
    let bundle = paused().set("/linux/namespaces", json!([{"type": "pid"}]));
    let bundle = bundle.set("/mounts", json!([])).remove("/hostname");
    let bundle = bundle.remove("/linux/maskedPaths").remove("/linux/readonlyPaths");
    let container = Container::running(&bundle);
    container.exec(&[], &["stat=/probe", "report=/out/inside"]);
    assert!(container.report("inside").stat("/probe").is_ok());
}

#[test]
fn a_stopped_container_cannot_be_joined() {
    if !is_root() {
        return;
    }
    let container = Container::running(&Bundle::base().args(&["/probe"]));
    until("the end of the program", || {
        let output = container.output(&mut container.call("state", &[], &[]));
        String::from_utf8_lossy(&output.stdout).contains("stopped")
    });
    let why = container.complaint(&mut container.call("exec", &[], &["/probe"]));
    assert!(why.contains("is stopped; only a created or running one can be joined"), "{why}");
}
