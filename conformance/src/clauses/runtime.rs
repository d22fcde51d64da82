//! Clauses of `runtime.md`.

use record::Level::Must;

use crate::Clause;

/// Deleting a container that has not stopped.
pub const DELETE_NOT_STOPPED: Clause = Clause {
    id: "runtime/delete-not-stopped",
    level: Must,
    address: "runtime.md#delete",
    asks: "deleting a container that has not stopped is an error and leaves it as it was",
    sentence: "439d430c4a3e7621453502091f749085c7f7e83515d395169e1a1457c40b9545",
};

/// Every clause of the file.
pub const ALL: &[&Clause] = &[&DELETE_NOT_STOPPED];
