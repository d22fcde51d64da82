//! Numbers of the system calls made here, for each architecture.

pub(super) use self::native::*;

#[cfg(target_arch = "x86_64")]
mod native {
    pub(in crate::sys) const CAPSET: usize = 126;
    pub(in crate::sys) const DUP3: usize = 292;
    pub(in crate::sys) const EXECVEAT: usize = 322;
    pub(in crate::sys) const EXIT_GROUP: usize = 231;
    pub(in crate::sys) const FCNTL: usize = 72;
    pub(in crate::sys) const IOCTL: usize = 16;
    pub(in crate::sys) const IOPRIO_SET: usize = 251;
    pub(in crate::sys) const KEYCTL: usize = 250;
    pub(in crate::sys) const KILL: usize = 62;
    pub(in crate::sys) const PERSONALITY: usize = 135;
    pub(in crate::sys) const PRCTL: usize = 157;
    pub(in crate::sys) const PRLIMIT64: usize = 302;
    pub(in crate::sys) const RT_SIGACTION: usize = 13;
    pub(in crate::sys) const RT_SIGPROCMASK: usize = 14;
    pub(in crate::sys) const SCHED_SETAFFINITY: usize = 203;
    pub(in crate::sys) const SCHED_SETATTR: usize = 314;
    pub(in crate::sys) const SET_MEMPOLICY: usize = 238;
    pub(in crate::sys) const SETNS: usize = 308;
    pub(in crate::sys) const SIGNALFD4: usize = 289;
    pub(in crate::sys) const UNSHARE: usize = 272;
}

#[cfg(target_arch = "aarch64")]
mod native {
    pub(in crate::sys) const CAPSET: usize = 91;
    pub(in crate::sys) const DUP3: usize = 24;
    pub(in crate::sys) const EXECVEAT: usize = 281;
    pub(in crate::sys) const EXIT_GROUP: usize = 94;
    pub(in crate::sys) const FCNTL: usize = 25;
    pub(in crate::sys) const IOCTL: usize = 29;
    pub(in crate::sys) const IOPRIO_SET: usize = 30;
    pub(in crate::sys) const KEYCTL: usize = 219;
    pub(in crate::sys) const KILL: usize = 129;
    pub(in crate::sys) const PERSONALITY: usize = 92;
    pub(in crate::sys) const PRCTL: usize = 167;
    pub(in crate::sys) const PRLIMIT64: usize = 261;
    pub(in crate::sys) const RT_SIGACTION: usize = 134;
    pub(in crate::sys) const RT_SIGPROCMASK: usize = 135;
    pub(in crate::sys) const SCHED_SETAFFINITY: usize = 122;
    pub(in crate::sys) const SCHED_SETATTR: usize = 274;
    pub(in crate::sys) const SET_MEMPOLICY: usize = 237;
    pub(in crate::sys) const SETNS: usize = 268;
    pub(in crate::sys) const SIGNALFD4: usize = 74;
    pub(in crate::sys) const UNSHARE: usize = 97;
}

// Calls since Linux 5.1 have the same number everywhere.
pub(super) const CLONE3: usize = 435;
pub(super) const CLOSE_RANGE: usize = 436;
pub(super) const MOUNT_SETATTR: usize = 442;
pub(super) const OPEN_TREE_ATTR: usize = 467;
pub(super) const PIDFD_SEND_SIGNAL: usize = 424;
