//! The options that coracle knows; all others are the file system's.

use super::{Bind, Change, Options};

/// Flags of mount(2), `MS_*` of `linux/mount.h`.
pub const READ_ONLY: u32 = 1;
/// `MS_NOSUID`.
pub const NO_SUID: u32 = 1 << 1;
/// `MS_NODEV`.
pub const NO_DEV: u32 = 1 << 2;
/// `MS_NOEXEC`.
pub const NO_EXEC: u32 = 1 << 3;
/// `MS_SYNCHRONOUS`.
pub const SYNCHRONOUS: u32 = 1 << 4;
/// `MS_REMOUNT`.
pub const REMOUNT: u32 = 1 << 5;
/// `MS_MANDLOCK`.
pub const MANDATORY_LOCKS: u32 = 1 << 6;
/// `MS_DIRSYNC`.
pub const SYNCHRONOUS_DIRECTORIES: u32 = 1 << 7;
/// `MS_NOSYMFOLLOW`.
pub const NO_SYMLINKS: u32 = 1 << 8;
/// `MS_NOATIME`.
pub const NO_ATIME: u32 = 1 << 10;
/// `MS_NODIRATIME`.
pub const NO_DIRECTORY_ATIME: u32 = 1 << 11;
/// `MS_REC`.
pub const RECURSIVE: u32 = 1 << 14;
/// `MS_SILENT`.
pub const SILENT: u32 = 1 << 15;
/// `MS_UNBINDABLE`.
pub const UNBINDABLE: u32 = 1 << 17;
/// `MS_PRIVATE`.
pub const PRIVATE: u32 = 1 << 18;
/// `MS_SLAVE`.
pub const SLAVE: u32 = 1 << 19;
/// `MS_SHARED`.
pub const SHARED: u32 = 1 << 20;
/// `MS_RELATIME`.
pub const RELATIVE_ATIME: u32 = 1 << 21;
/// `MS_I_VERSION`.
pub const INODE_VERSIONS: u32 = 1 << 23;
/// `MS_STRICTATIME`.
pub const STRICT_ATIME: u32 = 1 << 24;
/// `MS_LAZYTIME`.
pub const LAZY_TIMES: u32 = 1 << 25;

/// Attributes of `mount_setattr(2)`, `MOUNT_ATTR_*` of `linux/mount.h`.
pub mod attribute {
    /// `MOUNT_ATTR_RDONLY`.
    pub const READ_ONLY: u64 = 1;
    /// `MOUNT_ATTR_NOSUID`.
    pub const NO_SUID: u64 = 1 << 1;
    /// `MOUNT_ATTR_NODEV`.
    pub const NO_DEV: u64 = 1 << 2;
    /// `MOUNT_ATTR_NOEXEC`.
    pub const NO_EXEC: u64 = 1 << 3;
    /// `MOUNT_ATTR__ATIME`: a field of its own, which must be cleared as a whole.
    pub const ATIME_FIELD: u64 = 0x70;
    /// `MOUNT_ATTR_RELATIME`, the value that the field has without any option.
    pub const RELATIVE_ATIME: u64 = 0;
    /// `MOUNT_ATTR_NOATIME`.
    pub const NO_ATIME: u64 = 0x10;
    /// `MOUNT_ATTR_STRICTATIME`.
    pub const STRICT_ATIME: u64 = 0x20;
    /// `MOUNT_ATTR_NODIRATIME`.
    pub const NO_DIRECTORY_ATIME: u64 = 0x80;
    /// `MOUNT_ATTR_NOSYMFOLLOW`.
    pub const NO_SYMLINKS: u64 = 0x20_0000;
}

/// What an option does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is what happens anyhow.
    Nothing,
    /// It sets these flags.
    Set(u32),
    /// It clears these flags.
    Clear(u32),
    /// It sets this flag and clears the others about access times.
    Atime(u32),
    /// It makes the mount a bind mount.
    Bind(Bind),
    /// It sets this propagation type.
    Propagate(u32),
    /// It sets these attributes, on all mounts below too.
    SetBelow(u64),
    /// It clears these attributes, on all mounts below too.
    ClearBelow(u64),
    /// It sets the field about access times to this, on all mounts below too.
    AtimeBelow(u64),
    /// It maps ids, on all mounts below too if `recursive`.
    MapIds {
        /// Whether it does.
        recursive: bool,
    },
    /// It fills a new tmpfs.
    CopyUp,
}

