//! Clauses of `runtime.md` about all operations, and about what a state may hold.

use record::Level::{May, Must};

use crate::Clause;

/// Whoever creates a container can use every operation on it.
pub const SAME_ENTITY: Clause = Clause {
    id: "runtime/same-entity",
    level: Must,
    address: "runtime.md#scope-of-a-container",
    asks: "whoever creates a container can use every operation on it",
    sentence: "ff6c66a742cb39cc41e438f233b66b4c1a3abb2b66e1bd3b8c54abbcb60534fa",
};

/// Ids are unique on the host.
pub const ID_UNIQUE: Clause = Clause {
    id: "runtime/id-unique",
    level: Must,
    address: "runtime.md#state",
    asks: "no two containers of the host have the same id",
    sentence: "047363ba3c1a140cccc9f6ba7b561298c7035f488b10992e73065ecf2e21652e",
};

/// A state has a status.
pub const STATUS_REQUIRED: Clause = Clause {
    id: "runtime/status-required",
    level: Must,
    address: "runtime.md#state",
    asks: "a state has a status, which is a string",
    sentence: "05cc7beb885b79febcc57f62379edd955fea1b8aa448a46b3c8d010170a9c06e",
};

/// A status may be one of four words.
pub const STATUS_WORDS: Clause = Clause {
    id: "runtime/status-words",
    level: May,
    address: "runtime.md#state",
    asks: "a status may be `creating`, `created`, `running` or `stopped`",
    sentence: "6ef27fb805afd1c13cf26c4fa9182c6bcfe0dd98b7264e051f3d1a81752228db",
};

/// Other words stand for other states only.
pub const STATUS_OTHER_WORDS: Clause = Clause {
    id: "runtime/status-other-words",
    level: Must,
    address: "runtime.md#state",
    asks: "a status of the runtime's own is not used for a state that has a word",
    sentence: "4683e7395418562db69f2e53466ba54ea8ec65f66c5063b8b659ad4b358ed536",
};

/// Without annotations a state has none.
pub const NO_ANNOTATIONS: Clause = Clause {
    id: "runtime/state-no-annotations",
    level: May,
    address: "runtime.md#state",
    asks: "where none are configured, annotations are absent or an empty map",
    sentence: "a4f1da6da5e042a5fd9755ce8f8e11715667e4a7bb418e758f4da2bc9242becc",
};

/// A state may hold more.
pub const STATE_MORE: Clause = Clause {
    id: "runtime/state-more",
    level: May,
    address: "runtime.md#state",
    asks: "a state may hold additional properties",
    sentence: "e44cb5b13196904b696ac97d1b97e733b295f3ac5bf29dbca90b7c8558e68424",
};

/// The environment is what the configuration says.
pub const ENVIRONMENT: Clause = Clause {
    id: "runtime/environment",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "the runtime environment is created according to the configuration",
    sentence: "3d8b92f12ba31f144438efbcdeb33b9ee9c3ea449d401890000fcd1eeb8dd018",
};

/// A process may end in several ways.
pub const PROCESS_ENDS: Clause = Clause {
    id: "runtime/process-ends",
    level: May,
    address: "runtime.md#lifecycle",
    asks: "the container process may end by itself, by an error or by `kill`",
    sentence: "d83b95ddae9dd6531cbde61e872d6e377e315b8f9cf4a14f58a49170251b0e19",
};

/// A warning changes nothing.
pub const WARNINGS: Clause = Clause {
    id: "runtime/warnings",
    level: Must,
    address: "runtime.md#warnings",
    asks: "an operation goes on after a warning",
    sentence: "5dc04bbd94b3074a5bec59ae91608776612aba8986cf1a37e469e424f651d278",
};

/// All operations are there.
pub const OPERATIONS: Clause = Clause {
    id: "runtime/operations",
    level: Must,
    address: "runtime.md#operations",
    asks: "the runtime has all operations",
    sentence: "bdd60fe0f424f69206ed3087f1be127de576a5a9a4447393c0f564caa591187c",
};

/// `create` may apply more of `process` than it must.
pub const CREATE_MORE: Clause = Clause {
    id: "runtime/create-more",
    level: May,
    address: "runtime.md#create",
    asks: "`create` may apply the properties of `process` beside `args`",
    sentence: "f1aafd5ac76f6c8223b5a5b0429f47ba80b2ecd5550f46e683bbe9c64edd39c6",
};

/// `create` may validate.
pub const CREATE_VALIDATES: Clause = Clause {
    id: "runtime/create-validates",
    level: May,
    address: "runtime.md#create",
    asks: "`create` may validate the configuration before it makes anything",
    sentence: "9d78bd52a5eac443a9c2e237ee86a131edefedcf6c34aea7907f178f48b4dc08",
};

/// Clauses of these sections.
pub(super) const ALL: &[&Clause] = &[
    &SAME_ENTITY,
    &ID_UNIQUE,
    &STATUS_REQUIRED,
    &STATUS_WORDS,
    &STATUS_OTHER_WORDS,
    &NO_ANNOTATIONS,
    &STATE_MORE,
    &ENVIRONMENT,
    &PROCESS_ENDS,
    &WARNINGS,
    &OPERATIONS,
    &CREATE_MORE,
    &CREATE_VALIDATES,
];
