//! What a union mount costs: the same operations on a plain directory and on overlays of it.

mod act;
pub mod disk;
pub mod fuse;
pub mod operation;
pub mod overlay;
mod site;
pub mod tree;

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use disk::Kind;
use fuse::Fuse;
use operation::Tree;
pub use operation::{OPERATIONS, Operation, operations};
use overlay::{Overlay, Union};
pub use overlay::{OverlayError, Setting};
use record::{Header, Subject, WriteError};
use rustix::mount::{UnmountFlags, mount_bind, unmount};
use site::Site;
use tree::Layout;

use crate::clock::now_ns;
use crate::sampling::{AGAIN, Contender, Race, Reading, TakeError};
use crate::session::{Effort, Extent, Session};

/// Name of this family in samples.
pub const FAMILY: &str = "io";

/// The subject without any mount, which every other is compared with.
pub const PLAIN: &str = "plain";

/// Numbers of lower layers that are measured.
pub const DEPTHS: [usize; 4] = [1, 4, 16, 64];

/// The plain directory, seen through a bind mount.
pub const BIND: &str = "bind";

/// A union mount of one lower layer that a program makes in place of the kernel, where everything is measured and it is
/// installed.
pub const FUSE: &str = "fuse-overlayfs";

/// One more number of lower layers, where everything is measured.
pub const DEEPEST: usize = 256;

/// Options of mounts that are measured on one lower layer, by the end of the tree's name: nothing is forced to disk, or
/// no data is copied where only attributes change.
pub const SETTINGS: [(&str, Setting); 2] =
    [("volatile", ("volatile", None)), ("metacopy", ("metacopy", Some("on")))];

/// Why there is nothing to measure I/O on.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum FieldError {
    #[error("lay out the files to measure on in `{path}`; about 1 GB has to be free there")]
    LayOut { path: PathBuf, source: io::Error },

    #[error("bind `{path}` to another place")]
    Bind { path: PathBuf, source: io::Error },

    #[error(transparent)]
    Overlay(#[from] OverlayError),
}

/// Adds the subjects to a header.
#[must_use]
pub fn introduce(mut header: Header, extent: Extent) -> Header {
    header.subjects = subjects(extent).iter().map(|name| Subject::without_binary(name)).collect();
    header
}

/// Measures every operation.
///
/// # Errors
/// Where the record cannot be written.
pub fn run<W: Write>(session: &mut Session<'_, W>, field: &Field) -> Result<(), WriteError> {
    let Effort { seed, extent, .. } = session.effort;
    if let Some(why) = &field.without_fuse {
        session.record.omit(format!("{FAMILY}/{FUSE}"), why);
    }
    operations(extent).try_for_each(|operation| session.run(field.race(operation, seed)))
}

/// The same on another file system, in a third of the time: its name ends the names of scenarios.
///
/// # Errors
/// Where the record cannot be written.
pub fn run_on<W: Write>(session: &mut Session<'_, W>, field: &Field, kind: Kind) -> Result<(), WriteError> {
    let Effort { seed, extent, .. } = session.effort;
    operations(extent).try_for_each(|operation| {
        let mut race = field.race(operation, seed);
        race.scenario = format!("{}/{}", race.scenario, kind.name());
        session.run_shorter(race, 3)
    })
}

/// The trees that take part, laid out and mounted.
pub struct Field {
    grounds: Vec<Rc<Ground>>,
    without_fuse: Option<String>,
}

/// A tree that is to take part.
struct Entry {
    name: String,
    layout: Layout,
    /// Whether the layout is the tree's own, and not that of another which nobody writes to.
    is_own: bool,
    seen: Seen,
}

/// What a tree is seen through.
enum Seen {
    Itself,
    Bind,
    Union(Union),
}

/// A directory seen at another place.
struct Bind {
    place: PathBuf,
}

