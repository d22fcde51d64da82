//! Configurations that nobody would write, made from one that somebody would.

use proptest::prelude::*;
use serde_json::{Value, json};

/// Something to do to one place of a document: put a value there, or take away what is there.
pub(crate) type Change = (prop::sample::Index, Option<Value>);

/// What may stand in a configuration by mistake: the wrong type, the wrong number, the wrong word.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let words = &[
        "",
        "a",
        "/",
        "a\0b",
        "../..",
        "/proc",
        "/tmp",
        "rbind",
        "ro",
        "tmpfs",
        "CAP_KILL",
        "1.0.0",
        "pid",
        "user",
        "RLIMIT_CORE",
        "SCMP_ACT_ALLOW",
        "SCHED_BATCH",
        "0-1",
        "\u{fffd}",
        "kernel.domainname",
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![any::<i64>(), -2..10_i64].prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        Just(json!(1.5)),
        Just(json!([])),
        Just(json!({})),
        prop::sample::select(&words[..]).prop_map(Value::from),
        "[a-z/]{0,300}".prop_map(Value::from),
    ]
}

/// Some changes, one after another.
pub(crate) fn any_changes(most: usize) -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(any_value())), 0..most)
}

/// The document with the changes, each at a place that is there by then; places that `spared` names stay.
pub(crate) fn changed(mut document: Value, changes: Vec<Change>, spared: &[&str]) -> Value {
    for (at, value) in changes {
        let mut places = Vec::new();
        places_below(&document, String::new(), &mut places);
        // Whatever a spared place is part of is spared with it.
        places.retain(|place| {
            !spared.iter().any(|one| one.starts_with(place.as_str()) || place.starts_with(one))
        });
        if places.is_empty() {
            continue;
        }
        let pointer = at.get(&places).clone();
        // The document as a whole has nothing that it could be taken from.
        let Some((parent, name)) = pointer.rsplit_once('/') else {
            document = value.unwrap_or(document);
            continue;
        };
        let name = name.replace("~1", "/").replace("~0", "~");
        match (value, document.pointer_mut(parent)) {
            (None, Some(Value::Object(members))) => drop(members.remove(&name)),
            (None, Some(Value::Array(entries))) => {
                entries.remove(name.parse().expect("an index of the array"));
            }
            (Some(value), _) => *document.pointer_mut(&pointer).expect("a place of the document") = value,
            (None, _) => {}
        }
    }
    document
}

/// The pointers of a document, its own among them.
fn places_below(value: &Value, pointer: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                places_below(value, format!("{pointer}/{name}"), places);
            }
        }
        Value::Array(entries) => {
            for (index, value) in entries.iter().enumerate() {
                places_below(value, format!("{pointer}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(pointer);
}
