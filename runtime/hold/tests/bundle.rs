//! Bundles from beginning to end: made, used, checked, collected, removed. Needs root; skips with a reason without.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use fixtures::tree::Entry;
use hold::bundle::BundleError;
use hold::fsck::{self, Damage};
use hold::gc::{self, Sweep};
use hold::record::{self, Backend, Known};
use hold::{df, layers, overlay};

use stage::{Stage, list};

/// An image `app` of two layers, and `base`, the lower one.
fn stage() -> Option<Stage> {
    let stage = Stage::new()?;
    let base = vec![
        Entry::directory("etc").mode(0o700).owner(3, 4),
        Entry::file("etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
        Entry::file("gone", "x"),
        Entry::file("kept", "x").attribute("user.k", "v"),
    ];
    let app = vec![Entry::file("etc/new", "y"), Entry::whiteout("gone"), Entry::hardlink("link", "kept")];
    stage.import("base", std::slice::from_ref(&base));
    stage.import("app", &[base, app]);
    Some(stage)
}

fn layer_paths(stage: &Stage) -> Vec<PathBuf> {
    let home = layers::home(stage.store.root());
    let mut paths: Vec<_> = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn is_mounted(path: &Path) -> bool {
    !overlay::mounts_below(path).unwrap().is_empty()
}

#[test]
fn both_backends_show_the_tree_that_unpacking_gives() {
    let Some(stage) = stage() else { return };
    // The lower layer is unpacked before the one that links into it, and after.
    for order in [["base", "app"], ["app", "base"]] {
        for tag in order {
            hold::unpack::unpack(stage.store.root(), &stage.store.image(tag).unwrap(), &stage.path("flat"))
                .unwrap();
            for (name, backend) in [("overlay", Backend::Overlay), ("copy", Backend::Copy)] {
                stage.bundle(tag, name, backend).unwrap();
                assert_eq!(list(&stage.path(name).join("rootfs")), list(&stage.path("flat")), "{tag} {name}");
                stage.remove(name);
            }
            fs::remove_dir_all(stage.path("flat")).unwrap();
        }
        for layer in layer_paths(&stage) {
            layers::discard(stage.store.root(), &layer).unwrap();
        }
    }
}

#[test]
fn what_a_container_writes_stays_in_its_bundle_and_goes_with_it() {
    let Some(stage) = stage() else { return };
    stage.bundle("app", "one", Backend::Overlay).unwrap();
    stage.bundle("app", "two", Backend::Overlay).unwrap();
    let root = |name: &str| stage.path(name).join("rootfs");
    fs::write(root("one").join("kept"), "changed").unwrap();
    fs::remove_file(root("one").join("etc/new")).unwrap();
    assert_eq!(fs::read_to_string(root("two").join("kept")).unwrap(), "x");
    assert!(root("two").join("etc/new").exists());
    stage.remove("one");
    assert!(!stage.path("one").exists() && !is_mounted(&stage.path("one")));
    // Once more, and where there never was one.
    stage.remove("one");
    stage.remove("none");
    stage.bundle("app", "one", Backend::Overlay).unwrap();
    assert_eq!(fs::read_to_string(root("one").join("kept")).unwrap(), "x");
    assert!(fsck::check(&stage.store).unwrap().is_none());
}

#[test]
fn a_bundle_is_mounted_again_with_what_was_written_into_it() {
    let Some(stage) = stage() else { return };
    stage.import("empty", &[]);
    let root = |name: &str| stage.path(name).join("rootfs");
    let mount = |name: &str| hold::bundle::mount(&stage.store, &stage.path(name));
    let unmount = |name: &str| hold::bundle::unmount(&stage.store, &stage.path(name));
    for name in ["app", "empty"] {
        stage.bundle(name, name, Backend::Overlay).unwrap();
        fs::write(root(name).join("written"), "z").unwrap();
        let whole = list(&root(name));
        assert!(!mount(name).unwrap(), "it is mounted");
        assert!(unmount(name).unwrap() && !is_mounted(&stage.path(name)), "{name}");
        assert_eq!(fs::read_dir(root(name)).unwrap().count(), 0, "{name}");
        assert!(!unmount(name).unwrap(), "it is not mounted any more");
        assert!(mount(name).unwrap() && list(&root(name)) == whole, "{name}");
        stage.remove(name);
    }
    stage.bundle("app", "copy", Backend::Copy).unwrap();
    assert!(!unmount("copy").unwrap() && !mount("copy").unwrap());
    for refused in [mount("none"), unmount("none")] {
        assert!(matches!(refused, Err(BundleError::Unknown { .. })), "{refused:?}");
    }
}

#[test]
fn a_root_in_use_is_not_unmounted() {
    let Some(stage) = stage() else { return };
    stage.bundle("app", "one", Backend::Overlay).unwrap();
    let open = fs::File::open(stage.path("one").join("rootfs/kept")).unwrap();
    let refused = hold::bundle::unmount(&stage.store, &stage.path("one"));
    assert!(matches!(refused, Err(BundleError::Busy { .. })), "{refused:?}");
    assert!(is_mounted(&stage.path("one")));
    drop(open);
    assert!(hold::bundle::unmount(&stage.store, &stage.path("one")).unwrap());
}

#[test]
fn a_bundle_is_not_made_over_something_and_a_stranger_is_not_removed() {
    let Some(stage) = stage() else { return };
    fs::create_dir(stage.path("mine")).unwrap();
    assert!(matches!(stage.bundle("app", "mine", Backend::Copy), Err(BundleError::Exists { .. })));
    let removed = hold::bundle::remove(&stage.store, &stage.path("mine"));
    assert!(matches!(removed, Err(BundleError::Unknown { .. })));
    assert!(stage.path("mine").is_dir());
    assert!(matches!(stage.bundle("none", "new", Backend::Copy), Err(BundleError::Store(_))));
    assert!(!stage.path("new").exists() && record::list(stage.store.root()).unwrap().is_empty());
}

#[test]
fn an_image_that_cannot_be_converted_leaves_nothing_of_a_bundle() {
    let Some(stage) = stage() else { return };
    let entries = vec![Entry::symlink("work", "/nowhere")];
    let layer = fixtures::image::Layer::of(&entries, fixtures::image::Compression::None);
    let image = fixtures::image::Image::new([layer]).config(|config| {
        config.set_cmd(Some(vec!["x".to_owned()])).set_working_dir(Some("/work".to_owned()));
    });
    fixtures::image::Layout::new().tag("odd", image).write(&stage.path("layout")).unwrap();
    hold::import::import(&stage.store, &stage.path("layout"), "odd", &|_, _| ()).unwrap();
    for backend in [Backend::Overlay, Backend::Copy] {
        assert!(matches!(stage.bundle("odd", "odd", backend), Err(BundleError::Convert(_))));
        assert!(!stage.path("odd").exists() && !is_mounted(&stage.path("odd")));
    }
    assert!(record::list(stage.store.root()).unwrap().is_empty());
}

#[test]
fn layers_of_a_bundle_outlive_the_name_of_its_image() {
    let Some(stage) = stage() else { return };
    stage.bundle("app", "one", Backend::Overlay).unwrap();
    stage.store.forget("app").unwrap();
    stage.store.forget("base").unwrap();
    gc::collect(&stage.store, Sweep::Remove).unwrap();
    assert_eq!(layer_paths(&stage).len(), 2);
    assert_eq!(fs::read_to_string(stage.path("one/rootfs/kept")).unwrap(), "x");
    stage.remove("one");
    assert_eq!(gc::collect(&stage.store, Sweep::DryRun).unwrap().paths, layer_paths(&stage));
    gc::collect(&stage.store, Sweep::Remove).unwrap();
    assert!(layer_paths(&stage).is_empty());
}

#[test]
fn an_interrupted_bundle_is_garbage_its_mount_included() {
    let Some(stage) = stage() else { return };
    let record = stage.bundle("app", "one", Backend::Overlay).unwrap().record;
    let home = record.home(stage.store.root());
    fs::rename(home.join("bundle.json"), home.join("making.json")).unwrap();
    assert_eq!(record::list(stage.store.root()).unwrap(), [Known::Making(record)]);
    fs::create_dir(record::home(stage.store.root()).join("nameless")).unwrap();
    assert_eq!(gc::collect(&stage.store, Sweep::DryRun).unwrap().paths.len(), 2);
    assert!(is_mounted(&stage.path("one")));
    gc::collect(&stage.store, Sweep::Remove).unwrap();
    assert!(!stage.path("one").exists() && !is_mounted(&stage.path("one")));
    assert!(record::list(stage.store.root()).unwrap().is_empty());
}

/// Ways to damage a layer, whose directory is given.
const DAMAGES: [fn(&Path); 5] = [
    |layer| fs::write(layer.join("fs/kept"), "z").unwrap(),
    |layer| fs::remove_file(layer.join("fs/kept")).unwrap(),
    |layer| fs::write(layer.join("fs/more"), "").unwrap(),
    |layer| fs::remove_file(layer.join("seal")).unwrap(),
    |layer| fs::write(layer.join("seal"), "sha256:0").unwrap(),
];

#[test]
fn a_damaged_layer_is_found_removed_and_unpacked_again() {
    let Some(stage) = stage() else { return };
    for damage in DAMAGES {
        stage.bundle("base", "one", Backend::Overlay).unwrap();
        stage.remove("one");
        let layers = layer_paths(&stage);
        assert!(fsck::check(&stage.store).unwrap().is_none());
        damage(&layers[0]);
        let expected = Damage { layers, ..Damage::default() };
        assert_eq!(fsck::check(&stage.store).unwrap(), expected);
        assert_eq!(fsck::repair(&stage.store).unwrap(), expected);
        assert!(fsck::check(&stage.store).unwrap().is_none() && layer_paths(&stage).is_empty());
    }
}

#[test]
fn a_damaged_layer_stays_as_long_as_a_bundle_needs_it() {
    let Some(stage) = stage() else { return };
    stage.bundle("base", "one", Backend::Overlay).unwrap();
    DAMAGES[0](&layer_paths(&stage)[0]);
    let damage = fsck::repair(&stage.store).unwrap();
    assert_eq!((damage.layers, damage.bundles), (layer_paths(&stage), vec![stage.path("one")]));
    stage.remove("one");
    fsck::repair(&stage.store).unwrap();
    assert!(layer_paths(&stage).is_empty());
}

#[test]
fn more_layers_than_overlayfs_takes_are_kept_as_one() {
    let Some(stage) = stage() else { return };
    let file = |number: usize| vec![Entry::file(format!("f{}", number % 600), number.to_string())];
    for (tag, count) in [("high", layers::LAYERS), ("higher", 1000)] {
        let layers: Vec<Vec<Entry>> = (0..count).map(file).collect();
        stage.import(tag, &layers);
        stage.bundle(tag, tag, Backend::Overlay).unwrap();
        let root = stage.path(tag).join("rootfs");
        assert_eq!(fs::read_dir(&root).unwrap().count(), count.min(600));
        assert_eq!(
            fs::read_to_string(root.join("f399")).unwrap(),
            (399 + (count - 400) / 600 * 600).to_string()
        );
    }
    assert_eq!(layer_paths(&stage).len(), layers::LAYERS + 1);
}

#[test]
fn an_image_without_layers_gives_an_empty_root() {
    let Some(stage) = stage() else { return };
    stage.import("empty", &[]);
    stage.bundle("empty", "one", Backend::Overlay).unwrap();
    assert_eq!(fs::read_dir(stage.path("one/rootfs")).unwrap().count(), 0);
    fs::write(stage.path("one/rootfs/f"), "x").unwrap();
}

#[test]
fn what_is_shared_is_told_and_what_collection_would_free() {
    let Some(stage) = stage() else { return };
    stage.bundle("app", "one", Backend::Overlay).unwrap();
    stage.bundle("app", "two", Backend::Copy).unwrap();
    let before = df::measure(&stage.store).unwrap();
    // Two manifests, two configurations, two layers; `base` and `app` share the lower layer, the bundle needs both.
    assert_eq!((before.blobs.objects, before.layers.objects, before.shared_layers.objects), (6, 2, 2));
    assert_eq!((before.bundles.objects, before.garbage), (2, df::Usage::default()));
    fs::write(stage.path("one/rootfs/f"), vec![1; 100_000]).unwrap();
    let written = df::measure(&stage.store).unwrap();
    assert_eq!(written.bundles.apparent_bytes - before.bundles.apparent_bytes, 100_000);
    assert_eq!((written.bundles.inodes - before.bundles.inodes, written.layers), (1, before.layers));
    stage.remove("one");
    stage.store.forget("app").unwrap();
    let after = df::measure(&stage.store).unwrap();
    // Manifest, configuration, blob of the layer and the layer itself.
    assert_eq!((after.shared_layers.objects, after.garbage.objects), (0, 4));
    gc::collect(&stage.store, Sweep::Remove).unwrap();
    let collected = df::measure(&stage.store).unwrap();
    let freed = |part: fn(&df::Report) -> df::Usage| part(&after).bytes - part(&collected).bytes;
    assert_eq!(freed(|report| report.blobs) + freed(|report| report.layers), after.garbage.bytes);
}

#[test]
fn bundles_come_and_go_while_images_do_and_garbage_is_collected() {
    let Some(stage) = stage() else { return };
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let makers: Vec<_> = (0..3)
            .map(|maker| {
                let stage = &stage;
                scope.spawn(move || {
                    for round in 0..12 {
                        let (name, tag) = (format!("{maker}"), if round % 2 == 0 { "app" } else { "base" });
                        stage.bundle(tag, &name, Backend::Overlay).unwrap();
                        assert_eq!(fs::read_to_string(stage.path(&name).join("rootfs/kept")).unwrap(), "x");
                        stage.remove(&name);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                stage.import("third", &[vec![Entry::file("kept", "z")]]);
                stage.store.forget("third").unwrap();
                gc::collect(&stage.store, Sweep::Remove).unwrap();
            }
        });
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                assert!(fsck::check(&stage.store).unwrap().is_none());
                df::measure(&stage.store).unwrap();
            }
        });
        let ended: Vec<_> = makers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        stop.store(true, Relaxed);
        assert!(ended.iter().all(Result::is_ok));
    });
    assert!(fsck::check(&stage.store).unwrap().is_none());
    gc::collect(&stage.store, Sweep::Remove).unwrap();
    assert_eq!((layer_paths(&stage).len(), record::list(stage.store.root()).unwrap().len()), (2, 0));
}
