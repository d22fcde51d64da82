//! What the program says and how it ends where the command asks for something that is not there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn loadline(words: &[&str]) -> Output {
    // No test builds coracle: any file will do for a command that refuses before it starts one.
    Command::new(env!("CARGO_BIN_EXE_loadline")).args(words).env("CORACLE", "/bin/true").output().unwrap()
}

/// Runs it; its exit code, and everything it said.
fn told(words: &[&str]) -> (Option<i32>, String) {
    let output = loadline(words);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

fn refuses(words: &[&str], code: i32, saying: &str) {
    let (found, text) = told(words);
    assert_eq!(found, Some(code), "{words:?}: {text}");
    assert!(text.contains(saying), "{words:?}: {text}");
}

#[test]
fn what_is_not_there_is_the_callers_matter_and_the_message_says_what_to_do() {
    refuses(&["check", "--runtime", "/no/such/runtime"], 2, "give the path of a binary");
    refuses(&["check", "--runtime", "/etc/passwd"], 2, "try chmod +x");
    refuses(&["check", "--runtime", "/bin/true", "no/such-case"], 2, "nearest are");
    refuses(&["check", "--runtime", "/bin/true", "--spec", "one"], 2, "try 1.2.1");
    refuses(&["bench", "--runtime", "/no/such/runtime"], 2, "there is no runtime");
    refuses(&["bench", "--family", "coffee"], 2, "[possible values: start, io, dedup");
    refuses(&["compare", "/no/such/base", "/bin/true"], 2, "there is no runtime at `/no/such/base`");
    refuses(&["compare", "/bin/true"], 2, "<HEAD>");
    refuses(&["compare", "/no/such/budget.toml"], 2, "read the budget `/no/such/budget.toml`");
    refuses(&["compare", "/no/such/record.jsonl", "/bin/true"], 2, "the record `/no/such/record.jsonl`");
    refuses(&["report", "/no/such/record"], 2, "open the record");
    refuses(&["report", "--format", "pdf", "x"], 2, "[possible values: terminal, markdown");
    refuses(&["measure"], 2, "unrecognized subcommand");
}

#[test]
fn a_file_that_is_no_record_or_half_of_one_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("record.jsonl");
    let name = path.to_str().unwrap();
    fs::write(&path, "hello\n").unwrap();
    refuses(&["report", name], 2, "not one of Loadline's");
    fs::write(&path, header_line()).unwrap();
    refuses(&["report", name], 2, "has no footer: the run was cut short");
}

/// The first line of a record, without any that should follow.
fn header_line() -> String {
    let host = record::Host::probe().unwrap();
    let header = record::Header::new(record::Kind::Bench, host);
    let writer = record::Writer::new(Vec::new(), header).unwrap();
    let whole = String::from_utf8(writer.finish().unwrap()).unwrap();
    whole.lines().next().unwrap().to_owned() + "\n"
}

#[test]
fn a_report_that_cannot_be_written_is_the_hosts_matter() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("record.jsonl");
    let header = record::Header::new(record::Kind::Bench, record::Host::probe().unwrap());
    record::Writer::create(&path, header).unwrap().finish().unwrap();
    let name = path.to_str().unwrap();
    refuses(&["report", name, "--out", "/proc/nowhere"], 3, "write `/proc/nowhere");
    let (code, text) = told(&["report", name, "--format", "json"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("\"conditions\""), "{text}");
}

#[test]
fn help_has_examples_and_exit_codes() {
    for verb in ["check", "bench", "compare", "report"] {
        let (code, text) = told(&[verb, "--help"]);
        assert_eq!(code, Some(0));
        assert!(text.contains("Examples:") && text.contains(&format!("loadline {verb}")), "{text}");
    }
    assert!(told(&["--help"]).1.contains("Exit codes: 0 everything held"));
}

#[test]
fn a_list_of_cases_needs_no_runtime() {
    let (code, text) = told(&["check", "--list", "runtime/delete-not-stopped"]);
    assert_eq!(code, Some(0));
    assert!(
        text.lines().all(|line| line.starts_with("runtime/delete-not-stopped/") || line.starts_with(' '))
    );
    assert!(!Path::new("target/loadline/check/true.jsonl").exists());
}
