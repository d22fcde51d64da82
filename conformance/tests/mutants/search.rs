//! Looks for a mutant that a case catches.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use conformance::{Case, cases};
use record::Verdict;
use serde_json::Value;

use crate::candidates;
use crate::ledger::Ledger;
use crate::mutation::Mutation;
use crate::nursery::{Nursery, PATIENCE, catches};
use crate::program::Noted;

/// How many cases are looked at side by side.
const JOBS: usize = 6;

/// How long a mutant may take at first; those that take longer are tried where no other is caught.
const SOON: Duration = Duration::from_secs(2);

/// Looks for a mutant for each case, and puts it in the ledger.
pub(crate) fn search(nursery: &Nursery, wanted: &[&'static Case], ledger: &mut Ledger) -> Result<(), String> {
    let (_, noted) = watched(nursery, &cases::SMOKE)?;
    let base =
        noted.into_iter().find_map(|call| call.config).ok_or("the plainest case creates no container")?;
    let (next, ledger) = (AtomicUsize::new(0), Mutex::new(ledger));
    thread::scope(|scope| {
        for _ in 0..JOBS {
            scope.spawn(|| {
                while let Some(case) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let came = of(nursery, case, &base);
                    ledger.lock().expect("no search panics").put(&case.id(), came);
                }
            });
        }
    });
    Ok(())
}

/// What the case makes of the runtime as it is, and the calls that it made.
fn watched(nursery: &Nursery, case: &'static Case) -> Result<(Verdict, Vec<Noted>), String> {
    let mutant = nursery.grow(&Mutation::Watch)?;
    let verdict = mutant.judged(case, PATIENCE)?;
    Ok((verdict, mutant.noted()))
}

fn of(nursery: &Nursery, case: &'static Case, base: &Value) -> Result<Mutation, String> {
    let noted = match watched(nursery, case)? {
        (Verdict::Passed, noted) => noted,
        (other, _) => return Err(format!("the runtime itself does not pass: {other:?}")),
    };
    let (candidates, mut slow) = (candidates::all(case, &noted, base), Vec::new());
    let count = candidates.len();
    for mutation in candidates {
        let verdict = tried(nursery, case, &mutation, SOON)?;
        if catches(&verdict) {
            return Ok(mutation);
        }
        if matches!(&verdict, Verdict::Broken { .. }) {
            slow.push(mutation);
        }
    }
    for mutation in slow {
        if catches(&tried(nursery, case, &mutation, PATIENCE)?) {
            return Ok(mutation);
        }
    }
    Err(format!("it catches none of {count} mutants"))
}

fn tried(
    nursery: &Nursery,
    case: &'static Case,
    mutation: &Mutation,
    patience: Duration,
) -> Result<Verdict, String> {
    let verdict = nursery.grow(mutation)?.judged(case, patience)?;
    if catches(&verdict) || std::env::var_os("SHOW").is_some() {
        println!("{}: {mutation}: {verdict:?}", case.id());
    }
    Ok(verdict)
}
