//! The invariants that the structure itself must keep.
//!
//! Each is a function from what cargo or git know to a list of violations; an empty list is a pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::workspace;

/// What may stand at the top level, besides dotfiles.
const TOP_LEVEL: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "benches",
    "conformance",
    "fixtures",
    "harness",
    "reports",
    "runtime",
];

/// The packages that judge and measure, and so meet the runtime as a process only.
const JUDGES: [&str; 7] = ["conformance", "drive", "loadline", "measure", "record", "report", "xtask"];

/// What the judges must never link.
const JUDGED: [&str; 2] = ["coracle", "hold"];

/// Where `unsafe` may stand: `sys` modules, the runtime's entry point, and the two programs that have no libc.
const UNSAFE: [&str; 5] = [
    "runtime/coracle/src/sys",
    "runtime/coracle/src/start",
    "fixtures/probe/",
    "fixtures/floor/",
    "harness/drive/src/sys",
];

/// Licenses that may be combined with ours; one of a dependency's alternatives must be here.
const LICENSES: [&str; 8] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Checks every invariant and prints one line for each.
///
/// # Errors
///
/// When one does not hold, after all were checked; the violations are on stdout.
pub(crate) fn check() -> anyhow::Result<()> {
    let metadata = workspace::metadata()?;
    let tracked = workspace::tracked()?;
    let sources = sources(&tracked)?;
    let results = [
        ("the judges do not link what they judge", linked(&metadata)),
        ("licenses can be combined with ours", licenses(&metadata)),
        ("the top level holds what it should", top_level(&tracked)),
        ("`unsafe` stays in its modules", unsafe_code(&sources)),
        ("lints are expected with a reason, never allowed", allowed(&sources)),
    ];
    let violations: usize = results.iter().map(|(promise, found)| print(promise, found)).sum();
    ensure!(violations == 0, "{violations} violations of the project's invariants");
    Ok(())
}

fn print(promise: &str, violations: &[String]) -> usize {
    println!("{} {promise}", if violations.is_empty() { "ok  " } else { "FAIL" });
    for violation in violations {
        println!("     {violation}");
    }
    violations.len()
}

/// A Rust source file: its path below the root, and its text.
type Source = (PathBuf, String);

fn sources(tracked: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let rust = tracked.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| {
        let text = fs::read_to_string(workspace::root().join(path));
        Ok((path.clone(), text.with_context(|| format!("read `{}`", path.display()))?))
    })
    .collect()
}

/// Follows normal dependencies (not those of tests) from each judge.
fn linked(metadata: &Value) -> Vec<String> {
    JUDGES.iter().flat_map(|judge| linked_by(metadata, judge)).collect()
}

fn linked_by(metadata: &Value, judge: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![id_of(metadata, judge)];
    while let Some(id) = open.pop() {
        if seen.insert(id.clone()) {
            open.extend(dependencies(metadata, &id));
        }
    }
    let judged = JUDGED.iter().filter(|name| seen.contains(&id_of(metadata, name)));
    judged.map(|name| format!("`{judge}` links `{name}`")).collect()
}

fn id_of(metadata: &Value, name: &str) -> String {
    let own = |package: &&Value| package["name"] == name && package["source"].is_null();
    let package = list(&metadata["packages"]).iter().find(own);
    package.and_then(|package| package["id"].as_str()).unwrap_or_default().to_owned()
}

