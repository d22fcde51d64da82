//! What a mutant reads in a configuration that says something else.

use std::fmt;

use serde_json::{Value, json};

/// A runtime that reads the configuration otherwise than it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Edit {
    /// `drop POINTER`: overlooks the property, or the entry of a list.
    Drop(String),
    /// `set POINTER VALUE`: takes another value for the one that is there, or makes one up.
    Set(String, Value),
    /// `push POINTER VALUE`: adds an entry to a list.
    Push(String, Value),
    /// `move POINTER POINTER`: takes one list for another.
    Move(String, String),
    /// `reverse POINTER`: goes through a list backwards.
    Reverse(String),
    /// `double POINTER`: goes through a list twice.
    Double(String),
    /// `deafen POINTER`: gives the hook there nothing to read.
    Deafen(String),
    /// `lead POINTER WORD`: has the hook there, which is the probe, do that first.
    Lead(String, String),
    /// `inside WORD …`: does in the container what the probe does with these words, before the program runs.
    Inside(String),
    /// `before WORD …`: has the probe do that as the process, before it becomes the program.
    Before(String),
}

impl Edit {
    /// Reads the text of an edit.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ')?;
        let (pointer, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let (pointer, value) = (pointer.to_owned(), || serde_json::from_str(more).ok());
        Some(match word {
            "drop" => Self::Drop(pointer),
            "set" => Self::Set(pointer, value()?),
            "push" => Self::Push(pointer, value()?),
            "move" => Self::Move(pointer, more.to_owned()),
            "reverse" => Self::Reverse(pointer),
            "double" => Self::Double(pointer),
            "deafen" => Self::Deafen(pointer),
            "lead" => Self::Lead(pointer, more.to_owned()),
            "inside" => Self::Inside(rest.to_owned()),
            "before" => Self::Before(rest.to_owned()),
            _ => return None,
        })
    }

    /// Changes the configuration; one without what the edit is about stays as it is.
    pub(crate) fn apply(&self, config: &mut Value) {
        match self {
            Self::Drop(pointer) => drop(take(config, pointer)),
            Self::Set(pointer, value) => put(config, pointer, value.clone()),
            Self::Push(pointer, value) => list(config, pointer).push(value.clone()),
            Self::Move(from, to) => {
                if let Some(Value::Array(moved)) = take(config, from) {
                    list(config, to).extend(moved);
                }
            }
            Self::Reverse(pointer) => with_list(config, pointer, |all| all.reverse()),
            Self::Double(pointer) => with_list(config, pointer, |all| all.extend_from_within(..)),
            Self::Deafen(hook) => deafen(config, hook),
            Self::Lead(hook, word) => {
                with_list(config, &format!("{hook}/args"), |args| args.insert(1, word.as_str().into()));
            }
            Self::Inside(words) => {
                let args = [vec!["probe"], words.split(' ').collect()].concat();
                list(config, "/hooks/startContainer").push(json!({"path": "/probe", "args": args}));
            }
            Self::Before(words) => precede(config, words),
        }
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop(pointer) => write!(f, "drop {pointer}"),
            Self::Set(pointer, value) => write!(f, "set {pointer} {value}"),
            Self::Push(pointer, value) => write!(f, "push {pointer} {value}"),
            Self::Move(from, to) => write!(f, "move {from} {to}"),
            Self::Reverse(pointer) => write!(f, "reverse {pointer}"),
            Self::Double(pointer) => write!(f, "double {pointer}"),
            Self::Deafen(pointer) => write!(f, "deafen {pointer}"),
            Self::Lead(hook, word) => write!(f, "lead {hook} {word}"),
            Self::Inside(words) => write!(f, "inside {words}"),
            Self::Before(words) => write!(f, "before {words}"),
        }
    }
}

/// Takes out what is at `pointer`.
pub(crate) fn take(document: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent)? {
        Value::Object(all) => all.remove(&name),
        Value::Array(all) => name.parse().ok().filter(|at| *at < all.len()).map(|at| all.remove(at)),
        _ => None,
    }
}

/// Puts the value at `pointer`, and makes the objects above it; where a list has no such entry, nothing happens.
pub(crate) fn put(document: &mut Value, pointer: &str, value: Value) {
    let mut place = document;
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        if place.is_null() {
            *place = json!({});
        }
        let next = match place {
            Value::Object(all) => Some(all.entry(name).or_insert(Value::Null)),
            Value::Array(all) => name.parse::<usize>().ok().and_then(|at| all.get_mut(at)),
            _ => None,
        };
        let Some(next) = next else { return };
        place = next;
    }
    *place = value;
}

/// The list at `pointer`, made where there is none.
fn list<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    if !document.pointer(pointer).is_some_and(Value::is_array) {
        put(document, pointer, json!([]));
    }
    let found = document.pointer_mut(pointer).and_then(Value::as_array_mut);
    found.expect("the pointers of mutants lead through objects")
}

fn with_list(document: &mut Value, pointer: &str, change: impl FnOnce(&mut Vec<Value>)) {
    if let Some(all) = document.pointer_mut(pointer).and_then(Value::as_array_mut) {
        change(all);
    }
}

/// The probe reads the hook's standard input to its end, and then becomes the hook.
fn deafen(config: &mut Value, hook: &str) {
    let Some(hook) = config.pointer_mut(hook) else { return };
    let become_it = format!("exec={}", hook["path"].as_str().unwrap_or_default());
    let args = hook["args"].as_array().cloned().unwrap_or_default();
    let first = ["probe", "stdin", &become_it].map(Value::from);
    hook["args"] = first.into_iter().chain(args.into_iter().skip(1)).collect();
}

/// The probe does what the words say, and then becomes the program.
fn precede(config: &mut Value, words: &str) {
    let Some(Value::Array(args)) = config.pointer_mut("/process/args") else { return };
    let become_it = format!("exec={}", args.first().and_then(Value::as_str).unwrap_or_default());
    let first = std::iter::once("/probe").chain(words.split(' ')).chain([become_it.as_str()]);
    *args = first.map(Value::from).chain(args.iter().skip(1).cloned()).collect();
}
