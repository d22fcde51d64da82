//! Hostile layers: each is refused or amounts to the tree that it should, and nothing outside is touched.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use fixtures::hostile::{self, Vector, Verdict};
use fixtures::image::{Image, Layout};
use hold::store::Store;

/// Names below a directory, as vectors have them.
fn list(root: &Path, directory: &Path, names: &mut Vec<String>) {
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().escape_ascii().to_string();
        if metadata.is_dir() {
            names.push(format!("{name}/"));
            list(root, &path, names);
        } else if metadata.is_symlink() {
            names.push(format!("{name}->{}", fs::read_link(&path).unwrap().display()));
        } else {
            names.push(name);
        }
    }
}

/// What became of a vector: its names, or why it was refused.
fn unpacked(home: &Path, vector: &Vector) -> Result<Vec<String>, String> {
    let [layout, root, target] = ["layout", "store", "target"].map(|name| home.join(name));
    Layout::new().tag("t", Image::new(vector.layers.clone())).write(&layout).unwrap();
    let store = Store::open(&root).unwrap();
    let image = hold::import::import(&store, &layout, "t", &|_, _| ()).unwrap();
    let unpacked = hold::unpack::unpack(store.root(), &image, &target);
    let mut names = Vec::new();
    if unpacked.is_ok() {
        list(&target, &target, &mut names);
        fs::remove_dir_all(&target).unwrap();
    }
    fs::remove_dir_all(&layout).unwrap();
    fs::remove_dir_all(&root).unwrap();
    unpacked.map(|()| names).map_err(|error| error.to_string())
}

/// Everything beside what unpacking may touch, with contents and times.
fn seal(outside: &Path) -> String {
    hold::seal::seal(outside).unwrap().to_string()
}

#[test]
fn hostile_layers_are_refused_or_tamed_and_touch_nothing_outside() {
    if !rustix::process::geteuid().is_root() {
        return println!("skipped: unpacking files of other owners needs root");
    }
    // In memory, since each import is made durable.
    let memory = Path::new("/dev/shm");
    let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let (outside, work) = (home.path().join("outside"), home.path().join("work"));
    fs::create_dir(&outside).unwrap();
    fs::create_dir(&work).unwrap();
    fs::write(outside.join("secret"), "secret").unwrap();
    let before = seal(&outside);
    let mut wrong = Vec::new();
    for vector in hostile::vectors(&outside) {
        let found = unpacked(&work, &vector);
        let right = match (&found, &vector.verdict) {
            (Err(_), Verdict::Refused) => true,
            (Ok(names), Verdict::Tree(expected)) => names == expected,
            _ => false,
        };
        if !right {
            wrong.push(format!("{}: {:?}, not {:?}", vector.name, found, vector.verdict));
        }
        assert_eq!(seal(&outside), before, "{} touched what is outside", vector.name);
        assert_eq!(fs::read_dir(&work).unwrap().count(), 0, "{} left something behind", vector.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
