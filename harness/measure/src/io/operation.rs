//! What is done to a tree while the clock runs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt as _;

use drive::Mapping;
use rustix::fs::{Advice, OFlags, fadvise};

use super::act::{
    append, complete, create, cut_back, each, forget_names, list, nothing, open, permit, read_small,
    second_name, unlink, upgrade, walk,
};
use super::site::Site;
use super::tree::{
    self, FILES, LARGE, LARGE_BYTES, SMALL_BYTES, WRITTEN_1M, WRITTEN_4K, WRITTEN_16M, WRITTEN_64K,
};
use crate::session::Extent;

/// Lookups of one take.
const LOOKUPS: usize = 1000;

/// `O_DIRECT`.
const DIRECT: i32 = OFlags::DIRECT.bits().cast_signed();

/// Bytes of one read from the large file; more brings nothing.
const READ_BYTES: usize = 1 << 20;

/// One thing that programs do with files.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name, such as `walk-cold`.
    pub name: &'static str,
    /// What one value is the time of, such as `file`.
    pub per: &'static str,
    /// What it needs of the tree.
    pub tree: Tree,
    /// Whether a look takes it too.
    pub extent: Extent,
    /// Set up, off the clock.
    pub before: fn(&Site) -> io::Result<()>,
    /// What is on the clock; returns how many times it did the thing.
    pub timed: fn(&Site) -> io::Result<usize>,
    /// Undone, off the clock.
    pub after: fn(&Site) -> io::Result<()>,
}

/// What an operation needs of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tree {
    /// Any state will do.
    AsItIs,
    /// An overlay is mounted anew, with an empty upper directory.
    Untouched,
}

/// Everything that is measured, from reading to changing.
pub const OPERATIONS: [Operation; 24] = [
    SEQUENTIAL_READ,
    SEQUENTIAL_READ_COLD,
    SEQUENTIAL_READ_DIRECT,
    SEQUENTIAL_READ_MAPPED,
    SMALL_READ,
    SMALL_READ_COLD,
    WALK_COLD,
    WALK_WARM,
    READDIR,
    LOOKUP_FAILS_FIRST,
    LOOKUP_FAILS_AGAIN,
    FIRST_WRITE_4K,
    FIRST_WRITE_64K,
    FIRST_WRITE_1M,
    FIRST_WRITE_16M,
    CHMOD_16M,
    OPEN_TO_WRITE_16M,
    LINK_16M,
    TRUNCATE_1M,
    CREATE,
    UNLINK,
    REMOVE_LOWER,
    RENAME_LOWER,
    PACKAGE_UPGRADE,
];

/// Those of a look, or all.
pub fn operations(extent: Extent) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(move |operation| extent == Extent::Whole || operation.extent == Extent::Look)
}

/// Reads one large file from end to end, out of the page cache.
const SEQUENTIAL_READ: Operation = Operation {
    name: "sequential-read",
    per: "64 MiB",
    tree: Tree::AsItIs,
    extent: Extent::Look,
    before: nothing,
    timed: |site| {
        let (mut file, mut buffer) = (File::open(site.at(LARGE))?, vec![0; READ_BYTES]);
        while file.read(&mut buffer)? > 0 {}
        Ok(1)
    },
    after: nothing,
};

/// The same after its pages were dropped from memory; what lies under the file system may still remember them.
const SEQUENTIAL_READ_COLD: Operation = Operation {
    name: "sequential-read-cold",
    before: |site| Ok(fadvise(File::open(site.at(LARGE))?, 0, None, Advice::DontNeed)?),
    ..SEQUENTIAL_READ
};

/// The same past the page cache.
const SEQUENTIAL_READ_DIRECT: Operation = Operation {
    name: "sequential-read-direct",
    timed: |site| {
        let mut file = OpenOptions::new().read(true).custom_flags(DIRECT).open(site.at(LARGE))?;
        let mut buffer = vec![0_u8; READ_BYTES + SMALL_BYTES];
        let begin = buffer.as_ptr().align_offset(SMALL_BYTES);
        let page_aligned = &mut buffer[begin..begin + READ_BYTES];
        while file.read(page_aligned)? > 0 {}
        Ok(1)
    },
    ..SEQUENTIAL_READ
};

/// The same through memory, one byte of each page: a program's code and libraries are read so.
const SEQUENTIAL_READ_MAPPED: Operation = Operation {
    name: "sequential-read-mapped",
    extent: Extent::Whole,
    timed: |site| {
        let pages = Mapping::of(&File::open(site.at(LARGE))?)?.touch();
        complete(pages == LARGE_BYTES / SMALL_BYTES)?;
        Ok(1)
    },
    ..SEQUENTIAL_READ
};

