//! Clauses of `config.md`.

use record::Level::{Must, Should};

use crate::Clause;

/// `ociVersion` is there and a semantic version.
pub const OCI_VERSION: Clause = Clause {
    id: "config/oci-version",
    level: Must,
    address: "config.md#specification-version",
    asks: "`ociVersion` is there and a semantic version",
    sentence: "ea821da7b69d04883767d8883040b66f5b9d95e7068ac7382352fac7f86fb287",
};

/// The path of the root is absolute or relative to the bundle.
pub const ROOT_PATH: Clause = Clause {
    id: "config/root-path",
    level: Must,
    address: "config.md#root",
    asks: "the path of the root is absolute or relative to the bundle",
    sentence: "b544d6ecc53efb940b4b90cea8812db1339f64f97ebc90517a56ec13d659e038",
};

/// The root is a directory that exists.
pub const ROOT_EXISTS: Clause = Clause {
    id: "config/root-exists",
    level: Must,
    address: "config.md#root",
    asks: "the root is a directory that exists",
    sentence: "8ea8be3a6f658b737055ccbfbaa2c88f16dab3f8eedbab244842ab6208a30ef3",
};

/// A `readonly` root cannot be written inside the container.
pub const ROOT_READONLY: Clause = Clause {
    id: "config/root-readonly",
    level: Must,
    address: "config.md#root",
    asks: "a `readonly` root cannot be written inside the container",
    sentence: "f92a6678877510e3f202990a099114a8eedeb36b905dbf77fd012c2aed573ee5",
};

/// Mounts are made in the order listed.
pub const MOUNTS_ORDER: Clause = Clause {
    id: "config/mounts-order",
    level: Must,
    address: "config.md#mounts",
    asks: "mounts are made in the order listed",
    sentence: "db399f243d634abb533a556bfd982a1ec2e131625c248f2924fa915a67143209",
};

/// A relative destination counts from `/`.
pub const MOUNT_RELATIVE: Clause = Clause {
    id: "config/mount-relative",
    level: Must,
    address: "config.md#mounts",
    asks: "a relative destination counts from `/`",
    sentence: "e06f6373992abc0df18763e4ee66fcdd299b5f98e8faab8dd3cc6eb049e93703",
};

/// The source of a bind mount is absolute or relative to the bundle.
pub const MOUNT_SOURCE: Clause = Clause {
    id: "config/mount-source",
    level: Must,
    address: "config.md#mounts",
    asks: "the source of a bind mount is absolute or relative to the bundle",
    sentence: "70be27f606c326c4a6eecb78bdc3489f5ddf5843b70b5a920dfcc5f6953f627e",
};

/// `bind` or `rbind` among the options makes a bind mount, whatever the type says.
pub const MOUNT_BIND: Clause = Clause {
    id: "config/mount-bind",
    level: Must,
    address: "config.md#mounts",
    asks: "`bind` or `rbind` among the options makes a bind mount, whatever the type says",
    sentence: "e7a4d46892af2fc40f744c31f1815023461559ded49402574535325a35e8a6fa",
};

/// `type` names the file system that is mounted.
pub const MOUNT_TYPE: Clause = Clause {
    id: "config/mount-type",
    level: Must,
    address: "config.md#posix-platform-mounts",
    asks: "`type` names the file system that is mounted",
    sentence: "b41c99176eb3caa034adbee9bf89e30878a8137ad9aed2e08f8f4e2e5c99223c",
};

/// Without a terminal `consoleSize` is ignored.
pub const CONSOLE_SIZE_IGNORED: Clause = Clause {
    id: "config/console-size-ignored",
    level: Must,
    address: "config.md#process",
    asks: "without a terminal `consoleSize` is ignored",
    sentence: "e5962ba40a6537c3eb5ae6545d1aecbbea7c939fb1613c885a102124534eab9d",
};

/// With `terminal` the process has a terminal of its own.
pub const TERMINAL: Clause = Clause {
    id: "config/terminal",
    level: Must,
    address: "config.md#process",
    asks: "with `terminal` the process has a terminal of its own",
    sentence: "117f9688bb4ccbffd286e4d1479ae1b92d8d2f721ba3b7d939bf006ce71ddef9",
};

