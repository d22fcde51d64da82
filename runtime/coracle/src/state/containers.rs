//! The state root: where the directories of all containers are.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use super::container::Container;
use super::directory::{self, Directory, StateError};
use super::id::Id;
use crate::cause::Cause;

/// All containers below one state root.
#[derive(Debug, Clone)]
pub struct Containers {
    root: String,
}

/// The state root and its parents: everyone may pass, nobody else may look.
const ROOT_MODE: u32 = 0o711;
const CONTAINER_MODE: u32 = 0o700;

impl Containers {
    /// Those below `root`, which need not exist yet.
    #[must_use]
    pub fn below(root: &str) -> Self {
        Self { root: root.to_owned() }
    }

    /// Takes the id for a new container, and locks its directory.
    ///
    /// Of those who try at once exactly one gets it: `mkdir(2)` decides.
    ///
    /// # Errors
    /// [`StateError::Exists`] for the others; a state root that cannot be made or written.
    pub fn reserve(&self, id: &Id) -> Result<Directory, StateError> {
        let path = directory::path(&self.root, id);
        let claim = || mkdirat(CWD, path.as_str(), Mode::from_raw_mode(CONTAINER_MODE));
        let outcome = match claim() {
            Err(Errno::NOENT) => self.make_root().and_then(|()| claim()),
            outcome => outcome,
        };
        match outcome {
            Ok(()) => {}
            Err(Errno::EXIST) => return Err(StateError::Exists { id: id.to_string() }),
            Err(errno) => return Err(StateError::Make { path, source: Cause(errno) }),
        }
        let locked = Directory::open(id, path.clone()).and_then(|directory| {
            directory.lock()?;
            Ok(directory)
        });
        if locked.is_err() {
            // Empty, as it was made; whatever speaks against that is told by the first error as well.
            let _removed = unlinkat(CWD, path.as_str(), AtFlags::REMOVEDIR);
        }
        locked
    }

    /// The directory of a container, however damaged what is in it.
    ///
    /// # Errors
    /// [`StateError::Unknown`] when there is none of that id.
    pub fn directory(&self, id: &Id) -> Result<Directory, StateError> {
        Directory::open(id, directory::path(&self.root, id))
    }

    /// A container that is there.
    ///
    /// # Errors
    /// [`StateError::Unknown`] when there is none of that id, [`StateError::Damaged`] when its record cannot be read.
    pub fn find(&self, id: &Id) -> Result<Container, StateError> {
        Container::load(self.directory(id)?)
    }

    /// The ids of all containers, in their order.
    ///
    /// # Errors
    /// When the state root cannot be read; one that does not exist has none.
    pub fn ids(&self) -> Result<Vec<Id>, StateError> {
        let error = |errno| StateError::Open { path: self.root.clone(), source: Cause(errno) };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = match openat(CWD, self.root.as_str(), flags, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(Vec::new()),
            outcome => outcome.map_err(error)?,
        };
        let mut ids = Vec::new();
        for entry in Dir::read_from(&root).map_err(error)? {
            let entry = entry.map_err(error)?;
            let name = entry.file_name().to_str().ok().and_then(|name| Id::parse(name).ok());
            if entry.file_type() == FileType::Directory {
                ids.extend(name);
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// Makes the state root and what is missing above it.
    fn make_root(&self) -> Result<(), Errno> {
        let ends = self.root.match_indices('/').map(|(index, _)| index).filter(|index| *index > 0);
        for end in ends.chain([self.root.len()]) {
            let parent = self.root.get(..end).unwrap_or_default();
            match mkdirat(CWD, parent, Mode::from_raw_mode(ROOT_MODE)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }
}
