//! What runs in sandboxes: the jobs of this package, each found again by its name in the re-executed program.

use drive::sandbox::Job;

use crate::cases;
use crate::judge;
use crate::robustness::{self, sweep};

/// What a program that judges has to pass to `drive::sandbox::enter`, first in its `main`.
pub const JOBS: &[Job] = &[
    Job { name: "facts", run: judge::facts_job },
    Job { name: "case", run: case_job },
    sweep::JOBS[0],
    sweep::JOBS[1],
];

/// Any case there is may be asked for.
fn case_job(input: &[u8]) -> Vec<u8> {
    let all = [cases::all(), robustness::all(), vec![&cases::SMOKE]].concat();
    judge::case_job(input, &all)
}