/// The process starts in `cwd`.
pub const CWD: Clause = Clause {
    id: "config/cwd",
    level: Must,
    address: "config.md#process",
    asks: "the process starts in `cwd`",
    sentence: "08aa452d7cb98250d20fed4688096d368e8f1cd8cb22d7bb094414bf44e87b62",
};

/// `cwd` is absolute.
pub const CWD_ABSOLUTE: Clause = Clause {
    id: "config/cwd-absolute",
    level: Must,
    address: "config.md#process",
    asks: "`cwd` is absolute",
    sentence: "c45828c96df74eb2bbe8542d8d671f4c78266646f5e553ffa49b2aa9ef964a3c",
};

/// The environment of the process is `env`, no more and no less.
pub const ENV: Clause = Clause {
    id: "config/env",
    level: Must,
    address: "config.md#process",
    asks: "the environment of the process is `env`, no more and no less",
    sentence: "48230524f53b4a53f59ca587557b1d9123dcd20dac9b9e19e4dbe4d98d50005e",
};

/// The arguments of the process are `args`.
pub const ARGS: Clause = Clause {
    id: "config/args",
    level: Must,
    address: "config.md#process",
    asks: "the arguments of the process are `args`",
    sentence: "0ed830de34635102bf546311a27bdd288d0f8f07c04ef93bed9d0fc486e02fc4",
};

/// `args` has at least one entry, found as `execvp` would.
pub const ARGS_ONE: Clause = Clause {
    id: "config/args-one",
    level: Must,
    address: "config.md#process",
    asks: "`args` has at least one entry, found as `execvp` would",
    sentence: "69315ce6373f25661b56f027325708f18faf6c9a639dfc34a1bbffe49bbcdd8e",
};

/// A limit that the kernel does not know is an error.
pub const RLIMIT_UNKNOWN: Clause = Clause {
    id: "config/rlimit-unknown",
    level: Must,
    address: "config.md#posix-process",
    asks: "a limit that the kernel does not know is an error",
    sentence: "b1560f0023167974202e1504cc01cef5c4941f6ed4c757f9d5c3e8ec3cb7191e",
};

/// The soft limit is the configured one.
pub const RLIMIT_SOFT: Clause = Clause {
    id: "config/rlimit-soft",
    level: Must,
    address: "config.md#posix-process",
    asks: "the soft limit is the configured one",
    sentence: "3697d59315225ff32a5ece5f2a58028ce5d2997a21c37cd1d075fa0d5c147b81",
};

/// The hard limit is the configured one.
pub const RLIMIT_HARD: Clause = Clause {
    id: "config/rlimit-hard",
    level: Must,
    address: "config.md#posix-process",
    asks: "the hard limit is the configured one",
    sentence: "400163629f2e56cc12c5561b26cbf52018a69435be7fdf7c165f78fca4b2cc73",
};

/// The same limit twice is an error.
pub const RLIMIT_DUPLICATE: Clause = Clause {
    id: "config/rlimit-duplicate",
    level: Must,
    address: "config.md#posix-process",
    asks: "the same limit twice is an error",
    sentence: "c675a70b862bc56cbd492dbf2161e2335060aa8c75bbfe3ecdad9501ad14f172",
};

/// A capability that cannot be granted does not make `create` fail.
pub const CAPABILITIES_UNKNOWN: Clause = Clause {
    id: "config/capabilities-unknown",
    level: Should,
    address: "config.md#linux-process",
    asks: "a capability that cannot be granted does not make `create` fail",
    sentence: "5adf453d560aa1fc2f3536c8a1dfc30cd1ed46f668543485c205d0103f5845ef",
};

/// The effective set is the configured one.
pub const CAPABILITIES_EFFECTIVE: Clause = Clause {
    id: "config/capabilities-effective",
    level: Must,
    address: "config.md#linux-process",
    asks: "the effective set is the configured one",
    sentence: "8ae92793a9bf09d4f6189950d6b7e483c3371159dfac95e7c47e7d047e933ce7",
};

