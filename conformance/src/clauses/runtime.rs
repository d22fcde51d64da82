//! Clauses of `runtime.md`.

use record::Level::{May, Must};

use crate::Clause;

/// `state` returns the version, id, status, pid, bundle and annotations of the container.
pub const STATE_FIELDS: Clause = Clause {
    id: "runtime/state-fields",
    level: Must,
    address: "runtime.md#query-state",
    asks: "`state` returns the version, id, status, pid, bundle and annotations of the container",
    sentence: "c4ad0d3f9f3e39df1c2371e23292661f53f9df6bec8d4db0db2b6fbe7d403115",
};

/// Between `create` and `start` the status is `created`, and the pid is that of a live process.
pub const STATE_CREATED: Clause = Clause {
    id: "runtime/status-created",
    level: Must,
    address: "runtime.md#state",
    asks: "between `create` and `start` the status is `created`, and the pid is that of a live process",
    sentence: "6c7d00f2c4d27747cad0734852c0ac6d1a6f6f6d0471392d24362be0394e1cf3",
};

/// While the program runs the status is `running`.
pub const STATE_RUNNING: Clause = Clause {
    id: "runtime/status-running",
    level: Must,
    address: "runtime.md#state",
    asks: "while the program runs the status is `running`",
    sentence: "f185b326025f88bbac6752fce37fe7068c0be61088bdb104da3a9704817bbf17",
};

/// Once the process has exited the status is `stopped`.
pub const STATE_STOPPED: Clause = Clause {
    id: "runtime/status-stopped",
    level: Must,
    address: "runtime.md#state",
    asks: "once the process has exited the status is `stopped`",
    sentence: "a081d0971f428f65997c2cbdfb5a8841c4f9b5b2519bb4a0593fb5a68de37c71",
};

/// The pid of a created or running container is that of its process.
pub const STATE_PID: Clause = Clause {
    id: "runtime/state-pid",
    level: Must,
    address: "runtime.md#state",
    asks: "the pid of a created or running container is that of its process",
    sentence: "7163f5984787e170c817877ebc2f7733e141ee3a4a3bb8708c0a44eb7b01a919",
};

/// The state holds the absolute path of the bundle.
pub const STATE_BUNDLE: Clause = Clause {
    id: "runtime/state-bundle",
    level: Must,
    address: "runtime.md#state",
    asks: "the state holds the absolute path of the bundle",
    sentence: "cb83019a7568dd9ca78517b95ccca0b1f623be8839dad1623f79d7ada7e3f612",
};

/// The state holds the version of the specification that it complies with.
pub const STATE_VERSION: Clause = Clause {
    id: "runtime/state-version",
    level: Must,
    address: "runtime.md#state",
    asks: "the state holds the version of the specification that it complies with",
    sentence: "63a7e53356bb4374dab7d4bfdc0a37fd404e2a092db84cf0b8d04019e24779e4",
};

/// The state holds the id that `create` was given.
pub const STATE_ID: Clause = Clause {
    id: "runtime/state-id",
    level: Must,
    address: "runtime.md#state",
    asks: "the state holds the id that `create` was given",
    sentence: "75a7f9a62e28e0ab645b537ed7645d777f8166259ffc6613c831bec8aea9b2af",
};

/// The state holds the annotations of the configuration.
pub const STATE_ANNOTATIONS: Clause = Clause {
    id: "runtime/state-annotations",
    level: Must,
    address: "runtime.md#state",
    asks: "the state holds the annotations of the configuration",
    sentence: "e5fe7555034c80bda25ad8e7c330987aab3a7922bf407765a3661068616e6c80",
};

/// The state keeps to its JSON schema.
pub const STATE_SCHEMA: Clause = Clause {
    id: "runtime/state-schema",
    level: Must,
    address: "runtime.md#state",
    asks: "the state keeps to its JSON schema",
    sentence: "fc733cdef76615fdf2db8e3e1ddc1beaf8428c6b0814491fa98d75ac7c1c816b",
};

