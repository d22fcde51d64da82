//! Which devices a container may use: the allowed device list, for both cgroup versions.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::config::resources::DeviceRule;
use crate::config::violation::Violation;

/// Reading a device, a bit of [`Rule::access`]; the bits are those of `linux/bpf.h`.
pub const READ: u8 = 2;
/// Writing a device.
pub const WRITE: u8 = 4;
/// Making a device node.
pub const MKNOD: u8 = 1;
/// All three.
pub const EVERY_ACCESS: u8 = READ | WRITE | MKNOD;

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A block device.
    Block,
    /// A character device.
    Char,
}

/// One entry of the list, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Whether it allows or denies.
    pub allow: bool,
    /// Which kind of device; absent means both.
    pub kind: Option<Kind>,
    /// Which major number; absent means every one.
    pub major: Option<u32>,
    /// Which minor number; absent means every one.
    pub minor: Option<u32>,
    /// What it allows or denies: bits of [`EVERY_ACCESS`].
    pub access: u8,
}

/// The whole list: what no rule speaks of is denied, and of the rules that speak of an access the last one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// In the order of the configuration, the default devices last.
    pub rules: Vec<Rule>,
}

/// What every container may use besides: the devices that the specification makes a runtime supply, the terminals,
/// and making any node (which alone opens none of them).
///
/// As in runc and crun they come last, so that the usual `deny everything` does not take them away.
const DEFAULTS: [Rule; 11] = [
    Rule { allow: true, kind: Some(Kind::Char), major: None, minor: None, access: MKNOD },
    Rule { allow: true, kind: Some(Kind::Block), major: None, minor: None, access: MKNOD },
    character(1, Some(3)),
    character(1, Some(5)),
    character(1, Some(7)),
    character(1, Some(8)),
    character(1, Some(9)),
    character(5, Some(0)),
    character(5, Some(1)),
    character(5, Some(2)),
    character(136, None),
];

const fn character(major: u32, minor: Option<u32>) -> Rule {
    Rule { allow: true, kind: Some(Kind::Char), major: Some(major), minor, access: EVERY_ACCESS }
}

impl Rule {
    /// Whether it speaks of every access to every device, so that nothing before it counts.
    #[must_use]
    pub fn is_total(&self) -> bool {
        self.kind.is_none() && self.major.is_none() && self.minor.is_none() && self.access == EVERY_ACCESS
    }

    /// Whether each device of `other` is one of this rule's.
    fn covers(&self, other: &Self) -> bool {
        (self.kind.is_none() || self.kind == other.kind)
            && (self.major.is_none() || self.major == other.major)
            && (self.minor.is_none() || self.minor == other.minor)
    }

    /// Whether some device is one of both.
    fn meets(&self, other: &Self) -> bool {
        fn part<T: PartialEq>(mine: Option<&T>, theirs: Option<&T>) -> bool {
            mine.is_none() || theirs.is_none() || mine == theirs
        }
        part(self.kind.as_ref(), other.kind.as_ref())
            && part(self.major.as_ref(), other.major.as_ref())
            && part(self.minor.as_ref(), other.minor.as_ref())
    }

    /// How version 1 writes it, such as `c 1:3 rwm`.
    fn entry(&self) -> String {
        let kind = if self.kind == Some(Kind::Block) { 'b' } else { 'c' };
        let number =
            |number: Option<u32>| number.map_or(Cow::Borrowed("*"), |number| format!("{number}").into());
        let letters = [(READ, 'r'), (WRITE, 'w'), (MKNOD, 'm')];
        let access: String =
            letters.iter().filter(|(bit, _)| self.access & bit != 0).map(|(_, letter)| *letter).collect();
        format!("{kind} {}:{} {access}", number(self.major), number(self.minor))
    }
}

impl Policy {
    /// The policy of a device list, followed by the default devices.
    ///
    /// - **Errors**: every entry with an unknown type, access or number, by its pointer below
    ///   `/linux/resources/devices`.
    /// - **Source**: `config-linux.md#allowed-device-list`.
    ///
    /// # Errors
    /// As above.
    pub fn of(list: &[DeviceRule<'_>]) -> Result<Self, Vec<Violation>> {
        let mut rules = Vec::with_capacity(list.len() + DEFAULTS.len());
        let mut violations = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            match check(entry, index) {
                Ok(rule) => rules.push(rule),
                Err(violation) => violations.push(violation),
            }
        }
        rules.extend(DEFAULTS);
        if violations.is_empty() { Ok(Self { rules }) } else { Err(violations) }
    }

