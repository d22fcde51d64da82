//! Disks that are full, or out of inodes, at whatever moment: every command says so with code 3, and a store stays whole.
//! Needs root, for small disks in memory; skips with a reason without.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fixtures::image::{Compression, Image, Layer, Layout};
use fixtures::tree::Entry;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

/// A small disk in memory, and a layout outside it.
struct Disk {
    home: tempfile::TempDir,
}

/// Room for the store, what is unpacked and what is in the making.
const PAGES: u64 = 160;
const INODES: u64 = 120;
const PAGE_BYTES: u64 = 4096;

impl Disk {
    fn new() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: mounting a small disk needs root");
            return None;
        }
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("disk")).unwrap();
        let files = (0..8).map(|number| Entry::file(format!("f{number}"), vec![number; 5000]));
        let layers = [files.collect(), vec![Entry::whiteout("f0"), Entry::file("g", vec![b'x'; 9000])]];
        let layers = layers.map(|entries: Vec<Entry>| Layer::of(&entries, Compression::None));
        let image = Image::new(layers).config(|config| {
            config.set_cmd(Some(vec!["/bin/sh".to_owned()]));
        });
        Layout::new().tag("t", image).write(&home.path().join("layout")).unwrap();
        Some(Self { home })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn mount(&self) -> Mounted {
        let options = format!("size={},nr_inodes={INODES},mode=700", PAGES * PAGE_BYTES);
        let options = std::ffi::CString::new(options).unwrap();
        mount("tmpfs", self.path("disk"), "tmpfs", MountFlags::empty(), options.as_c_str()).unwrap();
        Mounted(self.path("disk"))
    }

    fn hold(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hold"));
        command.arg("--store").arg(self.path("disk/store")).args(arguments).current_dir(self.home.path());
        command.output().unwrap()
    }

    fn must(&self, arguments: &[&str]) {
        let output = self.hold(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A mounted disk; empty again once it is dropped.
struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = unmount(&self.0, UnmountFlags::DETACH);
    }
}

/// What the disk runs out of.
#[derive(Debug, Clone, Copy)]
enum Scarce {
    Pages,
    Inodes,
}

impl Scarce {
    /// Takes everything but `left` away, into `ballast`.
    fn take(self, ballast: &Path, left: u64) {
        let status = rustix::fs::statvfs(ballast.parent().unwrap()).unwrap();
        fs::create_dir(ballast).unwrap();
        match self {
            Self::Pages => {
                // The directory takes none.
                let bytes = status.f_bavail.saturating_sub(left) * PAGE_BYTES;
                let file = File::create(ballast.join("file")).unwrap();
                rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes.max(1)).unwrap();
            }
            Self::Inodes => {
                for number in left + 1..status.f_ffree {
                    File::create(ballast.join(number.to_string())).unwrap();
                }
            }
        }
    }

    fn most(self) -> u64 {
        match self {
            Self::Pages => PAGES,
            Self::Inodes => INODES,
        }
    }
}

/// Runs a command with more and more room until it succeeds: until then it fails with code 3, and the store is whole.
fn fails_until_it_fits(before: &[&[&str]], arguments: &[&str], least_failures: usize) {
    let Some(disk) = Disk::new() else { return };
    for scarce in [Scarce::Pages, Scarce::Inodes] {
        let mut failures = 0;
        for left in 0..scarce.most() {
            let _mounted = disk.mount();
            for arguments in before {
                disk.must(arguments);
            }
            scarce.take(&disk.path("disk/ballast"), left);
            let output = disk.hold(arguments);
            fs::remove_dir_all(disk.path("disk/ballast")).unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            if output.status.code() == Some(3) {
                assert!(said.contains("free some space or inodes"), "{arguments:?}: {said}");
                failures += 1;
                is_whole(&disk);
                // With room it goes on from there.
                disk.must(arguments);
                disk.hold(&["bundle", "rm", "disk/bundle"]);
                continue;
            }
            assert!(output.status.success(), "{arguments:?}, {left} {scarce:?}: {said}");
            disk.hold(&["bundle", "rm", "disk/bundle"]);
            break;
        }
        assert!(failures >= least_failures, "{arguments:?} failed {failures} times for want of {scarce:?}");
    }
}

/// Nothing is damaged, and nothing is left of what failed.
fn is_whole(disk: &Disk) {
    disk.must(&["fsck"]);
    for directory in ["store/ingest", "store/bundles"] {
        let entries = fs::read_dir(disk.path("disk").join(directory));
        assert_eq!(entries.map_or(0, Iterator::count), 0, "{directory}");
    }
    let names = fs::read_dir(disk.path("disk")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| name == "store"), "something lies beside the store");
}

const IMPORT: &[&str] = &["image", "import", "layout:t"];

#[test]
fn an_import_into_a_full_store_fails_and_goes_on_with_room() {
    fails_until_it_fits(&[&["image", "ls"]], IMPORT, 4);
}

#[test]
fn a_store_that_does_not_fit_is_not_made() {
    fails_until_it_fits(&[], &["image", "ls"], 2);
}

#[test]
fn unpacking_onto_a_full_disk_fails_and_leaves_nothing() {
    fails_until_it_fits(&[IMPORT], &["unpack", "t", "disk/bundle"], 4);
}

#[test]
fn a_bundle_that_does_not_fit_leaves_nothing_with_either_backend() {
    let create = |backend| ["bundle", "create", "t", "disk/bundle", "--backend", backend];
    fails_until_it_fits(&[IMPORT], &create("copy"), 4);
    fails_until_it_fits(&[IMPORT], &create("overlay"), 4);
}

#[test]
fn a_second_bundle_needs_little_and_fails_where_even_that_is_missing() {
    let first = ["bundle", "create", "t", "disk/first"];
    fails_until_it_fits(
        &[IMPORT, &first, &["bundle", "rm", "disk/first"]],
        &["bundle", "create", "t", "disk/bundle"],
        2,
    );
}

#[test]
fn a_name_and_a_report_need_room_too() {
    fails_until_it_fits(&[IMPORT], &["image", "tag", "t", "u"], 1);
    fails_until_it_fits(&[IMPORT], &["dedup", "report"], 2);
    fails_until_it_fits(&[IMPORT], &["image", "save", "t", "disk/bundle"], 1);
}
