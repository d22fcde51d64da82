//! The verbs: their options, what they mean, and how they are explained.

use alloc::borrow::ToOwned;
use core::ffi::CStr;

use super::build::{affected, create, events, exec, format, id, kill, run, update};
use super::command::{Command, Delete, List, Ps, Spec};
use super::error::UsageError;
use super::option::{Flag, Order, Words, lossy};

/// A verb.
pub(super) struct Verb {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// The words beside options, as in a usage line.
    pub(super) usage: &'static str,
    /// Least and greatest number of them.
    others: (usize, usize),
    order: Order,
    pub(super) flags: &'static [Flag],
    /// Command lines, each with what it does.
    pub(super) examples: &'static [(&'static str, &'static str)],
    pub(super) build: for<'a> fn(&Words<'a>) -> Result<Command<'a>, UsageError>,
}

const HELP: Flag = Flag::switch("help", "print this").short("h");
const BUNDLE: Flag = Flag::value("bundle", "DIR", "the bundle [the working directory]").short("b");
const CONSOLE: Flag =
    Flag::value("console-socket", "SOCKET", "send the terminal to whoever listens on SOCKET");
const PID_FILE: Flag = Flag::value("pid-file", "FILE", "write the process id to FILE");
const PIDFD: Flag = Flag::value("pidfd-socket", "SOCKET", "send a descriptor of the process to SOCKET");
const NO_PIVOT: Flag =
    Flag::switch("no-pivot", "change the root without pivot_root(2), which a ramdisk refuses");
const NO_KEYRING: Flag = Flag::switch("no-new-keyring", "keep the caller's session keyring");
const PRESERVE: Flag =
    Flag::value("preserve-fds", "N", "keep N descriptors from 3 on, after those of LISTEN_FDS [0]");
const PRESERVE_ALONE: Flag = Flag::value("preserve-fds", "N", "keep N descriptors from 3 on [0]");
const DETACH: Flag = Flag::switch("detach", "do not wait for the process to end").short("d");
const FORMAT: Flag = Flag::value("format", "FORMAT", "print as `table` or `json` [table]").short("f");

