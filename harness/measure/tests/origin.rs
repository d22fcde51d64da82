//! Root file systems as the store makes them of an image, in a mount namespace of our own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use drive::own;
use fixtures::{family, probe};
use measure::session::{Effort, Session, header};
use measure::stage;
use measure::start::Field;
use measure::start::origin::{self, COPY, MOUNT, Origin};
use measure::start::stand::{Stand, Supply};
use record::{Host, Record, Writer};

/// The smallest image, and the store.
fn supply(cache: &Path) -> Supply {
    let family = family::seed(&family::Cache::at(cache)).unwrap();
    Supply { store: own::hold().unwrap(), images: family.into() }
}

/// Types of what is mounted below `place`; the thread has a mount namespace that the process has not.
fn mounted_below(place: &Path) -> Vec<String> {
    let text = fs::read_to_string("/proc/thread-self/mountinfo").unwrap();
    let below =
        text.lines().filter(|line| line.split(' ').nth(4).unwrap().starts_with(place.to_str().unwrap()));
    let kind = |line: &str| line.split(" - ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    below.map(kind).collect()
}

/// Makes a bundle of that origin, with the probe in its root; what is mounted in it. Nothing of it is left.
fn mounts_of(origin: &Origin, field: &Field, supply: &Supply) -> Vec<String> {
    let (scenario, backend) = (&origin.scenario, origin.backend.unwrap());
    let stand = Stand::of_image(field, (scenario, backend), supply, Path::new("/var/tmp")).unwrap();
    let place = stand.path().to_owned();
    let root = place.join(scenario.name).join("rootfs");
    assert_eq!(fs::read(root.join("probe")).unwrap(), probe::BYTES);
    let mounts = mounted_below(&root);
    drop(stand);
    assert!(!place.exists() && mounted_below(&place).is_empty());
    mounts
}

/// Starts the probe of every origin without a container, as no runtime takes part.
fn measured_in(place: &Path, field: &Field, supply: Supply) -> Record {
    let effort = Effort { rounds: 1, budget: Duration::ZERO, ..Effort::FULL };
    let mut record = Writer::new(Vec::new(), header(Host::probe().unwrap(), effort)).unwrap();
    let mut session = Session { record: &mut record, effort };
    origin::run(&mut session, field, &Ok(supply), place).unwrap();
    record::read_from(&record.finish().unwrap()[..]).unwrap()
}

#[test]
fn an_overlay_is_a_mount_and_a_copy_is_none_and_in_memory_no_start_is_cold() {
    if let Err(error) = stage::enter() {
        return println!("skipped: {}", measure::chain(&error));
    }
    let home = tempfile::tempdir().unwrap();
    let supply = supply(&home.path().join("cache"));
    let field = Field::lay_out_for(&home.path().join("field"), &[], &[]).unwrap();
    assert_eq!(mounts_of(&MOUNT, &field, &supply), ["overlay"]);
    assert_eq!(mounts_of(&COPY, &field, &supply), [""; 0]);

    let memory = tempfile::tempdir_in("/run").unwrap();
    let record = measured_in(memory.path(), &field, supply);
    let names: Vec<&str> = record.samples.iter().map(|sample| &*sample.scenario).collect();
    assert!(names.iter().all(|name| name.ends_with("/hot")), "{names:?}");
    assert!(names.contains(&"run-from-copy/hot") && names.contains(&"run-from-overlay/hot"), "{names:?}");
    let omitted: Vec<&str> = record.footer.omitted.keys().map(String::as_str).collect();
    assert_eq!(omitted, ["start/run-from-copy/cold", "start/run-from-overlay/cold", "start/run/cold"]);
    assert!(record.footer.omitted.values().all(|why| why.ends_with("is in memory, where no start is cold")));
    assert_eq!(fs::read_dir(memory.path()).unwrap().count(), 0);
    assert!(mounted_below(memory.path()).is_empty());
}
