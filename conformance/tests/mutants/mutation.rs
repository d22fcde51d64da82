//! What a mutant does otherwise than the runtime behind it. Its text is its name.

use std::fmt;

use serde_json::Value;

use crate::edit::Edit;

/// The one thing that a mutant spoils.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mutation {
    /// It reads another configuration than the one that is there.
    Reads(Edit),
    /// `refuse POINTER`: refuses every configuration with that property.
    Refuse(String),
    /// `watch`: spoils nothing, and notes every call.
    Watch,
    /// `succeed VERB`: says that it succeeded, whatever came of it.
    Succeed(String),
    /// `fail VERB`: says that it failed, whatever came of it.
    Fail(String),
    /// `skip VERB`: does nothing, and says that it succeeded.
    Skip(String),
    /// `detach VERB`: says that it succeeded before it is done.
    Detach(String),
    /// `answer VERB POINTER [VALUE]`: prints another value, or none.
    Answer(String, String, Option<Value>),
    /// `litter VERB`: leaves a file and a cgroup behind; after `create` only where that fails.
    Litter(String),
    /// `signal NAME`: sends that signal, whichever it is told to.
    Signal(String),
    /// `hasty`: runs `poststart` hooks before it starts the program.
    Hasty,
    /// `early`: starts the program in `create`.
    Early,
    /// `late`: reads the configuration in `start`.
    Late,
    /// `first`: makes every container from the configuration of the first one.
    First,
    /// `force`: deletes what is not stopped.
    Force,
    /// `replace`: makes way for a new container with an id that is taken.
    Replace,
    /// `greedy`: deletes what the container has from others: sources of mounts, holders of namespaces.
    Greedy,
    /// `chown`: gives what is in the root to the user that the container's root is mapped to.
    Chown,
    /// `own`: gives the user of the process every file of the container's cgroup.
    Own,
    /// `root`: gives the container a root of its own, with nothing but the probe in it.
    Root,
    /// `terminal`: opens a terminal by itself, and gives the program two of three streams.
    Terminal,
}

impl Mutation {
    /// Reads the text of a mutation.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(edit) = Edit::parse(text) {
            return Some(Self::Reads(edit));
        }
        let mut words = text.splitn(4, ' ');
        let word = words.next()?;
        let mut next = || words.next().map(str::to_owned);
        Some(match word {
            "refuse" => Self::Refuse(next()?),
            "watch" => Self::Watch,
            "succeed" => Self::Succeed(next()?),
            "fail" => Self::Fail(next()?),
            "skip" => Self::Skip(next()?),
            "detach" => Self::Detach(next()?),
            "answer" => {
                let (verb, pointer, value) = (next()?, next()?, next());
                let value = value.map(|text| serde_json::from_str(&text)).transpose().ok()?;
                Self::Answer(verb, pointer, value)
            }
            "litter" => Self::Litter(next()?),
            "signal" => Self::Signal(next()?),
            "hasty" => Self::Hasty,
            "early" => Self::Early,
            "late" => Self::Late,
            "first" => Self::First,
            "force" => Self::Force,
            "replace" => Self::Replace,
            "greedy" => Self::Greedy,
            "chown" => Self::Chown,
            "own" => Self::Own,
            "root" => Self::Root,
            "terminal" => Self::Terminal,
            _ => return None,
        })
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reads(edit) => edit.fmt(f),
            Self::Refuse(pointer) => write!(f, "refuse {pointer}"),
            Self::Watch => f.write_str("watch"),
            Self::Succeed(verb) => write!(f, "succeed {verb}"),
            Self::Fail(verb) => write!(f, "fail {verb}"),
            Self::Skip(verb) => write!(f, "skip {verb}"),
            Self::Detach(verb) => write!(f, "detach {verb}"),
            Self::Answer(verb, pointer, None) => write!(f, "answer {verb} {pointer}"),
            Self::Answer(verb, pointer, Some(value)) => write!(f, "answer {verb} {pointer} {value}"),
            Self::Litter(verb) => write!(f, "litter {verb}"),
            Self::Signal(name) => write!(f, "signal {name}"),
            Self::Hasty => f.write_str("hasty"),
            Self::Early => f.write_str("early"),
            Self::Late => f.write_str("late"),
            Self::First => f.write_str("first"),
            Self::Force => f.write_str("force"),
            Self::Replace => f.write_str("replace"),
            Self::Greedy => f.write_str("greedy"),
            Self::Chown => f.write_str("chown"),
            Self::Own => f.write_str("own"),
            Self::Root => f.write_str("root"),
            Self::Terminal => f.write_str("terminal"),
        }
    }
}
