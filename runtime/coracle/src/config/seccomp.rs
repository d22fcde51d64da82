//! `linux.seccomp`: which system calls the container may make (`config-linux.md#seccomp`).
//!
//! The structs say what the document says; names are judged when the filter is compiled. Unknown properties are
//! ignored.

use alloc::vec::Vec;

use serde::Deserialize;

use super::text::Text;

/// The system calls of the container, and what becomes of each.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Seccomp<'a> {
    /// What happens to a call that no entry matches; required.
    #[serde(borrow)]
    pub default_action: Option<Text<'a>>,
    /// Error number of the default action.
    pub default_errno_ret: Option<u32>,
    /// Architectures beside the native one.
    pub architectures: Vec<Text<'a>>,
    /// Flags of seccomp(2).
    pub flags: Vec<Text<'a>>,
    /// Socket of the agent that receives the notification descriptor.
    pub listener_path: Option<Text<'a>>,
    /// What the agent is told beside the state.
    pub listener_metadata: Option<Text<'a>>,
    /// Entries, tried in this order.
    pub syscalls: Vec<Syscalls<'a>>,
}

/// One action for a list of system calls.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Syscalls<'a> {
    /// Names of system calls; at least one.
    #[serde(borrow)]
    pub names: Vec<Text<'a>>,
    /// What becomes of them.
    pub action: Text<'a>,
    /// Error number of the action.
    #[serde(default)]
    pub errno_ret: Option<u32>,
    /// Conditions on arguments, all of which must hold.
    #[serde(default)]
    pub args: Vec<Argument<'a>>,
}

/// A condition on one argument of a system call.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Argument<'a> {
    /// Which argument, 0 to 5.
    pub index: u32,
    /// What it is compared with; the mask of a masked comparison.
    pub value: u64,
    /// What a masked argument is compared with.
    #[serde(default)]
    pub value_two: u64,
    /// How it is compared.
    #[serde(borrow)]
    pub op: Text<'a>,
}
