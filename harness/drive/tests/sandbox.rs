//! What a sandbox promises, seen from inside and from outside.
#![expect(clippy::unwrap_used, reason = "a job that cannot go on panics, and its test fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use drive::leak::{Leak, Snapshot};
use drive::sandbox::{self, CgroupView, Job, Sandbox, SandboxError};
use drive::{tree, wait};
use libtest_mimic::{Arguments, Failed, Trial};

const JOBS: &[Job] = &[
    Job { name: "echo", run: |input| [b"got ", input].concat() },
    Job { name: "look", run: |_| look().into_bytes() },
    Job { name: "orphan", run: |_| orphan() },
    Job { name: "hang", run: |_| hang() },
    Job { name: "panic", run: |_| panic!("on purpose") },
    Job { name: "leak", run: |_| leak().into_bytes() },
    Job { name: "nested", run: |_| nested() },
    Job { name: "cgroups", run: |_| fs::read("/proc/self/mountinfo").unwrap() },
    Job { name: "kept", run: |input| fs::read(Path::new(std::str::from_utf8(input).unwrap())).unwrap() },
];

type Test = (&'static str, fn() -> Result<(), Failed>);

const TESTS: &[Test] = &[
    ("a_job_gets_its_input_and_gives_its_answer", a_job_gets_its_input_and_gives_its_answer),
    ("a_job_sees_itself_only", a_job_sees_itself_only),
    ("what_a_job_leaves_behind_dies_with_it", what_a_job_leaves_behind_dies_with_it),
    ("a_job_that_hangs_is_a_verdict_not_a_hang", a_job_that_hangs_is_a_verdict_not_a_hang),
    ("a_job_that_panics_is_told_from_one_that_answers", a_job_that_panics_is_told_from_one_that_answers),
    ("an_unknown_job_is_refused_by_name", an_unknown_job_is_refused_by_name),
    ("each_kind_of_leak_is_found_as_what_it_is", each_kind_of_leak_is_found_as_what_it_is),
    ("a_kept_file_stays_visible_below_the_new_tmp", a_kept_file_stays_visible_below_the_new_tmp),
    ("no_cgroup_of_a_sandbox_remains", no_cgroup_of_a_sandbox_remains),
    ("a_v2_view_shows_one_tree", a_v2_view_shows_one_tree),
    ("where_the_host_has_v2_alone_it_is_mounted_once", where_the_host_has_v2_alone_it_is_mounted_once),
];

fn main() -> ExitCode {
    sandbox::enter(JOBS);
    let unmet = unmet();
    let trial = |&(name, test): &Test| Trial::test(name, test).with_ignored_flag(unmet.is_some());
    if let Some(why) = unmet.as_deref() {
        eprintln!("ignored, since a sandbox cannot be made here: {why}");
    }
    // One at a time, so that the cgroups of a test are those of no other.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, TESTS.iter().map(trial).collect()).exit_code()
}

/// Why this host gives no sandbox, such as a container without the right to mount.
fn unmet() -> Option<String> {
    Sandbox::default().run("echo", b"").err().map(|error| error.to_string())
}

fn run(job: &str, input: &[u8]) -> Result<String, SandboxError> {
    Sandbox::default().run(job, input).map(|answer| String::from_utf8(answer).unwrap())
}

fn look() -> String {
    let pids: Vec<String> = tree::all().iter().map(|process| process.pid.to_string()).collect();
    let names = |place: &str| fs::read_dir(place).unwrap().count();
    format!(
        "pids {} tmp {} run {} inside {}",
        pids.join(","),
        names("/tmp"),
        names("/run"),
        sandbox::inside()
    )
}

fn a_job_gets_its_input_and_gives_its_answer() -> Result<(), Failed> {
    expect(&run("echo", b"this")?, "got this")
}

fn a_job_sees_itself_only() -> Result<(), Failed> {
    let kept = usize::from(Path::new("/proc/self/exe").read_link()?.starts_with("/tmp"));
    expect(&run("look", b"")?, &format!("pids 1,2 tmp {kept} run 0 inside true"))
}

/// Leaves a process of a session of its own; answers once it runs.
fn orphan() -> Vec<u8> {
    let mut shell = Command::new("setsid");
    shell.args(["sh", "-c", "sleep 4242 &"]).stdin(Stdio::null()).stdout(Stdio::null());
    assert!(shell.status().unwrap().success());
    let runs = || tree::all().into_iter().find(|process| process.comm == "sleep").map(|process| process.ppid);
    wait::until(Duration::from_secs(5), runs).unwrap().to_string().into_bytes()
}

fn what_a_job_leaves_behind_dies_with_it() -> Result<(), Failed> {
    expect(&run("orphan", b"")?, "1")?;
    let command =
        |process: &tree::Process| fs::read(format!("/proc/{}/cmdline", process.pid)).unwrap_or_default();
    let left = tree::all().iter().any(|process| command(process) == b"sleep\x004242\x00");
    if left { Err("the orphan outlived its sandbox".into()) } else { Ok(()) }
}

fn hang() -> Vec<u8> {
    wait::until::<()>(Duration::from_mins(10), || None);
    Vec::new()
}

fn a_job_that_hangs_is_a_verdict_not_a_hang() -> Result<(), Failed> {
    let sandbox = Sandbox { deadline: Duration::from_millis(300), ..Sandbox::default() };
    match sandbox.run("hang", b"") {
        Err(SandboxError::Deadline { .. }) => Ok(()),
        other => Err(format!("expected a passed deadline, got {other:?}").into()),
    }
}

fn a_job_that_panics_is_told_from_one_that_answers() -> Result<(), Failed> {
    match run("panic", b"") {
        Err(SandboxError::Job { .. }) => Ok(()),
        other => Err(format!("expected a failed job, got {other:?}").into()),
    }
}

fn an_unknown_job_is_refused_by_name() -> Result<(), Failed> {
    let error = run("no-such-job", b"").unwrap_err().to_string();
    expect(&error, "set up the sandbox: this program knows no job `no-such-job`; pass it to `sandbox::enter`")
}

fn leak() -> String {
    let watched = Path::new("/run/watched");
    fs::create_dir(watched).unwrap();
    fs::create_dir(watched.join("except")).unwrap();
    fs::write(watched.join("old"), "").unwrap();
    let before = Snapshot::take_except(&[watched], &[&watched.join("except")]);
    let none = before.left();
    fs::write(watched.join("file"), "").unwrap();
    fs::write(watched.join("except/file"), "").unwrap();
    fs::set_permissions(watched.join("old"), fs::Permissions::from_mode(0o4755)).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "none", "/mnt"]).status().unwrap().success();
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let left = before.left();
    child.kill().unwrap();
    child.wait().unwrap();
    let kind = |leak: &Leak| match leak {
        Leak::Process(_) => "process",
        Leak::Mount(_) => "mount",
        Leak::Cgroup(_) => "cgroup",
        Leak::File(_) => "file",
        Leak::Changed(_) => "changed",
        Leak::Setting(_) => "setting",
    };
    let kinds: Vec<&str> = left.iter().map(kind).collect();
    format!("{} {mounted} {}", none.len(), kinds.join(","))
}

