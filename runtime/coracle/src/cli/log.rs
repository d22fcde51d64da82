//! Messages: to the caller on standard error, and to the file of `--log` in a form that engines read.

use alloc::format;
use alloc::string::{String, ToString};
use core::error::Error;
use core::ffi::CStr;

use rustix::fs::{CWD, Mode, OFlags, openat};
use serde::Serialize;

use crate::state::Instant;
use crate::stream::Stream;

/// Where messages go.
///
/// The file is opened only when there is something to write: a verb that has nothing to say pays nothing for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log<'a> {
    /// The file, if there is one.
    pub file: Option<&'a CStr>,
    /// How messages are written to it.
    pub format: LogFormat,
    /// From which level on they are written.
    pub level: Level,
}

/// How messages are written to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// `time="…" level=error msg="…"`.
    Text,
    /// `{"level":"error","msg":"…","time":"…"}`.
    Json,
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For whoever looks for a fault in coracle.
    Debug,
    /// Something asked for cannot be had, and everything else goes on.
    Warning,
    /// The verb has failed.
    Error,
}

/// A line of the file; engines look for the last one whose level is `error`.
#[derive(Serialize)]
struct Line<'a> {
    level: Level,
    msg: &'a str,
    time: String,
}

impl Log<'_> {
    /// Says why the verb failed: the error and what caused it, in one line.
    pub fn error(&self, error: &dyn Error) {
        self.message(Level::Error, &chain(error));
    }

    /// Says something that the caller should know.
    pub fn warning(&self, message: &str) {
        self.message(Level::Warning, message);
    }

    /// Says something to whoever looks for a fault.
    pub fn debug(&self, message: &str) {
        self.message(Level::Debug, message);
    }

    fn message(&self, level: Level, message: &str) {
        if level < self.level {
            return;
        }
        // An engine that reads the file wants standard error for errors alone: what is there, it shows to people.
        if self.file.is_none() || level == Level::Error {
            // With standard error closed there is nobody left to tell.
            let _told = Stream::Error.put(format!("coracle: {}{message}\n", prefix(level)).as_bytes());
        }
        if let Some(file) = self.file {
            let line = line(self.format, level, message, &Instant::now().to_string());
            if let Err(errno) = append(file, &line) {
                let why = format!(
                    "coracle: write log `{}`: {}\n",
                    file.to_string_lossy(),
                    crate::cause::Cause(errno)
                );
                let _told = Stream::Error.put(why.as_bytes());
            }
        }
    }
}

const fn prefix(level: Level) -> &'static str {
    match level {
        Level::Error => "",
        Level::Warning => "warning: ",
        Level::Debug => "debug: ",
    }
}

/// An error and its causes, from the outermost on.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn line(format: LogFormat, level: Level, message: &str, time: &str) -> String {
    let json = |text: &str| serde_json::to_string(text).unwrap_or_default();
    match format {
        LogFormat::Json => {
            let line = Line { level, msg: message, time: time.to_string() };
            // A structure of strings can always be written.
            serde_json::to_string(&line).unwrap_or_default() + "\n"
        }
        LogFormat::Text => {
            let level = json_word(level);
            format!("time={} level={level} msg={}\n", json(time), json(message))
        }
    }
}

const fn json_word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Debug => "debug",
    }
}

fn append(file: &CStr, line: &str) -> Result<(), rustix::io::Errno> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOCTTY;
    let opened = openat(CWD, file, flags, Mode::from_raw_mode(0o644))?;
    crate::stream::write_all(&opened, line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: &str = "2026-11-24T08:30:00.000000000Z";

    #[test]
    fn lines_are_as_engines_read_them() {
        assert_eq!(
            line(LogFormat::Json, Level::Error, "mount \"a\"\n", TIME),
            "{\"level\":\"error\",\"msg\":\"mount \\\"a\\\"\\n\",\"time\":\"2026-11-24T08:30:00.000000000Z\"}\n"
        );
        assert_eq!(
            line(LogFormat::Text, Level::Warning, "a b", TIME),
            "time=\"2026-11-24T08:30:00.000000000Z\" level=warning msg=\"a b\"\n"
        );
    }

    #[test]
    fn causes_follow_their_effects() {
        #[derive(Debug, thiserror::Error)]
        #[error("mount `/proc`")]
        struct Outer(#[source] crate::cause::Cause);
        let error = Outer(crate::cause::Cause(rustix::io::Errno::PERM));
        assert_eq!(chain(&error), "mount `/proc`: Operation not permitted");
    }
}
