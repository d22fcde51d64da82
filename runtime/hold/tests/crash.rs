//! Commands that are killed, or meet a failing disk, at each of their system calls: the store stays whole, garbage is found,
//! and the same command then succeeds. Needs root; skips with a reason without.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use drive::inject::{Call, Class, Place, Ruling, Scope, Victim, trace};
use drive::{Done, Step};
use fixtures::image::{Compression, Image, Layer, Layout};
use fixtures::tree::Entry;

/// A store that is made anew for each trial, and a layout beside it.
struct World {
    home: tempfile::TempDir,
}

impl World {
    fn new() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: mounting overlays needs root");
            return None;
        }
        let memory = Path::new("/dev/shm");
        let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let base = Layer::of(&[Entry::file("d/f", "x"), Entry::symlink("l", "d")], Compression::None);
        let app = Layer::of(&[Entry::whiteout("d/f"), Entry::file("g", "y")], Compression::None);
        let image = Image::new([base, app]).config(|config| {
            config.set_cmd(Some(vec!["/bin/sh".to_owned()]));
        });
        Layout::new().tag("t", image).write(&home.path().join("layout")).unwrap();
        Some(Self { home })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A call, whose output is the only one in its files.
    fn step(&self, words: &[&str]) -> Step {
        for name in ["output.out", "output.err"] {
            drop(fs::remove_file(self.path(name)));
        }
        let store = self.path("store").into_os_string();
        let words = words.iter().map(|word| match word.strip_prefix('@') {
            Some(name) => self.path(name).into_os_string(),
            None => word.into(),
        });
        Step {
            name: words.clone().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" "),
            program: env!("CARGO_BIN_EXE_hold").into(),
            args: ["--store".into(), store].into_iter().chain(words).collect(),
            output: self.path("output"),
            deadline: Duration::from_mins(1),
        }
    }

    /// Runs a command, which must succeed.
    fn must(&self, words: &[&str]) {
        let step = self.step(words);
        let done = step.run().unwrap();
        let said = fs::read_to_string(&done.stderr_path).unwrap();
        assert!(done.status.success(), "{}: {said}", step.name);
    }

    /// Removes what a trial left, whatever its state.
    fn clear(&self) {
        for name in ["bundle/rootfs"] {
            while hold::overlay::remove(&self.path(name)).unwrap() {}
        }
        for name in ["bundle", "store", "flat"] {
            drop(fs::remove_dir_all(self.path(name)));
        }
        for entry in fs::read_dir(self.home.path()).unwrap() {
            let path = entry.unwrap().path();
            let hidden = path.file_name().unwrap().to_string_lossy().starts_with('.');
            if hidden {
                fs::remove_dir_all(path).unwrap();
            }
        }
    }

    /// Runs a command under a rule, in a store where `before` were done.
    fn trial(&self, before: &[&[&str]], words: &[&str], rule: &mut dyn FnMut(&Call) -> Ruling) -> Done {
        self.clear();
        for words in before {
            self.must(words);
        }
        let places = vec![Place { name: "home", path: self.home.path().to_owned() }];
        let scope = Scope { begins: vec![self.home.path().to_owned()], places };
        trace(&self.step(words), &scope, rule).unwrap()
    }

    /// What the store calls its images.
    fn names(&self) -> String {
        let done = self.step(&["image", "ls"]).run().unwrap();
        assert!(done.status.success());
        fs::read_to_string(&done.stdout_path).unwrap()
    }

    /// Whether the store is whole, garbage can be collected and is then gone, and everything can be done after that.
    fn recovers(&self) {
        self.must(&["fsck"]);
        for name in self.names().lines().filter_map(|line| line.split('\t').next()) {
            self.must(&["image", "inspect", name]);
        }
        self.must(&["gc"]);
        self.must(&["fsck"]);
        assert_eq!(count(&self.path("store/ingest")), 0, "something is in the making");
        self.must(&["bundle", "rm", "@bundle"]);
        assert_eq!(count(&self.path("store/bundles")), 0, "a bundle is left");
        assert!(!self.path("bundle").exists() && !hidden_left(&self.path("store")));
        for words in [IMPORT, CREATE] {
            self.must(words);
        }
        assert!(self.path("bundle/rootfs/g").exists());
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.clear();
    }
}

fn count(directory: &Path) -> usize {
    fs::read_dir(directory).map_or(0, Iterator::count)
}

/// Whether scratch files are left in the store itself.
fn hidden_left(store: &Path) -> bool {
    fs::read_dir(store).unwrap().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with('.'))
}

const IMPORT: &[&str] = &["image", "import", "@layout:t"];
const CREATE: &[&str] = &["bundle", "create", "t", "@bundle"];
const REMOVE: &[&str] = &["bundle", "rm", "@bundle"];

/// A command that is disturbed, what comes before it, and what it does.
struct Operation {
    before: &'static [&'static [&'static str]],
    words: &'static [&'static str],
    /// Whether it was done.
    done: fn(&World) -> bool,
}

