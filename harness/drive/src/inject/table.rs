//! The system calls in which a fault can be put: those that a runtime makes on purpose, and that can fail.

use nix::libc::{self, c_long};

/// Where a call's argument says what it acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// A path in that argument, relative to the working directory.
    Path(usize),
    /// A directory in that argument, and a path in the next.
    At(usize),
    /// A descriptor in that argument.
    Descriptor(usize),
    /// Nothing that has a name.
    None,
}

/// Calls that fail for the same reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// They make or fill something on a disk.
    Store,
    /// They open descriptors.
    Open,
    /// They need memory of the kernel.
    Memory,
    /// They make processes, or change whose they are.
    Process,
    /// They need a right.
    Right,
    /// They remove what others may use.
    Remove,
    /// They read, or ask.
    Look,
    /// They speak to another process.
    Talk,
    /// They wait for a child.
    Wait,
}

impl Class {
    /// The error numbers by which such calls fail in real life, the commonest first.
    #[must_use]
    pub fn errors(self) -> &'static [i32] {
        match self {
            Self::Store => &[libc::ENOSPC, libc::EIO],
            Self::Open => &[libc::EMFILE, libc::ENOMEM],
            Self::Memory => &[libc::ENOMEM, libc::EPERM],
            Self::Process => &[libc::EAGAIN, libc::ENOMEM],
            Self::Right => &[libc::EPERM, libc::ENOMEM],
            Self::Remove => &[libc::EBUSY, libc::EPERM],
            Self::Look => &[libc::EIO, libc::ENOMEM],
            Self::Talk => &[libc::EPIPE, libc::ECONNRESET],
            Self::Wait => &[libc::ECHILD, libc::EINVAL],
        }
    }
}

/// A call in which a fault can be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: c_long,
    pub(super) name: &'static str,
    pub(super) class: Class,
    pub(super) operand: Operand,
}

/// The entry of a system call; none where it takes no part.
pub(super) fn entry(number: u64) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.number.unsigned_abs() == number)
}

macro_rules! table {
    ($($class:ident { $($name:ident $number:ident $operand:expr,)+ })+) => {
        &[$($(Entry {
            number: libc::$number,
            name: stringify!($name),
            class: Class::$class,
            operand: $operand,
        },)+)+]
    };
}

use Operand::{At, Descriptor, None as Nothing, Path};

