//! What was published, and how it is looked for in a record.

use measure::io::{self, PLAIN};
use measure::sampling::WALL;
use measure::statistics::Confidence;
use measure::summary::Series;

use crate::quantity::{Ratio, real};
use crate::rows::cost::{FAMILY, HOT};
use crate::rows::saving::{self, LAYERS};
use crate::source::Source;

/// Something that others have published.
pub(super) struct Claim {
    /// What is said, in our words.
    pub effect: &'static str,
    /// The published figure.
    pub published: &'static str,
    /// Where it was published.
    pub source: &'static str,
    /// Where our ratio lies if it is so.
    pub expected: Expected,
    /// What our ratio is of, and the ratio; `None` where the record holds nothing of it.
    pub ours: fn(&Source) -> Option<(String, Ratio)>,
}

/// Bounds of a ratio.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    /// Lower bound.
    pub above: f64,
    /// Upper bound.
    pub below: f64,
}

/// A tenth more: below that, an effect is none that anybody would publish.
const MORE: Expected = Expected { above: 1.1, below: f64::INFINITY };

/// A tenth less.
const LESS: Expected = Expected { above: 0.0, below: 0.9 };

/// Less than a tenth apart.
const SAME: Expected = Expected { above: 0.9, below: 1.1 };

const KERNEL: &str = "https://docs.kernel.org/filesystems/overlayfs.html";
const DOCKER: &str = "https://docs.docker.com/engine/storage/drivers/overlayfs-driver/";

/// Everything that is looked for, by what it is about.
pub(super) const CLAIMS: [Claim; 15] = [
    Claim {
        effect: "The first write to a file of a lower layer copies the whole file, so a larger file takes longer",
        published: "the entire file is copied, however little is written",
        source: DOCKER,
        expected: MORE,
        ours: |source| between(source, ("first-write-16m", "first-write-4k"), "overlay-1"),
    },
    Claim {
        effect: "Finding files takes longer in images of many layers",
        published: "many layers can slow searches down",
        source: DOCKER,
        expected: MORE,
        ours: |source| deeper(source, "walk-cold"),
    },
    Claim {
        effect: "A name that is not there is looked for in every layer",
        published: "each layer of a merged directory is asked",
        source: KERNEL,
        expected: MORE,
        ours: |source| deeper(source, "lookup-fails-first"),
    },
    Claim {
        effect: "Asked again, it is known without asking the layers",
        published: "the result is cached in the dentry of the overlay",
        source: KERNEL,
        expected: SAME,
        ours: |source| deeper(source, "lookup-fails-again"),
    },
    Claim {
        effect: "Listing a merged directory reads it in every layer",
        published: "the lists of all layers are merged and cached",
        source: KERNEL,
        expected: MORE,
        ours: |source| deeper(source, "readdir"),
    },
    Claim {
        effect: "Reading a large file costs what it costs without an overlay",
        published: "very little overhead",
        source: DOCKER,
        expected: SAME,
        ours: |source| trees(source, "sequential-read", ("overlay-1", PLAIN)),
    },
    Claim {
        effect: "`volatile` makes a first write cheaper, as nothing is forced to disk",
        published: "all forms of sync are omitted",
        source: KERNEL,
        expected: LESS,
        ours: |source| trees(source, "first-write-4k", ("overlay-1-volatile", "overlay-1")),
    },
    Claim {
        effect: "`metacopy` copies no data where only attributes change",
        published: "only metadata is copied up",
        source: KERNEL,
        expected: LESS,
        ours: |source| trees(source, "chmod-16m", ("overlay-1-metacopy", "overlay-1")),
    },
    Claim {
        effect: "Opening a file of a lower layer for writing copies it, whether anything is written or not",
        published: "the copy is made when write access is needed",
        source: KERNEL,
        expected: MORE,
        ours: |source| trees(source, "open-to-write-16m", ("overlay-1", PLAIN)),
    },
    Claim {
        effect: "With `metacopy` too, that open copies all data",
        published: "data follows when the file is opened for writing",
        source: KERNEL,
        expected: SAME,
        ours: |source| trees(source, "open-to-write-16m", ("overlay-1-metacopy", "overlay-1")),
    },
    Claim {
        effect: "A union mount that a program makes costs more than the kernel's",
        published: "almost twice the work",
        source: "https://www.redhat.com/sysadmin/podman-rootless-overlay",
        expected: MORE,
        ours: |source| trees(source, "small-read", (io::FUSE, "overlay-1")),
    },
    Claim {
        effect: "crun runs a container in less time than runc",
        published: "0.506 × (100 × `/bin/true`: 1.69 s, 3.34 s)",
        source: "https://github.com/containers/crun",
        expected: LESS,
        ours: |source| runtimes(source, &[HOT], ("crun", "runc")),
    },
    Claim {
        effect: "crun creates, starts and deletes in less time than runc",
        published: "0.211 × (47.3 ms, 224.6 ms)",
        source: "https://github.com/youki-dev/youki",
        expected: LESS,
        ours: |source| runtimes(source, &LIFE, ("crun", "runc")),
    },
    Claim {
        effect: "youki creates, starts and deletes in less time than runc",
        published: "0.496 × (111.5 ms, 224.6 ms)",
        source: "https://github.com/youki-dev/youki",
        expected: LESS,
        ours: |source| runtimes(source, &LIFE, ("youki", "runc")),
    },
    Claim {
        effect: "Layers of images that were rebuilt or updated share little; their files share more",
        published: "up to 6.9 × less than layers",
        source: "https://www.usenix.org/conference/atc20/presentation/zhao",
        expected: LESS,
        ours: |source| kept(source, "debian").or_else(|| kept(source, "synthetic")),
    },
];

