//! The faults that one operation is hit by: chosen from the calls that it makes.

use std::collections::BTreeSet;
use std::fmt;

use drive::inject::{Ruling, Site, Victim};
use serde::{Deserialize, Serialize};

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It fails with this error number.
    Errno(i32),
    /// It does half of what it should.
    Short,
    /// Somebody is killed before it.
    Kill(Killed),
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Killed {
    /// The process that was called.
    Runtime,
    /// The process that makes the call.
    Caller,
}

impl Effect {
    pub(super) fn ruling(self) -> Ruling {
        match self {
            Self::Errno(number) => Ruling::Fail(number),
            Self::Short => Ruling::Halve,
            Self::Kill(Killed::Runtime) => Ruling::Kill(Victim::Root),
            Self::Kill(Killed::Caller) => Ruling::Kill(Victim::Caller),
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Errno(number) => match nix::errno::Errno::from_raw(*number) {
                nix::errno::Errno::UnknownErrno => write!(f, "error {number}"),
                known => write!(f, "{known:?}"),
            },
            Self::Short => f.write_str("half of it"),
            Self::Kill(Killed::Runtime) => f.write_str("the runtime killed"),
            Self::Kill(Killed::Caller) => f.write_str("the caller killed"),
        }
    }
}

/// One fault: where, and what becomes of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The site, in words, as [`Site`] displays it.
    pub site: String,
    /// What becomes of the call there.
    pub effect: Effect,
}

/// A call that an operation makes, for choosing faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    site: String,
    /// The same without its number: what alike calls share.
    kind: String,
    /// Whether the called process makes it.
    by_runtime: bool,
    writes: bool,
    errors: Vec<i32>,
}

impl Seen {
    pub(super) fn of(site: &Site) -> Self {
        Self {
            site: site.to_string(),
            kind: format!("{} {} {}", site.process, site.name, site.place),
            by_runtime: site.process == 0,
            writes: matches!(site.name, "write" | "pwrite64" | "read" | "pread64"),
            errors: site.class.errors().to_vec(),
        }
    }

    fn fault(&self, effect: Effect) -> Fault {
        Fault { site: self.site.clone(), effect }
    }

    /// Everything that can happen to it.
    fn faults(&self) -> Vec<Fault> {
        let errors = self.errors.iter().map(|number| Effect::Errno(*number));
        let short = self.writes.then_some(Effect::Short);
        let caller = (!self.by_runtime).then_some(Effect::Kill(Killed::Caller));
        let all = errors.chain(short).chain([Effect::Kill(Killed::Runtime)]).chain(caller);
        all.map(|effect| self.fault(effect)).collect()
    }
}

/// How many of all faults are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// At most so many of the quick ones, at random.
    Some(usize),
    /// One error and one kill for each kind of call.
    Quick,
    /// Every error and every kill at every call.
    Full,
}

/// Chooses faults for the calls that were seen.
pub(super) fn choose(seen: &[Seen], depth: Depth, random: &mut fastrand::Rng) -> Vec<Fault> {
    if depth == Depth::Full {
        return seen.iter().flat_map(Seen::faults).collect();
    }
    let mut kinds = BTreeSet::new();
    let first = seen.iter().filter(|one| kinds.insert(&one.kind));
    let quick = first.flat_map(|one| {
        let error = one.errors.first().map(|number| one.fault(Effect::Errno(*number)));
        error.into_iter().chain([one.fault(Effect::Kill(Killed::Runtime))])
    });
    let mut quick: Vec<Fault> = quick.collect();
    if let Depth::Some(count) = depth {
        random.shuffle(&mut quick);
        quick.truncate(count);
    }
    quick
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(process: usize, name: &str, number: usize) -> Seen {
        Seen {
            site: format!("{process} {name} ({number})"),
            kind: format!("{process} {name}"),
            by_runtime: process == 0,
            writes: name == "write",
            errors: vec![28, 5],
        }
    }

    #[test]
    fn a_quick_choice_takes_each_kind_once_and_a_full_one_everything() {
        let calls = [seen(0, "mkdir", 1), seen(0, "mkdir", 2), seen(1, "write", 1)];
        let mut random = fastrand::Rng::with_seed(1);
        let texts = |faults: Vec<Fault>| {
            faults.iter().map(|fault| format!("{}: {}", fault.site, fault.effect)).collect::<Vec<_>>()
        };
        let quick = texts(choose(&calls, Depth::Quick, &mut random));
        let runtime = "the runtime killed";
        assert_eq!(
            quick,
            [
                "0 mkdir (1): ENOSPC".to_owned(),
                format!("0 mkdir (1): {runtime}"),
                "1 write (1): ENOSPC".to_owned(),
                format!("1 write (1): {runtime}"),
            ]
        );
        let full = texts(choose(&calls, Depth::Full, &mut random));
        assert_eq!(full.len(), 3 + 3 + 5);
        assert!(full.contains(&"1 write (1): half of it".to_owned()));
        assert!(full.contains(&"1 write (1): the caller killed".to_owned()));
        assert_eq!(choose(&calls, Depth::Some(2), &mut random).len(), 2);
    }
}