    /// Whether nothing is denied, so that no program is needed.
    #[must_use]
    pub fn allows_everything(&self) -> bool {
        let effective =
            self.rules.iter().rposition(Rule::is_total).map_or(&[][..], |total| &self.rules[total..]);
        !effective.is_empty() && effective.iter().all(|rule| rule.allow)
    }

    /// The same policy as writes to `devices.allow` and `devices.deny` of version 1.
    ///
    /// Version 1 keeps a default and a list of exceptions to it, and cannot take a part out of an exception.
    ///
    /// # Errors
    /// The pointer of an entry that would have to do just that.
    pub fn version_1_writes(&self) -> Result<Vec<(&'static str, String)>, Violation> {
        let list = Exceptions::of(&self.rules)?;
        let (base, exception) =
            if list.allow { ("devices.allow", "devices.deny") } else { ("devices.deny", "devices.allow") };
        let mut writes = vec![(base, String::from("a"))];
        writes.extend(list.rules.iter().map(|rule| (exception, rule.entry())));
        Ok(writes)
    }
}

/// The version 1 form of a policy.
struct Exceptions {
    /// What becomes of a device that no exception names.
    allow: bool,
    rules: Vec<Rule>,
}

impl Exceptions {
    fn of(rules: &[Rule]) -> Result<Self, Violation> {
        let mut list = Self { allow: false, rules: Vec::new() };
        for (index, rule) in rules.iter().enumerate() {
            if rule.is_total() {
                list = Self { allow: rule.allow, rules: Vec::new() };
                continue;
            }
            for kind in [Kind::Char, Kind::Block] {
                if rule.kind.is_none_or(|only| only == kind) {
                    list.apply(Rule { kind: Some(kind), ..*rule }, index)?;
                }
            }
        }
        Ok(list)
    }

    fn apply(&mut self, rule: Rule, index: usize) -> Result<(), Violation> {
        if rule.allow != self.allow {
            match self.rules.iter_mut().find(|known| known.covers(&rule) && rule.covers(known)) {
                Some(known) => known.access |= rule.access,
                None => self.rules.push(rule),
            }
            return Ok(());
        }
        for known in
            self.rules.iter_mut().filter(|known| known.meets(&rule) && known.access & rule.access != 0)
        {
            if !rule.covers(known) {
                let why = "takes a part out of an earlier entry, which cgroup version 1 cannot express";
                return Err(Violation::new(format!("/linux/resources/devices/{index}"), why));
            }
            known.access &= !rule.access;
        }
        self.rules.retain(|known| known.access != 0);
        Ok(())
    }
}

fn check(entry: &DeviceRule<'_>, index: usize) -> Result<Rule, Violation> {
    let violation = |property: &str, why: String| {
        Violation::new(format!("/linux/resources/devices/{index}/{property}"), why)
    };
    let kind = match entry.kind {
        None | Some("a") => None,
        Some("b") => Some(Kind::Block),
        Some("c" | "u") => Some(Kind::Char),
        Some(other) => return Err(violation("type", format!("`{other}` is none of `a`, `b`, `c`"))),
    };
    let number = |property: &str, number: Option<i64>| match number {
        None | Some(-1) => Ok(None),
        Some(number) => u32::try_from(number)
            .map(Some)
            .map_err(|_| violation(property, format!("`{number}` is no device number"))),
    };
    Ok(Rule {
        allow: entry.allow,
        kind,
        major: number("major", entry.major)?,
        minor: number("minor", entry.minor)?,
        access: access(entry.access).map_err(|why| violation("access", why))?,
    })
}

fn access(letters: Option<&str>) -> Result<u8, String> {
    let Some(letters) = letters.filter(|letters| !letters.is_empty()) else { return Ok(EVERY_ACCESS) };
    letters.chars().try_fold(0, |access, letter| match letter {
        'r' => Ok(access | READ),
        'w' => Ok(access | WRITE),
        'm' => Ok(access | MKNOD),
        _ => Err(format!("`{letters}` is no composition of `r`, `w`, `m`")),
    })
}