/// What the verbs of youki's comparison are called here.
const LIFE: [&str; 3] = ["create/hot", "start/hot", "delete/hot"];

/// One operation on two trees.
fn trees(source: &Source, operation: &str, pair: (&str, &str)) -> Option<(String, Ratio)> {
    let found = source.beside((io::FAMILY, operation), pair, WALL)?;
    Some((format!("`{operation}`: {} / {}", pair.0, pair.1), found.ratio.into()))
}

/// One operation on the deepest overlay, beside the one of a single layer.
fn deeper(source: &Source, operation: &str) -> Option<(String, Ratio)> {
    let depth = |name: &&str| name.strip_prefix("overlay-").and_then(|depth| depth.parse::<u32>().ok());
    let deepest = source.subjects(io::FAMILY, operation).into_iter().max_by_key(depth)?;
    trees(source, operation, (deepest, "overlay-1")).filter(|_| deepest != "overlay-1")
}

/// Two operations on one tree, round by round.
fn between(source: &Source, pair: (&str, &str), tree: &str) -> Option<(String, Ratio)> {
    let series = |operation| source.series(io::FAMILY, operation, tree, WALL);
    let found = series(pair.0)?.beside(series(pair.1)?, Confidence::P950)?;
    Some((format!("{tree}: `{}` / `{}`", pair.0, pair.1), found.ratio.into()))
}

/// The newest version of two runtimes, over the sum of some scenarios.
fn runtimes(source: &Source, scenarios: &[&str], pair: (&str, &str)) -> Option<(String, Ratio)> {
    let (ours, theirs) = (newest(source, pair.0)?, newest(source, pair.1)?);
    let found = sum(source, scenarios, ours)?.beside(&sum(source, scenarios, theirs)?, Confidence::P950)?;
    let verbs: Vec<String> =
        scenarios.iter().map(|name| format!("`{}`", name.trim_end_matches("/hot"))).collect();
    let what = format!("{}, hot: {} / {}", verbs.join(" + "), source.title(ours), source.title(theirs));
    Some((what, found.ratio.into()))
}

/// The last binary of that name in the header, which lists a cache of newer ones after what is installed.
fn newest<'a>(source: &'a Source, name: &str) -> Option<&'a str> {
    let is = |subject: &&str| {
        subject.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    source.runtimes().into_iter().rfind(is)
}

/// What some scenarios took together, round by round.
fn sum(source: &Source, scenarios: &[&str], subject: &str) -> Option<Series> {
    let series = scenarios.iter().map(|scenario| source.series(FAMILY, scenario, subject, WALL));
    let series: Vec<&Series> = series.collect::<Option<_>>()?;
    series.iter().copied().cloned().reduce(|a, b| a.plus(&b))
}

/// Bytes of files kept once, beside those of layers; an exact figure, so an interval of no width.
fn kept(source: &Source, images: &str) -> Option<(String, Ratio)> {
    let bytes = |level| source.series(saving::FAMILY, images, level, "apparent")?.last();
    let (files, layers) = (bytes("files")?, bytes(LAYERS).filter(|bytes| *bytes > 0)?);
    let value = real(files) / real(layers);
    Some((format!("bytes of `{images}`: files / layers"), Ratio { value, low: value, high: value }))
}