/// All verbs, in the order in which they are explained.
pub(super) const VERBS: [Verb; 15] = [
    Verb {
        name: "create",
        about: "create a container; its program waits for `start`",
        usage: "[options] ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[BUNDLE, CONSOLE, PID_FILE, PIDFD, NO_PIVOT, NO_KEYRING, PRESERVE, HELP],
        examples: &[("create --bundle /bundles/web web", "create `web` from a bundle")],
        build: |words| create(words).map(Command::Create),
    },
    Verb {
        name: "start",
        about: "start the program of a created container",
        usage: "ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[HELP],
        examples: &[("start web", "start the program of `web`")],
        build: |words| affected(words).map(Command::Start),
    },
    Verb {
        name: "state",
        about: "print the state of a container as JSON",
        usage: "ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[HELP],
        examples: &[("state web", "print the state of `web`")],
        build: |words| affected(words).map(Command::State),
    },
    Verb {
        name: "kill",
        about: "send a signal to the first process of a container",
        usage: "[options] ID [SIGNAL]",
        others: (1, 2),
        order: Order::Anywhere,
        flags: &[Flag::switch("all", "send it to all processes of the container").short("a"), HELP],
        examples: &[
            ("kill web", "ask `web` to end, with SIGTERM"),
            ("kill --all web KILL", "end all its processes"),
            ("kill web RTMIN+3", "send a real-time signal"),
        ],
        build: |words| kill(words).map(Command::Kill),
    },
    Verb {
        name: "delete",
        about: "delete a stopped container and what was made for it",
        usage: "[options] ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[
            Flag::switch("force", "kill it first if it is not stopped; succeed if there is none").short("f"),
            HELP,
        ],
        examples: &[
            ("delete web", "delete `web`, which has ended"),
            ("delete --force web", "delete it whatever it does"),
        ],
        build: |words| Ok(Command::Delete(Delete { id: id(words)?, force: words.has("force") })),
    },
    Verb {
        name: "run",
        about: "create and start a container, wait for its program and delete it",
        usage: "[options] ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[
            BUNDLE,
            CONSOLE,
            PID_FILE,
            PIDFD,
            NO_PIVOT,
            NO_KEYRING,
            PRESERVE,
            DETACH,
            Flag::switch("keep", "do not delete the container when its program has ended"),
            Flag::switch(
                "no-subreaper",
                "do not adopt orphans of a container without a PID namespace of its own",
            ),
            HELP,
        ],
        examples: &[
            ("run web", "run the bundle in the working directory"),
            ("run --detach --bundle /bundles/web web", "run one in the background"),
        ],
        build: |words| run(words).map(Command::Run),
    },
    Verb {
        name: "exec",
        about: "run another process in a container",
        usage: "[options] ID COMMAND [ARGUMENT...] | --process FILE [options] ID",
        others: (1, usize::MAX),
        order: Order::Leading,
        flags: &[
            CONSOLE,
            PIDFD,
            Flag::value("cwd", "DIR", "working directory inside"),
            Flag::value("env", "NAME=VALUE", "add a variable; may be repeated").short("e"),
            Flag::switch("tty", "give it a terminal").short("t"),
            Flag::value("user", "UID[:GID]", "run as this user and group; numbers").short("u"),
            Flag::value("additional-gids", "GID", "add a group; may be repeated").short("g"),
            Flag::value("process", "FILE", "take the `process` object from FILE").short("p"),
            DETACH,
            PID_FILE,
            Flag::value("process-label", "LABEL", "SELinux label"),
            Flag::value("apparmor", "PROFILE", "AppArmor profile"),
            Flag::switch("no-new-privs", "let execve(2) grant nothing any more"),
            Flag::value("cap", "NAME", "add a capability; may be repeated").short("c"),
            PRESERVE_ALONE,
            Flag::value(
                "cgroup",
                "[CONTROLLERS:]PATH",
                "run in a cgroup below the container's; may be repeated",
            ),
            Flag::switch("ignore-paused", "go on if the container is paused"),
            HELP,
        ],
        examples: &[
            ("exec web ps -ef", "run `ps -ef` in `web`"),
            ("exec --user 1000:1000 --cwd /tmp web sh -c 'id > id'", "run a shell as another user"),
            ("exec --process process.json --detach web", "run what an engine describes"),
        ],
        build: |words| exec(words).map(Command::Exec),
    },
    Verb {
        name: "spec",
        about: "write a config.json to begin with",
        usage: "[options]",
        others: (0, 0),
        order: Order::Anywhere,
        flags: &[BUNDLE, Flag::switch("rootless", "write it for a caller that is not root"), HELP],
        examples: &[("spec --bundle /bundles/web", "write /bundles/web/config.json")],
        build: |words| {
            let bundle = words.value("bundle").unwrap_or(c".");
            Ok(Command::Spec(Spec { bundle, rootless: words.has("rootless") }))
        },
    },
    Verb {
        name: "list",
        about: "print all containers",
        usage: "[options]",
        others: (0, 0),
        order: Order::Anywhere,
        flags: &[FORMAT, Flag::switch("quiet", "print only ids").short("q"), HELP],
        examples: &[("list", "print a table"), ("list --format json", "print a JSON array")],
        build: |words| Ok(Command::List(List { format: format(words)?, quiet: words.has("quiet") })),
    },
    Verb {
        name: "ps",
        about: "print the processes of a container",
        usage: "[options] ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[FORMAT, HELP],
        examples: &[("ps web", "print a table"), ("ps --format json web", "print their ids as a JSON array")],
        build: |words| Ok(Command::Ps(Ps { id: id(words)?, format: format(words)? })),
    },
    Verb {
        name: "pause",
        about: "freeze all processes of a container",
        usage: "ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[HELP],
        examples: &[("pause web", "freeze `web`")],
        build: |words| affected(words).map(Command::Pause),
    },
    Verb {
        name: "resume",
        about: "let a paused container go on",
        usage: "ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[HELP],
        examples: &[("resume web", "let `web` go on")],
        build: |words| affected(words).map(Command::Resume),
    },
    Verb {
        name: "update",
        about: "change the limits of a container",
        usage: "[options] ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: UPDATE,
        examples: &[
            ("update --memory 512m --pids-limit 100 web", "limit memory and tasks"),
            ("update --resources - web", "read a `resources` object from standard input"),
        ],
        build: |words| update(words).map(Command::Update),
    },
    Verb {
        name: "events",
        about: "print the figures of a container, one JSON line each time",
        usage: "[options] ID",
        others: (1, 1),
        order: Order::Anywhere,
        flags: &[
            Flag::value("interval", "DURATION", "time between two lines, such as `500ms` [5s]"),
            Flag::switch("stats", "print one line and end"),
            HELP,
        ],
        examples: &[("events --stats web", "print the present figures of `web`")],
        build: |words| events(words).map(Command::Events),
    },
    Verb {
        name: "features",
        about: "print what coracle recognizes, as JSON",
        usage: "",
        others: (0, 0),
        order: Order::Anywhere,
        flags: &[HELP],
        examples: &[("features", "print the document")],
        build: |_| Ok(Command::Features),
    },
];

