//! What files take of the page cache: pages that several of them have in common count once.
//!
//! An overlay has no pages of its own: what is read through it lies in the cache of the layer's file. cachestat(2) on
//! such a file therefore tells nothing, and the `Pss` of a mapping is cut to whole KiB, to nothing where hundreds share
//! a page. So the pages themselves are told apart, by their number.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crate::sys::mapping::Mapping;

/// Why it cannot be told.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum CacheError {
    #[error("map `{path}`")]
    Map { path: PathBuf, source: io::Error },

    #[error("read `{PAGES}`")]
    Pages { source: io::Error },

    #[error("`{path}` did not stay in memory; free some and try again")]
    Absent { path: PathBuf },

    #[error("the kernel hides which pages a mapping has; run as root")]
    Hidden,
}

/// What each page of this process's addresses is, 8 bytes a page.
const PAGES: &str = "/proc/self/pagemap";

/// Of such an entry: whether the page is in memory, and its number there.
const PRESENT: u64 = 1 << 63;
const NUMBER: u64 = (1 << 55) - 1;

/// Bytes of the page cache behind `files`, none of them empty, once each is read to its end.
///
/// All are mapped at once, and unmapped before it returns. Files of overlays over the same layer have their pages in
/// common; copies have none.
///
/// - **Cost**: reads the files where they are not cached; 8 bytes a page.
/// - **Source**: `Documentation/admin-guide/mm/pagemap.rst` of the kernel.
///
/// # Errors
/// See [`CacheError`]; numbers of pages are for root alone.
pub fn bytes_behind(files: &[PathBuf]) -> Result<u64, CacheError> {
    let mapped: Vec<Mapping> = files.iter().map(|path| map(path)).collect::<Result<_, _>>()?;
    let pages = File::open(PAGES).map_err(|source| CacheError::Pages { source })?;
    let mut numbers = Vec::new();
    for (mapping, path) in mapped.iter().zip(files) {
        let entries = entries(&pages, mapping).map_err(|source| CacheError::Pages { source })?;
        numbers.extend(present(&entries, path)?);
    }
    Ok(distinct(numbers) * page_bytes() as u64)
}

fn map(path: &Path) -> Result<Mapping, CacheError> {
    let mapped = File::open(path).and_then(|file| Mapping::of(&file));
    let mapped = mapped.map_err(|source| CacheError::Map { path: path.to_owned(), source })?;
    let _ = mapped.touch();
    Ok(mapped)
}

fn page_bytes() -> usize {
    rustix::param::page_size()
}

fn entries(pages: &File, mapping: &Mapping) -> io::Result<Vec<u64>> {
    let addresses = mapping.addresses();
    let mut entries = vec![0; addresses.len().div_ceil(page_bytes()) * size_of::<u64>()];
    pages.read_exact_at(&mut entries, (addresses.start / page_bytes() * size_of::<u64>()) as u64)?;
    Ok(entries.as_chunks().0.iter().copied().map(u64::from_ne_bytes).collect())
}

/// Numbers of pages that must all be in memory.
fn present(entries: &[u64], path: &Path) -> Result<Vec<u64>, CacheError> {
    let number = |entry: &u64| match (entry & PRESENT, entry & NUMBER) {
        (0, _) => Err(CacheError::Absent { path: path.to_owned() }),
        (_, 0) => Err(CacheError::Hidden),
        (_, number) => Ok(number),
    };
    entries.iter().map(number).collect()
}

fn distinct(mut numbers: Vec<u64>) -> u64 {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len() as u64
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What the kernel tells root; `None` for anybody else.
    fn told(files: &[&Path]) -> Option<u64> {
        let files: Vec<PathBuf> = files.iter().map(|path| path.to_path_buf()).collect();
        match bytes_behind(&files) {
            Err(CacheError::Hidden) => {
                eprintln!("skipped: numbers of pages are for root alone");
                None
            }
            told => Some(told.unwrap()),
        }
    }

    #[test]
    fn a_file_counts_once_by_all_its_names_and_a_copy_counts_again() {
        let home = tempfile::tempdir().unwrap();
        let [one, name, copy] = ["one", "name", "copy"].map(|name| home.path().join(name));
        let pages = |count: u64| Some(count * page_bytes() as u64);
        fs::write(&one, vec![1; page_bytes() * 2 + 1]).unwrap();
        fs::hard_link(&one, &name).unwrap();
        fs::copy(&one, &copy).unwrap();
        let Some(alone) = told(&[&one]) else { return };
        assert_eq!(Some(alone), pages(3));
        assert_eq!(told(&[&one, &name, &one]), pages(3));
        assert_eq!(told(&[&one, &name, &copy]), pages(6));
    }

    #[test]
    fn a_page_that_is_absent_or_hidden_is_no_figure() {
        let of = |entries: &[u64]| present(entries, Path::new("/f"));
        assert_eq!(of(&[PRESENT | 7, PRESENT | (1 << 60) | 8]).unwrap(), [7, 8]);
        assert!(matches!(of(&[PRESENT | 7, 9]), Err(CacheError::Absent { .. })));
        assert!(matches!(of(&[PRESENT]), Err(CacheError::Hidden)));
    }

    #[test]
    fn what_cannot_be_mapped_is_told_with_its_path() {
        let empty = tempfile::NamedTempFile::new().unwrap();
        for path in [empty.path(), Path::new("/nowhere")] {
            let refused = bytes_behind(&[path.to_owned()]).unwrap_err();
            assert_eq!(refused.to_string(), format!("map `{}`", path.display()));
        }
    }
}
