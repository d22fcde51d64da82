//! The root of a container, read and written without trust: every path is taken as if the root were `/`.
//!
//! Links inside it are followed inside it alone, also absolute ones; nothing waits for the other end of a FIFO.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, fstat, mkdirat, openat, openat2};
use rustix::io::Errno;

/// A directory that is the root of a container.
#[derive(Debug)]
pub struct Root(OwnedFd);

/// Owner, group and permissions of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Permissions.
    pub mode: u32,
}

/// How often the kernel may say that something was renamed while it looked.
const TRIES: usize = 100;

impl Root {
    /// Opens it.
    ///
    /// # Errors
    /// Where there is no directory at `path`.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(openat(CWD, path, flags, Mode::empty())?))
    }

    /// The content of the file at `path`; none where nothing is there.
    ///
    /// # Errors
    /// Where it is no regular file, or has more than `limit` bytes.
    pub fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let opened = match self.at(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY) {
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
            other => File::from(other?),
        };
        let refused = |why| Err(io::Error::new(io::ErrorKind::InvalidData, why));
        if !opened.metadata()?.is_file() {
            return refused("it is no regular file");
        }
        let mut bytes = Vec::new();
        opened.take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit { refused("it is too large") } else { Ok(Some(bytes)) }
    }

    /// Makes the directory at `path` where it is missing, with its parents, 0755 and of root.
    ///
    /// # Errors
    /// Where something else is in the way.
    pub fn make_directory(&self, path: &Path) -> io::Result<()> {
        let (mut parent, mut done) = (self.0.try_clone()?, PathBuf::from("."));
        for part in path.components().filter(|part| matches!(part, Component::Normal(_))) {
            done.push(part);
            let flags = OFlags::PATH | OFlags::DIRECTORY;
            let opened = match self.at(&done, flags) {
                Err(Errno::NOENT) => {
                    mkdirat(&parent, part.as_os_str(), Mode::from_raw_mode(0o755))?;
                    self.at(&done, flags)
                }
                other => other,
            };
            parent = opened?;
        }
        Ok(())
    }

    /// Whose the directory at `path` is; none where there is none.
    #[must_use]
    pub fn owner(&self, path: &Path) -> Option<Owner> {
        let opened = self.at(path, OFlags::PATH | OFlags::DIRECTORY).ok()?;
        let status = fstat(opened.as_fd()).ok()?;
        Some(Owner { uid: status.st_uid, gid: status.st_gid, mode: status.st_mode & 0o7777 })
    }

    fn at(&self, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let open = || openat2(&self.0, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve);
        let again = |opened: &rustix::io::Result<_>| matches!(opened, Err(Errno::AGAIN));
        (1..TRIES).map(|_| open()).find(|opened| !again(opened)).unwrap_or_else(open)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn stage() -> (tempfile::TempDir, Root) {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("root/etc")).unwrap();
        fs::write(home.path().join("outside"), "secret").unwrap();
        let root = Root::open(&home.path().join("root")).unwrap();
        (home, root)
    }

    #[test]
    fn files_are_read_inside_the_root_alone() {
        let (home, root) = stage();
        let etc = home.path().join("root/etc");
        fs::write(etc.join("f"), "text").unwrap();
        symlink("/etc/f", etc.join("absolute")).unwrap();
        symlink("../../../outside", etc.join("out")).unwrap();
        symlink(home.path().join("outside"), etc.join("host")).unwrap();
        let read = |path: &str| root.read(Path::new(path), 100).unwrap();
        assert_eq!(read("/etc/f"), Some(b"text".to_vec()));
        assert_eq!(read("/etc/absolute"), Some(b"text".to_vec()));
        assert_eq!((read("/etc/out"), read("/etc/host"), read("/etc/f/g")), (None, None, None));
    }

    #[test]
    fn what_is_no_file_or_too_large_is_refused_and_a_fifo_does_not_hang() {
        let (home, root) = stage();
        let etc = home.path().join("root/etc");
        rustix::fs::mknodat(CWD, etc.join("fifo"), rustix::fs::FileType::Fifo, Mode::RWXU, 0).unwrap();
        fs::write(etc.join("large"), "12345").unwrap();
        let refused = |path: &str| root.read(Path::new(path), 4).unwrap_err().to_string();
        assert_eq!(refused("/etc/fifo"), "it is no regular file");
        assert_eq!(refused("/etc"), "it is no regular file");
        assert_eq!(refused("/etc/large"), "it is too large");
    }

    #[test]
    fn directories_are_made_inside_the_root_alone() {
        let (home, root) = stage();
        let inside = home.path().join("root");
        fs::create_dir(inside.join("real")).unwrap();
        symlink("/real", inside.join("link")).unwrap();
        symlink(home.path().join("host"), inside.join("dangling")).unwrap();
        root.make_directory(Path::new("/link/a/b")).unwrap();
        assert!(inside.join("real/a/b").is_dir());
        root.make_directory(Path::new("/dangling/x")).unwrap_err();
        assert!(!home.path().join("host").exists());
        assert!(root.owner(Path::new("/link/a")).is_some() && root.owner(Path::new("/none")).is_none());
    }
}
