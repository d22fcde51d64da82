//! One call of a runtime, as its command line says it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

/// Options of runc's command line before the verb that take a value.
const WITH_VALUE: [&str; 3] = ["--root", "--log", "--log-format"];

/// A call that a mutant was given, and the runtime behind it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The runtime that does the work.
    pub(crate) real: PathBuf,
    /// What stands before the verb.
    global: Vec<OsString>,
    /// The verb; empty where there is none.
    pub(crate) verb: String,
    /// What stands after it.
    rest: Vec<OsString>,
}

impl Call {
    /// Reads a command line.
    pub(crate) fn read(real: PathBuf, words: Vec<OsString>) -> Self {
        let (mut global, mut words) = (Vec::new(), words.into_iter());
        while let Some(word) = words.next() {
            if !word.as_encoded_bytes().starts_with(b"-") {
                let verb = word.to_string_lossy().into_owned();
                return Self { real, global, verb, rest: words.collect() };
            }
            let takes_value = WITH_VALUE.iter().any(|option| word == **option);
            global.push(word);
            global.extend(words.next().filter(|_| takes_value));
        }
        Self { real, global, verb: String::new(), rest: Vec::new() }
    }

    /// Whether it is the suite that cleans up, which is nothing that a mutant may spoil.
    pub(crate) fn is_cleanup(&self) -> bool {
        self.verb == "delete" && self.rest.iter().any(|word| word == "--force")
    }

    /// The same call with one word in place of another.
    pub(crate) fn replacing(&self, word: &str, other: &str) -> Self {
        let swap = |old: &OsString| if *old == *word { other.into() } else { old.clone() };
        Self { rest: self.rest.iter().map(swap).collect(), ..self.clone() }
    }

    /// Another verb with these words after it, and the same options before.
    pub(crate) fn other(&self, verb: &str, words: &[&str]) -> Self {
        let rest = words.iter().map(OsString::from).collect();
        Self { verb: verb.to_owned(), rest, ..self.clone() }
    }

    /// The value of an option after the verb.
    pub(crate) fn option(&self, name: &str) -> Option<String> {
        let mut words = self.rest.iter().skip_while(|word| **word != *name).skip(1);
        Some(words.next()?.to_string_lossy().into_owned())
    }

    /// The call without that option and its value.
    pub(crate) fn without(&self, name: &str) -> Self {
        let mut rest = self.rest.clone();
        if let Some(at) = rest.iter().position(|word| *word == *name) {
            rest.drain(at..(at + 2).min(rest.len()));
        }
        Self { rest, ..self.clone() }
    }

    /// The id: the last word, or for `kill` the one before the signal.
    pub(crate) fn id(&self) -> String {
        let back = usize::from(self.verb == "kill");
        let word = self.rest.iter().rev().nth(back);
        word.map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The signal of a `kill`.
    pub(crate) fn signal(&self) -> String {
        self.rest.last().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The configuration that a `create` is about.
    pub(crate) fn config_path(&self) -> Option<PathBuf> {
        let makes = matches!(self.verb.as_str(), "create" | "run");
        makes.then(|| Path::new(&self.option("--bundle").unwrap_or_default()).join("config.json"))
    }

    /// What it says, where it can be read.
    pub(crate) fn config(&self) -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(self.config_path()?).ok()?).ok()
    }

    /// The root file system that a `create` is about.
    pub(crate) fn root(&self) -> Option<PathBuf> {
        let config = self.config()?;
        Some(self.config_path()?.parent()?.join(config["root"]["path"].as_str()?))
    }

    /// The call, ready to be made.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.real);
        command.args(&self.global).args(Some(&self.verb).filter(|verb| !verb.is_empty())).args(&self.rest);
        command
    }

    /// Makes the call.
    pub(crate) fn make(&self) -> io::Result<ExitStatus> {
        self.command().status()
    }

    /// Makes the call in silence.
    pub(crate) fn make_unheard(&self) -> io::Result<ExitStatus> {
        self.command().stdout(Stdio::null()).stderr(Stdio::null()).status()
    }

    /// Makes the call, whose output goes to a file.
    pub(crate) fn make_into(&self, output: File) -> io::Result<ExitStatus> {
        self.command().stdout(output).stderr(Stdio::null()).status()
    }

    /// Makes the call with another text in `config.json`, which then gets back its own.
    pub(crate) fn make_with(
        &self,
        config: &Value,
        prepare: impl FnOnce(&mut Command),
    ) -> io::Result<ExitStatus> {
        let Some(path) = self.config_path() else { return self.make() };
        let before = fs::read(&path).ok();
        fs::write(&path, config.to_string())?;
        let mut command = self.command();
        prepare(&mut command);
        let made = command.status();
        before.map_or_else(|| fs::remove_file(&path), |text| fs::write(&path, text))?;
        made
    }

    /// The state document of the container.
    pub(crate) fn state(&self) -> io::Result<Value> {
        let printed = self.other("state", &[&self.id()]).command().output()?;
        serde_json::from_slice(&printed.stdout).map_err(io::Error::other)
    }
}