/// Opens, reads and closes every small file, out of the page cache, right after the same was done once: what other trees
/// of the round left in the processor's caches does not count.
const SMALL_READ: Operation = Operation {
    name: "small-read",
    per: "file of 4 KiB",
    tree: Tree::AsItIs,
    extent: Extent::Look,
    before: |site| read_small(site).map(drop),
    timed: read_small,
    after: nothing,
};

/// The same after the pages of the files were dropped from memory; what lies under the file system may still remember them.
const SMALL_READ_COLD: Operation = Operation {
    name: "small-read-cold",
    extent: Extent::Whole,
    before: |site| {
        let forget = |path| Ok(fadvise(&open(path)?, 0, None, Advice::DontNeed)?);
        site.small().iter().try_for_each(forget)
    },
    ..SMALL_READ
};

/// Walks the tree after names and inodes were dropped from memory; blocks of the disk are still there.
const WALK_COLD: Operation =
    Operation { name: "walk-cold", before: |_| forget_names(), tree: Tree::Untouched, ..WALK_WARM };

/// Lists every directory and asks for the attributes of every file, right after the same was done once.
const WALK_WARM: Operation = Operation {
    name: "walk-warm",
    per: "entry",
    tree: Tree::AsItIs,
    extent: Extent::Look,
    before: |site| walk(site).map(drop),
    timed: walk,
    after: nothing,
};

/// Lists directories whose entries are spread over all layers, right after the same was done once.
const READDIR: Operation = Operation {
    name: "readdir",
    per: "directory of 100",
    tree: Tree::AsItIs,
    extent: Extent::Look,
    before: |site| list(site).map(drop),
    timed: list,
    after: nothing,
};

/// Asks for names that are not there, each for the first time.
const LOOKUP_FAILS_FIRST: Operation = Operation {
    name: "lookup-fails-first",
    per: "name",
    tree: Tree::AsItIs,
    extent: Extent::Look,
    before: nothing,
    timed: |site| {
        for name in site.fresh_names(LOOKUPS) {
            complete(matches!(fs::symlink_metadata(name), Err(e) if e.kind() == ErrorKind::NotFound))?;
        }
        Ok(LOOKUPS)
    },
    after: nothing,
};

/// Asks for one name that is not there again and again, as search paths do.
const LOOKUP_FAILS_AGAIN: Operation = Operation {
    name: "lookup-fails-again",
    timed: |site| {
        let name = site.at("d00/nowhere");
        for _ in 0..LOOKUPS {
            complete(matches!(fs::symlink_metadata(&name), Err(e) if e.kind() == ErrorKind::NotFound))?;
        }
        Ok(LOOKUPS)
    },
    ..LOOKUP_FAILS_FIRST
};

/// Appends one byte to files of 4 KiB that lie in a lower layer, which copies each whole file up first.
const FIRST_WRITE_4K: Operation = Operation {
    name: "first-write-4k",
    per: "file",
    tree: Tree::Untouched,
    extent: Extent::Look,
    before: nothing,
    timed: |site| append(site, WRITTEN_4K),
    after: |site| cut_back(site, WRITTEN_4K),
};

/// The same for files of 64 KiB.
const FIRST_WRITE_64K: Operation = Operation {
    name: "first-write-64k",
    extent: Extent::Whole,
    timed: |site| append(site, WRITTEN_64K),
    after: |site| cut_back(site, WRITTEN_64K),
    ..FIRST_WRITE_4K
};

/// The same for files of 1 MiB.
const FIRST_WRITE_1M: Operation = Operation {
    name: "first-write-1m",
    timed: |site| append(site, WRITTEN_1M),
    after: |site| cut_back(site, WRITTEN_1M),
    ..FIRST_WRITE_4K
};

/// The same for a file of 16 MiB.
const FIRST_WRITE_16M: Operation = Operation {
    name: "first-write-16m",
    timed: |site| append(site, WRITTEN_16M),
    after: |site| cut_back(site, WRITTEN_16M),
    ..FIRST_WRITE_4K
};

/// Changes the permissions of a file of 16 MiB that lies in a lower layer.
const CHMOD_16M: Operation = Operation {
    name: "chmod-16m",
    timed: |site| permit(site, 0o600),
    after: |site| permit(site, 0o644).map(drop),
    ..FIRST_WRITE_4K
};

/// Opens such a file for writing, and writes nothing.
const OPEN_TO_WRITE_16M: Operation = Operation {
    name: "open-to-write-16m",
    extent: Extent::Whole,
    timed: |site| each(site, WRITTEN_16M, |path| OpenOptions::new().write(true).open(path).map(drop)),
    after: nothing,
    ..FIRST_WRITE_4K
};