/// The bounding set is the configured one.
pub const CAPABILITIES_BOUNDING: Clause = Clause {
    id: "config/capabilities-bounding",
    level: Must,
    address: "config.md#linux-process",
    asks: "the bounding set is the configured one",
    sentence: "fa659abedee4a4f7dafdb55121a36ee3bcddc5675d5a3288cac989781ca7e6ec",
};

/// The inheritable set is the configured one.
pub const CAPABILITIES_INHERITABLE: Clause = Clause {
    id: "config/capabilities-inheritable",
    level: Must,
    address: "config.md#linux-process",
    asks: "the inheritable set is the configured one",
    sentence: "6c2df66de50e190c396c0973fd8a34fe288c8c897f3b76c749d234c4001e433d",
};

/// The permitted set is the configured one.
pub const CAPABILITIES_PERMITTED: Clause = Clause {
    id: "config/capabilities-permitted",
    level: Must,
    address: "config.md#linux-process",
    asks: "the permitted set is the configured one",
    sentence: "c4860bb9c22f3db962e1ffa558853e4b15e7d72031224106fedfb4cb722617a8",
};

/// The ambient set is the configured one.
pub const CAPABILITIES_AMBIENT: Clause = Clause {
    id: "config/capabilities-ambient",
    level: Must,
    address: "config.md#linux-process",
    asks: "the ambient set is the configured one",
    sentence: "6e763fc6ed151a55bed1b016f2cc6dc7ce03d8c7a0e58a5e8511147cbcfec116",
};

/// `noNewPrivileges` keeps the process from gaining privileges.
pub const NO_NEW_PRIVILEGES: Clause = Clause {
    id: "config/no-new-privileges",
    level: Must,
    address: "config.md#linux-process",
    asks: "`noNewPrivileges` keeps the process from gaining privileges",
    sentence: "bb49b2b539a7daacd1f424f1d59a71fba45a8211823026f5a10f0470859cdfba",
};

/// `oomScoreAdj` is applied.
pub const OOM_SCORE_SET: Clause = Clause {
    id: "config/oom-score-set",
    level: Must,
    address: "config.md#linux-process",
    asks: "`oomScoreAdj` is applied",
    sentence: "3f78066bf16aa4b6c8338ae14631611aa3dfe00b66f51f5d819b84428b833332",
};

/// Without `oomScoreAdj` the value stays as it was.
pub const OOM_SCORE_UNSET: Clause = Clause {
    id: "config/oom-score-unset",
    level: Must,
    address: "config.md#linux-process",
    asks: "without `oomScoreAdj` the value stays as it was",
    sentence: "4f139e206f9badead6f5ab2c8fe9a5f0d3485125f2c4fd2d9d7d0ce021fd7e64",
};

/// The process runs under the configured scheduling policy and nice value.
pub const SCHEDULER: Clause = Clause {
    id: "config/scheduler",
    level: Must,
    address: "config.md#linux-process",
    asks: "the process runs under the configured scheduling policy and nice value",
    sentence: "4f82361e79e971b0f4b8a761996ee784b0a9a5178cb2c97aed33033202b29b79",
};

/// The process has the configured I/O class and priority.
pub const IO_PRIORITY: Clause = Clause {
    id: "config/io-priority",
    level: Must,
    address: "config.md#linux-process",
    asks: "the process has the configured I/O class and priority",
    sentence: "372e614406b3a87bc55f42ace0a1a73150b8167598a8c5dede5125f022e2816a",
};

/// The process has the configured user id.
pub const USER_UID: Clause = Clause {
    id: "config/user-uid",
    level: Must,
    address: "config.md#posix-platform-user",
    asks: "the process has the configured user id",
    sentence: "53409a92b5248f20d736a958fb0ec8d46217e5e7deb91dee4b5f3f16fd42760f",
};

