//! One system call, as the rule sees it: who makes it, and on what.

use std::fmt;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use nix::libc::{self, user_regs_struct};

use super::table::{Class, Entry, Operand};

/// The longest path that the kernel takes.
const PATH_MAX: usize = 4096;

/// A kind of place that calls act on, such as the state root, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What to call it, such as `state`.
    pub name: &'static str,
    /// The directory, or a file.
    pub path: PathBuf,
}

/// A system call that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which process makes it: 0 is the one that was called, 1 the first that came of it, and so on.
    pub process: usize,
    /// The thread that makes it, as its number is here.
    pub pid: u32,
    /// Its name, such as `openat`.
    pub name: &'static str,
    /// How such calls fail.
    pub class: Class,
    /// What it acts on: a path, or what the kernel calls a descriptor, such as `pipe:[7]`.
    pub object: Option<PathBuf>,
    /// Kind of place that `object` is in, such as `state`, `pipe` or `elsewhere`; `-` without an object.
    pub place: &'static str,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} {} {}", self.process, self.name, self.place)?;
        self.object.as_ref().map_or(Ok(()), |object| write!(f, " `{}`", object.display()))
    }
}

impl Call {
    /// Reads what the stopped thread `pid` is about to call.
    pub(super) fn read(
        process: usize,
        pid: u32,
        entry: &Entry,
        registers: &user_regs_struct,
        places: &[Place],
    ) -> Self {
        let object = object(pid, entry.operand, registers);
        let place = object.as_deref().map_or("-", |object| place_of(object, places));
        Self { process, pid, name: entry.name, class: entry.class, object, place }
    }
}

fn argument(registers: &user_regs_struct, index: usize) -> u64 {
    let all = [registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9];
    all[index]
}

fn object(pid: u32, operand: Operand, registers: &user_regs_struct) -> Option<PathBuf> {
    match operand {
        Operand::Path(index) => {
            let path = text(pid, argument(registers, index))?;
            Some(directory(pid, libc::AT_FDCWD).unwrap_or_default().join(path))
        }
        Operand::At(index) => {
            let path = text(pid, argument(registers, index + 1)).unwrap_or_default();
            #[expect(clippy::cast_possible_truncation, reason = "the kernel takes the lower half as well")]
            let base = argument(registers, index) as i32;
            // With a descriptor, `openat2` may resolve even an absolute path below it.
            let below_it = registers.orig_rax == libc::SYS_openat2.unsigned_abs() && base != libc::AT_FDCWD;
            let relative = if below_it { path.strip_prefix("/").unwrap_or(&path) } else { &path };
            Some(directory(pid, base).unwrap_or_default().join(relative))
        }
        Operand::Descriptor(index) => {
            #[expect(clippy::cast_possible_truncation, reason = "the kernel takes the lower half as well")]
            let number = argument(registers, index) as i32;
            directory(pid, number)
        }
        Operand::None => None,
    }
}

/// What a descriptor of the thread stands for.
fn directory(pid: u32, descriptor: i32) -> Option<PathBuf> {
    let link = match descriptor {
        libc::AT_FDCWD => format!("/proc/{pid}/cwd"),
        number => format!("/proc/{pid}/fd/{number}"),
    };
    fs::read_link(link).ok()
}

/// The path that lies at this address in the thread's memory.
fn text(pid: u32, address: u64) -> Option<PathBuf> {
    let mut bytes = vec![0; PATH_MAX];
    let memory = File::open(format!("/proc/{pid}/mem")).ok()?;
    let count = memory.read_at(&mut bytes, address).ok()?;
    let end = bytes[..count].iter().position(|byte| *byte == 0)?;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(&bytes[..end])))
}

fn place_of(object: &Path, places: &[Place]) -> &'static str {
    let text = object.to_string_lossy();
    for (beginning, name) in
        [("pipe:", "pipe"), ("socket:", "socket"), ("anon_inode:", "kernel"), ("/memfd:", "memory")]
    {
        if text.starts_with(beginning) {
            return name;
        }
    }
    // The longest that fits, so that a place may lie in another.
    let fitting = places.iter().filter(|place| object.starts_with(&place.path));
    fitting.max_by_key(|place| place.path.as_os_str().len()).map_or("elsewhere", |place| place.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_belongs_to_the_innermost_place_around_it() {
        let place = |name, path: &str| Place { name, path: path.into() };
        let places = [place("bundle", "/run/b"), place("root", "/run/b/rootfs"), place("proc", "/proc")];
        let of = |path: &str| place_of(Path::new(path), &places);
        assert_eq!(of("/run/b/config.json"), "bundle");
        assert_eq!(of("/run/b/rootfs/dev"), "root");
        assert_eq!(of("/proc/self/fd"), "proc");
        assert_eq!(
            (of("/process"), of("pipe:[3]"), of("/memfd:x (deleted)")),
            ("elsewhere", "pipe", "memory")
        );
    }
}
