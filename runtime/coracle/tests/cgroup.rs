//! Cgroups of the real kernel: what is made, joined, limited, frozen, killed and removed.
//!
//! Needs root; skips with a reason without. Each test works below a cgroup of its own and removes it. The version 2
//! tests run in a child of this binary, in a mount namespace where cgroup2 is mounted on `/sys/fs/cgroup`.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::process::{Child, Command, Stdio};

use coracle::cgroup::control::ControlError;
use coracle::cgroup::{Layout, Limits, Made, MakeError, Place, Record};
use coracle::config::Document;
use coracle::config::resources::Resources;
use rustix::process::Pid;

/// Whether the test can run; says why not.
fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("skipped: making cgroups needs root");
    }
    root
}

fn layout() -> Option<Layout> {
    Layout::discover().inspect_err(|error| println!("skipped: {error}")).ok()
}

fn place(name: &str) -> Place {
    let path = format!("/coracle-test-{}-{name}/{name}", std::process::id());
    Place::resolve(Some(&path), "unused").expect("a valid path")
}

fn resources(text: &str) -> Resources<'static> {
    let document = Document::parse(text.as_bytes().to_vec()).expect("JSON");
    Resources::check(Box::leak(Box::new(document))).expect("valid resources")
}

fn make(layout: &Layout, name: &str, text: &str) -> Result<Made, MakeError> {
    let limits = Limits::of(layout, &resources(text)).expect("limits that this host has");
    let made = place(name).make(layout, &limits)?;
    match made.guard(&limits) {
        Ok(()) => Ok(made),
        Err(error) => {
            made.undo();
            Err(error)
        }
    }
}

/// A process in the cgroups; whatever becomes of the test, it is killed and they are removed.
struct Running {
    record: Record,
    child: Child,
}

/// A process that runs a script in the cgroups, once they are joined.
fn run(made: &Made, script: &str) -> Running {
    let child = Command::new("sh")
        .args(["-c", &format!("read _; {script}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh starts");
    let mut running = Running { record: made.record().clone(), child };
    let pid = Pid::from_child(&running.child);
    made.join(pid).expect("the process joins");
    if let Some(unified) = made.record().unified() {
        let file = unified.directory(&made.record().path) + "/cgroup.procs";
        fs::write(file, pid.as_raw_pid().to_string()).expect("the process joins the unified cgroup");
    }
    let mut stdin = running.child.stdin.take().expect("a pipe to the script");
    std::io::Write::write_all(&mut stdin, b"go\n").expect("the script reads");
    running
}

impl Running {
    fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a look at the child").is_none()
    }

    /// Kills what runs in the cgroups and removes them, then asserts that nothing is left of them.
    fn clear(mut self) {
        self.record.kill_all().expect("all processes are killed");
        self.child.wait().expect("the child is reaped");
        self.record.wait_empty(5000).expect("the cgroup becomes empty");
        self.record.remove().expect("the cgroups are removed");
        assert!(existing(&self.record).is_empty(), "left: {:?}", existing(&self.record));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _all = self.record.kill_all();
        let _reaped = self.child.wait();
        let _empty = self.record.wait_empty(2000);
        let _removed = self.record.remove();
    }
}

/// The directories of a record that exist.
fn existing(record: &Record) -> Vec<String> {
    let made =
        record.branches.iter().flat_map(|branch| branch.made.iter().map(|made| branch.directory(&made.path)));
    made.filter(|path| fs::exists(path).expect("a path can be looked at")).collect()
}

fn read(record: &Record, hierarchy: &str, file: &str) -> String {
    let branch = record.branches.iter().find(|branch| branch.hierarchy == hierarchy).expect("the hierarchy");
    fs::read_to_string(branch.directory(&record.path) + "/" + file)
        .expect("the file is readable")
        .trim()
        .to_owned()
}

#[test]
fn a_process_is_limited_frozen_killed_and_nothing_is_left() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    let made = make(&layout, "life", "{}").expect("the cgroups are made");
    let record = made.record().clone();
    let mut running = run(&made, "sleep 1000 & sleep 1000 & wait");
    let membership =
        fs::read_to_string(format!("/proc/{}/cgroup", running.child.id())).expect("the membership");
    for line in membership.lines() {
        assert!(line.ends_with("/life"), "{line}");
    }
    let started = std::time::Instant::now();
    while record.processes().expect("the processes").len() < 3 {
        assert!(started.elapsed().as_secs() < 10, "the script starts its processes");
    }
    record.freeze().expect("it freezes");
    assert!(running.is_running());
    record.thaw().expect("it thaws");
    let stats = record.stats().expect("the figures are read");
    assert!(stats.cpu.usage.total > 0, "{stats:?}");
    let again = Made::reopen(&record, &[]).expect("the cgroups are still there");
    again.join(Pid::from_child(&running.child)).expect("a process may enter again");
    record.freeze().expect("it freezes again");
    running.clear();
    record.remove().expect("removing twice is no error");
}