/// The process has the configured group id.
pub const USER_GID: Clause = Clause {
    id: "config/user-gid",
    level: Must,
    address: "config.md#posix-platform-user",
    asks: "the process has the configured group id",
    sentence: "006ec3a6d5e41c56ece11f2691b0f1a50c9e00d5c566c95ffe3da9ae2f147b27",
};

/// The process has the configured umask.
pub const USER_UMASK: Clause = Clause {
    id: "config/user-umask",
    level: Must,
    address: "config.md#posix-platform-user",
    asks: "the process has the configured umask",
    sentence: "0a2f598b49150bf5b93f2f50ae27ee0d621aa0be624b4cafa33ebd531e10d015",
};

/// Without `umask` the process has the caller's.
pub const USER_UMASK_UNSET: Clause = Clause {
    id: "config/user-umask-unset",
    level: Should,
    address: "config.md#posix-platform-user",
    asks: "without `umask` the process has the caller's",
    sentence: "e42d64451c99bd4d7f64be52e4fd4a6c5a4bd08cae618397ef91fdc8f03e79b6",
};

/// The process has the configured supplementary groups.
pub const USER_ADDITIONAL_GIDS: Clause = Clause {
    id: "config/user-additional-gids",
    level: Must,
    address: "config.md#posix-platform-user",
    asks: "the process has the configured supplementary groups",
    sentence: "7721d8db063bcb9369a1cb3f953c44533c7fe09b5c5d6110165ca68e925ed296",
};

/// The container sees the configured host name.
pub const HOSTNAME: Clause = Clause {
    id: "config/hostname",
    level: Must,
    address: "config.md#hostname",
    asks: "the container sees the configured host name",
    sentence: "2c75697da67ea00ed9f281a9f4b8ebcfdd0dfec30cf28b766b84bd533a4e0f93",
};

/// The container sees the configured domain name.
pub const DOMAINNAME: Clause = Clause {
    id: "config/domainname",
    level: Must,
    address: "config.md#domainname",
    asks: "the container sees the configured domain name",
    sentence: "619cd1f39b8ddcd951f3e4839b2181829300b80da240bb1281ba4e36ae933af6",
};

/// The path of a hook is absolute.
pub const HOOK_PATH_ABSOLUTE: Clause = Clause {
    id: "config/hook-path-absolute",
    level: Must,
    address: "config.md#posix-platform-hooks",
    asks: "the path of a hook is absolute",
    sentence: "9c1f9183a4ae9d4635adf1d0ebc085fcef1d6203deb7badf958c1f7017939d97",
};

/// A hook gets its configured arguments.
pub const HOOK_ARGS: Clause = Clause {
    id: "config/hook-args",
    level: Must,
    address: "config.md#posix-platform-hooks",
    asks: "a hook gets its configured arguments",
    sentence: "5a1b5283b9d294a63575a76834010ea71cf7c70cee76ebdede1c0d368220e9a1",
};

/// A hook gets its configured environment.
pub const HOOK_ENV: Clause = Clause {
    id: "config/hook-env",
    level: Must,
    address: "config.md#posix-platform-hooks",
    asks: "a hook gets its configured environment",
    sentence: "48230524f53b4a53f59ca587557b1d9123dcd20dac9b9e19e4dbe4d98d50005e",
};

/// A hook that outlives its timeout is aborted.
pub const HOOK_TIMEOUT: Clause = Clause {
    id: "config/hook-timeout",
    level: Must,
    address: "config.md#posix-platform-hooks",
    asks: "a hook that outlives its timeout is aborted",
    sentence: "f944a39401e09415c14844cce4a374746bca05be1b2fa847600a0be14111fc44",
};

/// A timeout is greater than zero.
pub const HOOK_TIMEOUT_POSITIVE: Clause = Clause {
    id: "config/hook-timeout-positive",
    level: Must,
    address: "config.md#posix-platform-hooks",
    asks: "a timeout is greater than zero",
    sentence: "4321fe75425515da8b9a89efd42718e2d7cbdeb90e0b40cc48c62fb807387813",
};

