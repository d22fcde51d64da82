//! What a careless caller passes on to a program: between fork and execve, so that nothing of it stays here.

use std::ptr;

use nix::libc::{self, c_int};

/// Signals that such a caller ignores.
const IGNORED: [c_int; 4] = [libc::SIGINT, libc::SIGPIPE, libc::SIGUSR1, libc::SIGHUP];

/// Signals that it blocks.
const BLOCKED: [c_int; 3] = [libc::SIGTERM, libc::SIGUSR2, libc::SIGCHLD];

/// Groups that it is in.
const GROUPS: [libc::gid_t; 3] = [0, 4, 24];

/// Its soft limit of open files.
const OPEN_FILES: libc::rlim_t = 256;

/// The last descriptor that it leaves open.
const LAST_OPEN: c_int = 30;

/// Makes this process such a caller. What it has no right to do is left undone.
///
/// # Safety
/// Only for a process that was just forked and is about to execute: its descriptors above 2 are replaced.
pub(super) unsafe fn become_one(directory: c_int, file: c_int) {
    // SAFETY: async-signal-safe system calls on values of this frame; zeroed structures are valid for all of them.
    unsafe {
        signals();
        libc::umask(0o007);
        libc::setgroups(GROUPS.len(), GROUPS.as_ptr());
        libc::nice(5);
        let mut processors: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(0, &mut processors);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const processors);
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = OPEN_FILES.min(limit.rlim_max);
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
        let score = libc::open(c"/proc/self/oom_score_adj".as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        libc::write(score, c"250".as_ptr().cast(), 3);
        // Out of the way of the numbers that are to be filled.
        let kept = [directory, file].map(|one| libc::fcntl(one, libc::F_DUPFD_CLOEXEC, LAST_OPEN + 1));
        for number in 3..=LAST_OPEN {
            libc::dup2(kept[usize::from(number % 2 == 0)], number);
        }
    }
}

/// # Safety
/// As [`become_one`].
unsafe fn signals() {
    // SAFETY: as in `become_one`.
    unsafe {
        for signal in IGNORED {
            libc::signal(signal, libc::SIG_IGN);
        }
        let mut blocked = std::mem::zeroed();
        libc::sigemptyset(&raw mut blocked);
        for signal in BLOCKED {
            libc::sigaddset(&raw mut blocked, signal);
        }
        libc::sigprocmask(libc::SIG_BLOCK, &raw const blocked, ptr::null_mut());
        let mut alarm: libc::itimerval = std::mem::zeroed();
        alarm.it_value.tv_sec = 3600;
        libc::setitimer(libc::ITIMER_REAL, &raw const alarm, ptr::null_mut());
    }
}