/// All options that coracle knows, in alphabetical order.
///
/// - **Source**: `config.md#linux-mount-options`; mount(8) for what they do.
pub const OPTIONS: [(&str, Effect); 62] = [
    ("async", Effect::Clear(SYNCHRONOUS)),
    ("atime", Effect::Clear(NO_ATIME)),
    ("bind", Effect::Bind(Bind::One)),
    ("defaults", Effect::Nothing),
    ("dev", Effect::Clear(NO_DEV)),
    ("diratime", Effect::Clear(NO_DIRECTORY_ATIME)),
    ("dirsync", Effect::Set(SYNCHRONOUS_DIRECTORIES)),
    ("exec", Effect::Clear(NO_EXEC)),
    ("idmap", Effect::MapIds { recursive: false }),
    ("iversion", Effect::Set(INODE_VERSIONS)),
    ("lazytime", Effect::Set(LAZY_TIMES)),
    ("loud", Effect::Clear(SILENT)),
    ("mand", Effect::Set(MANDATORY_LOCKS)),
    ("noatime", Effect::Atime(NO_ATIME)),
    ("nodev", Effect::Set(NO_DEV)),
    ("nodiratime", Effect::Set(NO_DIRECTORY_ATIME)),
    ("noexec", Effect::Set(NO_EXEC)),
    ("noiversion", Effect::Clear(INODE_VERSIONS)),
    ("nolazytime", Effect::Clear(LAZY_TIMES)),
    ("nomand", Effect::Clear(MANDATORY_LOCKS)),
    ("norelatime", Effect::Clear(RELATIVE_ATIME)),
    ("nostrictatime", Effect::Clear(STRICT_ATIME)),
    ("nosuid", Effect::Set(NO_SUID)),
    ("nosymfollow", Effect::Set(NO_SYMLINKS)),
    ("private", Effect::Propagate(PRIVATE)),
    ("ratime", Effect::AtimeBelow(attribute::RELATIVE_ATIME)),
    ("rbind", Effect::Bind(Bind::Tree)),
    ("rdev", Effect::ClearBelow(attribute::NO_DEV)),
    ("rdiratime", Effect::ClearBelow(attribute::NO_DIRECTORY_ATIME)),
    ("relatime", Effect::Atime(RELATIVE_ATIME)),
    ("remount", Effect::Set(REMOUNT)),
    ("rexec", Effect::ClearBelow(attribute::NO_EXEC)),
    ("ridmap", Effect::MapIds { recursive: true }),
    ("rnoatime", Effect::AtimeBelow(attribute::NO_ATIME)),
    ("rnodev", Effect::SetBelow(attribute::NO_DEV)),
    ("rnodiratime", Effect::SetBelow(attribute::NO_DIRECTORY_ATIME)),
    ("rnoexec", Effect::SetBelow(attribute::NO_EXEC)),
    ("rnorelatime", Effect::AtimeBelow(attribute::RELATIVE_ATIME)),
    ("rnostrictatime", Effect::AtimeBelow(attribute::RELATIVE_ATIME)),
    ("rnosuid", Effect::SetBelow(attribute::NO_SUID)),
    ("rnosymfollow", Effect::SetBelow(attribute::NO_SYMLINKS)),
    ("ro", Effect::Set(READ_ONLY)),
    ("rprivate", Effect::Propagate(PRIVATE | RECURSIVE)),
    ("rrelatime", Effect::AtimeBelow(attribute::RELATIVE_ATIME)),
    ("rro", Effect::SetBelow(attribute::READ_ONLY)),
    ("rrw", Effect::ClearBelow(attribute::READ_ONLY)),
    ("rshared", Effect::Propagate(SHARED | RECURSIVE)),
    ("rslave", Effect::Propagate(SLAVE | RECURSIVE)),
    ("rstrictatime", Effect::AtimeBelow(attribute::STRICT_ATIME)),
    ("rsuid", Effect::ClearBelow(attribute::NO_SUID)),
    ("rsymfollow", Effect::ClearBelow(attribute::NO_SYMLINKS)),
    ("runbindable", Effect::Propagate(UNBINDABLE | RECURSIVE)),
    ("rw", Effect::Clear(READ_ONLY)),
    ("shared", Effect::Propagate(SHARED)),
    ("silent", Effect::Set(SILENT)),
    ("slave", Effect::Propagate(SLAVE)),
    ("strictatime", Effect::Atime(STRICT_ATIME)),
    ("suid", Effect::Clear(NO_SUID)),
    ("symfollow", Effect::Clear(NO_SYMLINKS)),
    ("sync", Effect::Set(SYNCHRONOUS)),
    ("tmpcopyup", Effect::CopyUp),
    ("unbindable", Effect::Propagate(UNBINDABLE)),
];