/// Hooks of one kind run in the order listed.
pub const HOOKS_ORDER: Clause = Clause {
    id: "config/hooks-order",
    level: Must,
    address: "config.md#posix-platform-hooks",
    asks: "hooks of one kind run in the order listed",
    sentence: "25385cafd4afe3744d9be20a187e4d2f0cc93855927e132c39e15c9f3a26d1cd",
};

/// A hook reads the state of the container from its standard input.
pub const HOOKS_STATE: Clause = Clause {
    id: "config/hooks-state",
    level: Must,
    address: "config.md#posix-platform-hooks",
    asks: "a hook reads the state of the container from its standard input",
    sentence: "2f2a60834552fbc351a3106838e659ac3748ff1e3d8c698d6c22a2a3a38fa228",
};

/// `prestart` hooks run before `createRuntime` hooks.
pub const PRESTART_BEFORE: Clause = Clause {
    id: "config/prestart-before-create-runtime",
    level: Must,
    address: "config.md#prestart",
    asks: "`prestart` hooks run before `createRuntime` hooks",
    sentence: "d5081906b6fc9672d2ca8e145208907a1fc972bde569c0b762f8cca90714e972",
};

/// `prestart` hooks run during `create`, before the root changes.
pub const PRESTART_WHEN: Clause = Clause {
    id: "config/prestart-when",
    level: Must,
    address: "config.md#prestart",
    asks: "`prestart` hooks run during `create`, before the root changes",
    sentence: "3df4a792f97c9e077360692524f474439201af73975df1312378d85d1ae4fbe5",
};

/// `prestart` hooks run in the runtime's namespaces.
pub const PRESTART_NAMESPACE: Clause = Clause {
    id: "config/prestart-namespace",
    level: Must,
    address: "config.md#prestart",
    asks: "`prestart` hooks run in the runtime's namespaces",
    sentence: "76585f159b3e40036d57a5d1ce4806e15a78362cf3da60d056beeb005e83803b",
};

/// `createRuntime` hooks run during `create`, before the root changes.
pub const CREATE_RUNTIME_WHEN: Clause = Clause {
    id: "config/create-runtime-when",
    level: Must,
    address: "config.md#createruntime-hooks",
    asks: "`createRuntime` hooks run during `create`, before the root changes",
    sentence: "18ca71d674d0fe623d483a8c25667b209885d1c65cd0879e5c721785f9c4b53e",
};

/// `createRuntime` hooks run in the runtime's namespaces.
pub const CREATE_RUNTIME_NAMESPACE: Clause = Clause {
    id: "config/create-runtime-namespace",
    level: Must,
    address: "config.md#createruntime-hooks",
    asks: "`createRuntime` hooks run in the runtime's namespaces",
    sentence: "1b50c647ae0400e6134c136515245fe7cf4d12a4567b130a6a4346746aadaf7d",
};

/// `createContainer` hooks run during `create`, before the root changes.
pub const CREATE_CONTAINER_WHEN: Clause = Clause {
    id: "config/create-container-when",
    level: Must,
    address: "config.md#createcontainer-hooks",
    asks: "`createContainer` hooks run during `create`, before the root changes",
    sentence: "c2c292d5ff7c2261ca355ae578cafecac5e8a988ea9fb4403059644c5544f129",
};

/// `createContainer` hooks run after `createRuntime` hooks.
pub const CREATE_CONTAINER_AFTER: Clause = Clause {
    id: "config/create-container-after-create-runtime",
    level: Must,
    address: "config.md#createcontainer-hooks",
    asks: "`createContainer` hooks run after `createRuntime` hooks",
    sentence: "0dd36c4a4d81f58e3d47a444da0eed0a620d23da8c76d1fab1c0c0e7535a39ab",
};

/// The path of a `createContainer` hook is looked up in the runtime's namespaces.
pub const CREATE_CONTAINER_PATH: Clause = Clause {
    id: "config/create-container-path",
    level: Must,
    address: "config.md#createcontainer-hooks",
    asks: "the path of a `createContainer` hook is looked up in the runtime's namespaces",
    sentence: "0a622215123e90ec54ba7f3414e8fd81372aca66fd30e4a1d23aa530885d1e69",
};

