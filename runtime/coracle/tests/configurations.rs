//! Thousands of configurations, valid and broken: each is refused with a reason or planned to its end.

#[path = "containers/mutate.rs"]
mod mutate;

use std::time::{Duration, Instant};

use coracle::cgroup::{Layout, Limits};
use coracle::config::{Config, Document};
use coracle::host::Host;
use coracle::plan::{Filter, Pivot, Plan, Request, plan};
use coracle::seccomp::{Arch, compile};
use coracle::step::Step;
use mutate::{any_changes, changed};
use proptest::prelude::*;
use serde_json::Value;

const EXAMPLE: &str = include_str!("../src/config/example.json");

/// Longer than any of them may take, on a machine that does other things too.
const SOON: Duration = Duration::from_secs(5);

/// Takes a configuration as far as it goes without a kernel; the reasons where that is not to the end.
fn taken(text: Vec<u8>) -> Result<(), Vec<String>> {
    let document = Document::parse(text).map_err(|violation| vec![violation.to_string()])?;
    let told = |violations: Vec<coracle::config::violation::Violation>| {
        violations.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let config = Config::check(&document).map_err(told)?;
    let filter = config.linux.seccomp.as_ref();
    let filter = filter.map(|section| compile(&section.read()?, Arch::NATIVE)).transpose().map_err(told)?;
    Limits::of(&Layout::V2, &config.linux.resources).map_err(told)?;
    let host = Host { layout: Some(Layout::V2), is_privileged: true };
    let request = Request {
        bundle: "/bundle",
        cgroup: Some("/web"),
        pivot: Pivot::Root,
        keyring: Some("_ses.web"),
        filter: if filter.is_some() { Filter::Alone } else { Filter::None },
    };
    must_end_well(&config, &plan(&config, &host, &request));
    Ok(())
}

/// Whatever the configuration says: the process waits once for its start, enters its root once before that, and becomes
/// the program at last, if there is one.
fn must_end_well(config: &Config<'_>, plan: &Plan<'_>) {
    let at = |is_meant: fn(&Step<'_>) -> bool| {
        let found: Vec<usize> =
            plan.steps.iter().enumerate().filter(|(_, step)| is_meant(step)).map(|(at, _)| at).collect();
        assert_eq!(found.len(), 1, "{:#?}", plan.steps);
        found[0]
    };
    let start = at(|step| matches!(step, Step::AwaitStart));
    let root = at(|step| matches!(step, Step::EnterRoot(_)));
    assert!(root < start, "{:#?}", plan.steps);
    let executes = matches!(plan.steps.last(), Some(Step::Execute(_)));
    assert_eq!(executes, config.process.is_some(), "{:#?}", plan.steps);
}

/// It comes to an end soon, and whatever is refused is refused with words.
fn must_be_settled(text: &[u8]) -> bool {
    let began = Instant::now();
    let outcome = taken(text.to_vec());
    assert!(began.elapsed() < SOON, "{:?} for {}", began.elapsed(), String::from_utf8_lossy(text));
    if let Err(reasons) = &outcome {
        assert!(!reasons.is_empty() && reasons.iter().all(|reason| reason.contains(' ')), "{reasons:?}");
    }
    outcome.is_ok()
}

#[test]
fn the_example_is_taken_to_the_end_and_without_a_root_it_is_not() {
    let mut example: Value = serde_json::from_str(EXAMPLE).expect("JSON");
    // It limits what only version 1 can; which is not what is asked here.
    example["linux"]["resources"] = serde_json::json!({"pids": {"limit": 7}});
    assert_eq!(taken(example.to_string().into_bytes()), Ok(()));
    assert!(
        taken(changed(example, Vec::new(), &[]).to_string().replace("\"root\"", "\"toor\"").into_bytes())
            .is_err()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_configuration_is_refused_or_planned(changes in any_changes(4)) {
        let mut example: Value = serde_json::from_str(EXAMPLE).expect("JSON");
        example["linux"]["resources"] = serde_json::json!({"pids": {"limit": 7}});
        must_be_settled(changed(example, changes, &[]).to_string().as_bytes());
    }

    #[test]
    fn a_text_with_a_wrong_byte_is_refused_or_planned(at in any::<prop::sample::Index>(), byte: u8, cut: bool) {
        let mut text = EXAMPLE.as_bytes().to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        if cut {
            text.truncate(at);
        }
        must_be_settled(&text);
    }

    #[test]
    fn any_bytes_are_settled(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        must_be_settled(&bytes);
    }
}

#[test]
fn nesting_without_end_is_refused() {
    for open in ["[", "{\"a\":"] {
        assert!(!must_be_settled(open.repeat(100_000).as_bytes()));
    }
}
