//! Clauses of `features-linux.md`.

use record::Level::Must;

use crate::Clause;

/// Every type of namespace that is claimed is recognized.
pub const NAMESPACES: Clause = Clause {
    id: "features-linux/namespaces",
    level: Must,
    address: "features-linux.md#linuxFeaturesNamespaces",
    asks: "every type of namespace that is claimed is recognized",
    sentence: "40a57b363773cae5cb66a4c19de7276155ee4baef3c032da10f547e4d894b353",
};

/// Every capability that is claimed is recognized.
pub const CAPABILITIES: Clause = Clause {
    id: "features-linux/capabilities",
    level: Must,
    address: "features-linux.md#linuxFeaturesCapabilities",
    asks: "every capability that is claimed is recognized",
    sentence: "e36226f8f8ab2d7196fc74cb6b626bc45a301aa45877bab37e26da739ae8706a",
};

/// Every architecture that is claimed is recognized.
pub const SECCOMP_ARCHS: Clause = Clause {
    id: "features-linux/seccomp-archs",
    level: Must,
    address: "features-linux.md#linuxFeaturesSeccomp",
    asks: "every architecture that is claimed is recognized",
    sentence: "1aff48693005f58006a19de5d63634aa746566ca92ec5a3e3cd347e2eb2f92b7",
};

/// Every flag that is claimed to be supported is.
pub const SECCOMP_FLAGS: Clause = Clause {
    id: "features-linux/seccomp-flags",
    level: Must,
    address: "features-linux.md#linuxFeaturesSeccomp",
    asks: "every flag that is claimed to be supported is",
    sentence: "6e3af7a011657f5cc8f85b3824edbaefb5beeee2d5dbb50f23235d50caf7d802",
};

/// Every action that is claimed is recognized.
pub const SECCOMP_ACTIONS: Clause = Clause {
    id: "features-linux/seccomp-actions",
    level: Must,
    address: "features-linux.md#linuxFeaturesSeccomp",
    asks: "every action that is claimed is recognized",
    sentence: "d9296548bfafaee02786fae04f5da35b71a7dda21a7213f6b2fa759eeb9df482",
};

/// Every operator that is claimed is recognized.
pub const SECCOMP_OPERATORS: Clause = Clause {
    id: "features-linux/seccomp-operators",
    level: Must,
    address: "features-linux.md#linuxFeaturesSeccomp",
    asks: "every operator that is claimed is recognized",
    sentence: "0427bf95a58457e51aebad38eff379b2c88faf27e52cbc59a0b975b3b29cfb37",
};

/// Every clause of the file, in its order.
pub const ALL: &[&Clause] =
    &[&NAMESPACES, &CAPABILITIES, &SECCOMP_ARCHS, &SECCOMP_FLAGS, &SECCOMP_ACTIONS, &SECCOMP_OPERATORS];