/// `createContainer` hooks run in the container's namespaces.
pub const CREATE_CONTAINER_NAMESPACE: Clause = Clause {
    id: "config/create-container-namespace",
    level: Must,
    address: "config.md#createcontainer-hooks",
    asks: "`createContainer` hooks run in the container's namespaces",
    sentence: "3727ed26a33ea2eccbb4daf562d2bdbe4e5d8f42aa881eb54a69ec18a5e584aa",
};

/// `startContainer` hooks run during `start`, before the program.
pub const START_CONTAINER_WHEN: Clause = Clause {
    id: "config/start-container-when",
    level: Must,
    address: "config.md#startcontainer-hooks",
    asks: "`startContainer` hooks run during `start`, before the program",
    sentence: "ff58d99b07c08f873d5a64ccc0c2879a52c3079a2ae3d7c9a9f7eb5b913e7afc",
};

/// The path of a `startContainer` hook is looked up in the container.
pub const START_CONTAINER_PATH: Clause = Clause {
    id: "config/start-container-path",
    level: Must,
    address: "config.md#startcontainer-hooks",
    asks: "the path of a `startContainer` hook is looked up in the container",
    sentence: "711529dd92ffe2aaccdce5b4d8caf024f983f5a039fdf28e7580e117e956c31e",
};

/// `startContainer` hooks run in the container's namespaces.
pub const START_CONTAINER_NAMESPACE: Clause = Clause {
    id: "config/start-container-namespace",
    level: Must,
    address: "config.md#startcontainer-hooks",
    asks: "`startContainer` hooks run in the container's namespaces",
    sentence: "ee1ff4452c5370ca22ab7716b77f7b2943502e8f94eb38074d72387b04f8892f",
};

/// `poststart` hooks run after the program was executed, before `start` returns.
pub const POSTSTART_WHEN: Clause = Clause {
    id: "config/poststart-when",
    level: Must,
    address: "config.md#poststart",
    asks: "`poststart` hooks run after the program was executed, before `start` returns",
    sentence: "740d5e7e5f09377cb6584e12438d4531730c90fa96a628feb9afca48dc7321f5",
};

/// `poststart` hooks run in the runtime's namespaces.
pub const POSTSTART_NAMESPACE: Clause = Clause {
    id: "config/poststart-namespace",
    level: Must,
    address: "config.md#poststart",
    asks: "`poststart` hooks run in the runtime's namespaces",
    sentence: "d05efd81bb21e8bbc769017766dfeb560e38121f395bcb972287eafebcd771a9",
};

/// `poststop` hooks run after the container is deleted, before `delete` returns.
pub const POSTSTOP_WHEN: Clause = Clause {
    id: "config/poststop-when",
    level: Must,
    address: "config.md#poststop",
    asks: "`poststop` hooks run after the container is deleted, before `delete` returns",
    sentence: "e8503f9501fe17104bf71c0936bf201f0507ef2016a9b13713e92c7a9eb2386e",
};

/// `poststop` hooks run in the runtime's namespaces.
pub const POSTSTOP_NAMESPACE: Clause = Clause {
    id: "config/poststop-namespace",
    level: Must,
    address: "config.md#poststop",
    asks: "`poststop` hooks run in the runtime's namespaces",
    sentence: "eadb917610f3d3068771ec4b3942b2dbd7abd1b6fe6675e017449b7f477a10cf",
};

/// An annotation that the runtime does not know is no error.
pub const ANNOTATIONS_UNKNOWN: Clause = Clause {
    id: "config/annotations-unknown",
    level: Must,
    address: "config.md#annotations",
    asks: "an annotation that the runtime does not know is no error",
    sentence: "2982b274973e33825d2f5dd3fcd93c2d40aa99eb08474694afeaf1e4fdd2cae8",
};

