//! The properties that the JSON schemas of the specification know.

extern crate std;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

use serde_json::Value;

/// The files of the schema, by their names.
pub(crate) struct Schema(Value);

/// What is below these is for other platforms.
const OTHERS: [&str; 5] = ["/freebsd/", "/solaris/", "/vm/", "/windows/", "/zos/"];

impl Schema {
    /// The schema in a directory; nothing where there is none.
    pub(crate) fn load(directory: &str) -> Option<Self> {
        let mut files = serde_json::Map::new();
        for entry in std::fs::read_dir(directory).ok()? {
            let path = entry.ok()?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let text = std::fs::read_to_string(&path).ok()?;
                let name = path.file_name()?.to_string_lossy().into_owned();
                files.insert(name, serde_json::from_str(&text).ok()?);
            }
        }
        files.contains_key("config-schema.json").then_some(Self(Value::Object(files)))
    }

    /// Pointers of all properties of a configuration; `*` stands for each entry of an array or a map.
    pub(crate) fn properties(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.walk("config-schema.json", &self.0["config-schema.json"], "", &mut found);
        found.retain(|property| !OTHERS.iter().any(|other| property.starts_with(other)));
        found
    }

    /// Adds the pointers of all properties below a node of a file.
    fn walk(&self, file: &str, node: &Value, pointer: &str, found: &mut BTreeSet<String>) {
        if let Some((name, path)) = node["$ref"].as_str().and_then(|reference| reference.split_once('#')) {
            let name = if name.is_empty() { file } else { name };
            if let Some(target) = self.0[name].pointer(path) {
                self.walk(name, target, pointer, found);
            }
        }
        for part in ["allOf", "anyOf"].iter().filter_map(|kind| node[kind].as_array()).flatten() {
            self.walk(file, part, pointer, found);
        }
        for (name, property) in node["properties"].as_object().into_iter().flatten() {
            let pointer = format!("{pointer}/{name}");
            self.walk(file, property, &pointer, found);
            found.insert(pointer);
        }
        let each = ["items", "additionalProperties"].iter().map(|kind| &node[kind]);
        for each in each.filter(|each| each.is_object()) {
            self.walk(file, each, &format!("{pointer}/*"), found);
        }
    }
}
