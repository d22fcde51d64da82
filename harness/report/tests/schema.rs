//! The published schema describes the lines that Loadline writes: those written here, and those in `reports/data`.
//!
//! The check knows the few keywords that the schema uses, and refuses others rather than passing them by.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail by it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use record::{CgroupMode, Header, Host, Kind, Known, Level, Outcome, Sample, Subject, Unit, Verdict, Writer};
use serde_json::{Value, json};

/// Keywords that assert nothing.
const SILENT: [&str; 4] = ["$schema", "$defs", "title", "description"];

fn reports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports")
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(reports().join("schema/record.json")).unwrap()).unwrap()
}

/// Whether `value` is as `rule`, a part of `whole`, says.
fn holds(whole: &Value, rule: &Value, value: &Value) -> bool {
    rule.as_object().unwrap().iter().all(|(keyword, asked)| match keyword.as_str() {
        "$ref" => {
            holds(whole, whole.pointer(asked.as_str().unwrap().strip_prefix('#').unwrap()).unwrap(), value)
        }
        "oneOf" => asked.as_array().unwrap().iter().filter(|one| holds(whole, one, value)).count() == 1,
        "const" => value == asked,
        "enum" => asked.as_array().unwrap().contains(value),
        "minimum" => value.as_i64().is_none_or(|value| value >= asked.as_i64().unwrap()),
        "type" => is_of(asked.as_str().unwrap(), value),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| holds(whole, asked, item))),
        "required" => {
            asked.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
        }
        "properties" => known(whole, asked, value),
        "additionalProperties" => others(whole, rule, value),
        silent => {
            assert!(SILENT.contains(&silent), "this check does not know the keyword `{silent}`");
            true
        }
    })
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("this check does not know the type `{other}`"),
    }
}

fn known(whole: &Value, properties: &Value, value: &Value) -> bool {
    let rules = properties.as_object().unwrap().iter();
    rules
        .filter_map(|(name, rule)| Some((rule, value.get(name)?)))
        .all(|(rule, value)| holds(whole, rule, value))
}

fn others(whole: &Value, rule: &Value, value: &Value) -> bool {
    let (asked, properties) = (&rule["additionalProperties"], &rule["properties"]);
    let mut others =
        value.as_object().into_iter().flatten().filter(|(name, _)| properties.get(name).is_none());
    match asked {
        Value::Bool(allowed) => *allowed || others.next().is_none(),
        rule => others.all(|(_, value)| holds(whole, rule, value)),
    }
}

fn host() -> Host {
    Host {
        kernel: "6.18.0".into(),
        machine: "x86_64".into(),
        cpu: "a processor".into(),
        cpus: 2,
        memory_bytes: 1 << 33,
        cgroups: CgroupMode::Hybrid,
        hypervisor: true,
        governor: String::new(),
    }
}

fn outcome(at: usize, verdict: Verdict, level: Level) -> Outcome {
    let text = || "text".to_owned();
    Outcome {
        case: format!("a/b/{at}"),
        clause: "a/b".into(),
        level,
        address: "a.md#b".into(),
        subject: "floor".into(),
        verdict,
        known: at.is_multiple_of(2).then(|| Known { kind: text(), reason: text(), link: String::new() }),
        asks: text(),
        repeat: text(),
        ns: 1,
    }
}

/// A stream with every kind of line, of verdict, of level and of unit.
fn written() -> Vec<Value> {
    let (own, text) = (str::to_owned, || "text".to_owned());
    let mut header = Header::new(Kind::Check, host());
    header.subjects.push(Subject::without_binary("floor"));
    header.settings = BTreeMap::from([(own("spec"), own("1.3.0"))]);
    let mut writer = Writer::new(Vec::new(), header).unwrap();
    let verdicts = [
        Verdict::Passed,
        Verdict::Failed { expected: text(), actual: text() },
        Verdict::Unreached { step: text(), why: text() },
        Verdict::Skipped { need: text(), why: text() },
        Verdict::Broken { error: text() },
    ];
    let levels = [Level::Must, Level::Should, Level::May].into_iter().cycle();
    for (at, (verdict, level)) in verdicts.into_iter().zip(levels).enumerate() {
        writer.outcome(outcome(at, verdict, level)).unwrap();
    }
    for unit in [Unit::Ns, Unit::Bytes, Unit::Count] {
        let (family, scenario, subject, measure) = (own("start"), own("run/hot"), own("floor"), own("wall"));
        writer
            .sample(Sample { family, scenario, subject, measure, unit, round: 1, value: u64::MAX })
            .unwrap();
    }
    writer.omit("youki", "not installed");
    lines(&String::from_utf8(writer.finish().unwrap()).unwrap())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn with(line: &Value, name: &str, value: Value) -> Value {
    let mut changed = line.clone();
    changed.as_object_mut().unwrap().insert(name.to_owned(), value);
    changed
}

#[test]
fn every_line_that_is_written_is_as_the_schema_says() {
    let schema = schema();
    for line in written() {
        assert!(holds(&schema, &schema, &line), "{line}");
    }
}

#[test]
fn the_schema_refuses_lines_with_a_field_more_or_less() {
    let schema = schema();
    for line in written() {
        let more = with(&line, "stranger", json!(1));
        assert!(!holds(&schema, &schema, &more), "{more}");
        for name in line.as_object().unwrap().keys().filter(|name| *name != "known") {
            let mut less = line.clone();
            less.as_object_mut().unwrap().remove(name);
            assert!(!holds(&schema, &schema, &less), "without `{name}`: {less}");
        }
    }
}

#[test]
fn the_schema_refuses_values_of_another_kind() {
    let schema = schema();
    let sample = written().into_iter().find(|line| line["line"] == "sample").unwrap();
    for (name, value) in
        [("value", json!(-1)), ("value", json!(1.5)), ("unit", json!("ms")), ("family", json!(7))]
    {
        let wrong = with(&sample, name, value);
        assert!(!holds(&schema, &schema, &wrong), "{wrong}");
    }
}

#[test]
fn the_records_of_the_reports_are_as_the_schema_says() {
    let schema = schema();
    let folder =
        fs::read_dir(reports().join("data")).into_iter().flatten().map(|entry| entry.unwrap().path());
    for file in folder.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl")) {
        for (number, line) in (1..).zip(lines(&fs::read_to_string(&file).unwrap())) {
            assert!(holds(&schema, &schema, &line), "line {number} of {}", file.display());
        }
    }
}
