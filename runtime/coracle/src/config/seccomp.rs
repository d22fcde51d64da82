//! `linux.seccomp`: which system calls the container may make (`config-linux.md#seccomp`).
//!
//! The structs say what the document says; names are judged when the filter is compiled. Unknown properties are
//! ignored.

use alloc::vec::Vec;

use super::document::{Document, Node};
use super::read::{Findings, Object, Read, whole};
use super::violation::Violation;

/// The system calls of the container, and what becomes of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seccomp<'a> {
    /// What happens to a call that no entry matches; required.
    pub default_action: Option<&'a str>,
    /// Error number of the default action.
    pub default_errno_ret: Option<u32>,
    /// Architectures beside the native one.
    pub architectures: Vec<&'a str>,
    /// Flags of seccomp(2).
    pub flags: Vec<&'a str>,
    /// Socket of the agent that receives the notification descriptor.
    pub listener_path: Option<&'a str>,
    /// What the agent is told beside the state.
    pub listener_metadata: Option<&'a str>,
    /// Entries, tried in this order.
    pub syscalls: Vec<Syscalls<'a>>,
}

/// One action for a list of system calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Syscalls<'a> {
    /// Names of system calls; at least one.
    pub names: Vec<&'a str>,
    /// What becomes of them.
    pub action: &'a str,
    /// Error number of the action.
    pub errno_ret: Option<u32>,
    /// Conditions on arguments, all of which must hold.
    pub args: Vec<Argument<'a>>,
}

/// A condition on one argument of a system call.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument<'a> {
    /// Which argument, 0 to 5.
    pub index: u32,
    /// What it is compared with; the mask of a masked comparison.
    pub value: u64,
    /// What a masked argument is compared with.
    pub value_two: u64,
    /// How it is compared.
    pub op: &'a str,
}

/// The section of a document, not read yet: a filter compiled from the same text before can stand in for it.
#[derive(Debug, Clone, Copy)]
pub struct Section<'d>(Node<'d>);

impl<'d> Section<'d> {
    /// The section as the document has it.
    #[must_use]
    pub fn text(self) -> &'d str {
        self.0.raw()
    }

    /// Reads the section.
    ///
    /// # Errors
    /// Everything in it that is of a wrong type, or missing from an entry.
    pub fn read(self) -> Result<Seccomp<'d>, Vec<Violation>> {
        let mut findings = Findings::default();
        let section = Seccomp::read(self.0, &mut findings);
        section.filter(|_| findings.violations.is_empty()).ok_or(findings.violations)
    }
}

impl<'d> Read<'d> for Section<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        Object::read(node, findings).map(|section| Self(section.node()))
    }
}

impl PartialEq for Section<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl<'d> Seccomp<'d> {
    /// Reads a section that stands alone.
    ///
    /// # Errors
    /// Everything in it that is of a wrong type, or missing from an entry.
    pub fn check(document: &'d Document) -> Result<Self, Vec<Violation>> {
        whole(document).map(|(section, _)| section)
    }
}

impl<'d> Read<'d> for Seccomp<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let section = Object::read(node, findings)?;
        Some(Self {
            default_action: section.optional("defaultAction", findings),
            default_errno_ret: section.optional("defaultErrnoRet", findings),
            architectures: section.or_default("architectures", findings),
            flags: section.or_default("flags", findings),
            listener_path: section.optional("listenerPath", findings),
            listener_metadata: section.optional("listenerMetadata", findings),
            syscalls: section.or_default("syscalls", findings),
        })
    }
}

impl<'d> Read<'d> for Syscalls<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let entry = Object::read(node, findings)?;
        let names = entry.required("names", findings);
        let action = entry.required("action", findings);
        let errno_ret = entry.optional("errnoRet", findings);
        let args = entry.or_default("args", findings);
        Some(Self { names: names?, action: action?, errno_ret, args })
    }
}

impl<'d> Read<'d> for Argument<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let argument = Object::read(node, findings)?;
        let index = argument.required("index", findings);
        let value = argument.required("value", findings);
        let value_two = argument.or_default("valueTwo", findings);
        let op = argument.required("op", findings);
        Some(Self { index: index?, value: value?, value_two, op: op? })
    }
}