fn dependencies(metadata: &Value, id: &str) -> Vec<String> {
    let node = list(&metadata["resolve"]["nodes"]).iter().find(|node| node["id"] == id);
    let normal = |edge: &&Value| list(&edge["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
    let edges = node.map_or(&[][..], |node| list(&node["deps"])).iter().filter(normal);
    edges.filter_map(|edge| edge["pkg"].as_str().map(str::to_owned)).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn licenses(metadata: &Value) -> Vec<String> {
    let packages = list(&metadata["packages"]).iter();
    let refused =
        packages.filter(|package| !license_allowed(package["license"].as_str().unwrap_or_default()));
    refused.map(|package| format!("{} has license {}", package["name"], package["license"])).collect()
}

/// Reads an SPDX expression of one level: alternatives, each a conjunction.
fn license_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace(" / ", " OR ").replace('/', " OR ");
    let conjunctions = plain.split(" AND ").map(|terms| terms.split(" OR ").collect::<Vec<_>>());
    conjunctions.into_iter().all(|terms| terms.iter().any(|term| LICENSES.contains(&term.trim())))
}

fn top_level(tracked: &[PathBuf]) -> Vec<String> {
    let names: BTreeSet<&str> =
        tracked.iter().filter_map(|path| path.components().next()?.as_os_str().to_str()).collect();
    let strangers = names.iter().filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(name));
    strangers
        .filter(|name| **name != "runtime")
        .map(|name| format!("`{name}` stands at the top level"))
        .collect()
}

fn unsafe_code(sources: &[Source]) -> Vec<String> {
    let guarded = |path: &Path| UNSAFE.iter().any(|place| path.to_string_lossy().starts_with(place));
    lines_with(sources, |path, code| !guarded(path) && code.contains(&["unsafe", " {"].concat()))
}

fn allowed(sources: &[Source]) -> Vec<String> {
    lines_with(sources, |_, code| code.contains(&["#[", "allow("].concat()))
}

fn lines_with(sources: &[Source], bad: impl Fn(&Path, &str) -> bool) -> Vec<String> {
    let numbered =
        sources.iter().flat_map(|(path, text)| text.lines().enumerate().map(move |(n, l)| (path, n, l)));
    let code = numbered.map(|(path, n, line)| (path, n, line.split("//").next().unwrap_or(line)));
    code.filter(|(path, _, line)| bad(path, line))
        .map(|(path, n, line)| format!("{}:{}: {}", path.display(), n + 1, line.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_license_is_allowed_when_every_conjunct_has_an_allowed_alternative() {
        assert!(license_allowed("MIT OR LGPL-2.1-or-later"));
        assert!(license_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(license_allowed("Unlicense/MIT"));
        assert!(!license_allowed("GPL-3.0-only"));
        assert!(!license_allowed("MIT AND GPL-2.0-only"));
        assert!(!license_allowed(""));
    }

    #[test]
    fn a_judge_that_reaches_the_judged_through_another_is_found() {
        let package = |name: &str| json!({"name": name, "id": name, "source": null});
        let node = |id: &str, on: &[&str], kind: Value| {
            let edges: Vec<Value> =
                on.iter().map(|to| json!({"pkg": to, "dep_kinds": [{"kind": kind}]})).collect();
            json!({"id": id, "deps": edges})
        };
        let metadata = |kind: Value| {
            json!({
                "packages": [package("conformance"), package("drive"), package("coracle")],
                "resolve": {"nodes": [
                    node("conformance", &["drive"], Value::Null), node("drive", &["coracle"], kind), node("coracle", &[], Value::Null),
                ]},
            })
        };
        assert_eq!(linked_by(&metadata(Value::Null), "conformance"), ["`conformance` links `coracle`"]);
        assert!(linked_by(&metadata(json!("dev")), "conformance").is_empty());
    }

    #[test]
    fn unsafe_blocks_are_found_outside_their_modules_only() {
        let block = ["unsafe", " { f() }"].concat();
        let at = |path: &str| vec![(PathBuf::from(path), block.clone())];
        assert!(unsafe_code(&at("runtime/coracle/src/sys.rs")).is_empty());
        assert!(unsafe_code(&at("fixtures/probe/main.rs")).is_empty());
        assert_eq!(unsafe_code(&at("harness/measure/src/lib.rs")).len(), 1);
    }

    #[test]
    fn only_known_names_may_stand_at_the_top_level() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert!(top_level(&paths(&["README.md", ".ci/run", "runtime/hold/src/lib.rs"])).is_empty());
        assert_eq!(top_level(&paths(&["CHANGELOG.md"])), ["`CHANGELOG.md` stands at the top level"]);
    }
}
