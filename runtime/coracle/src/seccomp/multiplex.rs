//! Calls that 32-bit x86 can also make through `socketcall` and `ipc`, with a selector as first argument.
//!
//! A rule for such a call must hold for both ways, else a denied `socket` is still to be had through `socketcall`.

/// The number of `socketcall` on x86.
const SOCKETCALL: u32 = 102;
/// The number of `ipc` on x86.
const IPC: u32 = 117;

/// Selectors from `linux/net.h` and `linux/ipc.h`.
const CALLS: [(&str, u32, u8); 32] = [
    ("socket", SOCKETCALL, 1),
    ("bind", SOCKETCALL, 2),
    ("connect", SOCKETCALL, 3),
    ("listen", SOCKETCALL, 4),
    ("accept", SOCKETCALL, 5),
    ("getsockname", SOCKETCALL, 6),
    ("getpeername", SOCKETCALL, 7),
    ("socketpair", SOCKETCALL, 8),
    ("send", SOCKETCALL, 9),
    ("recv", SOCKETCALL, 10),
    ("sendto", SOCKETCALL, 11),
    ("recvfrom", SOCKETCALL, 12),
    ("shutdown", SOCKETCALL, 13),
    ("setsockopt", SOCKETCALL, 14),
    ("getsockopt", SOCKETCALL, 15),
    ("sendmsg", SOCKETCALL, 16),
    ("recvmsg", SOCKETCALL, 17),
    ("accept4", SOCKETCALL, 18),
    ("recvmmsg", SOCKETCALL, 19),
    ("sendmmsg", SOCKETCALL, 20),
    ("semop", IPC, 1),
    ("semget", IPC, 2),
    ("semctl", IPC, 3),
    ("semtimedop", IPC, 4),
    ("msgsnd", IPC, 11),
    ("msgrcv", IPC, 12),
    ("msgget", IPC, 13),
    ("msgctl", IPC, 14),
    ("shmat", IPC, 21),
    ("shmdt", IPC, 22),
    ("shmget", IPC, 23),
    ("shmctl", IPC, 24),
];

/// The multiplexed call that also makes the call `name`, and its selector there.
pub(super) fn of(name: &str) -> Option<(u32, u8)> {
    CALLS.iter().find(|(known, ..)| *known == name).map(|(_, number, selector)| (*number, *selector))
}
