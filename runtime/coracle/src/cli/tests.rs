use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::config::resources::{BlockIo, Cpu, Memory, Pids};

/// Parses a command line given as text, split at spaces.
fn parsed(line: &'static str) -> Result<Invocation<'static>, UsageError> {
    let words: Vec<&'static CStr> = line.split(' ').map(leaked).collect();
    parse(&words)
}

fn leaked(word: &str) -> &'static CStr {
    alloc::boxed::Box::leak(alloc::ffi::CString::new(word).unwrap().into_boxed_c_str())
}

fn command(line: &'static str) -> Command<'static> {
    parsed(line).unwrap_or_else(|error| panic!("{line}: {error}")).command
}

fn why(line: &'static str) -> String {
    parsed(line).map(|invocation| invocation.command).expect_err(line).to_string()
}

const WEB: Create<'_> = Create {
    id: "web",
    bundle: c".",
    console_socket: None,
    pid_file: None,
    pidfd_socket: None,
    no_pivot: false,
    no_new_keyring: false,
    preserve_fds: 0,
};

#[test]
fn options_stand_before_or_after_the_id_with_or_without_a_sign() {
    let expected = Command::Create(Create { bundle: c"/b", pid_file: Some(c"p"), no_pivot: true, ..WEB });
    for line in [
        "coracle create --bundle /b --pid-file p --no-pivot web",
        "coracle create --bundle=/b --pid-file=p --no-pivot=true web",
        "coracle create -b /b web --pid-file p --no-pivot",
        "coracle create web -b=/b -pid-file p -no-pivot",
        "coracle create --bundle /x --no-pivot --pid-file p --bundle /b -- web",
        "coracle --root /r create --no-pivot --pid-file p --bundle /b --preserve-fds 0 web",
    ] {
        assert_eq!(command(line), expected, "{line}");
    }
    assert_eq!(command("coracle create --no-pivot=false web"), Command::Create(WEB));
}

#[test]
fn what_engines_call_is_understood() {
    let podman = "coracle --log-format=json --log=/l --root /r --rootless=true --cgroup-manager cgroupfs create \
                  --bundle /b --pid-file /p --console-socket /c --preserve-fds 2 --no-new-keyring web";
    let Invocation { global, command } = parsed(podman).unwrap();
    assert_eq!(global.root, Some("/r"));
    assert_eq!(global.rootless, Some(true));
    let log = Log { file: Some(c"/l"), format: LogFormat::Json, level: Level::Warning };
    assert_eq!(global.log, log);
    let expected = Create {
        bundle: c"/b",
        pid_file: Some(c"/p"),
        console_socket: Some(c"/c"),
        preserve_fds: 2,
        no_new_keyring: true,
        ..WEB
    };
    assert_eq!(command, Command::Create(expected));

    let containerd = "coracle --root /r --log /l --log-format json exec --process /x --console-socket /c --detach \
                      --pid-file /p web";
    let Command::Exec(exec) = parsed(containerd).unwrap().command else { panic!("exec") };
    assert_eq!((exec.id, exec.process, exec.detach, exec.args.len()), ("web", Some(c"/x"), true, 0));
    assert_eq!(command_of_kill("coracle --root /r kill --all web 9"), (9, true));
    assert_eq!(command_of_kill("coracle kill web"), (15, false));
}

