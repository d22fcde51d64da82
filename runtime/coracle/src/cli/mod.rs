//! The command line: runc's, so that engines can use coracle unchanged.
//!
//! ```text
//! coracle [global options] VERB [options] ID [arguments]
//! ```
//!
//! Options are `--name value` or `--name=value`, with one dash or two, before or after the id; only `exec` takes
//! everything behind the id as the command to run. `--` ends the options. Of an option given twice the last counts,
//! but for those that make a list. Parsing is pure.

mod build;
mod command;
mod error;
mod help;
mod log;
mod option;
mod quantity;
mod signal;
mod verb;

use core::ffi::CStr;

pub use self::command::{
    Affected, Command, Create, Delete, Events, Exec, ExecUser, Format, Kill, List, Ps, Run, Spec, Update,
};
pub use self::error::UsageError;
pub use self::log::{Level, Log, LogFormat};
use self::option::{Flag, Words};
pub use self::signal::parse as parse_signal;

/// What is asked for, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation<'a> {
    /// Options that hold for all verbs.
    pub global: Global<'a>,
    /// The verb.
    pub command: Command<'a>,
}

/// Options that hold for all verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Global<'a> {
    /// Where containers are kept, if not in the usual place.
    pub root: Option<&'a str>,
    /// Where messages go.
    pub log: Log<'a>,
    /// Where the waterfall of a start goes.
    pub trace: Option<&'a CStr>,
    /// Whether to do without the privileges of root; found out where the caller leaves it open.
    pub rootless: Option<bool>,
}

impl<'a> Global<'a> {
    /// Where containers are kept: below the directory of the caller's session for those who are not root.
    ///
    /// - **Takes** whether the caller is root, and `XDG_RUNTIME_DIR` of its environment.
    #[must_use]
    pub fn root(&self, is_root: bool, runtime_directory: Option<&str>) -> alloc::borrow::Cow<'a, str> {
        match (self.root, runtime_directory) {
            (Some(root), _) => root.into(),
            (None, Some(directory)) if !is_root => alloc::format!("{directory}/coracle").into(),
            (None, _) => "/run/coracle".into(),
        }
    }
}

/// What `--version` prints.
pub const VERSION: &str = concat!("coracle version ", env!("CARGO_PKG_VERSION"), "\nspec: 1.3.0\n");

/// Options before the verb.
pub(crate) const GLOBAL: &[Flag] = &[
    Flag::value(
        "root",
        "DIR",
        "keep containers in DIR [/run/coracle, or $XDG_RUNTIME_DIR/coracle if not root]",
    ),
    Flag::value("log", "FILE", "append messages to FILE as well"),
    Flag::value("log-format", "FORMAT", "write them as `text` or `json` [text]"),
    Flag::value("log-level", "LEVEL", "write those from `error`, `warning` or `debug` on [warning]"),
    Flag::value("trace", "FILE", "write to FILE what each step of `create` or `run` took"),
    Flag::switch("debug", "the same as --log-level debug"),
    Flag::value("cgroup-manager", "NAME", "make cgroups by `cgroupfs`, the only way there is"),
    Flag::switch("systemd-cgroup", "not supported: refused, so that nothing is limited in a wrong place"),
    Flag::value("rootless", "BOOL", "ignore what only root may do: `true`, `false` or `auto` [auto]"),
    Flag::switch("version", "print the version").short("v"),
    Flag::switch("help", "print this").short("h"),
];

/// Takes a command line apart.
///
/// - **Takes** the arguments, the program's own name first.
/// - **Errors**: the first thing that is wrong, in words that say what to do; the exit code for it is 1.
///
/// # Errors
/// As above.
pub fn parse<'a>(arguments: &[&'a CStr]) -> Result<Invocation<'a>, UsageError> {
    let (words, rest) = Words::leading(GLOBAL, "", arguments.get(1..).unwrap_or_default())?;
    let global = global(&words)?;
    let command = match rest.split_first() {
        _ if words.has("help") => Command::Help(None),
        _ if words.has("version") => Command::Version,
        None => return Err(UsageError::NoVerb),
        Some((verb, rest)) => command(verb, rest)?,
    };
    if !matches!(command, Command::Help(_) | Command::Version) {
        refuse_systemd(&words)?;
    }
    Ok(Invocation { global, command })
}

/// Where messages about a command line go that cannot be understood: where its first options say, as far as they do.
#[must_use]
pub fn log_of<'a>(arguments: &[&'a CStr]) -> Log<'a> {
    let words = Words::leading(GLOBAL, "", arguments.get(1..).unwrap_or_default());
    let global = words.and_then(|(words, _)| global(&words));
    global.map_or(Log { file: None, format: LogFormat::Text, level: Level::Warning }, |global| global.log)
}

fn global<'a>(words: &Words<'a>) -> Result<Global<'a>, UsageError> {
    const FORMATS: &[(&str, LogFormat)] = &[("text", LogFormat::Text), ("json", LogFormat::Json)];
    const LEVELS: &[(&str, Level)] = &[
        ("error", Level::Error),
        ("warning", Level::Warning),
        ("warn", Level::Warning),
        ("info", Level::Warning),
        ("debug", Level::Debug),
    ];
    const ROOTLESS: &[(&str, Option<bool>)] = &[("auto", None), ("true", Some(true)), ("false", Some(false))];
    let level = words.one_of("log-level", LEVELS)?.unwrap_or(Level::Warning);
    let level = if words.has("debug") { Level::Debug } else { level };
    let format = words.one_of("log-format", FORMATS)?.unwrap_or(LogFormat::Text);
    Ok(Global {
        root: words.text("root")?,
        log: Log { file: words.value("log"), format, level },
        trace: words.value("trace"),
        rootless: words.one_of("rootless", ROOTLESS)?.flatten(),
    })
}

/// A limit set through the wrong manager would not hold where the engine looks for it.
fn refuse_systemd(words: &Words<'_>) -> Result<(), UsageError> {
    let manager = words.text("cgroup-manager")?.unwrap_or("cgroupfs");
    match manager {
        _ if words.has("systemd-cgroup") => Err(UsageError::Systemd),
        "systemd" => Err(UsageError::Systemd),
        "cgroupfs" => Ok(()),
        _ => Err(words.invalid("cgroup-manager", "`cgroupfs`")),
    }
}

fn command<'a>(name: &'a CStr, rest: &[&'a CStr]) -> Result<Command<'a>, UsageError> {
    let name = option::text("the verb", name)?;
    if name == "help" {
        let Some(about) = rest.first() else { return Ok(Command::Help(None)) };
        return verb::find(option::text("the verb", about)?).map(|verb| Command::Help(Some(verb.name)));
    }
    let verb = verb::find(name)?;
    let words = verb.split(rest)?;
    if words.has("help") {
        return Ok(Command::Help(Some(verb.name)));
    }
    verb.check(&words)?;
    (verb.build)(&words)
}

/// What `--help` prints, for one verb or for the program.
#[must_use]
pub fn help(verb: Option<&str>) -> alloc::string::String {
    match verb.and_then(|name| verb::find(name).ok()) {
        Some(verb) => help::of_verb(verb),
        None => help::of_program(),
    }
}

#[cfg(test)]
mod tests;