#[test]
fn limits_reach_the_files_of_their_hierarchies_and_updates_replace_them() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    if layout.hierarchies().is_empty() {
        return println!("skipped: this host has no version 1 hierarchies");
    }
    let text = r#"{
        "memory": {"limit": 67108864, "reservation": 33554432, "swap": 134217728, "swappiness": 10},
        "cpu": {"shares": 512, "quota": 50000, "period": 100000, "burst": 10000, "cpus": "0", "mems": "0"},
        "pids": {"limit": 50}
    }"#;
    let made = make(&layout, "limits", text).expect("the cgroups are made");
    let record = made.record().clone();
    let running = run(&made, "exec sleep 1000");
    for (hierarchy, file, expected) in [
        ("memory", "memory.limit_in_bytes", "67108864"),
        ("memory", "memory.memsw.limit_in_bytes", "134217728"),
        ("memory", "memory.soft_limit_in_bytes", "33554432"),
        ("memory", "memory.swappiness", "10"),
        ("cpu", "cpu.shares", "512"),
        ("cpu", "cpu.cfs_quota_us", "50000"),
        ("cpu", "cpu.cfs_burst_us", "10000"),
        ("cpuset", "cpuset.cpus", "0"),
        ("pids", "pids.max", "50"),
    ] {
        assert_eq!(read(&record, hierarchy, file), expected, "{file}");
    }
    let raised = r#"{"memory": {"limit": 268435456, "swap": 536870912}, "cpu": {"quota": 5000, "burst": 1000, "period": 10000},
        "pids": {"limit": -1}}"#;
    record.update(&layout, &resources(raised)).expect("limits are raised");
    assert_eq!(read(&record, "memory", "memory.memsw.limit_in_bytes"), "536870912");
    assert_eq!(read(&record, "cpu", "cpu.cfs_quota_us"), "5000");
    assert_eq!(read(&record, "pids", "pids.max"), "max");
    assert_eq!(read(&record, "cpu", "cpu.shares"), "512");
    let lowered = r#"{"memory": {"limit": 67108864, "swap": 67108864}}"#;
    record.update(&layout, &resources(lowered)).expect("limits are lowered");
    assert_eq!(read(&record, "memory", "memory.limit_in_bytes"), "67108864");
    running.clear();
}

#[test]
fn a_value_that_the_kernel_refuses_is_named_and_nothing_is_left() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    if layout.hierarchies().is_empty() {
        return println!("skipped: this host has no version 1 hierarchies");
    }
    let error = make(&layout, "refused", r#"{"cpu": {"cpus": "0-99999"}}"#).expect_err("no such processors");
    let message = error.to_string();
    assert!(message.starts_with("write `0-99999` to `"), "{message}");
    assert!(message.ends_with("cpuset.cpus` for `/linux/resources/cpu/cpus`"), "{message}");
    for hierarchy in layout.hierarchies() {
        let path = format!("{}{}", hierarchy.mount, place("refused").path());
        assert!(!fs::exists(&path).expect("a path can be looked at"), "{path}");
    }
}

#[test]
fn an_occupied_cgroup_is_refused_and_left_alone() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    let made = make(&layout, "occupied", "{}").expect("the cgroups are made");
    let mut running = run(&made, "exec sleep 1000");
    let error = make(&layout, "occupied", "{}").expect_err("it is occupied");
    assert!(matches!(error, MakeError::Occupied { .. }), "{error}");
    assert!(running.is_running());
    running.clear();
}

#[test]
fn a_cgroup_that_was_there_is_used_but_neither_killed_nor_removed() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    let owner = make(&layout, "found", "{}").expect("the cgroups are made");
    let guest = make(&layout, "found", "{}").expect("an empty cgroup is used");
    assert!(guest.record().branches.iter().all(|branch| branch.made.is_empty()));
    let mut running = run(&guest, "exec sleep 1000");
    let refused = guest.record().kill_all();
    assert!(matches!(refused, Err(ControlError::NotOurs { .. })), "{refused:?}");
    guest.record().remove().expect("there is nothing to remove");
    assert!(running.is_running());
    // The guest's process is in the owner's cgroup.
    owner.record().kill_all().expect("the owner kills");
    drop(running);
    owner.undo();
}

#[test]
fn a_namesake_with_another_inode_is_left_alone() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    let first = make(&layout, "namesake", "{}").expect("the cgroups are made");
    let record = first.record().clone();
    first.undo();
    let second = make(&layout, "namesake", "{}").expect("the cgroups are made again");
    record.remove().expect("there is nothing to remove");
    assert!(!existing(second.record()).is_empty());
    second.undo();
    assert!(existing(&record).is_empty());
}

