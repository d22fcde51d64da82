//! Clauses of `runtime-linux.md`.

use record::Level::Must;

use crate::Clause;

/// The program starts with its three standard descriptors and no others.
pub const DESCRIPTORS: Clause = Clause {
    id: "runtime-linux/descriptors",
    level: Must,
    address: "runtime-linux.md#file-descriptors",
    asks: "the program starts with its three standard descriptors and no others",
    sentence: "9603fa0f385b609dd05016c53bce67b278bc0de76b8f9df9b9db58e4c22c502f",
};

/// `/dev/fd`, `stdin`, `stdout` and `stderr` link into `/proc/self/fd`.
pub const DEV_LINKS: Clause = Clause {
    id: "runtime-linux/dev-links",
    level: Must,
    address: "runtime-linux.md#dev-symbolic-links",
    asks: "`/dev/fd`, `stdin`, `stdout` and `stderr` link into `/proc/self/fd`",
    sentence: "c89cc43ed54a37ffc682834c12f510024aa7c952cda70469e6b1291aa4cd237f",
};

/// Every clause of the file, in its order.
pub const ALL: &[&Clause] = &[&DESCRIPTORS, &DEV_LINKS];
