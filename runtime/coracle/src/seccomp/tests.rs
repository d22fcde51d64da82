extern crate std;

use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;
use rustix::fd::AsFd;

use super::action::{self, Action, Operator};
use super::*;
use crate::config::Document;
use crate::config::seccomp::{Argument, Syscalls};

/// A system call as the kernel shows it to a filter.
#[derive(Debug, Clone, Copy)]
struct Call {
    audit: u32,
    number: u32,
    arguments: [u64; 6],
}

/// Runs a filter as the kernel would, `struct seccomp_data` word by word.
#[expect(clippy::cast_possible_truncation, reason = "a half of an argument")]
fn run(program: &Program, call: Call) -> u32 {
    let word = |offset: u32| match offset {
        0 => call.number,
        4 => call.audit,
        16..64 => (call.arguments[(offset as usize - 16) / 8] >> (offset % 8 * 8)) as u32,
        _ => panic!("load at {offset}"),
    };
    let mut accumulator = 0;
    let mut at = 0;
    loop {
        let Instruction { code, jt, jf, k } = program.instructions[at];
        at += 1;
        let holds = match code {
            0x20 => {
                accumulator = word(k);
                continue;
            }
            0x54 => {
                accumulator &= k;
                continue;
            }
            0x05 => {
                at += k as usize;
                continue;
            }
            0x06 => return k,
            0x15 => accumulator == k,
            0x25 => accumulator > k,
            0x35 => accumulator >= k,
            other => panic!("operation {other:#x}"),
        };
        at += usize::from(if holds { jt } else { jf });
    }
}

/// The meaning of a section for one call by name, straight from the words of the section.
fn naive(section: &Seccomp<'_>, name: &str, arguments: [u64; 6], is_32_bit: bool) -> u32 {
    let verdict = |word: &str, errno: Option<u32>| {
        action::find(&ACTIONS, word).unwrap().verdict(errno.unwrap_or(1).try_into().unwrap())
    };
    let width = if is_32_bit { u64::from(u32::MAX) } else { u64::MAX };
    let holds = |argument: &Argument<'_>| {
        let (found, value) = (arguments[argument.index as usize] & width, argument.value & width);
        match action::find(&OPERATORS, argument.op).unwrap() {
            Operator::NotEqual => found != value,
            Operator::Less => found < value,
            Operator::LessOrEqual => found <= value,
            Operator::Equal => found == value,
            Operator::GreaterOrEqual => found >= value,
            Operator::Greater => found > value,
            Operator::MaskedEqual => found & value == argument.value_two & width,
        }
    };
    let entry =
        section.syscalls.iter().find(|entry| entry.names.contains(&name) && entry.args.iter().all(holds));
    match entry {
        Some(entry) => verdict(entry.action, entry.errno_ret),
        None => verdict(section.default_action.as_ref().unwrap(), section.default_errno_ret),
    }
}

/// Asks filter and section about every call of the table on every architecture of the filter.
fn agree(section: &Seccomp<'_>, native: Arch, arguments: &[[u64; 6]]) {
    let program = compile(section, native).unwrap();
    for arch in Rules::of(section, native).unwrap().architectures {
        for (name, numbers) in &table::CALLS {
            let entry = numbers[arch.column()];
            // What `socketcall` and `ipc` do is the subject of a test of its own; this name is another's alias.
            if entry == table::NO || matches!(*name, "socketcall" | "ipc" | "arm_sync_file_range") {
                continue;
            }
            for arguments in arguments {
                let call = Call { audit: arch.audit(), number: arch.number(entry), arguments: *arguments };
                let expected = naive(section, name, *arguments, arch.is_32_bit());
                assert_eq!(run(&program, call), expected, "{name} of {arch:?} with {arguments:x?}");
            }
        }
    }
}

fn parse(text: &str) -> Seccomp<'static> {
    let document = Document::parse(text.as_bytes().to_vec()).unwrap();
    // The tests end before it matters.
    Seccomp::check(alloc::boxed::Box::leak(alloc::boxed::Box::new(document))).unwrap()
}