/// Gives such a file a second name.
const LINK_16M: Operation = Operation {
    name: "link-16m",
    extent: Extent::Whole,
    timed: |site| each(site, WRITTEN_16M, |path| fs::hard_link(path, second_name(path))),
    after: |site| each(site, WRITTEN_16M, |path| fs::remove_file(second_name(path))).map(drop),
    ..FIRST_WRITE_4K
};

/// Empties files of 1 MiB that lie in a lower layer, none of whose bytes need to be copied.
const TRUNCATE_1M: Operation = Operation {
    name: "truncate-1m",
    extent: Extent::Whole,
    timed: |site| each(site, WRITTEN_1M, |path| File::create(path).map(drop)),
    after: |site| {
        let content = tree::content(WRITTEN_1M.bytes);
        each(site, WRITTEN_1M, |path| fs::write(path, &content)).map(drop)
    },
    ..FIRST_WRITE_4K
};

/// Creates files of 1 KiB.
const CREATE: Operation = Operation {
    name: "create",
    per: "file of 1 KiB",
    tree: Tree::AsItIs,
    extent: Extent::Look,
    before: nothing,
    timed: create,
    after: |site| unlink(site).map(drop),
};

/// Removes files that were created in the same tree.
const UNLINK: Operation = Operation {
    name: "unlink",
    per: "file",
    before: |site| create(site).map(drop),
    timed: unlink,
    after: nothing,
    ..CREATE
};

/// Removes files that lie in lower layers, each of which leaves a whiteout.
const REMOVE_LOWER: Operation = Operation {
    name: "remove-lower",
    per: "file of 4 KiB",
    tree: Tree::Untouched,
    extent: Extent::Look,
    before: nothing,
    timed: |site| {
        (0..FILES).try_for_each(|file| fs::remove_file(site.at(tree::path_of(0, file))))?;
        Ok(FILES)
    },
    after: |site| (0..FILES).try_for_each(|file| tree::write_small(&site.at(tree::path_of(0, file)))),
};

/// Renames files that lie in lower layers: each is copied up, and leaves a whiteout.
const RENAME_LOWER: Operation = Operation {
    name: "rename-lower",
    timed: |site| {
        (0..FILES).try_for_each(|file| fs::rename(site.at(tree::path_of(0, file)), site.renamed(file)))?;
        Ok(FILES)
    },
    after: |site| {
        (0..FILES).try_for_each(|file| fs::rename(site.renamed(file), site.at(tree::path_of(0, file))))
    },
    ..REMOVE_LOWER
};

/// Replaces the files of a directory as a package manager does: each is written beside the old one, which keeps a second
/// name until the new one has taken its place; at the end the list of what is installed is written anew, and forced to
/// disk. The files themselves are not, as images are built with that left out.
const PACKAGE_UPGRADE: Operation = Operation {
    name: "package-upgrade",
    extent: Extent::Whole,
    timed: upgrade,
    after: nothing,
    ..REMOVE_LOWER
};

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use tree::{DIRECTORIES, Layout};

    #[test]
    fn every_operation_runs_twice_on_a_plain_tree_and_leaves_it_as_it_was() {
        let scratch = tempfile::tempdir().unwrap();
        let layout = Layout::below(scratch.path(), 1);
        tree::lay_out(slice::from_ref(&layout)).unwrap();
        let site = Site::new(layout.layers[0].clone());
        let names = fs::read_dir(site.at("")).unwrap().count();
        let as_anyone = OPERATIONS.iter().filter(|operation| operation.name != "walk-cold");
        for operation in as_anyone.clone().chain(as_anyone) {
            (operation.before)(&site).unwrap();
            assert!((operation.timed)(&site).unwrap() > 0, "{}", operation.name);
            (operation.after)(&site).unwrap();
            assert_eq!(walk(&site).unwrap(), DIRECTORIES * FILES, "after {}", operation.name);
            for some in tree::WRITTEN {
                let whole = |name| fs::read(site.at(name)).unwrap() == tree::content(some.bytes);
                assert!(some.names().all(whole), "after {}", operation.name);
            }
            assert_eq!(fs::read_dir(site.at("")).unwrap().count(), names, "after {}", operation.name);
            assert_eq!(fs::read_dir(site.at("d00")).unwrap().count(), FILES, "after {}", operation.name);
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), OPERATIONS.len());
    }

    #[test]
    fn an_incomplete_tree_is_an_error_and_no_figure() {
        let scratch = tempfile::tempdir().unwrap();
        let site = Site::new(scratch.path().to_owned());
        for directory in 0..DIRECTORIES {
            fs::create_dir(site.at(format!("d{directory:02}"))).unwrap();
        }
        (WALK_WARM.timed)(&site).unwrap_err();
        (READDIR.timed)(&site).unwrap_err();
        (SMALL_READ.timed)(&site).unwrap_err();
    }
}
