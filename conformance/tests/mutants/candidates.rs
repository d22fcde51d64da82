//! Mutants that a case might catch, most telling first: found in what it was seen to ask of a runtime.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use conformance::Case;
use serde_json::{Value, json};

use crate::edit::Edit;
use crate::mutation::Mutation;
use crate::program::Noted;

/// What a runtime might add of itself where the configuration says nothing.
const ADDED: [&str; 13] = [
    "push /linux/namespaces {\"type\":\"cgroup\"}",
    "set /process/user/umask 18",
    "set /process/oomScoreAdj 7",
    "set /root/readonly true",
    "push /process/env \"LARK=added\"",
    "set /process/user/additionalGids [42]",
    "set /process/user/uid 42",
    "set /process/noNewPrivileges true",
    "set /process/terminal false",
    "set /linux/seccomp/syscalls/0/errnoRet 42",
    "set /linux/seccomp {\"defaultAction\":\"SCMP_ACT_ALLOW\"}",
    "set /process/capabilities {}",
    "set /linux/namespaces [{\"type\":\"mount\"}]",
];

/// What a runtime might forget to set up: undone before the program runs. 87 is unlink(2), 166 umount2(2).
const UNDONE: [&str; 17] = [
    "inside call=87,@/dev/null",
    "inside call=87,@/dev/zero",
    "inside call=87,@/dev/full",
    "inside call=87,@/dev/random",
    "inside call=87,@/dev/urandom",
    "inside call=87,@/dev/tty",
    "inside call=87,@/dev/ptmx",
    "inside call=87,@/dev/fd",
    "inside call=87,@/dev/lark",
    "inside call=166,@/proc,2",
    "inside call=166,@/sys,2",
    "inside call=166,@/dev/pts,2",
    "inside call=166,@/dev/shm,2",
    "inside call=166,@/lark,2",
    "before call=2,@/,0,0",
    "before call=95,7",
    "drop /linux/namespaces/4",
];

/// What a runtime might do otherwise, whatever is in the configuration.
const OTHERWISE: [&str; 12] = [
    "chown",
    "root",
    "force",
    "hasty",
    "replace",
    "late",
    "greedy",
    "terminal",
    "first",
    "signal WINCH",
    "signal TERM",
    "early",
];

/// What holds so much that a container without it is hardly the case's any more.
const OUTER: [&str; 4] = ["/process", "/linux", "/mounts", "/root"];

/// What the probe does to leave its namespaces of users and networks: 272 is unshare(2).
const LEAVE: &str = "call=272,1342177280";

/// The kinds of hooks.
const HOOKS: [&str; 6] =
    ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

/// Everything that is worth trying on a case that made these calls, where the plainest one makes a container from `base`.
pub(crate) fn all(case: &Case, noted: &[Noted], base: &Value) -> Vec<Mutation> {
    let configs: Vec<&Value> = noted.iter().filter_map(|call| call.config.as_ref()).collect();
    let pointers = pointers(&configs, base);
    let starts = |starts: &[&str]| starts.iter().any(|start| case.id().starts_with(start));
    let (answers, calls) = (answers(noted), calls(noted));
    let mut texts: Vec<String> = Vec::new();
    if starts(&["runtime/stat", "features"]) {
        texts.extend(answers.iter().cloned());
    }
    if starts(&["runtime/error-leaves-nothing", "runtime/destroyed"]) {
        texts.extend(calls.iter().filter(|text| text.starts_with("litter")).cloned());
    }
    texts.extend(HOOKS.iter().flat_map(|kind| hooks(kind, &configs)));
    let drop = |pointer: &String| format!("drop {pointer}");
    let (outer, inner): (Vec<&String>, Vec<&String>) =
        pointers.iter().partition(|pointer| OUTER.contains(&pointer.as_str()));
    texts.extend(inner.into_iter().map(drop));
    texts.extend(pointers.iter().flat_map(|pointer| misread(pointer, &configs, base)));
    texts.extend(OTHERWISE.iter().chain(&ADDED).chain(&UNDONE).map(|text| (*text).to_owned()));
    texts.extend(pointers.iter().map(|pointer| format!("refuse {pointer}")));
    texts.extend(outer.into_iter().map(drop));
    texts.extend(calls.into_iter().chain(answers));
    // Last, since what the program is not told to look at is not there to be seen.
    texts.push("drop /process/args/2".to_owned());
    let mut seen = BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts.iter().filter_map(|text| Mutation::parse(text)).collect()
}

/// Places where one of the configurations says something else than another, or than the plainest one; inner ones first.
/// The arguments of hooks come last: what the probe is not told to do is not done.
fn pointers(configs: &[&Value], base: &Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    for config in configs {
        differences(base, config, "", &mut found);
        configs.first().into_iter().for_each(|first| differences(first, config, "", &mut found));
    }
    found.retain(|pointer| !pointer.starts_with("/process/args") && !pointer.is_empty());
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort_by_key(|pointer| (pointer.contains("/args"), Reverse(pointer.matches('/').count())));
    found
}

