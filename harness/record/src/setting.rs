//! Names of the settings in a header that readers look for.

/// The runtime which the others of a bench are compared with.
pub const REFERENCE: &str = "reference";

/// The version of the specification that judged, as `git describe` or a release names it, such as `1.3.0`.
pub const SPEC: &str = "spec";

/// How many cases this version of the suite has; what was not run counts as not run.
pub const CASES: &str = "cases";
