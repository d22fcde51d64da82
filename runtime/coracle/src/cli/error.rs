//! What can be wrong with a command line.

use alloc::string::String;

/// Why a command line asks for nothing that can be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum UsageError {
    #[error("a verb is missing; `coracle --help` lists them")]
    NoVerb,

    #[error("there is no verb `{verb}`; `coracle --help` lists them")]
    UnknownVerb { verb: String },

    #[error("`{verb}` has no option `{option}`; `coracle {verb} --help` lists them")]
    UnknownOption { verb: &'static str, option: String },

    #[error("there is no option `{option}` before the verb; `coracle --help` lists them")]
    UnknownGlobal { option: String },

    #[error("option `--{option}` needs a value, {value}")]
    MissingValue { option: &'static str, value: &'static str },

    #[error("{value:?} of option `--{option}` is not {expected}")]
    InvalidValue { option: &'static str, value: String, expected: &'static str },

    #[error("`{verb}` needs {what}: `coracle {verb} {usage}`")]
    MissingArgument { verb: &'static str, what: &'static str, usage: &'static str },

    #[error("`{verb}` does not take {argument:?}: `coracle {verb} {usage}`")]
    ExtraArgument { verb: &'static str, argument: String, usage: &'static str },

    #[error("{signal:?} is no signal; give a number or a name such as `TERM` or `RTMIN+1`")]
    Signal { signal: String },

    #[error("{what} is not UTF-8: {value:?}")]
    Text { what: &'static str, value: String },

    #[error(
        "the systemd cgroup manager is not supported; use cgroupfs (podman: `--cgroup-manager cgroupfs`, \
         containerd: `SystemdCgroup = false`, docker: `native.cgroupdriver=cgroupfs`)"
    )]
    Systemd,
}