fn differences(one: &Value, other: &Value, at: &str, found: &mut BTreeSet<String>) {
    if one == other {
        return;
    }
    found.insert(at.to_owned());
    let below = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    match other {
        Value::Object(all) => {
            all.iter().for_each(|(name, value)| differences(&one[name], value, &below(name), found));
            let gone = one.as_object().into_iter().flatten().filter(|(name, _)| !all.contains_key(*name));
            found.extend(gone.map(|(name, _)| below(name)));
        }
        Value::Array(all) => {
            let each = all.iter().enumerate();
            each.for_each(|(at, value)| differences(&one[at], value, &below(&at.to_string()), found));
        }
        _ => {}
    }
}

/// Ways to see something else than what is at `pointer`.
fn misread(pointer: &str, configs: &[&Value], base: &Value) -> Vec<String> {
    let mut edits = Vec::new();
    // The arguments of a program are no other one's.
    let known =
        [Some(base), configs.first().copied()].into_iter().flatten().filter(|_| pointer != "/process");
    edits.extend(
        known.filter_map(|config| Some(Edit::Set(pointer.to_owned(), config.pointer(pointer)?.clone()))),
    );
    let values = configs.iter().filter_map(|config| config.pointer(pointer));
    for value in values {
        let set = |value: Value| Edit::Set(pointer.to_owned(), value);
        match value {
            Value::Array(all) if all.len() > 1 => edits.push(Edit::Reverse(pointer.to_owned())),
            other => edits.extend(neighbors(other).into_iter().map(set)),
        }
    }
    edits.iter().map(ToString::to_string).collect()
}

/// Values near this one.
fn neighbors(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(set) => vec![json!(!set)],
        Value::Number(number) => {
            let near = number.as_i64().map(|number| [json!(number + 1), json!(number - 1)]);
            near.into_iter().flatten().collect()
        }
        Value::String(text) => swapped(text),
        _ => Vec::new(),
    }
}

/// Another word of the same kind.
fn swapped(text: &str) -> Vec<Value> {
    const PAIRS: [(&str, &[&str]); 8] = [
        ("SCMP_ACT_", &["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_LOG"]),
        ("SCMP_CMP_", &["SCMP_CMP_EQ", "SCMP_CMP_NE", "SCMP_CMP_GT", "SCMP_CMP_LT"]),
        ("RLIMIT_", &["RLIMIT_NPROC"]),
        ("SCHED_", &["SCHED_OTHER"]),
        ("IOPRIO_", &["IOPRIO_CLASS_BE"]),
        ("LINUX", &["LINUX"]),
        ("/", &["/", "/proc"]),
        ("CAP_", &["CAP_FOWNER"]),
    ];
    let pair = PAIRS.iter().find(|(start, _)| text.starts_with(start));
    let others = pair.map_or(&["private", "shared", "rw", "lark-other"][..], |(_, others)| others);
    others.iter().filter(|other| **other != text).map(|other| json!(other)).collect()
}

/// Ways to run hooks that are there otherwise.
fn hooks(kind: &str, configs: &[&Value]) -> Vec<String> {
    let place = format!("/hooks/{kind}");
    if !configs.iter().any(|config| config.pointer(&place).is_some()) {
        return Vec::new();
    }
    let moved = HOOKS.iter().filter(|other| **other != kind);
    let mut texts = vec![format!("reverse {place}")];
    texts.extend(moved.map(|other| format!("move {place} /hooks/{other}")));
    texts.extend([format!("double {place}"), format!("deafen {place}/0"), format!("lead {place}/0 {LEAVE}")]);
    texts
}

/// Ways to lie in what is printed.
fn answers(noted: &[Noted]) -> Vec<String> {
    let mut texts = Vec::new();
    for (verb, printed) in noted.iter().filter_map(|call| Some((&call.verb, call.printed.as_ref()?))) {
        let mut places = BTreeSet::new();
        differences(&Value::Null, printed, "", &mut places);
        // Not each entry of a list.
        let is_property = |place: &str| !place.is_empty() && !place.ends_with(|c: char| c.is_ascii_digit());
        for place in places.iter().filter(|place| is_property(place)) {
            texts.push(format!("answer {verb} {place}"));
            let lies: &[&str] = match printed.pointer(place) {
                _ if place == "/status" => &["\"running\"", "\"stopped\"", "\"created\"", "7"],
                Some(Value::String(_)) => &["\"lark\"", "\"99.0.0\""],
                Some(Value::Number(_)) => &["1"],
                Some(Value::Array(_)) => &["[\"lark\"]"],
                _ => &["{\"lark\":7}"],
            };
            texts.extend(lies.iter().map(|lie| format!("answer {verb} {place} {lie}")));
        }
        texts.push(format!("answer {verb} /lark true"));
    }
    texts
}

/// Ways to make a call otherwise.
fn calls(noted: &[Noted]) -> Vec<String> {
    let verbs: BTreeSet<&str> =
        noted.iter().map(|call| call.verb.as_str()).filter(|verb| !verb.is_empty()).collect();
    let ways = ["skip", "succeed", "fail", "litter"];
    let each = ways.iter().flat_map(|way| verbs.iter().map(move |verb| format!("{way} {verb}")));
    // A call whose answer is read is not over before it is done.
    each.chain(["detach start".to_owned(), "detach delete".to_owned()]).collect()
}
