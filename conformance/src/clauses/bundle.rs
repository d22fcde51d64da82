//! Clauses of `bundle.md`.

use record::Level::Must;

use crate::Clause;

/// The configuration is `config.json` at the top of the bundle.
pub const CONFIG_JSON: Clause = Clause {
    id: "bundle/config-json",
    level: Must,
    address: "bundle.md#container-format",
    asks: "the configuration is `config.json` at the top of the bundle",
    sentence: "c5f6edc7db5e56fbc8a5fdda863927102a0417f84c664c64360dbc1016c2e4b2",
};

/// Every clause of the file, in its order.
pub const ALL: &[&Clause] = &[&CONFIG_JSON];
