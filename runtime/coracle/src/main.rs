//! `coracle`: from the command line to one verb.

fn main() {}
