//! Containers of a user who is not root: every verb, without cgroups, in a user namespace.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use fixtures::bundle::{self, Bundle};
use fixtures::probe::Report;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::container::{is_root, until};

/// The user, whom every host has, and who owns nothing.
const NOBODY: u32 = 65534;
const ID: &str = "rootless";

/// A bundle of the user's, and the runtime as the user calls it.
struct Rootless {
    scratch: TempDir,
    /// Words before the runtime's own, such as a change of user.
    prefix: Vec<String>,
}

impl Rootless {
    /// Writes the bundle; nothing where this host does not let the user have such containers.
    fn new(bundle: &Bundle) -> Option<Self> {
        if !is_root() {
            return None;
        }
        let scratch = tempfile::tempdir().expect("a scratch directory");
        fs::copy(env!("CARGO_BIN_EXE_coracle"), scratch.path().join("coracle"))
            .expect("the runtime is copied");
        bundle.write(&scratch.path().join("bundle")).expect("the bundle is written");
        let owner = format!("{NOBODY}:{NOBODY}");
        let given = Command::new("chown").arg("-R").arg(owner).arg(scratch.path()).status();
        assert!(given.expect("chown runs").success(), "the bundle is the user's");
        // What a container takes, without the runtime.
        let script = "mkdir -p /tmp/p && mount -t proc proc /proc";
        let allowed = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "--pid", "--fork", "sh", "-c", script])
            .uid(NOBODY)
            .gid(NOBODY)
            .output()
            .expect("unshare runs");
        if !allowed.status.success() {
            println!(
                "skipped: this host lets no user mount a procfs: {}",
                String::from_utf8_lossy(&allowed.stderr)
            );
            return None;
        }
        Some(Self { scratch, prefix: Vec::new() })
    }

    fn path(&self, name: &str) -> String {
        self.scratch.path().join(name).display().to_string()
    }

    /// The exit code of a verb, with what it said on standard error.
    fn call(&self, verb: &str, words: &[&str]) -> (Option<i32>, String) {
        let (runtime, state) = (self.path("coracle"), self.path("state"));
        let own = [runtime.as_str(), "--root", &state, verb];
        let prefix = self.prefix.iter().map(String::as_str);
        let mut line = prefix.chain(own).chain(words.iter().copied());
        let mut command = Command::new(line.next().expect("at least the runtime"));
        command.args(line).stdin(Stdio::null()).stdout(Stdio::null());
        if self.prefix.is_empty() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let said = self.path("said");
        let file = fs::File::create(&said).expect("a file for what it says");
        let status = command.current_dir("/").stderr(file).status().expect("it starts");
        (status.code(), fs::read_to_string(said).expect("what it said"))
    }

    fn must(&self, verb: &str, words: &[&str]) {
        let (code, said) = self.call(verb, words);
        assert_eq!(code, Some(0), "{verb} {words:?}: {said}");
    }

    fn report(&self, name: &str) -> Report {
        let path = bundle::out(Path::new(&self.path("bundle")), name);
        until("the report", || path.exists());
        Report::open(&path).expect("a report")
    }

    fn is(&self, status: &str) -> bool {
        let (runtime, state) = (self.path("coracle"), self.path("state"));
        let asked = Command::new(runtime).args(["--root", &state, "state", ID]).output().expect("it starts");
        let document: Value = serde_json::from_slice(&asked.stdout).unwrap_or_default();
        document["status"] == status
    }
}

impl Drop for Rootless {
    fn drop(&mut self) {
        self.call("delete", &["--force", ID]);
        let left = Path::new(&self.path("state")).join(ID).exists();
        assert!(!left || std::thread::panicking(), "the container is deleted");
    }
}

/// A bundle in a user namespace with these ids, without what only root may do.
fn bundle(actions: &[&str], mappings: &Value) -> Bundle {
    let bundle = Bundle::base().args(&[&["/probe"], actions].concat()).edit(|spec| {
        for mount in spec.mounts_mut().iter_mut().flatten() {
            let options = mount.options().clone().unwrap_or_default();
            // A group of the host's that nobody is mapped to.
            let kept = options.into_iter().filter(|option| !option.starts_with("gid=")).collect();
            mount.set_options(Some(kept));
        }
    });
    let bundle = bundle.set("/linux/namespaces/-", json!({"type": "user"}));
    bundle.set("/linux/uidMappings", mappings.clone()).set("/linux/gidMappings", mappings.clone())
}