/// What `option` does; nothing for one of the file system.
#[must_use]
pub fn effect(option: &str) -> Option<Effect> {
    let index = OPTIONS.binary_search_by(|(name, _)| (*name).cmp(option)).ok()?;
    OPTIONS.get(index).map(|(_, effect)| *effect)
}

impl Options<'_> {
    /// Adds what an option does; a later option overrules an earlier one.
    pub(super) fn apply(&mut self, effect: Effect) {
        const ATIME: u32 = NO_ATIME | RELATIVE_ATIME | STRICT_ATIME;
        match effect {
            Effect::Set(bits) => self.flags.set(bits),
            Effect::Clear(bits) => self.flags.clear(bits),
            Effect::Atime(bit) => {
                self.flags.clear(ATIME);
                self.flags.set(bit);
            }
            Effect::Propagate(kind) => self.propagation.push(kind),
            Effect::SetBelow(bits) => self.recursive.set(bits),
            Effect::ClearBelow(bits) => self.recursive.clear(bits),
            Effect::AtimeBelow(value) => {
                // The kernel wants the field cleared in the same call that sets it.
                self.recursive.clear(attribute::ATIME_FIELD);
                self.recursive.set |= value;
            }
            Effect::CopyUp => self.copy_up = true,
            Effect::Nothing | Effect::Bind(_) | Effect::MapIds { .. } => {}
        }
    }
}

impl<T> Change<T>
where
    T: Copy + core::ops::BitAnd<Output = T> + core::ops::BitOrAssign + core::ops::BitAndAssign,
    T: core::ops::Not<Output = T>,
{
    fn set(&mut self, bits: T) {
        self.set |= bits;
        self.clear &= !bits;
    }

    fn clear(&mut self, bits: T) {
        self.clear |= bits;
        self.set &= !bits;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_sorted() {
        assert!(OPTIONS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(OPTIONS.iter().all(|(name, known)| effect(name) == Some(*known)));
        assert_eq!(effect("size=64k"), None);
    }

    fn applied(options: &[&str]) -> Options<'static> {
        let mut all = Options::default();
        for option in options {
            all.apply(effect(option).unwrap());
        }
        all
    }

    #[test]
    fn the_last_of_contradicting_options_counts() {
        assert_eq!(applied(&["ro", "rw"]).flags, Change { set: 0, clear: READ_ONLY });
        assert_eq!(applied(&["rw", "ro"]).flags, Change { set: READ_ONLY, clear: 0 });
        assert_eq!(applied(&["rro", "rrw"]).recursive, Change { set: 0, clear: attribute::READ_ONLY });
        let atime = applied(&["noatime", "strictatime"]).flags;
        assert_eq!(atime, Change { set: STRICT_ATIME, clear: NO_ATIME | RELATIVE_ATIME });
    }

    #[test]
    fn access_times_below_are_one_field() {
        let expected = Change { set: attribute::STRICT_ATIME, clear: attribute::ATIME_FIELD };
        assert_eq!(applied(&["rnoatime", "rstrictatime"]).recursive, expected);
    }
}
