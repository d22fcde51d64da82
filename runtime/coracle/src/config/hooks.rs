//! `hooks`: programs to run at points of the life cycle (`config.md#posix-platform-hooks`).

use alloc::vec::Vec;
use core::ffi::CStr;
use core::num::NonZeroU64;

use super::document::Node;
use super::read::{Findings, Object, Read};

/// Six lists, each to be run in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks<'d> {
    /// In the runtime's namespaces, before `create_runtime`; deprecated.
    pub prestart: Vec<Hook<'d>>,
    /// In the runtime's namespaces, once the container's exist.
    pub create_runtime: Vec<Hook<'d>>,
    /// In the container's namespaces, before its root is entered.
    pub create_container: Vec<Hook<'d>>,
    /// In the container, by `start`, before its process runs.
    pub start_container: Vec<Hook<'d>>,
    /// In the runtime's namespaces, by `start`, once its process runs.
    pub poststart: Vec<Hook<'d>>,
    /// In the runtime's namespaces, by `delete`.
    pub poststop: Vec<Hook<'d>>,
}

/// A program to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook<'d> {
    /// The program; absolute.
    pub path: &'d CStr,
    /// Argument vector, the program's name included; empty where the configuration has none.
    pub args: Vec<&'d CStr>,
    /// Environment, and nothing beside it.
    pub env: Vec<&'d CStr>,
    /// Seconds it may take; for ever where absent.
    pub timeout_s: Option<NonZeroU64>,
}

/// A point of the life cycle: the name of its list, and where that list is.
pub type Point = (&'static str, for<'a, 'd> fn(&'a mut Hooks<'d>) -> &'a mut Vec<Hook<'d>>);

/// All points of the life cycle at which hooks are run.
pub const POINTS: [Point; 6] = [
    ("prestart", |hooks| &mut hooks.prestart),
    ("createRuntime", |hooks| &mut hooks.create_runtime),
    ("createContainer", |hooks| &mut hooks.create_container),
    ("startContainer", |hooks| &mut hooks.start_container),
    ("poststart", |hooks| &mut hooks.poststart),
    ("poststop", |hooks| &mut hooks.poststop),
];

impl<'d> Read<'d> for Hooks<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let lists = Object::read(node, findings)?;
        let mut hooks = Self::default();
        for (name, list) in POINTS {
            *list(&mut hooks) = lists.or_default(name, findings);
        }
        Some(hooks)
    }
}

impl<'d> Read<'d> for Hook<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let hook = Object::read(node, findings)?;
        let path = hook.required_node("path", findings).and_then(|path| findings.absolute(path));
        let args = hook.or_default("args", findings);
        let env = hook.or_default("env", findings);
        let timeout = hook.node_of("timeout", findings);
        let timeout_s = timeout.and_then(|node| seconds(node, findings));
        Some(Self { path: path?, args, env, timeout_s })
    }
}

fn seconds(node: Node<'_>, findings: &mut Findings) -> Option<NonZeroU64> {
    let seconds = NonZeroU64::new(u64::read(node, findings)?);
    if seconds.is_none() {
        findings.violate(node, "a timeout of 0 seconds is none; leave it out");
    }
    seconds
}