impl Bind {
    fn mount(from: &Path, place: PathBuf) -> Result<Self, FieldError> {
        let mounted = std::fs::create_dir_all(&place).and_then(|()| Ok(mount_bind(from, &place)?));
        mounted.map_err(|source| FieldError::Bind { path: from.to_owned(), source })?;
        Ok(Self { place })
    }
}

impl Drop for Bind {
    /// The mount namespace would take it along in any case.
    fn drop(&mut self) {
        let _ = unmount(&self.place, UnmountFlags::DETACH);
    }
}

/// One tree, and the mount that it is seen through, if any.
struct Ground {
    name: String,
    site: Site,
    overlay: Option<RefCell<Overlay>>,
    #[expect(dead_code, reason = "a mount that goes when this does")]
    bind: Option<Bind>,
}

impl Field {
    /// Lays the plain directory and the layers of every depth out below `home`, in turns, and mounts the unions.
    ///
    /// - **Cost**: about 1 GB and some seconds.
    ///
    /// # Errors
    /// See [`FieldError`]. A program for union mounts that is not there, or cannot mount here, is left out.
    pub fn lay_out(home: &Path, extent: Extent) -> Result<Self, FieldError> {
        let mut entries = entries(home, extent);
        let own: Vec<Layout> =
            entries.iter().filter(|entry| entry.is_own).map(|entry| entry.layout.clone()).collect();
        let failed = |source| FieldError::LayOut { path: home.to_owned(), source };
        tree::lay_out(&own).map_err(failed)?;
        let mut without_fuse = None;
        if extent == Extent::Whole {
            match Fuse::find() {
                Some(fuse) => entries.push(Entry::borrowing(FUSE.to_owned(), home, Union::Fuse(fuse))),
                None => without_fuse = Some(format!("`{FUSE}` is not installed; try apt-get install {FUSE}")),
            }
        }
        let mut grounds = Vec::new();
        for entry in entries {
            let is_fuse = entry.name == FUSE;
            match entry.open(home) {
                Ok(ground) => grounds.push(Rc::new(ground)),
                Err(error) if is_fuse => without_fuse = Some(crate::chain(&error)),
                Err(error) => return Err(error),
            }
        }
        Ok(Self { grounds, without_fuse })
    }

    /// The race of one operation over all trees.
    #[must_use]
    pub fn race(&self, operation: &'static Operation, seed: u64) -> Race {
        let contender = |ground: &Rc<Ground>| {
            let ground = Rc::clone(ground);
            let subject = ground.name.clone();
            Contender { subject, take: Box::new(move || ground.take(operation)) }
        };
        Race::new(FAMILY, operation.name.to_owned(), self.grounds.iter().map(contender).collect(), seed)
    }
}

/// Names of the subjects, the plain directory first.
#[must_use]
pub fn subjects(extent: Extent) -> Vec<String> {
    let fuse = (extent == Extent::Whole && Fuse::find().is_some()).then(|| FUSE.to_owned());
    entries(Path::new(""), extent).into_iter().map(|entry| entry.name).chain(fuse).collect()
}

/// All that is measured wherever there are union mounts, the plain directory first.
fn entries(home: &Path, extent: Extent) -> Vec<Entry> {
    let own = |name: String, count, seen| {
        let layout = Layout::below(&home.join(&name), count);
        Entry { name, layout, is_own: true, seen }
    };
    let plains = [PLAIN.to_owned(), format!("{PLAIN}{AGAIN}")].map(|name| own(name, 1, Seen::Itself));
    let overlays =
        depths(extent).map(|depth| own(overlay_name(depth), depth, Seen::Union(Union::Overlay(None))));
    let set =
        SETTINGS.map(|(end, setting)| Entry::borrowing(set_name(end), home, Union::Overlay(Some(setting))));
    let bind = (extent == Extent::Whole).then(|| own(BIND.to_owned(), 1, Seen::Bind));
    plains.into_iter().chain(overlays).chain(set).chain(bind).collect()
}

fn depths(extent: Extent) -> impl Iterator<Item = usize> {
    DEPTHS.into_iter().chain((extent == Extent::Whole).then_some(DEEPEST))
}