fn command_of_kill(line: &'static str) -> (u8, bool) {
    match command(line) {
        Command::Kill(kill) => (kill.signal, kill.all),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_behind_the_id_of_exec_is_the_command() {
    let Command::Exec(exec) =
        command("coracle exec -e A=1 --env B=2 -u 5:6 -g 7,8 -g 9 -t -c CAP_KILL web sh -c --tty -- x")
    else {
        panic!("exec")
    };
    assert_eq!(exec.args, [c"sh", c"-c", c"--tty", c"--", c"x"]);
    assert_eq!(exec.env, [c"A=1", c"B=2"]);
    assert_eq!(exec.user, Some(ExecUser { uid: 5, gid: Some(6) }));
    assert_eq!(exec.additional_gids, [7, 8, 9]);
    assert_eq!((exec.tty, exec.capabilities), (true, 1 << 5));
}

#[test]
fn users_are_numbers_and_nothing_else() {
    for (user, expected) in [("1", (1, None)), ("1:1", (1, Some(1))), ("65534:65534", (65534, Some(65534)))] {
        let line = alloc::format!("coracle exec --user {user} web sh");
        let Command::Exec(exec) = command(line.leak()) else { panic!("exec") };
        assert_eq!(exec.user.map(|user| (user.uid, user.gid)), Some(expected));
    }
    for user in ["1x", "-1", "", "4294967295", "4294967296", "root", "1:", ":1", "1:1:1", "+1", "1:+1"] {
        let line = alloc::format!("coracle exec --user={user} web sh");
        assert!(parsed(line.leak()).is_err(), "{user}");
    }
}

#[test]
fn limits_have_units() {
    let Command::Update(update) = command(
        "coracle update --memory 512m --memory-swap=-1 --cpu-share 2 --cpu-quota -1 --cpuset-cpus 0-1 --pids-limit 7 \
         --blkio-weight 10 web",
    ) else {
        panic!("update")
    };
    assert_eq!(update.memory, Memory { limit: Some(512 << 20), swap: Some(-1), ..Memory::default() });
    let cpu = Cpu { shares: Some(2), quota: Some(-1), cpus: Some("0-1"), ..Cpu::default() };
    assert_eq!(update.cpu, cpu);
    assert_eq!(update.pids, Pids { limit: Some(7) });
    assert_eq!(update.block_io, BlockIo { weight: Some(10), ..BlockIo::default() });
    for memory in ["", "m", "1x", "-2", "-1m", "9223372036854775808", "9223372036854775807k", "1.5g"] {
        let line = alloc::format!("coracle update --memory={memory} web");
        assert!(parsed(line.leak()).is_err(), "{memory}");
    }
}

#[test]
fn durations_have_units() {
    for (line, expected) in [
        ("coracle events web", Some(5_000_000_000)),
        ("coracle events --interval 250ms web", Some(250_000_000)),
        ("coracle events --stats web", None),
    ] {
        assert_eq!(command(line), Command::Events(Events { id: "web", interval_ns: expected }), "{line}");
    }
    for line in ["coracle events --interval 5 web", "coracle events --interval 0s web"] {
        assert!(parsed(line).is_err(), "{line}");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    for (line, expected) in [
        ("coracle", "a verb is missing; `coracle --help` lists them"),
        ("coracle fly web", "there is no verb `fly`; `coracle --help` lists them"),
        (
            "coracle --fly state web",
            "there is no option `--fly` before the verb; `coracle --help` lists them",
        ),
        ("coracle state --fly web", "`state` has no option `--fly`; `coracle state --help` lists them"),
        ("coracle create", "`create` needs the id of a container: `coracle create [options] ID`"),
        ("coracle state web more", "`state` does not take \"more\": `coracle state ID`"),
        ("coracle create --bundle", "option `--bundle` needs a value, DIR"),
        (
            "coracle create --preserve-fds -1 web",
            "\"-1\" of option `--preserve-fds` is not a number in range",
        ),
        ("coracle kill web FOO", "\"FOO\" is no signal; give a number or a name such as `TERM` or `RTMIN+1`"),
        (
            "coracle exec web",
            "`exec` needs a command, or `--process`: `coracle exec [options] ID COMMAND [ARGUMENT...]`",
        ),
        (
            "coracle --rootless maybe list",
            "\"maybe\" of option `--rootless` is not one of those that `--help` names",
        ),
    ] {
        assert_eq!(why(line), expected, "{line}");
    }
    for line in ["coracle --systemd-cgroup create web", "coracle --cgroup-manager=systemd create web"] {
        assert_eq!(parsed(line), Err(UsageError::Systemd), "{line}");
    }
}

#[test]
fn help_is_there_for_the_program_and_each_verb() {
    for (line, expected) in [
        ("coracle --help", Command::Help(None)),
        ("coracle -h", Command::Help(None)),
        ("coracle help", Command::Help(None)),
        ("coracle help kill", Command::Help(Some("kill"))),
        ("coracle exec -h", Command::Help(Some("exec"))),
        ("coracle --systemd-cgroup create --help", Command::Help(Some("create"))),
        ("coracle --version", Command::Version),
        ("coracle -v", Command::Version),
    ] {
        assert_eq!(command(line), expected, "{line}");
    }
    let exec = help(Some("exec"));
    for part in
        ["-u, --user UID[:GID]", "coracle exec web ps -ef", "usage: coracle exec [options] ID COMMAND"]
    {
        assert!(exec.contains(part), "{part} in {exec}");
    }
    assert!(help(None).contains("\n  update "));
}

#[test]
fn every_example_is_understood() {
    for verb in &verb::VERBS {
        assert!(!verb.examples.is_empty(), "{}", verb.name);
        for (line, _) in verb.examples {
            let words: Vec<&CStr> = core::iter::once("coracle").chain(line.split(' ')).map(leaked).collect();
            let parsed = parse(&words);
            assert!(parsed.is_ok(), "{line}: {parsed:?}");
        }
    }
}

#[test]
fn the_usual_place_depends_on_who_calls() {
    let global = parsed("coracle list").unwrap().global;
    assert_eq!(global.root(true, Some("/run/user/0")), "/run/coracle");
    assert_eq!(global.root(false, Some("/run/user/7")), "/run/user/7/coracle");
    assert_eq!(global.root(false, None), "/run/coracle");
    assert_eq!(parsed("coracle --root /r list").unwrap().global.root(false, Some("/x")), "/r");
}

proptest! {
    #[test]
    fn no_words_make_it_panic(words in prop::collection::vec(any_word(), 0..8)) {
        let words: Vec<&'static CStr> = words.iter().map(|word| leaked(word)).collect();
        let _outcome = parse(&words);
    }
}

fn any_word() -> impl Strategy<Value = String> {
    let verbs: Vec<String> = verb::VERBS.iter().map(|verb| verb.name.to_string()).collect();
    let flags = verb::VERBS.iter().flat_map(|verb| verb.flags).chain(GLOBAL);
    let flags: Vec<String> = flags
        .flat_map(|flag| [alloc::format!("--{}", flag.long), alloc::format!("-{}=1", flag.short)])
        .collect();
    prop_oneof![prop::sample::select(verbs), prop::sample::select(flags), "[^\0]{0,6}", "(--|-)?[a-z]{1,3}=?",]
}
