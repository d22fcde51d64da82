//! What stays the same from one run to the next, so that a difference means something.

use serde_json::Value;

/// Signals 32 and 33: the C library ignores them in what it spawns, but not in what it forks.
const SPAWN_IGNORES: u64 = 0b11 << 31;

/// What several documents of the same program share; `Null` where they differ, such as at times and inodes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Steady(Value);

impl Steady {
    /// What these documents share.
    pub(super) fn of(documents: &[Value]) -> Self {
        let mut all = documents.iter().map(plain);
        let first = all.next().unwrap_or_default();
        Self(all.fold(first, |shared, document| common(&shared, &document)))
    }

    /// The first place where a document is not as it was in all of them, with both values.
    pub(super) fn difference(&self, document: &Value) -> Option<String> {
        difference("", &self.0, &plain(document))
    }
}

/// Without times, and the numbers that the kernel gives to mounts, namespaces and file systems without a device: they may
/// be the same by chance.
fn plain(document: &Value) -> Value {
    match document {
        Value::String(text) => Value::from(plain_text(text)),
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::Object(values) => {
            let lasting =
                values.iter().filter(|(name, _)| !name.starts_with("modified") && name.as_str() != "on");
            lasting.map(|(name, value)| (name.clone(), plain_field(name, value))).collect()
        }
        other => other.clone(),
    }
}

fn plain_field(name: &str, value: &Value) -> Value {
    match value.as_u64() {
        Some(signals) if name == "ignored" => Value::from(signals & !SPAWN_IGNORES),
        _ => plain(value),
    }
}

fn plain_text(text: &str) -> &str {
    match text.find(":[") {
        Some(inode) => &text[..inode],
        // A line of mountinfo: its number, that of its parent and that of its device come first.
        None if text.contains(" - ") => text.splitn(4, ' ').nth(3).unwrap_or(text),
        None => text,
    }
}

fn common(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .map(|(name, value)| {
                (name.clone(), b.get(name).map_or(Value::Null, |other| common(value, other)))
            })
            .collect(),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).map(|(a, b)| common(a, b)).collect()
        }
        (a, b) if a == b => a.clone(),
        _ => Value::Null,
    }
}

fn difference(at: &str, steady: &Value, document: &Value) -> Option<String> {
    match (steady, document) {
        (Value::Null, _) => None,
        (Value::Object(steady), Value::Object(_)) => steady
            .iter()
            .find_map(|(name, value)| difference(&format!("{at}/{name}"), value, &document[name.as_str()])),
        (Value::Array(steady), Value::Array(found)) if steady.len() == found.len() => {
            let mut pairs = steady.iter().zip(found).enumerate();
            pairs.find_map(|(number, (value, found))| difference(&format!("{at}/{number}"), value, found))
        }
        (steady, document) if steady == document => None,
        (steady, document) => Some(format!("{at} is {document} in place of {steady}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_between_ordinary_runs_is_not_looked_at() {
        let steady = Steady::of(&[
            json!({"time": 1, "uid": 7, "net": "net:[1]", "mounts": ["3 2 0:4 / / rw - tmpfs t rw"]}),
            json!({"time": 2, "uid": 7, "net": "net:[1]", "mounts": ["3 2 0:4 / / rw - tmpfs t rw"]}),
        ]);
        let mounts = ["7 6 0:5 / / rw - tmpfs t rw"];
        assert_eq!(
            steady.difference(&json!({"time": 9, "uid": 7, "net": "net:[2]", "mounts": mounts})),
            None
        );
        let device = |minor: u32| json!({"stat": {"on": [0, minor], "size": 1}});
        assert_eq!(Steady::of(&[device(62), device(62)]).difference(&device(57)), None);
        let other = steady.difference(&json!({"time": 9, "uid": 0, "net": "net:[1]", "mounts": mounts}));
        assert_eq!(other.unwrap(), "/uid is 0 in place of 7");
        let fewer = steady.difference(&json!({"time": 9, "uid": 7, "net": "net:[1]", "mounts": []}));
        assert!(fewer.unwrap().starts_with("/mounts is []"));
        assert!(steady.difference(&json!({})).is_some());
    }
}
