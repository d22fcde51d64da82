//! Drives any runtime binary: verbs, deadlines, sandbox.