const UPDATE: &[Flag] = &[
    Flag::value(
        "resources",
        "FILE",
        "read a `resources` object from FILE, or `-` for standard input, and nothing else",
    )
    .short("r"),
    Flag::value("memory", "BYTES", "memory limit; -1 for none; may end in k, m or g"),
    Flag::value("memory-reservation", "BYTES", "soft memory limit"),
    Flag::value("memory-swap", "BYTES", "limit of memory and swap together; -1 for none"),
    Flag::value("kernel-memory", "BYTES", "limit of kernel memory, which kernels no longer have"),
    Flag::value("kernel-memory-tcp", "BYTES", "limit of TCP buffers"),
    Flag::value("cpu-share", "N", "share of processor time, 2 to 262144"),
    Flag::value("cpu-quota", "US", "processor time in each period, in microseconds; -1 for no limit"),
    Flag::value("cpu-period", "US", "length of a period, in microseconds"),
    Flag::value("cpu-burst", "US", "time saved up that may be used beyond the quota, in microseconds"),
    Flag::value("cpu-rt-runtime", "US", "time of realtime tasks in each realtime period"),
    Flag::value("cpu-rt-period", "US", "length of a realtime period"),
    Flag::value("cpu-idle", "0|1", "1 to run only when nothing else does"),
    Flag::value("cpuset-cpus", "LIST", "processors, such as 0-3,7"),
    Flag::value("cpuset-mems", "LIST", "memory nodes, such as 0-1"),
    Flag::value("pids-limit", "N", "most tasks at once; -1 for no limit"),
    Flag::value("blkio-weight", "N", "weight of block I/O, 10 to 1000"),
    Flag::value("l3-cache-schema", "SCHEMA", "share of the L3 caches, such as L3:0=7f0"),
    Flag::value("mem-bw-schema", "SCHEMA", "share of the memory bandwidth, such as MB:0=20"),
    HELP,
];

/// The verb of this name.
pub(super) fn find(name: &str) -> Result<&'static Verb, UsageError> {
    let found = VERBS.iter().find(|verb| verb.name == name);
    found.ok_or_else(|| UsageError::UnknownVerb { verb: name.to_owned() })
}

impl Verb {
    /// Tells the words of its command line apart.
    pub(super) fn split<'a>(&self, rest: &[&'a CStr]) -> Result<Words<'a>, UsageError> {
        match self.order {
            Order::Anywhere => Words::anywhere(self.flags, self.name, rest),
            Order::Leading => {
                let (mut words, others) = Words::leading(self.flags, self.name, rest)?;
                words.others.extend(others);
                Ok(words)
            }
        }
    }

    /// Checks how many words there are beside options.
    pub(super) fn check(&self, words: &Words<'_>) -> Result<(), UsageError> {
        let (verb, usage) = (self.name, self.usage);
        let (least, most) = self.others;
        if words.others.len() < least {
            return Err(UsageError::MissingArgument { verb, what: "the id of a container", usage });
        }
        match words.others.get(most) {
            Some(extra) => Err(UsageError::ExtraArgument { verb, argument: lossy(extra), usage }),
            None => Ok(()),
        }
    }
}