const TABLE: &[Entry] = table! {
    Store {
        copy_file_range SYS_copy_file_range Descriptor(2),
        fallocate SYS_fallocate Descriptor(0),
        ftruncate SYS_ftruncate Descriptor(0),
        linkat SYS_linkat At(2),
        mkdir SYS_mkdir Path(0),
        mkdirat SYS_mkdirat At(0),
        mknod SYS_mknod Path(0),
        mknodat SYS_mknodat At(0),
        pwrite64 SYS_pwrite64 Descriptor(0),
        rename SYS_rename Path(0),
        renameat SYS_renameat At(0),
        renameat2 SYS_renameat2 At(0),
        sendfile SYS_sendfile Descriptor(0),
        setxattr SYS_setxattr Path(0),
        symlink SYS_symlink Path(1),
        symlinkat SYS_symlinkat At(1),
        write SYS_write Descriptor(0),
        writev SYS_writev Descriptor(0),
    }
    Open {
        dup SYS_dup Descriptor(0),
        dup2 SYS_dup2 Descriptor(0),
        dup3 SYS_dup3 Descriptor(0),
        epoll_create1 SYS_epoll_create1 Nothing,
        eventfd2 SYS_eventfd2 Nothing,
        fsmount SYS_fsmount Descriptor(0),
        fsopen SYS_fsopen Path(0),
        memfd_create SYS_memfd_create Path(0),
        open SYS_open Path(0),
        open_tree SYS_open_tree At(0),
        openat SYS_openat At(0),
        openat2 SYS_openat2 At(0),
        pidfd_open SYS_pidfd_open Nothing,
        pipe SYS_pipe Nothing,
        pipe2 SYS_pipe2 Nothing,
        signalfd4 SYS_signalfd4 Nothing,
        socket SYS_socket Nothing,
        socketpair SYS_socketpair Nothing,
    }
    Memory {
        execve SYS_execve Path(0),
        execveat SYS_execveat At(0),
        fsconfig SYS_fsconfig Descriptor(0),
        mmap SYS_mmap Nothing,
        mount SYS_mount Path(1),
        mount_setattr SYS_mount_setattr At(0),
        move_mount SYS_move_mount At(2),
        mremap SYS_mremap Nothing,
    }
    Process {
        clone SYS_clone Nothing,
        clone3 SYS_clone3 Nothing,
        fork SYS_fork Nothing,
        setgroups SYS_setgroups Nothing,
        setresgid SYS_setresgid Nothing,
        setresuid SYS_setresuid Nothing,
        vfork SYS_vfork Nothing,
    }
    Right {
        bpf SYS_bpf Nothing,
        capset SYS_capset Nothing,
        chdir SYS_chdir Path(0),
        chmod SYS_chmod Path(0),
        chown SYS_chown Path(0),
        chroot SYS_chroot Path(0),
        close_range SYS_close_range Nothing,
        fchdir SYS_fchdir Descriptor(0),
        fchmod SYS_fchmod Descriptor(0),
        fchmodat SYS_fchmodat At(0),
        fchown SYS_fchown Descriptor(0),
        fchownat SYS_fchownat At(0),
        ioctl SYS_ioctl Descriptor(0),
        ioprio_set SYS_ioprio_set Nothing,
        keyctl SYS_keyctl Nothing,
        kill SYS_kill Nothing,
        personality SYS_personality Nothing,
        pidfd_send_signal SYS_pidfd_send_signal Descriptor(0),
        pivot_root SYS_pivot_root Path(0),
        prctl SYS_prctl Nothing,
        prlimit64 SYS_prlimit64 Nothing,
        sched_setaffinity SYS_sched_setaffinity Nothing,
        sched_setattr SYS_sched_setattr Nothing,
        seccomp SYS_seccomp Nothing,
        setdomainname SYS_setdomainname Nothing,
        sethostname SYS_sethostname Nothing,
        setns SYS_setns Descriptor(0),
        setpriority SYS_setpriority Nothing,
        setsid SYS_setsid Nothing,
        unshare SYS_unshare Nothing,
    }
    Remove {
        rmdir SYS_rmdir Path(0),
        umount2 SYS_umount2 Path(0),
        unlink SYS_unlink Path(0),
        unlinkat SYS_unlinkat At(0),
    }
    Look {
        access SYS_access Path(0),
        faccessat2 SYS_faccessat2 At(0),
        fdatasync SYS_fdatasync Descriptor(0),
        flock SYS_flock Descriptor(0),
        fstat SYS_fstat Descriptor(0),
        fstatfs SYS_fstatfs Descriptor(0),
        fsync SYS_fsync Descriptor(0),
        getdents64 SYS_getdents64 Descriptor(0),
        getxattr SYS_getxattr Path(0),
        lstat SYS_lstat Path(0),
        newfstatat SYS_newfstatat At(0),
        poll SYS_poll Nothing,
        ppoll SYS_ppoll Nothing,
        pread64 SYS_pread64 Descriptor(0),
        read SYS_read Descriptor(0),
        readlink SYS_readlink Path(0),
        readlinkat SYS_readlinkat At(0),
        readv SYS_readv Descriptor(0),
        stat SYS_stat Path(0),
        statfs SYS_statfs Path(0),
        statx SYS_statx At(0),
    }
    Talk {
        accept4 SYS_accept4 Descriptor(0),
        bind SYS_bind Descriptor(0),
        connect SYS_connect Descriptor(0),
        listen SYS_listen Descriptor(0),
        recvfrom SYS_recvfrom Descriptor(0),
        recvmsg SYS_recvmsg Descriptor(0),
        sendmsg SYS_sendmsg Descriptor(0),
        sendto SYS_sendto Descriptor(0),
    }
    Wait {
        wait4 SYS_wait4 Nothing,
        waitid SYS_waitid Nothing,
    }
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_call_is_in_the_table_once() {
        let numbers: BTreeSet<c_long> = TABLE.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers.len(), TABLE.len());
        let openat = entry(libc::SYS_openat.unsigned_abs()).unwrap();
        assert_eq!((openat.name, openat.class, openat.operand), ("openat", Class::Open, At(0)));
        assert_eq!(entry(libc::SYS_getpid.unsigned_abs()), None);
    }
}
