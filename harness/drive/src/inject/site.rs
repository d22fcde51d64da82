//! Where a call is, in a way that the next run can find again.

use std::collections::BTreeMap;
use std::fmt;

use super::call::Call;
use super::table::Class;

/// A call of a run, told from the others without counting all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    /// Which process makes it: see [`Call::process`].
    pub process: usize,
    /// Its name.
    pub name: &'static str,
    /// Kind of place.
    pub place: &'static str,
    /// How many calls of this process, name and place came before.
    pub nth: usize,
    /// How such calls fail.
    pub class: Class,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match self.process {
            0 => "runtime".to_owned(),
            number => format!("child {number}"),
        };
        write!(f, "{role}, {} on {} ({})", self.name, self.place, self.nth + 1)
    }
}

/// Names the calls of one run as they come.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    seen: BTreeMap<(usize, &'static str, &'static str), usize>,
}

impl Sites {
    /// The site of the next call.
    pub fn site(&mut self, call: &Call) -> Site {
        let count = self.seen.entry((call.process, call.name, call.place)).or_default();
        let nth = *count;
        *count += 1;
        Site { process: call.process, name: call.name, place: call.place, nth, class: call.class }
    }
}