/// Asking for the state without naming a container is an error.
pub const STATE_NO_ID: Clause = Clause {
    id: "runtime/state-without-id",
    level: Must,
    address: "runtime.md#query-state",
    asks: "asking for the state without naming a container is an error",
    sentence: "6778b0baf6eb19289db462952c008dc9c4c2439db3d802b424e250a0097d5ae8",
};

/// Asking for the state of a container that does not exist is an error.
pub const STATE_UNKNOWN: Clause = Clause {
    id: "runtime/state-unknown",
    level: Must,
    address: "runtime.md#query-state",
    asks: "asking for the state of a container that does not exist is an error",
    sentence: "db3eef52ed4e24f083abbcee11391c86e4c25eeffa9cf6f24d848d527c0e222d",
};

/// An environment that cannot be made is an error.
pub const ENVIRONMENT_ERROR: Clause = Clause {
    id: "runtime/environment-error",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "an environment that cannot be made is an error",
    sentence: "8814ed42c5b2dade327f71ad5ff4489b5e7b56af0d1a3e3b6cae7ee14d023bac",
};

/// `create` makes the environment but does not run the program.
pub const PROGRAM_WAITS: Clause = Clause {
    id: "runtime/program-waits",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "`create` makes the environment but does not run the program",
    sentence: "01ea9a8d72bcbd17ac0598dff0649afb59ebf0acf6dd62c3aa5a6954897b280c",
};

/// Editing `config.json` after `create` changes nothing.
pub const CONFIG_FIXED: Clause = Clause {
    id: "runtime/config-fixed",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "editing `config.json` after `create` changes nothing",
    sentence: "af1fb6ef67a60421a2ab4da55c925dee6e196262a13060c021cd5eafb46a1e9d",
};

/// `create` runs the `prestart` hooks.
pub const PRESTART_INVOKED: Clause = Clause {
    id: "runtime/prestart-invoked",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "`create` runs the `prestart` hooks",
    sentence: "5062909ce8407d27f7e5c97063748599da67f384ed1ddbf194205ca3a3c19168",
};

/// A failing `prestart` hook is an error and ends the container.
pub const PRESTART_FAILS: Clause = Clause {
    id: "runtime/prestart-fails",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "a failing `prestart` hook is an error and ends the container",
    sentence: "e5d32ddb098b0a73951ae161a56dbf9e492c91abc4efebddf7a63c8db0d16c0d",
};

/// `create` runs the `createRuntime` hooks.
pub const CREATE_RUNTIME_INVOKED: Clause = Clause {
    id: "runtime/create-runtime-invoked",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "`create` runs the `createRuntime` hooks",
    sentence: "7516d10caf582f519083b758312141176a22500566c20b1903bb95cce5cf1aeb",
};

/// A failing `createRuntime` hook is an error and ends the container.
pub const CREATE_RUNTIME_FAILS: Clause = Clause {
    id: "runtime/create-runtime-fails",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "a failing `createRuntime` hook is an error and ends the container",
    sentence: "a6786d852bd12da200b34e40f952270c728d5e57c0d17201bdc0f1b4198307ac",
};

/// `create` runs the `createContainer` hooks.
pub const CREATE_CONTAINER_INVOKED: Clause = Clause {
    id: "runtime/create-container-invoked",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "`create` runs the `createContainer` hooks",
    sentence: "f2ec2cb68ce5ee963cd71a96c10f63c56cc7bb7945646c26b132a6c5a7a63a43",
};

/// A failing `createContainer` hook is an error and ends the container.
pub const CREATE_CONTAINER_FAILS: Clause = Clause {
    id: "runtime/create-container-fails",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "a failing `createContainer` hook is an error and ends the container",
    sentence: "68d0d0734470ea147258c9a29603428f3656e4ad4e5945a9b74fff8f642e7785",
};

