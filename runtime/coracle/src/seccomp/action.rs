//! Actions, operators and flags: the words of the specification and their values in `linux/seccomp.h`.

/// What becomes of a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    KillThread,
    KillProcess,
    Trap,
    Errno,
    Trace,
    Allow,
    Log,
    Notify,
}

/// All actions; `SCMP_ACT_KILL` is the older name of killing the thread.
pub(crate) const ACTIONS: [(&str, Action); 9] = [
    ("SCMP_ACT_ALLOW", Action::Allow),
    ("SCMP_ACT_ERRNO", Action::Errno),
    ("SCMP_ACT_KILL", Action::KillThread),
    ("SCMP_ACT_KILL_PROCESS", Action::KillProcess),
    ("SCMP_ACT_KILL_THREAD", Action::KillThread),
    ("SCMP_ACT_LOG", Action::Log),
    ("SCMP_ACT_NOTIFY", Action::Notify),
    ("SCMP_ACT_TRACE", Action::Trace),
    ("SCMP_ACT_TRAP", Action::Trap),
];

impl Action {
    /// What the filter returns: the action, and in the lower half its error number.
    pub(super) const fn verdict(self, errno: u16) -> u32 {
        match self {
            Self::KillThread => 0,
            Self::KillProcess => KILL_PROCESS,
            Self::Trap => 0x0003_0000,
            Self::Errno => 0x0005_0000 | errno as u32,
            Self::Notify => 0x7fc0_0000,
            Self::Trace => 0x7ff0_0000 | errno as u32,
            Self::Log => 0x7ffc_0000,
            Self::Allow => 0x7fff_0000,
        }
    }

    /// Whether the action returns an error number, and up to which the kernel passes it on.
    pub(super) const fn greatest_errno(self) -> Option<u16> {
        match self {
            Self::Errno => Some(4095), // MAX_ERRNO
            Self::Trace => Some(u16::MAX),
            _ => None,
        }
    }
}

/// What the filter returns to kill the process.
pub(super) const KILL_PROCESS: u32 = 0x8000_0000;

/// How an argument is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    NotEqual,
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
    MaskedEqual,
}

/// All operators.
pub(crate) const OPERATORS: [(&str, Operator); 7] = [
    ("SCMP_CMP_EQ", Operator::Equal),
    ("SCMP_CMP_GE", Operator::GreaterOrEqual),
    ("SCMP_CMP_GT", Operator::Greater),
    ("SCMP_CMP_LE", Operator::LessOrEqual),
    ("SCMP_CMP_LT", Operator::Less),
    ("SCMP_CMP_MASKED_EQ", Operator::MaskedEqual),
    ("SCMP_CMP_NE", Operator::NotEqual),
];

/// All flags that a configuration may set.
pub(crate) const FLAGS: [(&str, u32); 4] = [
    ("SECCOMP_FILTER_FLAG_LOG", 1 << 1),
    ("SECCOMP_FILTER_FLAG_SPEC_ALLOW", 1 << 2),
    ("SECCOMP_FILTER_FLAG_TSYNC", SYNCHRONIZE),
    ("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", WAIT_KILLABLE),
];

/// Puts the filter over all threads of the process.
pub(super) const SYNCHRONIZE: u32 = 1 << 0;
/// Returns a descriptor for notifications.
pub(super) const NEW_LISTENER: u32 = 1 << 3;
/// Lets the two above go together.
pub(super) const SYNCHRONIZE_ERROR: u32 = 1 << 4;
/// A notified process can only be killed once the agent has read the notification; means nothing without a listener.
pub(super) const WAIT_KILLABLE: u32 = 1 << 5;

/// The value of `word` in one of the tables.
pub(super) fn find<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}
