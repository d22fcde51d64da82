//! A tree that operations work on, and the names in it.

use std::cell::Cell;
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::tree::{self, DIRECTORIES};

/// Files that one take creates or removes.
pub(super) const NEW_FILES: usize = 100;

/// A tree to work on, and a number that differs from take to take.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    turn: Cell<u64>,
    /// Paths of its small files, put together off the clock.
    small: Vec<CString>,
    /// And of the directories with them.
    directories: Vec<CString>,
}

impl Site {
    /// The tree below `root`.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        let path =
            |name: &Path| CString::new(root.join(name).into_os_string().into_vec()).unwrap_or_default();
        let small = tree::small_files().map(|name| path(name.as_ref())).collect();
        let directories = (0..DIRECTORIES).map(|at| path(format!("d{at:02}").as_ref())).collect();
        Self { turn: Cell::new(0), small, directories, root }
    }

    /// Paths of its small files.
    pub(super) fn small(&self) -> &[CString] {
        &self.small
    }

    /// Paths of its directories with small files.
    pub(super) fn directories(&self) -> &[CString] {
        &self.directories
    }

    pub(super) fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Names that no take used before.
    pub(super) fn fresh_names(&self, count: usize) -> impl Iterator<Item = PathBuf> {
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        let name = move |at| format!("d{:02}/n{turn}-{at}", at % DIRECTORIES);
        (0..count).map(move |at| self.at(name(at)))
    }

    pub(super) fn renamed(&self, file: usize) -> PathBuf {
        self.at(format!("d00/renamed-{file}"))
    }

    pub(super) fn new_files(&self) -> impl Iterator<Item = PathBuf> {
        (0..NEW_FILES).map(|at| self.at(format!("d{:02}/new-{at}", at % DIRECTORIES)))
    }
}