/// `start` runs the `startContainer` hooks.
pub const START_CONTAINER_INVOKED: Clause = Clause {
    id: "runtime/start-container-invoked",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "`start` runs the `startContainer` hooks",
    sentence: "2f679c566a5e07b4e96b6e8633aab7042009a72fd4ec57f71b32411fdfb34a55",
};

/// A failing `startContainer` hook is an error, and the program does not run.
pub const START_CONTAINER_FAILS: Clause = Clause {
    id: "runtime/start-container-fails",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "a failing `startContainer` hook is an error, and the program does not run",
    sentence: "7202ae8986c63f214b3cd67d00bd9e3ec4110c94341889bdb8413176aec2582c",
};

/// After `start` the program runs.
pub const PROGRAM_RUNS: Clause = Clause {
    id: "runtime/program-runs",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "after `start` the program runs",
    sentence: "bb70116fd2d2204656e5ef3746d3a2b718c272149d0ade5a812f5b5121d13021",
};

/// `start` runs the `poststart` hooks.
pub const POSTSTART_INVOKED: Clause = Clause {
    id: "runtime/poststart-invoked",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "`start` runs the `poststart` hooks",
    sentence: "2fda92c5277b9269ed7e418b0b845e7b670e18524e5336262224d1c5d01f9478",
};

/// A failing `poststart` hook is an error and stops the container.
pub const POSTSTART_FAILS: Clause = Clause {
    id: "runtime/poststart-fails",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "a failing `poststart` hook is an error and stops the container",
    sentence: "be3655dc000503cff6a0dd1d6541d776d0dc8859bb54cdda1bf0914e13f1a53f",
};

/// `delete` runs the `poststop` hooks.
pub const POSTSTOP_INVOKED: Clause = Clause {
    id: "runtime/poststop-invoked",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "`delete` runs the `poststop` hooks",
    sentence: "018658a5b63f858c25188e5a47893903da5fc6349cdaad534d212efbb5c4d113",
};

/// A failing `poststop` hook does not keep the other hooks and `delete` from going on.
pub const POSTSTOP_FAILS: Clause = Clause {
    id: "runtime/poststop-fails",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "a failing `poststop` hook does not keep the other hooks and `delete` from going on",
    sentence: "769b3197e10ac6a63fcc83da3032672edf0b2b76980f2a95c29d3f036a1b9011",
};

/// Deleting undoes what `create` did.
pub const DESTROYED: Clause = Clause {
    id: "runtime/destroyed",
    level: Must,
    address: "runtime.md#lifecycle",
    asks: "deleting undoes what `create` did",
    sentence: "5db624101ff72effe74fb476de1926524640141c291f4959f3a875e80d48316f",
};

/// An operation that fails leaves everything as if it had not been tried.
pub const ERROR_LEAVES_NOTHING: Clause = Clause {
    id: "runtime/error-leaves-nothing",
    level: Must,
    address: "runtime.md#errors",
    asks: "an operation that fails leaves everything as if it had not been tried",
    sentence: "6a8eb590bc9e3965e46ac2235dfaf4868e834e3e0a28de2f9392c3969683b6a3",
};

/// `create` without an id or a bundle is an error.
pub const CREATE_NO_ARGUMENTS: Clause = Clause {
    id: "runtime/create-without-arguments",
    level: Must,
    address: "runtime.md#create",
    asks: "`create` without an id or a bundle is an error",
    sentence: "0583d3c903f90e51042c8da5dc471fa4f340624c43f0d27454bb92aeb9168c1d",
};

/// An id that is in use or not valid is an error, and no container comes of it.
pub const CREATE_DUPLICATE: Clause = Clause {
    id: "runtime/create-duplicate",
    level: Must,
    address: "runtime.md#create",
    asks: "an id that is in use or not valid is an error, and no container comes of it",
    sentence: "326222f44d88bf92420a6951013ca3dccba1ef42c2ddbf98379287d236838201",
};

