//! What the words of each verb mean.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::ffi::CStr;

use super::command::{Affected, Create, Events, Exec, ExecUser, Format, Kill, Run, Update};
use super::error::UsageError;
use super::option::{Words, text};
use super::{quantity, signal};
use crate::config::capabilities;
use crate::config::resources::{BlockIo, Cpu, Memory, Pids};

pub(super) fn id<'a>(words: &Words<'a>) -> Result<&'a str, UsageError> {
    text("the id", words.others.first().copied().unwrap_or_default())
}

pub(super) fn affected<'a>(words: &Words<'a>) -> Result<Affected<'a>, UsageError> {
    Ok(Affected { id: id(words)? })
}

pub(super) fn create<'a>(words: &Words<'a>) -> Result<Create<'a>, UsageError> {
    Ok(Create {
        id: id(words)?,
        bundle: words.value("bundle").unwrap_or(c"."),
        console_socket: words.value("console-socket"),
        pid_file: words.value("pid-file"),
        pidfd_socket: words.value("pidfd-socket"),
        no_pivot: words.has("no-pivot"),
        no_new_keyring: words.has("no-new-keyring"),
        preserve_fds: words.number("preserve-fds")?.unwrap_or_default(),
    })
}

pub(super) fn run<'a>(words: &Words<'a>) -> Result<Run<'a>, UsageError> {
    Ok(Run {
        create: create(words)?,
        detach: words.has("detach"),
        keep: words.has("keep"),
        no_subreaper: words.has("no-subreaper"),
    })
}

pub(super) fn kill<'a>(words: &Words<'a>) -> Result<Kill<'a>, UsageError> {
    let signal = words.others.get(1).map_or(Ok("TERM"), |word| text("the signal", word))?;
    Ok(Kill { id: id(words)?, signal: signal::parse(signal)?, all: words.has("all") })
}

pub(super) fn exec<'a>(words: &Words<'a>) -> Result<Exec<'a>, UsageError> {
    let args: Vec<&CStr> = words.others.iter().skip(1).copied().collect();
    let process = words.value("process");
    if args.is_empty() && process.is_none() {
        let usage = "[options] ID COMMAND [ARGUMENT...]";
        return Err(UsageError::MissingArgument { verb: "exec", what: "a command, or `--process`", usage });
    }
    Ok(Exec {
        id: id(words)?,
        args,
        process,
        console_socket: words.value("console-socket"),
        pid_file: words.value("pid-file"),
        pidfd_socket: words.value("pidfd-socket"),
        cwd: words.value("cwd"),
        env: words.values("env").collect(),
        tty: words.has("tty"),
        user: words.parsed("user", "a user and perhaps a group, as numbers: UID[:GID]", user)?,
        additional_gids: groups(words)?,
        detach: words.has("detach"),
        process_label: words.value("process-label"),
        apparmor: words.value("apparmor"),
        no_new_privs: words.has("no-new-privs"),
        capabilities: capabilities_of(words)?,
        preserve_fds: words.number("preserve-fds")?.unwrap_or_default(),
        cgroups: words.values("cgroup").map(|path| text("cgroup", path)).collect::<Result<_, _>>()?,
        ignore_paused: words.has("ignore-paused"),
    })
}

fn user(value: &str) -> Option<ExecUser> {
    match value.split_once(':') {
        Some((uid, gid)) => Some(ExecUser { uid: number(uid)?, gid: Some(number(gid)?) }),
        None => Some(ExecUser { uid: number(value)?, gid: None }),
    }
}

/// A user or group id: digits alone, and not the greatest number, which tells the kernel to leave the id alone.
fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|id| plain && *id != u32::MAX)
}

/// Each value may be a list, as for those who join them.
fn groups(words: &Words<'_>) -> Result<Vec<u32>, UsageError> {
    let mut groups = Vec::new();
    for value in words.values("additional-gids") {
        for gid in text("additional-gids", value)?.split(',') {
            let invalid = || UsageError::InvalidValue {
                option: "additional-gids",
                value: gid.to_owned(),
                expected: "a group id",
            };
            groups.push(number(gid).ok_or_else(invalid)?);
        }
    }
    Ok(groups)
}

fn capabilities_of(words: &Words<'_>) -> Result<u64, UsageError> {
    let mut mask = 0;
    for value in words.values("cap") {
        let name = text("cap", value)?;
        let bit = capabilities::bit(name).ok_or_else(|| UsageError::InvalidValue {
            option: "cap",
            value: name.to_owned(),
            expected: "a capability such as `CAP_KILL`",
        })?;
        mask |= bit;
    }
    Ok(mask)
}

pub(super) fn format(words: &Words<'_>) -> Result<Format, UsageError> {
    let formats = [("table", Format::Table), ("json", Format::Json)];
    Ok(words.one_of("format", &formats)?.unwrap_or(Format::Table))
}

pub(super) fn update<'a>(words: &Words<'a>) -> Result<Update<'a>, UsageError> {
    let bytes = |option| words.parsed(option, "a number of bytes, such as `512m`, or -1", quantity::bytes);
    Ok(Update {
        id: id(words)?,
        resources: words.value("resources"),
        memory: Memory {
            limit: bytes("memory")?,
            reservation: bytes("memory-reservation")?,
            swap: bytes("memory-swap")?,
            kernel: bytes("kernel-memory")?,
            kernel_tcp: bytes("kernel-memory-tcp")?,
            ..Memory::default()
        },
        cpu: Cpu {
            shares: words.number("cpu-share")?,
            quota: words.number("cpu-quota")?,
            burst: words.number("cpu-burst")?,
            period: words.number("cpu-period")?,
            realtime_runtime: words.number("cpu-rt-runtime")?,
            realtime_period: words.number("cpu-rt-period")?,
            cpus: words.text("cpuset-cpus")?,
            mems: words.text("cpuset-mems")?,
            idle: words.number("cpu-idle")?,
        },
        pids: Pids { limit: words.number("pids-limit")? },
        block_io: BlockIo { weight: words.number("blkio-weight")?, ..BlockIo::default() },
        l3_cache_schema: words.text("l3-cache-schema")?,
        mem_bw_schema: words.text("mem-bw-schema")?,
    })
}

pub(super) fn events<'a>(words: &Words<'a>) -> Result<Events<'a>, UsageError> {
    const DEFAULT_NS: u64 = 5_000_000_000;
    let asked = words.parsed("interval", "a duration such as `5s` or `500ms`", quantity::duration_ns)?;
    let interval_ns = if words.has("stats") { None } else { Some(asked.unwrap_or(DEFAULT_NS)) };
    Ok(Events { id: id(words)?, interval_ns })
}