const OPERATIONS: [Operation; 7] = [
    Operation { before: &[], words: IMPORT, done: |world| world.names().starts_with("t\t") },
    Operation {
        before: &[IMPORT],
        words: &["image", "tag", "t", "u"],
        done: |world| world.names().contains("u\t"),
    },
    Operation {
        before: &[IMPORT],
        words: &["unpack", "t", "@flat"],
        done: |world| world.path("flat/g").exists(),
    },
    Operation { before: &[IMPORT], words: CREATE, done: |world| world.path("bundle/rootfs/g").exists() },
    Operation {
        before: &[IMPORT],
        words: &["bundle", "create", "t", "@bundle", "--backend", "copy"],
        done: |world| world.path("bundle/rootfs/g").exists(),
    },
    Operation { before: &[IMPORT, CREATE], words: REMOVE, done: |world| !world.path("bundle").exists() },
    Operation {
        before: &[IMPORT, CREATE, REMOVE, &["image", "rm", "t"]],
        words: &["gc"],
        done: |world| {
            count(&world.path("store/layers")) == 0 && count(&world.path("store/blobs/sha256")) == 0
        },
    },
];

/// Whether a call can change what is on disk or mounted: between such calls, one moment is like the other.
fn changes(call: &Call) -> bool {
    call.place == "home" && matches!(call.class, Class::Store | Class::Remove | Class::Memory | Class::Open)
}

/// Disturbs the command at each call that changes something; calls back after each trial. How many there were.
fn at_each_call(
    world: &World,
    operation: &Operation,
    ruling: Ruling,
    mut judge: impl FnMut(Done, &str),
) -> usize {
    for trial in 0.. {
        let (mut seen, mut disturbed) = (0, None);
        let done = world.trial(operation.before, operation.words, &mut |call| {
            let chosen = changes(call) && seen == trial;
            seen += usize::from(changes(call));
            if chosen {
                disturbed = Some(call.to_string());
            }
            if chosen { ruling } else { Ruling::Go }
        });
        let Some(call) = disturbed else {
            assert!(done.status.success() && (operation.done)(world), "{:?}", operation.words);
            return trial;
        };
        judge(done, &call);
    }
    unreachable!("trials end with the calls")
}

#[test]
fn a_command_that_is_killed_leaves_a_whole_store_at_each_of_its_calls() {
    let Some(world) = World::new() else { return };
    for operation in &OPERATIONS {
        let trials = at_each_call(&world, operation, Ruling::Kill(Victim::Caller), |done, call| {
            assert!(!done.status.success(), "{:?} survived {call}", operation.words);
            world.recovers();
        });
        println!("{}: killed at {trials} calls", operation.words.join(" "));
    }
}

#[test]
fn a_command_whose_calls_fail_says_so_or_is_done_all_the_same() {
    let Some(world) = World::new() else { return };
    for operation in &OPERATIONS {
        for (error, code) in [(ENOSPC, 3), (EIO, 0)] {
            let mut done_all_the_same = 0;
            let trials = at_each_call(&world, operation, Ruling::Fail(error), |done, call| {
                let told = fs::read_to_string(&done.stderr_path).unwrap();
                if done.status.success() {
                    assert!((operation.done)(&world), "{:?} is not done, for {call}", operation.words);
                    done_all_the_same += 1;
                } else {
                    assert!(told.starts_with("hold: "), "{:?} said {told:?} for {call}", operation.words);
                    assert!(
                        code == 0 || done.status.code() == Some(code),
                        "{:?} {call}: {told}",
                        operation.words
                    );
                }
                world.recovers();
            });
            println!(
                "{}: {trials} calls failed with {error}, {done_all_the_same} unnoticed",
                operation.words.join(" ")
            );
        }
    }
}

#[test]
fn kernels_that_take_no_descriptors_or_know_no_such_calls_mount_by_path() {
    let Some(world) = World::new() else { return };
    for (name, error) in [("fsopen", ENOSYS), ("fsconfig", EINVAL)] {
        let (mut refused, mut mounted) = (0, 0);
        let done = world.trial(&[IMPORT], CREATE, &mut |call| {
            mounted += u32::from(call.name == "mount");
            refused += u32::from(call.name == name);
            if call.name == name { Ruling::Fail(error) } else { Ruling::Go }
        });
        assert_eq!((refused, mounted), (1, 1), "{name}");
        assert!(done.status.success(), "{}", fs::read_to_string(&done.stderr_path).unwrap());
        assert!(world.path("bundle/rootfs/g").exists() && !world.path("bundle/rootfs/d/f").exists());
        world.recovers();
    }
}

/// No room left on a disk; a disk that is broken.
const ENOSPC: i32 = 28;
const EIO: i32 = 5;

/// A call that the kernel does not know; one with something that it does not know.
const ENOSYS: i32 = 38;
const EINVAL: i32 = 22;
