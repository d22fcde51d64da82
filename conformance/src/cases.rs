//! All cases, one list per topic.

mod block_io;
mod cgroup_owner;
mod cgroups;
mod create;
mod delete;
mod devices;
mod features;
mod hooks;
mod invalid;
mod kernel;
mod mounts;
mod namespaces;
mod network;
mod operations;
mod options;
mod process;
mod root;
mod seccomp;
mod start;
mod state;
mod terminal;
mod unified;
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

/// Clauses without a case, and why.
pub const EXCUSED: [(&str, &str); 9] = [
    (
        "config/mount-option-mand",
        "a runtime may leave it out, and the kernel has no mandatory locks any more",
    ),
    (
        "config/mount-option-nomand",
        "a runtime may leave it out, and the kernel has no mandatory locks any more",
    ),
    ("config/mount-option-ridmap", "as `idmap`, for a tree of mounts of which each must support it"),
    ("config/mount-option-tmpcopyup", "a runtime may leave it out, and what it does is not described"),
    (
        "runtime/id-unique",
        "whether an id counts on the host or where a runtime keeps its state is open; `runtime/create-duplicate` asks for the latter",
    ),
    ("runtime/status-words", "it permits; what a state is called is asked by `runtime/status-other-words`"),
    ("runtime/state-more", "it permits; a state with more passes every case"),
    ("runtime/create-more", "it permits; when a property is applied cannot be told from inside"),
    ("runtime/create-validates", "it permits; what a runtime refuses is asked clause by clause"),
];

/// Every case, in the order in which they run.
#[must_use]
pub fn all() -> Vec<&'static Case> {
    let lifecycle = [operations::ALL, state::ALL, create::ALL, start::ALL, delete::ALL];
    let mounted = [mounts::ALL, options::ALL, options::RECURSIVE];
    let properties = [root::ALL, process::ALL, terminal::ALL, user::ALL, invalid::ALL];
    let linux = [namespaces::ALL, network::ALL, devices::ALL, kernel::ALL, seccomp::ALL, features::ALL];
    let limits = [cgroups::ALL, block_io::ALL, unified::ALL, cgroup_owner::ALL];
    let topics = [&lifecycle[..], hooks::ALL, &mounted, &properties, &linux, &limits].concat();
    topics.concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::clauses;

    #[test]
    fn each_address_is_used_once_and_made_of_words() {
        let ids: Vec<String> = all().iter().map(|case| case.id()).collect();
        let mut seen = BTreeSet::new();
        let twice: Vec<&String> = ids.iter().filter(|id| !seen.insert(*id)).collect();
        assert!(twice.is_empty(), "{twice:?}");
        let is_word =
            |name: &str| name.split('-').all(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
        let odd: Vec<&Case> = all().into_iter().filter(|case| !is_word(case.name)).collect();
        assert!(odd.is_empty(), "{odd:?}");
    }

    #[test]
    fn each_clause_has_a_case_or_an_excuse() {
        let claimed: BTreeSet<&str> = all().iter().map(|case| case.clause.id).collect();
        let excused: BTreeSet<&str> = EXCUSED.iter().map(|(id, _)| *id).collect();
        let open: Vec<&str> =
            clauses::all().iter().map(|clause| clause.id).filter(|id| !claimed.contains(id)).collect();
        let unexcused: Vec<&&str> = open.iter().filter(|id| !excused.contains(*id)).collect();
        assert!(unexcused.is_empty(), "no case for {unexcused:?}");
        assert!(excused.iter().all(|id| open.contains(id)), "an excuse for what has a case, or is no clause");
    }
}
