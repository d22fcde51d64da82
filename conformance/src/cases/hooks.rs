//! Hooks: that they run, when, where, with what, and what becomes of the container when they fail.

mod failing;
mod given;
mod place;
mod time;

use crate::bundle::Bundle;
use crate::container::{Container, now_ns};
use crate::{Case, Fault, Judgment};

/// How clauses and cases call the kinds of hooks, and how the configuration does.
const KINDS: [(&str, &str); 6] = [
    ("prestart", "prestart"),
    ("create-runtime", "createRuntime"),
    ("create-container", "createContainer"),
    ("start-container", "startContainer"),
    ("poststart", "poststart"),
    ("poststop", "poststop"),
];

/// The kind of hook that the case is about: its own name says so, or that of its clause.
fn kind(case: &Case) -> &'static str {
    let clause = case.clause.id.rsplit('/').next().unwrap_or_default();
    let found = KINDS.iter().find(|(word, _)| case.name == *word || clause.starts_with(word));
    found.expect("the name of the case or of its clause begins with a kind of hook").1
}

/// One hook of the case's kind, called `first`.
fn with_hook(b: Bundle) -> Bundle {
    let kind = kind(b.case);
    b.hook(kind, "first", &[])
}

/// When an operation was called and when it returned, in nanoseconds of the monotonic clock.
type Span = (u64, u64);

/// The whole life of a container, by operation.
struct Life {
    create: Span,
    start: Span,
    delete: Span,
    /// When the program began.
    program: u64,
}

/// Takes the container through all operations, to its deletion.
fn given_life(c: &Container) -> Result<Life, Fault> {
    let create = timed(|| c.create().given())?;
    let start = timed(|| c.start().given())?;
    let program = c.report().given()?.seen.entered_ns;
    c.until(crate::state::Status::Stopped).given()?;
    let delete = timed(|| c.delete().given())?;
    Ok(Life { create, start, delete, program })
}

fn timed<T>(act: impl FnOnce() -> Result<T, Fault>) -> Result<Span, Fault> {
    let called = now_ns();
    act()?;
    Ok((called, now_ns()))
}

/// One moment comes before another.
fn must_precede(expected: &str, (first, second): (u64, u64)) -> Judgment {
    if first <= second {
        return Ok(());
    }
    Err(Fault::failed(expected, format!("it came {} µs too late", (first - second) / 1_000)))
}

/// Cases of this topic.
pub(super) const ALL: &[&[&Case]] = &[time::ALL, place::ALL, given::ALL, failing::ALL];
