//! The files that I/O is measured on: the same names, sizes and content whatever they lie on.
//!
//! Where a file lies in memory and on disk decides what it costs, by up to a fifth: two trees written one after the other
//! were that far apart, time after time. So all trees of a run are written in turns, file by file, and share what luck there
//! is.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::syncfs;

/// Directories of small files; each exists in every layer, so that an overlay has to merge it.
pub const DIRECTORIES: usize = 20;

/// Small files in each directory.
pub const FILES: usize = 100;

/// Size of a small file, one page.
pub const SMALL_BYTES: usize = 4096;

/// Size of the file that is read from end to end.
pub const LARGE_BYTES: usize = 64 << 20;

/// The file that is read from end to end, in the lowest layer.
pub const LARGE: &str = "large";

/// Bytes that are written to one tree before it is the next one's turn: large enough for the kernel to take large pages.
const PIECE_BYTES: usize = 1 << 20;

/// Files of one size whose first write is measured: one after the other, as a single one says too little of the others.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    stem: &'static str,
    /// Bytes of each.
    pub bytes: usize,
    /// How many there are.
    pub count: usize,
}

impl Written {
    /// Their names, relative to the root.
    pub fn names(self) -> impl Iterator<Item = String> {
        (0..self.count).map(move |at| format!("written-{}-{at}", self.stem))
    }
}

/// Of 4 KiB.
pub const WRITTEN_4K: Written = Written { stem: "4k", bytes: 4 << 10, count: 16 };

/// Of 64 KiB.
pub const WRITTEN_64K: Written = Written { stem: "64k", bytes: 64 << 10, count: 8 };

/// Of 1 MiB.
pub const WRITTEN_1M: Written = Written { stem: "1m", bytes: 1 << 20, count: 4 };

/// Of 16 MiB.
pub const WRITTEN_16M: Written = Written { stem: "16m", bytes: 16 << 20, count: 1 };

/// All of them.
pub const WRITTEN: [Written; 4] = [WRITTEN_4K, WRITTEN_64K, WRITTEN_1M, WRITTEN_16M];

/// Every small file, relative to the root.
pub fn small_files() -> impl Iterator<Item = PathBuf> {
    (0..DIRECTORIES).flat_map(|directory| (0..FILES).map(move |file| path_of(directory, file)))
}

/// One small file, relative to the root.
#[must_use]
pub fn path_of(directory: usize, file: usize) -> PathBuf {
    PathBuf::from(format!("d{directory:02}/f{file:03}"))
}

/// Writes one small file.
///
/// # Errors
/// Whatever the file system refuses.
pub fn write_small(path: &Path) -> io::Result<()> {
    fs::write(path, content(SMALL_BYTES))
}

/// A tree to lay out.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Its directories, the lowest first. Small files take turns over them, so that every directory is spread over all.
    pub layers: Vec<PathBuf>,
}

impl Layout {
    /// `count` directories below `home`, `home/0` the lowest.
    #[must_use]
    pub fn below(home: &Path, count: usize) -> Self {
        Self { layers: (0..count).map(|layer| home.join(layer.to_string())).collect() }
    }

    fn lowest(&self) -> &Path {
        &self.layers[0]
    }
}

/// Lays all trees out, in turns. On return they are on disk, so that no write-back runs behind.
///
/// # Errors
/// Whatever the file system refuses, such as on a full disk.
pub fn lay_out(trees: &[Layout]) -> io::Result<()> {
    for layer in trees.iter().flat_map(|tree| &tree.layers) {
        for directory in 0..DIRECTORIES {
            fs::create_dir_all(layer.join(format!("d{directory:02}")))?;
        }
    }
    for (turn, file) in small_files().enumerate() {
        for tree in trees {
            write_small(&tree.layers[turn % tree.layers.len()].join(&file))?;
        }
    }
    let written = WRITTEN.into_iter().flat_map(|some| some.names().map(move |name| (name, some.bytes)));
    for (name, bytes) in std::iter::once((LARGE.to_owned(), LARGE_BYTES)).chain(written) {
        let files = trees.iter().map(|tree| File::create(tree.lowest().join(&name)));
        write_in_turns(&files.collect::<io::Result<Vec<_>>>()?, bytes)?;
    }
    trees.iter().try_for_each(|tree| Ok(syncfs(File::open(tree.lowest())?)?))
}

/// Fills every file with `size` bytes, a piece of each after the other.
fn write_in_turns(files: &[File], size: usize) -> io::Result<()> {
    let content = content(size);
    let mut pieces = content.chunks(PIECE_BYTES);
    pieces.try_for_each(|piece| files.iter().try_for_each(|mut file| file.write_all(piece)))
}

/// Bytes that no file system stores as a hole.
#[must_use]
pub fn content(size: usize) -> Vec<u8> {
    (0..=u8::MAX).rev().cycle().take(size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_holds_the_same_files() {
        let scratch = tempfile::tempdir().unwrap();
        let trees = [1, 4].map(|count| Layout::below(&scratch.path().join(count.to_string()), count));
        lay_out(&trees).unwrap();
        for Layout { layers } in trees {
            for file in small_files() {
                let holders = layers.iter().filter(|layer| layer.join(&file).exists()).count();
                assert_eq!(holders, 1, "{}", file.display());
            }
            let spread = |layer: &PathBuf| fs::read_dir(layer.join("d00")).unwrap().count();
            assert!(layers.iter().all(|layer| spread(layer) == FILES / layers.len()));
            assert_eq!(fs::read(layers[0].join(LARGE)).unwrap(), content(LARGE_BYTES));
            for some in WRITTEN {
                for name in some.names() {
                    assert_eq!(fs::read(layers[0].join(&name)).unwrap(), content(some.bytes), "{name}");
                }
            }
        }
    }
}
