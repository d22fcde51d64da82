//! Whatever layers do, both backends show the tree that unpacking gives. Needs root; skips with a reason without.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod stage;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fixtures::tree::{Entry, Kind};
use hold::record::Backend;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use stage::{Stage, list};

/// A few names, two deep, so that layers meet often.
fn path() -> impl Strategy<Value = PathBuf> {
    proptest::collection::vec("[abc]", 1..4).prop_map(|parts| parts.iter().collect())
}

/// What a layer does at a path.
fn act() -> impl Strategy<Value = Act> {
    let target = prop_oneof![path(), path().prop_map(|path| Path::new("/").join(path)), Just("../b".into())];
    prop_oneof![
        4 => "[xyz]{0,3}".prop_map(Act::File),
        3 => Just(Act::Directory),
        2 => target.prop_map(Act::Symlink),
        2 => path().prop_map(Act::Hardlink),
        1 => Just(Act::Fifo),
        3 => Just(Act::Remove),
        1 => Just(Act::Empty),
    ]
}

#[derive(Debug, Clone)]
enum Act {
    File(String),
    Directory,
    Symlink(PathBuf),
    Hardlink(PathBuf),
    Fifo,
    /// The name is gone.
    Remove,
    /// Everything that layers below have in it is gone.
    Empty,
}

/// Permissions, owner and time of an entry.
type Looks = (u32, u32, i64);

fn looks() -> impl Strategy<Value = Looks> {
    (prop_oneof![Just(0o755), Just(0o700), Just(0o1777), Just(0o4711)], 0_u32..3, -2_i64..3)
}

fn entry(path: &Path, act: &Act, (mode, owner, time): Looks) -> Entry {
    let entry = match act {
        Act::File(content) => Entry::file(path, content).attribute("user.k", content),
        Act::Directory => Entry::directory(path),
        Act::Symlink(target) => return Entry::symlink(path, target).owner(owner, 0),
        Act::Hardlink(target) => return Entry::hardlink(path, target),
        Act::Fifo => Entry::new(path, Kind::Fifo),
        Act::Remove => return Entry::whiteout(path),
        Act::Empty => return Entry::opaque(path),
    };
    entry.mode(mode).owner(owner, owner).modified(time, 0)
}

/// A layer: each path once, links last, since what they name may be in the layer, too.
fn layer() -> impl Strategy<Value = Vec<Entry>> {
    let acts = proptest::collection::vec((path(), act(), looks()), 1..10);
    acts.prop_map(|acts| {
        let unique: BTreeMap<PathBuf, (Act, Looks)> =
            acts.into_iter().map(|(path, act, looks)| (path, (act, looks))).collect();
        let (links, others): (Vec<_>, Vec<_>) =
            unique.into_iter().partition(|(_, (act, _))| matches!(act, Act::Hardlink(_)));
        others.iter().chain(&links).map(|(path, (act, looks))| entry(path, act, *looks)).collect()
    })
}

/// Removes from a stack of layers what no store takes, entry by entry.
fn acceptable(stage: &Stage, layers: &[Vec<Entry>]) -> Vec<Vec<Entry>> {
    let mut taken: Vec<Vec<Entry>> = Vec::new();
    for layer in layers {
        taken.push(Vec::new());
        for entry in layer {
            let top = taken.len() - 1;
            taken[top].push(entry.clone());
            if !is_taken(stage, &taken) {
                taken[top].pop();
            }
        }
    }
    taken
}

fn is_taken(stage: &Stage, layers: &[Vec<Entry>]) -> bool {
    stage.import("trial", layers);
    let image = stage.store.image("trial").unwrap();
    let unpacked = hold::unpack::unpack(stage.store.root(), &image, &stage.path("trial"));
    unpacked.is_ok_and(|()| fs::remove_dir_all(stage.path("trial")).is_ok())
}

fn agree(layers: &[Vec<Entry>]) -> Result<usize, TestCaseError> {
    let Some(stage) = Stage::new() else { return Ok(0) };
    let layers = acceptable(&stage, layers);
    stage.import("t", &layers);
    let flat = stage.path("flat");
    hold::unpack::unpack(stage.store.root(), &stage.store.image("t").unwrap(), &flat).unwrap();
    // The lower layers are unpacked before the uppermost one, so that it borrows from them.
    stage.import("lower", &layers[..layers.len() - 1]);
    stage.bundle("lower", "lower", Backend::Overlay).unwrap();
    for (name, backend) in [("overlay", Backend::Overlay), ("copy", Backend::Copy)] {
        stage.bundle("t", name, backend).unwrap();
        prop_assert_eq!(list(&stage.path(name).join("rootfs")), list(&flat), "{}: {:#?}", name, layers);
        stage.remove(name);
    }
    prop_assert!(hold::fsck::check(&stage.store).unwrap().is_none());
    Ok(layers.iter().map(Vec::len).sum())
}

#[test]
fn both_backends_show_what_unpacking_gives_of_any_layers() {
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let entries = std::cell::Cell::new(0);
    let run = runner.run(&proptest::collection::vec(layer(), 1..5), |layers| {
        entries.set(entries.get() + agree(&layers)?);
        Ok(())
    });
    run.unwrap();
    println!("{} entries", entries.get());
}
