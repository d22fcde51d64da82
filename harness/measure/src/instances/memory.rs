//! What bundles of one image take of the page cache, when the same file is read in each.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use drive::cache::{self, CacheError};

/// Where a bundle has its files.
const ROOT: &str = "rootfs";

/// The largest file that is read: 16 MiB by a hundred copies are as much as a small machine can keep in memory.
const LIMIT_BYTES: u64 = 16 << 20;

/// Why it is not known what bundles take of the page cache.
#[derive(Debug, thiserror::Error)]
pub(super) enum MemoryError {
    #[error("look for a file in `{root}`")]
    Walk { root: PathBuf, source: io::Error },

    #[error("`{root}` has no file of 1 B to 16 MiB")]
    NoFile { root: PathBuf },

    #[error(transparent)]
    Cache(#[from] CacheError),
}

/// The largest file of a bundle's image that is not too large, by its path there.
pub(super) fn largest(bundle: &Path) -> Result<PathBuf, MemoryError> {
    let root = bundle.join(ROOT);
    let mut sizes = Vec::new();
    walk(&root, &mut sizes).map_err(|source| MemoryError::Walk { root: root.clone(), source })?;
    let fits = |(bytes, _): &(u64, PathBuf)| (1..=LIMIT_BYTES).contains(bytes);
    let (_, path) = sizes.into_iter().filter(fits).max().ok_or(MemoryError::NoFile { root: root.clone() })?;
    Ok(path.strip_prefix(&root).map_or(path.clone(), Path::to_owned))
}

/// Sizes and paths of all regular files.
fn walk(directory: &Path, sizes: &mut Vec<(u64, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            walk(&entry.path(), sizes)?;
        } else if metadata.is_file() {
            sizes.push((metadata.len(), entry.path()));
        }
    }
    Ok(())
}

/// Bytes of the page cache when `file` was read in all of them.
pub(super) fn cached(bundles: &[PathBuf], file: &Path) -> Result<u64, MemoryError> {
    let files: Vec<PathBuf> = bundles.iter().map(|bundle| bundle.join(ROOT).join(file)).collect();
    Ok(cache::bytes_behind(&files)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_file_is_neither_a_link_nor_too_large() {
        let bundle = tempfile::tempdir().unwrap();
        let root = bundle.path().join(ROOT);
        fs::create_dir_all(root.join("a/b")).unwrap();
        std::os::unix::fs::symlink("/etc", root.join("a/link")).unwrap();
        fs::write(root.join("empty"), "").unwrap();
        assert!(matches!(largest(bundle.path()), Err(MemoryError::NoFile { .. })));
        fs::write(root.join("a/less"), "1").unwrap();
        fs::write(root.join("a/b/most"), "12").unwrap();
        fs::File::create(root.join("huge")).unwrap().set_len(LIMIT_BYTES + 1).unwrap();
        assert_eq!(largest(bundle.path()).unwrap(), Path::new("a/b/most"));
    }

    #[test]
    fn a_bundle_without_the_file_is_told() {
        let missing = cached(&["/nowhere".into()], Path::new("f")).unwrap_err();
        assert_eq!(missing.to_string(), "map `/nowhere/rootfs/f`");
    }
}