#[test]
fn the_record_survives_the_state_file_and_says_ahead_what_will_be_made() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    let ahead = place("ahead").intent(&layout);
    let made = make(&layout, "ahead", "{}").expect("the cgroups are made");
    let paths = |record: &Record| -> Vec<String> {
        record
            .branches
            .iter()
            .flat_map(|branch| branch.made.iter().map(|made| branch.directory(&made.path)))
            .collect()
    };
    let own =
        |paths: Vec<String>| paths.into_iter().filter(|path| path.ends_with("/ahead")).collect::<Vec<_>>();
    assert_eq!(own(paths(&ahead)), own(paths(made.record())));
    let text = serde_json::to_string(made.record()).expect("a record is JSON");
    let read: Record = serde_json::from_str(&text).expect("and back");
    assert_eq!(&read, made.record());
    read.remove().expect("the cgroups are removed");
    assert!(existing(&read).is_empty());
}

#[test]
fn what_the_container_made_below_its_cgroup_is_removed_with_it() {
    let Some(layout) = layout().filter(|_| is_root()) else { return };
    let made = make(&layout, "nested", "{}").expect("the cgroups are made");
    for branch in &made.record().branches {
        fs::create_dir_all(branch.directory(&made.record().path) + "/a/b").expect("cgroups below");
    }
    made.record().remove().expect("the cgroups are removed");
    assert!(existing(made.record()).is_empty());
}

#[test]
fn on_version_1_a_device_is_refused_unless_a_rule_allows_it() {
    let Some(layout) = layout().filter(|_| is_root()) else {
        return println!("skipped: making cgroups needs root, and a host that has them");
    };
    if layout.hierarchies().is_empty() {
        return println!("skipped: this host has no version 1 hierarchies");
    }
    judge_devices(&layout);
}

/// Opens a device that no default allows, once with and once without a rule for it.
fn judge_devices(layout: &Layout) {
    let console = fs::metadata("/dev/kmsg").expect("`/dev/kmsg` exists");
    assert!(console.file_type().is_char_device());
    let status = |name: &str, text: &str, script: &str| {
        let made = make(layout, name, text).expect("the cgroups are made");
        let mut running = run(&made, script);
        let status = running.child.wait().expect("the script ends");
        running.clear();
        status.success()
    };
    let denied = r#"{"devices": [{"allow": false, "access": "rwm"}]}"#;
    let allowed = r#"{"devices": [{"allow": false}, {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}]}"#;
    assert!(status("null", denied, "exec 3<>/dev/null 3<>/dev/zero"));
    assert!(!status("denied", denied, "exec 3</dev/kmsg"));
    assert!(status("allowed", allowed, "exec 3</dev/kmsg"));
    assert!(!status("written", allowed, "exec 3<>/dev/kmsg"));
}

/// Runs one test of this binary again, in a mount namespace with cgroup2 alone.
fn on_version_2(test: &str) {
    const MOUNT: &str = "umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec \"$@\"";
    let own = std::env::current_exe().expect("the path of this binary");
    let output = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-c", MOUNT, "sh"])
        .arg(own)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .expect("unshare starts");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[test]
fn a_life_on_version_2_alone() {
    if !is_root() {
        return println!("skipped: mounting cgroup2 needs root");
    }
    on_version_2("inside_version_2");
}

#[test]
#[ignore = "run by `a_life_on_version_2_alone` in a namespace of its own"]
fn inside_version_2() {
    let layout = layout().expect("cgroup2 is mounted");
    assert_eq!(layout, Layout::V2);
    judge_devices(&layout);
    let made = make(&layout, "second", "{}").expect("the cgroup is made");
    assert!(made.unified().is_some());
    made.delegate(rustix::fs::Uid::from_raw(4242)).expect("the cgroup changes hands");
    let owner = |file: &str| {
        let path = format!("/sys/fs/cgroup{}/{file}", place("second").path());
        std::os::unix::fs::MetadataExt::uid(&fs::metadata(path).expect("the file exists"))
    };
    assert_eq!(["", "cgroup.procs", "cgroup.threads", "cgroup.freeze"].map(owner), [4242, 4242, 4242, 0]);
    let record = made.record().clone();
    assert_eq!(record.branches.len(), 1);
    let running = run(&made, "sleep 1000 & wait");
    record.freeze().expect("it freezes");
    assert_eq!(read(&record, "", "cgroup.freeze"), "1");
    let error = make(&layout, "second", "{}").expect_err("it is occupied");
    assert!(matches!(error, MakeError::Occupied { .. }), "{error}");
    running.clear();
    let offered = fs::read_to_string("/sys/fs/cgroup/cgroup.controllers").expect("the controllers");
    if !offered.split_whitespace().any(|controller| controller == "memory") {
        let error =
            make(&layout, "absent", r#"{"memory": {"limit": 1048576}}"#).expect_err("no such controller");
        let expected = "`/linux/resources/memory/limit` needs the cgroup controller `memory`, \
            which `/sys/fs/cgroup` does not offer";
        assert_eq!(error.to_string(), expected);
        assert!(!fs::exists(format!("/sys/fs/cgroup{}", place("absent").path())).expect("a look"));
    }
}
