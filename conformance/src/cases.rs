//! All cases, one list per topic.

mod cgroups;
mod create;
mod delete;
mod devices;
mod hooks;
mod mounts;
mod namespaces;
mod process;
mod root;
mod start;
mod state;
mod user;

use crate::Case;
use crate::clauses::runtime;

/// The plainest bundle: where it does not run, no other case would say anything about its clause.
pub const SMOKE: Case = Case {
    name: "smoke",
    clause: &runtime::PROGRAM_RUNS,
    needs: &[],
    bundle: |b| b,
    run: |c| c.given_report().map(drop),
};

/// Every case, in the order in which they run.
#[must_use]
pub fn all() -> Vec<&'static Case> {
    let lifecycle = [state::ALL, create::ALL, start::ALL, delete::ALL];
    let properties =
        [root::ALL, mounts::ALL, process::ALL, user::ALL, namespaces::ALL, devices::ALL, cgroups::ALL];
    let topics = [&lifecycle[..], hooks::ALL, &properties].concat();
    topics.concat()
}