/// A property that the runtime does not know is ignored.
pub const UNKNOWN_PROPERTY: Clause = Clause {
    id: "config/unknown-property",
    level: Must,
    address: "config.md#extensibility",
    asks: "a property that the runtime does not know is ignored",
    sentence: "c31137006c9a1e160f394ded3a84cf777e3bf8b56bf09b40c21d3353ba6e3f16",
};

/// A value that is invalid or not supported is an error.
pub const INVALID_VALUE: Clause = Clause {
    id: "config/invalid-value",
    level: Must,
    address: "config.md#valid-values",
    asks: "a value that is invalid or not supported is an error",
    sentence: "cd868b809ecdce2ba6d6b021cb1ea7dda105e1515143f61f105877e2c490a748",
};

/// Options that nobody knows go to the file system as data.
pub const MOUNT_DATA: Clause = Clause {
    id: "config/mount-data",
    level: Should,
    address: "config.md#linux-mount-options",
    asks: "options that nobody knows go to the file system as data",
    sentence: "08f7e013b5a77b49175a263108d9d78b0b4faac76f51efae14017fd39b25bac2",
};

/// The terminal has the configured size.
pub const CONSOLE_SIZE: Clause = Clause {
    id: "config/console-size",
    level: Must,
    address: "config.md#process",
    asks: "the terminal has the configured size",
    sentence: "ec3ca32c73b15745f2243b9789c9cb89d09886964eca4a0d9ca67341662e6c6a",
};

/// Every clause of the file, in its order.
pub const ALL: &[&Clause] = &[
    &OCI_VERSION,
    &ROOT_PATH,
    &ROOT_EXISTS,
    &ROOT_READONLY,
    &MOUNTS_ORDER,
    &MOUNT_RELATIVE,
    &MOUNT_SOURCE,
    &MOUNT_BIND,
    &MOUNT_TYPE,
    &CONSOLE_SIZE_IGNORED,
    &TERMINAL,
    &CWD,
    &CWD_ABSOLUTE,
    &ENV,
    &ARGS,
    &ARGS_ONE,
    &RLIMIT_UNKNOWN,
    &RLIMIT_SOFT,
    &RLIMIT_HARD,
    &RLIMIT_DUPLICATE,
    &CAPABILITIES_UNKNOWN,
    &CAPABILITIES_EFFECTIVE,
    &CAPABILITIES_BOUNDING,
    &CAPABILITIES_INHERITABLE,
    &CAPABILITIES_PERMITTED,
    &CAPABILITIES_AMBIENT,
    &NO_NEW_PRIVILEGES,
    &OOM_SCORE_SET,
    &OOM_SCORE_UNSET,
    &SCHEDULER,
    &IO_PRIORITY,
    &USER_UID,
    &USER_GID,
    &USER_UMASK,
    &USER_UMASK_UNSET,
    &USER_ADDITIONAL_GIDS,
    &HOSTNAME,
    &DOMAINNAME,
    &HOOK_PATH_ABSOLUTE,
    &HOOK_ARGS,
    &HOOK_ENV,
    &HOOK_TIMEOUT,
    &HOOK_TIMEOUT_POSITIVE,
    &HOOKS_ORDER,
    &HOOKS_STATE,
    &PRESTART_BEFORE,
    &PRESTART_WHEN,
    &PRESTART_NAMESPACE,
    &CREATE_RUNTIME_WHEN,
    &CREATE_RUNTIME_NAMESPACE,
    &CREATE_CONTAINER_WHEN,
    &CREATE_CONTAINER_AFTER,
    &CREATE_CONTAINER_PATH,
    &CREATE_CONTAINER_NAMESPACE,
    &START_CONTAINER_WHEN,
    &START_CONTAINER_PATH,
    &START_CONTAINER_NAMESPACE,
    &POSTSTART_WHEN,
    &POSTSTART_NAMESPACE,
    &POSTSTOP_WHEN,
    &POSTSTOP_NAMESPACE,
    &ANNOTATIONS_UNKNOWN,
    &UNKNOWN_PROPERTY,
    &INVALID_VALUE,
    &MOUNT_DATA,
    &CONSOLE_SIZE,
];
