//! Clauses of `features.md`.

use record::Level::Must;

use crate::Clause;

/// The oldest version that is claimed is accepted.
pub const VERSION_MIN: Clause = Clause {
    id: "features/version-min",
    level: Must,
    address: "features.md#featuresSpecificationVersion",
    asks: "the oldest version that is claimed is accepted",
    sentence: "b1cc3bd41effa41ae113b1c21074754c64b860c4f35342de8b209e30e8ff7e60",
};

/// The newest version that is claimed is accepted.
pub const VERSION_MAX: Clause = Clause {
    id: "features/version-max",
    level: Must,
    address: "features.md#featuresSpecificationVersion",
    asks: "the newest version that is claimed is accepted",
    sentence: "f3a2ba041bbc900cf9b250a1e6de47076512e1bfc9db92fb550771a18cad6256",
};

/// The newest version is not older than the oldest.
pub const VERSION_ORDER: Clause = Clause {
    id: "features/version-order",
    level: Must,
    address: "features.md#featuresSpecificationVersion",
    asks: "the newest version is not older than the oldest",
    sentence: "23f70fee70b130555d0aa784cc052c31159d46ee6ebe41bae6201badbb2b5723",
};

/// Nothing is claimed that the specification does not define.
pub const DEFINED: Clause = Clause {
    id: "features/defined",
    level: Must,
    address: "features.md#featuresSpecificationVersion",
    asks: "nothing is claimed that the specification does not define",
    sentence: "19400e47b5867ba3b93784a2a3fe23222a8a6c9796fbc036bd78ad53a08c9067",
};

/// Every kind of hook that is claimed runs.
pub const HOOKS: Clause = Clause {
    id: "features/hooks",
    level: Must,
    address: "features.md#featuresHooks",
    asks: "every kind of hook that is claimed runs",
    sentence: "ed5068a4621169fec497948212a855968fdadaf50b00944df82ed7e594575940",
};

/// Every mount option that is claimed is recognized.
pub const MOUNT_OPTIONS: Clause = Clause {
    id: "features/mount-options",
    level: Must,
    address: "features.md#featuresMountOptions",
    asks: "every mount option that is claimed is recognized",
    sentence: "66e490166feebc0809f6b245f55550a10f21eff351ec9b1a88be7f828957700d",
};

/// Every clause of the file, in its order.
pub const ALL: &[&Clause] = &[&VERSION_MIN, &VERSION_MAX, &VERSION_ORDER, &DEFINED, &HOOKS, &MOUNT_OPTIONS];
