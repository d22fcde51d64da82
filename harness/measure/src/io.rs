//! What a union mount costs: the same operations on a plain directory and on overlays of it.

pub mod disk;
pub mod operation;
pub mod overlay;
pub mod tree;

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use disk::Kind;
pub use operation::{OPERATIONS, Operation};
use operation::{Site, Tree};
use overlay::Overlay;
pub use overlay::{OverlayError, Setting};
use record::{Header, Subject, WriteError};
use rustix::mount::{UnmountFlags, mount_bind, unmount};

use crate::clock::now_ns;
use crate::sampling::{AGAIN, Contender, Race, Reading, TakeError};
use crate::session::{Extent, Session};

/// Name of this family in samples.
pub const FAMILY: &str = "io";

/// The subject without any mount, which every other is compared with.
pub const PLAIN: &str = "plain";

/// Numbers of lower layers that are measured.
pub const DEPTHS: [usize; 4] = [1, 4, 16, 64];

/// The plain directory, seen through a bind mount.
pub const BIND: &str = "bind";

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
    let seed = session.effort.seed;
    OPERATIONS.iter().try_for_each(|operation| session.run(field.race(operation, seed)))
}

/// The same on another file system, in a third of the time: its name ends the names of scenarios.
///
/// # Errors
/// Where the record cannot be written.
pub fn run_on<W: Write>(session: &mut Session<'_, W>, field: &Field, kind: Kind) -> Result<(), WriteError> {
    let seed = session.effort.seed;
    OPERATIONS.iter().try_for_each(|operation| {
        let mut race = field.race(operation, seed);
        race.scenario = format!("{}/{}", race.scenario, kind.name());
        session.run_shorter(race, 3)
    })
}

/// The trees that take part, laid out and mounted.
pub struct Field {
    grounds: Vec<Rc<Ground>>,
    #[expect(dead_code, reason = "a mount that goes when this does")]
    bind: Option<Bind>,
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
}

impl Field {
    /// Lays the plain directory and the layers of every depth out below `home`, and mounts the overlays.
    ///
    /// - **Cost**: about 1 GB and some seconds.
    ///
    /// # Errors
    /// See [`FieldError`].
    pub fn lay_out(home: &Path, extent: Extent) -> Result<Self, FieldError> {
        let mut grounds = vec![plain(PLAIN, home)?, plain(&format!("{PLAIN}{AGAIN}"), home)?];
        for depth in depths(extent) {
            let name = overlay_name(depth);
            let lowers = layers(&name, depth, home)?;
            grounds.push(stacked(name, lowers, (home, None))?);
        }
        // They lie on the same layer, which no overlay writes to.
        let below = home.join(overlay_name(1)).join("0");
        for (end, setting) in SETTINGS {
            grounds.push(stacked(set_name(end), vec![below.clone()], (home, Some(setting)))?);
        }
        let bind = bound(home, extent)?;
        grounds.extend(bind.as_ref().map(|bind| Ground::of(BIND, bind.place.clone())));
        Ok(Self { grounds: grounds.into_iter().map(Rc::new).collect(), bind })
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
    let plains = [PLAIN.to_owned(), format!("{PLAIN}{AGAIN}")];
    let set = SETTINGS.map(|(end, _)| set_name(end));
    let bind = (extent == Extent::Whole).then(|| BIND.to_owned());
    plains.into_iter().chain(depths(extent).map(overlay_name)).chain(set).chain(bind).collect()
}

fn depths(extent: Extent) -> impl Iterator<Item = usize> {
    DEPTHS.into_iter().chain((extent == Extent::Whole).then_some(DEEPEST))
}

/// A plain directory seen through a bind mount, where everything is measured.
fn bound(home: &Path, extent: Extent) -> Result<Option<Bind>, FieldError> {
    if extent == Extent::Look {
        return Ok(None);
    }
    let root = layers("bound", 1, home)?.remove(0);
    Bind::mount(&root, home.join(BIND)).map(Some)
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

fn plain(name: &str, home: &Path) -> Result<Ground, FieldError> {
    let root = layers(name, 1, home)?.remove(0);
    Ok(Ground::of(name, root))
}

fn stacked(
    name: String,
    mut lowers: Vec<PathBuf>,
    (home, setting): (&Path, Option<Setting>),
) -> Result<Ground, FieldError> {
    lowers.reverse();
    let mut overlay = Overlay::new(lowers, &home.join(&name), setting);
    overlay.mount_anew()?;
    let site = Site::new(overlay.merged().to_owned());
    Ok(Ground { name, site, overlay: Some(RefCell::new(overlay)) })
}

fn layers(name: &str, count: usize, home: &Path) -> Result<Vec<PathBuf>, FieldError> {
    let path = home.join(name);
    tree::lay_out(&path, count).map_err(|source| FieldError::LayOut { path, source })
}

impl Ground {
    /// A tree without an overlay.
    fn of(name: &str, root: PathBuf) -> Self {
        Self { name: name.to_owned(), site: Site::new(root), overlay: None }
    }

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