/// A profile as large as an engine's: all calls but each fourth, some judged by their arguments.
fn large_profile() -> String {
    let names: Vec<String> = table::CALLS
        .iter()
        .enumerate()
        .filter(|(index, (name, _))| index % 4 != 0 && *name != "arm_sync_file_range")
        .map(|(_, (name, _))| alloc::format!("\"{name}\""))
        .collect();
    alloc::format!(
        r#"{{
        "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": [
            {{"names": ["clone", "no_such_call"], "action": "SCMP_ACT_ALLOW",
              "args": [{{"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}}]}},
            {{"names": ["personality"], "action": "SCMP_ACT_ALLOW",
              "args": [{{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}}]}},
            {{"names": ["personality"], "action": "SCMP_ACT_TRACE", "errnoRet": 7,
              "args": [{{"index": 0, "value": 4294967295, "op": "SCMP_CMP_GE"}}]}},
            {{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}},
            {{"names": ["clone", "personality"], "action": "SCMP_ACT_KILL_PROCESS"}},
            {{"names": [{}], "action": "SCMP_ACT_ALLOW"}}]}}"#,
        names.join(",")
    )
}

#[test]
fn a_large_profile_is_decided_as_it_reads_for_every_call_and_architecture() {
    let text = large_profile();
    let arguments = [[0; 6], [8; 6], [u64::MAX; 6], [u64::from(u32::MAX); 6], [1 << 40; 6]];
    agree(&parse(&text), Arch::X86_64, &arguments);
    let arm = text.replace("X86_64", "ARM");
    agree(&parse(&arm), Arch::Aarch64, &arguments);
}

#[test]
fn the_tree_of_a_large_profile_is_shallow_and_compiled_in_microseconds() {
    let text = large_profile();
    let section = parse(&text);
    let started = std::time::Instant::now();
    let program = compile(&section, Arch::X86_64).unwrap();
    let taken = started.elapsed();
    let rounds = if cfg!(debug_assertions) { 20 } else { 1000 };
    let started = std::time::Instant::now();
    (0..rounds).for_each(|_| drop(std::hint::black_box(compile(&section, Arch::X86_64))));
    let hot = started.elapsed() / rounds;
    std::println!("{} instructions; first {taken:?}, then {hot:?}", program.instructions.len());
    assert!(program.instructions.len() < 900);
}

#[test]
fn calls_of_other_architectures_kill_the_process() {
    let program = compile(&parse(r#"{"defaultAction": "SCMP_ACT_ALLOW"}"#), Arch::X86_64).unwrap();
    let call = |audit, number| run(&program, Call { audit, number, arguments: [0; 6] });
    assert_eq!(call(Arch::X86_64.audit(), 1), Action::Allow.verdict(0));
    assert_eq!(call(Arch::X86.audit(), 1), action::KILL_PROCESS);
    assert_eq!(call(Arch::X86_64.audit(), arch::X32_BIT | 1), action::KILL_PROCESS);
    // A tracer that skips a call sets its number to -1: no call of x32.
    assert_eq!(call(Arch::X86_64.audit(), u32::MAX), Action::Allow.verdict(0));
    let both = r#"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X32", "SCMP_ARCH_SHEB"]}"#;
    let program = compile(&parse(both), Arch::X86_64).unwrap();
    let call = Call { audit: Arch::X86_64.audit(), number: arch::X32_BIT | 1, arguments: [0; 6] };
    assert_eq!(run(&program, call), Action::Allow.verdict(0));
}

#[test]
fn the_first_entry_that_matches_decides_and_all_its_conditions_must_hold() {
    let section = parse(
        r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["ioctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [
            {"index": 1, "value": 10, "op": "SCMP_CMP_GE"}, {"index": 1, "value": 20, "op": "SCMP_CMP_LT"}]},
        {"names": ["ioctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2, "args": [
            {"index": 1, "value": 15, "op": "SCMP_CMP_NE"}]},
        {"names": ["ioctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 3},
        {"names": ["ioctl"], "action": "SCMP_ACT_KILL"}]}"#,
    );
    let program = compile(&section, Arch::X86_64).unwrap();
    let errno = |request: u64| {
        let arguments = [0, request, 0, 0, 0, 0];
        run(&program, Call { audit: Arch::X86_64.audit(), number: 16, arguments }) & 0xffff
    };
    assert_eq!([9, 10, 15, 19, 20, 0xa | 1 << 32].map(errno), [2, 1, 1, 1, 2, 2]);
    agree(&section, Arch::X86_64, &[[15; 6], [9; 6]]);
}

#[test]
fn a_rule_on_x86_holds_for_the_multiplexed_call_too() {
    let denies = |text: &str, selector: u64| {
        let program = compile(&parse(text), Arch::X86_64).unwrap();
        let call = Call { audit: Arch::X86.audit(), number: 102, arguments: [selector, 0, 0, 0, 0, 0] };
        run(&program, call) & action::KILL_PROCESS == 0 && run(&program, call) & 0xffff == 13
    };
    let denylist = r#"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86"], "syscalls": [
        {"names": ["socket", "shmat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}"#;
    assert!(denies(denylist, 1) && !denies(denylist, 2));
    let allowlist = r#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 13, "architectures": ["SCMP_ARCH_X86"],
        "syscalls": [{"names": ["socket"], "action": "SCMP_ACT_ALLOW"}]}"#;
    assert!(!denies(allowlist, 1) && denies(allowlist, 2));
    let judged = r#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 13, "architectures": ["SCMP_ARCH_X86"],
        "syscalls": [{"names": ["socket"], "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}"#;
    assert!(denies(judged, 1));
}

#[test]
fn jumps_reach_over_more_than_255_instructions() {
    let conditions: Vec<String> = (0..200_u64)
        .map(|value| {
            alloc::format!(r#"{{"index": 2, "value": {}, "op": "SCMP_CMP_NE"}}"#, value << 32 | value)
        })
        .collect();
    let text = alloc::format!(
        r#"{{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {{"names": ["ioctl", "fcntl"], "action": "SCMP_ACT_TRAP", "args": [{}]}},
        {{"names": ["ioctl", "read"], "action": "SCMP_ACT_ERRNO"}}]}}"#,
        conditions.join(",")
    );
    let arguments = [0, 5 << 32 | 5, 0xc7 << 32 | 0xc7, 200, 5].map(|argument| [argument; 6]);
    agree(&parse(&text), Arch::X86_64, &arguments);
    assert!(compile(&parse(&text), Arch::X86_64).unwrap().instructions.len() > 1000);
}

#[test]
fn a_section_too_large_for_the_kernel_is_refused() {
    let conditions: Vec<String> = (0..2000)
        .map(|value| alloc::format!(r#"{{"index": 2, "value": {value}, "op": "SCMP_CMP_NE"}}"#))
        .collect();
    let text = alloc::format!(
        r#"{{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {{"names": ["ioctl"], "action": "SCMP_ACT_TRAP", "args": [{}]}}]}}"#,
        conditions.join(",")
    );
    let refused = compile(&parse(&text), Arch::X86_64).unwrap_err();
    assert!(refused[0].why.ends_with("the kernel takes 4096"), "{refused:?}");
}

#[test]
fn every_violation_is_reported_at_its_pointer() {
    let section = parse(
        r#"{"defaultAction": "SCMP_ACT_NOTIFY", "architectures": ["SCMP_ARCH_X86_64", "x86"], "flags": ["TSYNC"],
        "listenerMetadata": "m", "syscalls": [
        {"names": [], "action": "SCMP_ACT_ALLOW", "errnoRet": 1},
        {"names": ["read"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096},
        {"names": ["read"], "action": "ALLOW", "args": [{"index": 6, "value": 0, "op": "EQ"}]},
        {"names": ["read"], "action": "SCMP_ACT_NOTIFY"}]}"#,
    );
    let violations = compile(&section, Arch::X86_64).unwrap_err();
    let lines: Vec<String> = violations.iter().map(|violation| alloc::format!("{violation}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    `/linux/seccomp/defaultAction`: `SCMP_ACT_NOTIFY` would stop the runtime itself before the agent has the descriptor
    `/linux/seccomp/architectures/1`: `x86` is no architecture such as `SCMP_ARCH_X86_64`
    `/linux/seccomp/flags/0`: `TSYNC` is no flag; one of `SECCOMP_FILTER_FLAG_LOG`, `SECCOMP_FILTER_FLAG_SPEC_ALLOW`, `SECCOMP_FILTER_FLAG_TSYNC`, `SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV`
    `/linux/seccomp/syscalls/0/names`: is empty
    `/linux/seccomp/syscalls/0/errnoRet`: `SCMP_ACT_ALLOW` returns no error number, but `1` is given
    `/linux/seccomp/syscalls/1/errnoRet`: `4096` is above 4095
    `/linux/seccomp/syscalls/2/action`: `ALLOW` is no action; one of `SCMP_ACT_ALLOW`, `SCMP_ACT_ERRNO`, `SCMP_ACT_KILL`, `SCMP_ACT_KILL_PROCESS`, `SCMP_ACT_KILL_THREAD`, `SCMP_ACT_LOG`, `SCMP_ACT_NOTIFY`, `SCMP_ACT_TRACE`, `SCMP_ACT_TRAP`
    `/linux/seccomp/syscalls/2/args/0/index`: `6` is not between 0 and 5
    `/linux/seccomp/syscalls/2/args/0/op`: `EQ` is no operator; one of `SCMP_CMP_EQ`, `SCMP_CMP_GE`, `SCMP_CMP_GT`, `SCMP_CMP_LE`, `SCMP_CMP_LT`, `SCMP_CMP_MASKED_EQ`, `SCMP_CMP_NE`
    `/linux/seccomp/listenerMetadata`: is given without `listenerPath`
    `/linux/seccomp/listenerPath`: is missing, but an entry has the action `SCMP_ACT_NOTIFY`
    ");
    assert!(compile(&parse("{}"), Arch::X86_64).unwrap_err()[0].why.contains("missing"));
}

#[test]
fn flags_fit_the_listener() {
    let flags = |text: &str| compile(&parse(text), Arch::X86_64).unwrap().flags;
    let quiet = r#"{"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/agent",
        "flags": ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]"#;
    assert_eq!(flags(&alloc::format!("{quiet}}}")), 0b00_0011);
    let notify = r#""syscalls": [{"names": ["read"], "action": "SCMP_ACT_NOTIFY"}]"#;
    assert_eq!(flags(&alloc::format!("{quiet}, {notify}}}")), 0b11_1011);
}

#[test]
fn the_table_is_sorted_and_its_numbers_are_the_kernel_s() {
    assert!(table::CALLS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let number = |name: &str| {
        let row = table::CALLS.binary_search_by(|(known, _)| (*known).cmp(name)).unwrap();
        table::CALLS[row].1
    };
    assert_eq!(number("read"), [0, 3, 0, 63, 3]);
    assert_eq!(number("execve"), [59, 11, 520, 221, 11]);
    assert_eq!(number("clone3"), [435; 5]);
    assert_eq!(Arch::Arm.number(number("set_tls")[4]), 0x000f_0005);
}

#[test]
fn the_agent_gets_the_state_and_the_descriptor() {
    use std::io::Read;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("agent");
    let agent = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let passed = std::fs::File::open("/dev/null").unwrap();
    let state = ProcessState::new("1.3.0", 42, Some("meta"), serde_json::json!({"id": "web"}));
    state.send(path.to_str().unwrap(), passed.as_fd()).unwrap();
    let (mut connection, _) = agent.accept().unwrap();
    let mut text = String::new();
    connection.read_to_string(&mut text).unwrap();
    assert_eq!(
        text,
        r#"{"ociVersion":"1.3.0","fds":["seccompFd"],"pid":42,"metadata":"meta","state":{"id":"web"}}"#
    );
    assert!(matches!(state.send("/nonexistent/agent", passed.as_fd()), Err(NotifyError::Connect { .. })));
}

const NAMES: [&str; 8] = ["read", "write", "socket", "ioctl", "clone", "execve", "mmap", "unheard_of"];

fn argument() -> impl Strategy<Value = Argument<'static>> {
    let value = || prop_oneof![0..4_u64, Just(u64::MAX), Just(1 << 32), Just((1 << 32) + 1), any::<u64>()];
    (0..6_u32, value(), value(), 0..OPERATORS.len()).prop_map(|(index, value, value_two, op)| Argument {
        index,
        value,
        value_two,
        op: OPERATORS[op].0,
    })
}

fn entry() -> impl Strategy<Value = Syscalls<'static>> {
    let names = proptest::sample::subsequence(NAMES.to_vec(), 1..4);
    let args = proptest::collection::vec(argument(), 0..4);
    (names, 0..4_usize, 0..200_u32, args).prop_map(|(names, action, errno, args)| {
        let (action, errno_ret) = [
            ("SCMP_ACT_ERRNO", Some(errno)),
            ("SCMP_ACT_ALLOW", None),
            ("SCMP_ACT_KILL_THREAD", None),
            ("SCMP_ACT_TRACE", Some(errno)),
        ][action];
        Syscalls { names, action, errno_ret, args }
    })
}

proptest! {
    #[test]
    fn the_filter_decides_as_the_section_reads(
        syscalls in proptest::collection::vec(entry(), 0..12),
        chosen in proptest::collection::vec(
            prop_oneof![0..4_u64, Just(u64::MAX), Just(1 << 32), Just((1 << 32) + 1), any::<u64>()], 12),
    ) {
        let section = Seccomp {
            default_action: Some("SCMP_ACT_LOG"),
            architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"].to_vec(),
            syscalls,
            ..Seccomp::default()
        };
        let arguments: Vec<[u64; 6]> = chosen.chunks(6).map(|chunk| chunk.try_into().unwrap()).collect();
        agree(&section, Arch::X86_64, &arguments);
    }
}