/// `create` makes a container.
pub const CREATE_CREATES: Clause = Clause {
    id: "runtime/create-creates",
    level: Must,
    address: "runtime.md#create",
    asks: "`create` makes a container",
    sentence: "5f0d13c8176682f3bc9c6226aac222c6816db317659c52de703affc0215284f3",
};

/// `create` applies every property outside `process`.
pub const CREATE_APPLIES: Clause = Clause {
    id: "runtime/create-applies",
    level: Must,
    address: "runtime.md#create",
    asks: "`create` applies every property outside `process`",
    sentence: "da3344421b02f65718c5078d2ad9cafa203571be892e0ec4d08e2282c4adcd93",
};

/// `process.args` waits for `start`.
pub const ARGS_WAIT: Clause = Clause {
    id: "runtime/args-wait",
    level: Must,
    address: "runtime.md#create",
    asks: "`process.args` waits for `start`",
    sentence: "75ae8afbbc26af5925424140732bc9b594c3a02dac313b4f564b0c37609020af",
};

/// A property that cannot be applied is an error, and no container comes of it.
pub const CANNOT_APPLY: Clause = Clause {
    id: "runtime/cannot-apply",
    level: Must,
    address: "runtime.md#create",
    asks: "a property that cannot be applied is an error, and no container comes of it",
    sentence: "86fb534f699da2aca1c688952cc840cc17421bd5e979906790ae476047c8c843",
};

/// `start` without an id is an error.
pub const START_NO_ID: Clause = Clause {
    id: "runtime/start-without-id",
    level: Must,
    address: "runtime.md#start",
    asks: "`start` without an id is an error",
    sentence: "8bc7f0a5464a33a6e572ad52c10d6c71914a944407054ecb5893d1b4d7b10588",
};

/// Starting a container that is not `created` is an error and changes nothing.
pub const START_NOT_CREATED: Clause = Clause {
    id: "runtime/start-not-created",
    level: Must,
    address: "runtime.md#start",
    asks: "starting a container that is not `created` is an error and changes nothing",
    sentence: "7c74d36e14e3029b9d1ab2b1519342cf62d059e6f71e5a243e5a72e74f31d386",
};

/// `start` runs the program of `process`.
pub const START_RUNS: Clause = Clause {
    id: "runtime/start-runs",
    level: Must,
    address: "runtime.md#start",
    asks: "`start` runs the program of `process`",
    sentence: "116cd1b55f6021aa96a2a92572991741f935c700910539741db4ab1de1b44bad",
};

/// `start` of a container without `process` is an error.
pub const START_NO_PROCESS: Clause = Clause {
    id: "runtime/start-without-process",
    level: Must,
    address: "runtime.md#start",
    asks: "`start` of a container without `process` is an error",
    sentence: "0208148a9d4b0a5d390e6d26a7399965dc611f2433fdc3d41bc3f159139cf3dd",
};

/// `kill` without an id is an error.
pub const KILL_NO_ID: Clause = Clause {
    id: "runtime/kill-without-id",
    level: Must,
    address: "runtime.md#kill",
    asks: "`kill` without an id is an error",
    sentence: "8bc7f0a5464a33a6e572ad52c10d6c71914a944407054ecb5893d1b4d7b10588",
};

/// A signal for a container that is neither `created` nor `running` is an error and changes nothing.
pub const KILL_NOT_ALIVE: Clause = Clause {
    id: "runtime/kill-not-alive",
    level: Must,
    address: "runtime.md#kill",
    asks: "a signal for a container that is neither `created` nor `running` is an error and changes nothing",
    sentence: "315ba31fc2bbca5915c34a85837ff44f7ee2b3e5a73cc9cc334ee0d6fdc29178",
};

/// `kill` delivers the signal it was given to the container process.
pub const KILL_SENDS: Clause = Clause {
    id: "runtime/kill-sends",
    level: Must,
    address: "runtime.md#kill",
    asks: "`kill` delivers the signal it was given to the container process",
    sentence: "91fee55daff2963ad5e9e7ba445299d8b6eed40fa13daa48ee114b39e8363afe",
};