fn only_nobody() -> Value {
    json!([{"containerID": 0, "hostID": NOBODY, "size": 1}])
}

#[test]
fn a_user_creates_joins_kills_and_deletes_a_container() {
    let Some(user) = Rootless::new(&bundle(&["report=/out/first", "pause"], &only_nobody())) else { return };
    let bundle = user.path("bundle");
    user.must("create", &["--bundle", &bundle, ID]);
    assert!(user.is("created"));
    user.must("start", &[ID]);
    let first = user.report("first");
    assert_eq!((first.identity.uid.real, first.identity.pid), (0, 1));
    let map = first.identity.uid_map.expect("a map of users");
    assert_eq!(
        map.iter().map(|one| (one.inside, one.outside, one.count)).collect::<Vec<_>>(),
        [(0, NOBODY, 1)]
    );
    assert_eq!(first.identity.setgroups.map(|text| text.to_string()).as_deref(), Some("deny"));
    user.must("exec", &[ID, "/probe", "report=/out/second"]);
    let second = user.report("second");
    assert_eq!(second.namespaces.user, first.namespaces.user);
    assert_eq!(second.namespaces.mnt, first.namespaces.mnt);
    assert_eq!(user.call("exec", &[ID, "/probe", "exit=7"]).0, Some(7));
    assert!(user.call("delete", &[ID]).1.contains("kill it first"));
    user.must("kill", &[ID, "KILL"]);
    until("the end of the container", || user.is("stopped"));
    user.must("delete", &[ID]);
    assert!(user.call("state", &[ID]).1.contains("does not exist"));
}

#[test]
fn a_user_runs_a_container_and_gets_its_exit_code() {
    let Some(user) = Rootless::new(&bundle(&["exit=5"], &only_nobody())) else { return };
    let bundle = user.path("bundle");
    assert_eq!(user.call("run", &["--bundle", &bundle, ID]), (Some(5), String::new()));
}

#[test]
fn a_user_who_asks_for_limits_is_told_that_there_are_none() {
    let limited = bundle(&["pause"], &only_nobody()).set("/linux/resources", json!({"pids": {"limit": 7}}));
    let Some(user) = Rootless::new(&limited) else { return };
    let bundle = user.path("bundle");
    let (code, said) = user.call("create", &["--bundle", &bundle, ID]);
    assert!(code == Some(1) && said.contains("cgroup"), "{code:?} {said}");
    assert!(user.call("state", &[ID]).1.contains("does not exist"));
}

#[test]
fn ids_that_a_user_was_given_are_mapped_and_no_others() {
    const GIVEN: u32 = 300_000;
    let mappings = json!([{"containerID": 0, "hostID": NOBODY, "size": 1},
        {"containerID": 1, "hostID": GIVEN, "size": 100}]);
    let bundle = bundle(&["report=/out/given"], &mappings);
    let Some(mut user) = Rootless::new(&bundle.set("/process/user", json!({"uid": 7, "gid": 8}))) else {
        return;
    };
    if !Path::new("/usr/bin/newuidmap").exists() {
        println!("skipped: there is no `newuidmap`; install uidmap");
        return;
    }
    let path = user.path("bundle");
    let (code, said) = user.call("run", &["--bundle", &path, ID]);
    assert!(code == Some(1) && said.contains("/etc/subuid and /etc/subgid have to allow them"), "{said}");
    // In a mount namespace of its own, the host gives the user some.
    fs::write(user.path("given"), format!("{NOBODY}:{GIVEN}:100\n")).expect("a file");
    let given = user.path("given");
    let script = format!(
        "mount --bind {given} /etc/subuid && mount --bind {given} /etc/subgid && exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups \"$@\""
    );
    user.prefix = ["unshare", "--mount", "sh", "-c", &script, "sh"].map(str::to_owned).into();
    user.must("run", &["--bundle", &path, ID]);
    let seen = user.report("given").identity;
    assert_eq!((seen.uid.real, seen.gid.real), (7, 8));
    assert_eq!(seen.uid_map.expect("a map of users").len(), 2);
}