fn each_kind_of_leak_is_found_as_what_it_is() -> Result<(), Failed> {
    expect(&run("leak", b"")?, "0 true process,mount,file,changed")
}

fn a_kept_file_stays_visible_below_the_new_tmp() -> Result<(), Failed> {
    let path = PathBuf::from(format!("/tmp/loadline-kept-{}", std::process::id()));
    fs::write(&path, "kept")?;
    let sandbox = Sandbox { keep: vec![path.clone()], ..Sandbox::default() };
    let answer = sandbox.run("kept", path.to_str().unwrap().as_bytes());
    fs::remove_file(&path)?;
    expect(&String::from_utf8(answer?)?, "kept")
}

fn no_cgroup_of_a_sandbox_remains() -> Result<(), Failed> {
    run("orphan", b"")?;
    let ours = format!("loadline-{}-", std::process::id());
    let hierarchies = fs::read_dir("/sys/fs/cgroup")?.flatten().map(|entry| entry.path());
    let below =
        |place: PathBuf| fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let busy: Vec<_> =
        hierarchies.flat_map(below).filter(|name| name.to_string_lossy().starts_with(&ours)).collect();
    if busy.is_empty() { Ok(()) } else { Err(format!("cgroups remain: {busy:?}").into()) }
}

fn a_v2_view_shows_one_tree() -> Result<(), Failed> {
    let sandbox = Sandbox { cgroups: CgroupView::V2, ..Sandbox::default() };
    let answer = sandbox.run("kept", b"/sys/fs/cgroup/cgroup.procs");
    expect(&String::from_utf8(answer?)?, "")
}

/// What a sandbox inside a sandbox sees, the outer one being a host with v2 alone.
fn nested() -> Vec<u8> {
    Sandbox::default().run("cgroups", b"").unwrap()
}

fn where_the_host_has_v2_alone_it_is_mounted_once() -> Result<(), Failed> {
    let host = Sandbox { cgroups: CgroupView::V2, ..Sandbox::default() };
    let mountinfo = String::from_utf8(host.run("nested", b"")?).map_err(|error| error.to_string())?;
    let v2 = mountinfo.lines().filter(|line| line.contains(" - cgroup2 "));
    let on_root = v2.filter(|line| line.split(' ').nth(4) == Some("/sys/fs/cgroup"));
    expect(&on_root.count().to_string(), "1")
}

fn expect(found: &str, expected: &str) -> Result<(), Failed> {
    if found == expected { Ok(()) } else { Err(format!("expected `{expected}`, got `{found}`").into()) }
}
