//! The front end: the section of the configuration, checked, as rules over names.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::action::{ACTIONS, Action, FLAGS, OPERATORS, Operator, find};
use super::arch::{ARCHITECTURES, Arch};
use crate::config::seccomp::{Argument, Seccomp, Syscalls};
use crate::config::violation::Violation;

/// A checked section.
pub(super) struct Rules<'a> {
    /// What the filter returns where no entry matches.
    pub(super) default: u32,
    /// The native architecture first, then the listed ones that this machine can run.
    pub(super) architectures: Vec<Arch>,
    /// Flags of seccomp(2).
    pub(super) flags: u32,
    /// In the order of the section.
    pub(super) entries: Vec<Entry<'a>>,
}

/// One entry of the section.
pub(super) struct Entry<'a> {
    pub(super) names: &'a [&'a str],
    /// What the filter returns if all conditions hold.
    pub(super) verdict: u32,
    pub(super) notifies: bool,
    pub(super) conditions: Vec<Condition>,
}

/// A condition on one argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Condition {
    /// Which argument, 0 to 5.
    pub(super) index: u8,
    pub(super) operator: Operator,
    pub(super) value: u64,
    pub(super) value_two: u64,
}

/// `EPERM`, the error number of an action that has none.
const DEFAULT_ERRNO: u16 = 1;
const SECCOMP: &str = "/linux/seccomp";

impl<'a> Rules<'a> {
    /// Checks the section as a whole.
    ///
    /// # Errors
    /// Every violation in it.
    pub(super) fn of(section: &'a Seccomp<'a>, native: Arch) -> Result<Self, Vec<Violation>> {
        let mut check = Check { violations: Vec::new() };
        let default = check.default_action(section);
        let architectures = check.architectures(section, native);
        let flags = check.flags(section);
        let entries: Vec<Entry<'a>> =
            section.syscalls.iter().enumerate().map(|(index, entry)| check.entry(entry, index)).collect();
        check.listener(section, entries.iter().any(|entry| entry.notifies));
        if check.violations.is_empty() {
            Ok(Self { default, architectures, flags, entries })
        } else {
            Err(check.violations)
        }
    }
}

struct Check {
    violations: Vec<Violation>,
}

impl Check {
    fn violate(&mut self, pointer: String, why: String) {
        self.violations.push(Violation::new(pointer, why));
    }

    fn default_action(&mut self, section: &Seccomp<'_>) -> u32 {
        let pointer = format!("{SECCOMP}/defaultAction");
        let Some(word) = section.default_action.as_ref() else {
            self.violate(pointer, "is missing".to_owned());
            return 0;
        };
        let errno = (section.default_errno_ret, format!("{SECCOMP}/defaultErrnoRet"));
        match self.verdict(word, pointer.clone(), errno) {
            Some((Action::Notify, _)) => {
                let why =
                    "`SCMP_ACT_NOTIFY` would stop the runtime itself before the agent has the descriptor";
                self.violate(pointer, why.to_owned());
                0
            }
            Some((_, verdict)) => verdict,
            None => 0,
        }
    }

    /// The action that `word` names, and what the filter returns for it.
    fn verdict(
        &mut self,
        word: &str,
        pointer: String,
        (errno, errno_pointer): (Option<u32>, String),
    ) -> Option<(Action, u32)> {
        let Some(action) = find(&ACTIONS, word) else {
            self.violate(pointer, format!("`{word}` is no action; one of {}", words(&ACTIONS)));
            return None;
        };
        let errno = match (errno, action.greatest_errno()) {
            (None, _) => DEFAULT_ERRNO,
            (Some(errno), None) => {
                self.violate(
                    errno_pointer,
                    format!("`{word}` returns no error number, but `{errno}` is given"),
                );
                return None;
            }
            (Some(errno), Some(greatest)) => match u16::try_from(errno) {
                Ok(errno) if errno <= greatest => errno,
                _ => {
                    self.violate(errno_pointer, format!("`{errno}` is above {greatest}"));
                    return None;
                }
            },
        };
        Some((action, action.verdict(errno)))
    }

    fn architectures(&mut self, section: &Seccomp<'_>, native: Arch) -> Vec<Arch> {
        let mut architectures = Vec::from([native]);
        for (index, word) in section.architectures.iter().enumerate() {
            match find(&ARCHITECTURES, word) {
                Some(Some(arch)) if arch.runs_on(native) && !architectures.contains(&arch) => {
                    architectures.push(arch);
                }
                Some(_) => {}
                None => self.violate(
                    format!("{SECCOMP}/architectures/{index}"),
                    format!("`{word}` is no architecture such as `SCMP_ARCH_X86_64`"),
                ),
            }
        }
        architectures
    }

    fn flags(&mut self, section: &Seccomp<'_>) -> u32 {
        let mut flags = 0;
        for (index, word) in section.flags.iter().enumerate() {
            match find(&FLAGS, word) {
                Some(flag) => flags |= flag,
                None => self.violate(
                    format!("{SECCOMP}/flags/{index}"),
                    format!("`{word}` is no flag; one of {}", words(&FLAGS)),
                ),
            }
        }
        flags
    }

    fn entry<'a>(&mut self, entry: &'a Syscalls<'a>, index: usize) -> Entry<'a> {
        let at = |property: &str| format!("{SECCOMP}/syscalls/{index}/{property}");
        if entry.names.is_empty() {
            self.violate(at("names"), "is empty".to_owned());
        }
        let judged = self.verdict(entry.action, at("action"), (entry.errno_ret, at("errnoRet")));
        let arguments = entry.args.iter().enumerate();
        let conditions = arguments
            .filter_map(|(number, argument)| self.condition(argument, &at(&format!("args/{number}"))))
            .collect();
        let (action, verdict) = judged.unwrap_or((Action::KillProcess, 0));
        Entry { names: &entry.names, verdict, notifies: action == Action::Notify, conditions }
    }

    fn condition(&mut self, argument: &Argument<'_>, pointer: &str) -> Option<Condition> {
        let index = u8::try_from(argument.index).ok().filter(|index| *index < 6);
        if index.is_none() {
            self.violate(format!("{pointer}/index"), format!("`{}` is not between 0 and 5", argument.index));
        }
        let operator = find(&OPERATORS, argument.op);
        if operator.is_none() {
            let why = format!("`{}` is no operator; one of {}", argument.op, words(&OPERATORS));
            self.violate(format!("{pointer}/op"), why);
        }
        Some(Condition {
            index: index?,
            operator: operator?,
            value: argument.value,
            value_two: argument.value_two,
        })
    }

    fn listener(&mut self, section: &Seccomp<'_>, notifies: bool) {
        if section.listener_path.is_none() && section.listener_metadata.is_some() {
            self.violate(format!("{SECCOMP}/listenerMetadata"), "is given without `listenerPath`".to_owned());
        }
        if notifies && section.listener_path.as_ref().is_none_or(|path| path.is_empty()) {
            let why = "is missing, but an entry has the action `SCMP_ACT_NOTIFY`";
            self.violate(format!("{SECCOMP}/listenerPath"), why.to_owned());
        }
    }
}

/// The words of a table, for a message.
fn words<T>(table: &[(&str, T)]) -> String {
    let words: Vec<String> = table.iter().map(|(word, _)| "`".to_string() + word + "`").collect();
    words.join(", ")
}
