//! The files that I/O is measured on: the same names, sizes and content whatever they lie on.

use std::fs::{self, File};
use std::io;
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

/// Files whose first write is measured, with their sizes.
pub const WRITTEN: [(&str, usize); 3] =
    [("written-4k", 4 << 10), ("written-1m", 1 << 20), ("written-16m", 16 << 20)];

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

/// Lays the files out over `count` directories below `home`, `home/0` the lowest; small files take turns, so that
/// every directory is spread over all of them. On return they are on disk, so that no write-back runs behind.
///
/// # Errors
/// Whatever the file system refuses, such as on a full disk.
pub fn lay_out(home: &Path, count: usize) -> io::Result<Vec<PathBuf>> {
    let layers: Vec<PathBuf> = (0..count).map(|layer| home.join(layer.to_string())).collect();
    for layer in &layers {
        for directory in 0..DIRECTORIES {
            fs::create_dir_all(layer.join(format!("d{directory:02}")))?;
        }
    }
    for (turn, file) in small_files().enumerate() {
        write_small(&layers[turn % count].join(file))?;
    }
    fs::write(layers[0].join(LARGE), content(LARGE_BYTES))?;
    for (name, size) in WRITTEN {
        fs::write(layers[0].join(name), content(size))?;
    }
    syncfs(File::open(home)?)?;
    Ok(layers)
}

/// Bytes that no file system stores as a hole.
fn content(size: usize) -> Vec<u8> {
    (0..=u8::MAX).rev().cycle().take(size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_holds_the_same_files() {
        let scratch = tempfile::tempdir().unwrap();
        let layers = lay_out(scratch.path(), 4).unwrap();
        assert_eq!(layers.len(), 4);
        for file in small_files() {
            let holders = layers.iter().filter(|layer| layer.join(&file).exists()).count();
            assert_eq!(holders, 1, "{}", file.display());
        }
        let spread = |layer: &PathBuf| fs::read_dir(layer.join("d00")).unwrap().count();
        assert!(layers.iter().all(|layer| spread(layer) == FILES / 4));
        assert_eq!(fs::metadata(layers[0].join(LARGE)).unwrap().len(), LARGE_BYTES as u64);
    }
}