/// Name of the overlay of `depth` lower layers.
#[must_use]
pub fn overlay_name(depth: usize) -> String {
    format!("overlay-{depth}")
}

/// Name of the overlay of one lower layer whose mount has the option `end`.
#[must_use]
pub fn set_name(end: &str) -> String {
    format!("{}-{end}", overlay_name(1))
}

impl Entry {
    /// A union mount over the layer of the overlay of one layer, which none of them writes to.
    fn borrowing(name: String, home: &Path, union: Union) -> Self {
        let layout = Layout::below(&home.join(overlay_name(1)), 1);
        Self { name, layout, is_own: false, seen: Seen::Union(union) }
    }

    /// Mounts what it is seen through.
    fn open(self, home: &Path) -> Result<Ground, FieldError> {
        let Self { name, layout: Layout { mut layers }, seen, .. } = self;
        let ground = |name, root, overlay, bind| Ground { name, site: Site::new(root), overlay, bind };
        match seen {
            Seen::Itself => Ok(ground(name, layers.remove(0), None, None)),
            Seen::Bind => {
                let bind = Bind::mount(&layers[0], home.join(&name).join("bound"))?;
                Ok(ground(name, bind.place.clone(), None, Some(bind)))
            }
            Seen::Union(union) => {
                layers.reverse();
                let mut overlay = Overlay::new(layers, &home.join(&name), union);
                overlay.mount_anew()?;
                Ok(ground(name, overlay.merged().to_owned(), Some(RefCell::new(overlay)), None))
            }
        }
    }
}

impl Ground {
    fn take(&self, operation: &Operation) -> Result<Vec<Reading>, TakeError> {
        if let (Tree::Untouched, Some(overlay)) = (operation.tree, &self.overlay) {
            overlay.borrow_mut().mount_anew()?;
        }
        (operation.before)(&self.site)?;
        let started = now_ns();
        let times = (operation.timed)(&self.site)?;
        let spent = now_ns() - started;
        (operation.after)(&self.site)?;
        Ok(vec![Reading::wall(spent / (times as u64).max(1))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tree_is_its_own_but_those_over_the_layer_of_the_first_overlay() {
        let entries = entries(Path::new("/home"), Extent::Whole);
        let shared = Path::new("/home/overlay-1/0");
        for entry in &entries {
            let lowest = &entry.layout.layers[0];
            assert_eq!(entry.is_own, lowest.parent().unwrap().ends_with(&entry.name), "{}", entry.name);
            assert!(entry.is_own || lowest == shared, "{}", entry.name);
        }
        let borrowed = entries.iter().filter(|entry| !entry.is_own).count();
        assert_eq!(borrowed, SETTINGS.len());
    }

    #[test]
    fn a_look_takes_a_part_of_what_everything_takes_the_plain_directory_first() {
        let (look, whole) = (subjects(Extent::Look), subjects(Extent::Whole));
        assert_eq!((look[0].as_str(), whole[0].as_str()), (PLAIN, PLAIN));
        assert!(look.iter().all(|name| whole.contains(name)) && look.len() < whole.len());
        let taken = |extent| operations(extent).map(|operation| operation.name).collect::<Vec<_>>();
        assert!(taken(Extent::Look).iter().all(|name| taken(Extent::Whole).contains(name)));
        assert_eq!(taken(Extent::Whole).len(), OPERATIONS.len());
        assert!(taken(Extent::Look).len() < OPERATIONS.len());
    }

    #[test]
    fn trees_are_laid_out_where_they_are_looked_for() {
        let home = tempfile::tempdir().unwrap();
        let entry = entries(home.path(), Extent::Look).remove(0);
        tree::lay_out(std::slice::from_ref(&entry.layout)).unwrap();
        let ground = entry.open(home.path()).unwrap();
        let readings = ground.take(&OPERATIONS[0]).unwrap();
        assert!(readings.iter().all(|reading| reading.value > 0) && readings.len() == 1);
    }
}