/// `delete` without an id is an error.
pub const DELETE_NO_ID: Clause = Clause {
    id: "runtime/delete-without-id",
    level: Must,
    address: "runtime.md#delete",
    asks: "`delete` without an id is an error",
    sentence: "8bc7f0a5464a33a6e572ad52c10d6c71914a944407054ecb5893d1b4d7b10588",
};

/// Deleting a container that has not stopped is an error and leaves it as it was.
pub const DELETE_NOT_STOPPED: Clause = Clause {
    id: "runtime/delete-not-stopped",
    level: Must,
    address: "runtime.md#delete",
    asks: "deleting a container that has not stopped is an error and leaves it as it was",
    sentence: "439d430c4a3e7621453502091f749085c7f7e83515d395169e1a1457c40b9545",
};

/// `delete` removes what `create` made.
pub const DELETE_REMOVES: Clause = Clause {
    id: "runtime/delete-removes",
    level: Must,
    address: "runtime.md#delete",
    asks: "`delete` removes what `create` made",
    sentence: "971558a0c4ef651ed380d24e948d9e06dd7090fe8a17aaf10d50f2602bc1a443",
};

/// `delete` leaves alone what `create` did not make.
pub const DELETE_KEEPS_OTHERS: Clause = Clause {
    id: "runtime/delete-keeps-others",
    level: Must,
    address: "runtime.md#delete",
    asks: "`delete` leaves alone what `create` did not make",
    sentence: "cc42a01a38ee46a97ac799f8e3058bcd1b326c717824eb8f8017adb1da9c9d7e",
};

/// The id of a deleted container can be used again.
pub const ID_FREE: Clause = Clause {
    id: "runtime/id-free",
    level: May,
    address: "runtime.md#delete",
    asks: "the id of a deleted container can be used again",
    sentence: "dfc1847c32f699edab0528b095c1e332481f220883fb85053efe233d64528345",
};

/// Every clause of the file, in its order.
pub const ALL: &[&Clause] = &[
    &STATE_FIELDS,
    &STATE_CREATED,
    &STATE_RUNNING,
    &STATE_STOPPED,
    &STATE_PID,
    &STATE_BUNDLE,
    &STATE_VERSION,
    &STATE_ID,
    &STATE_ANNOTATIONS,
    &STATE_SCHEMA,
    &STATE_NO_ID,
    &STATE_UNKNOWN,
    &ENVIRONMENT_ERROR,
    &PROGRAM_WAITS,
    &CONFIG_FIXED,
    &PRESTART_INVOKED,
    &PRESTART_FAILS,
    &CREATE_RUNTIME_INVOKED,
    &CREATE_RUNTIME_FAILS,
    &CREATE_CONTAINER_INVOKED,
    &CREATE_CONTAINER_FAILS,
    &START_CONTAINER_INVOKED,
    &START_CONTAINER_FAILS,
    &PROGRAM_RUNS,
    &POSTSTART_INVOKED,
    &POSTSTART_FAILS,
    &POSTSTOP_INVOKED,
    &POSTSTOP_FAILS,
    &DESTROYED,
    &ERROR_LEAVES_NOTHING,
    &CREATE_NO_ARGUMENTS,
    &CREATE_DUPLICATE,
    &CREATE_CREATES,
    &CREATE_APPLIES,
    &ARGS_WAIT,
    &CANNOT_APPLY,
    &START_NO_ID,
    &START_NOT_CREATED,
    &START_RUNS,
    &START_NO_PROCESS,
    &KILL_NO_ID,
    &KILL_NOT_ALIVE,
    &KILL_SENDS,
    &DELETE_NO_ID,
    &DELETE_NOT_STOPPED,
    &DELETE_REMOVES,
    &DELETE_KEEPS_OTHERS,
    &ID_FREE,
];
