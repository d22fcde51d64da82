//! `hold`: from the command line to the store.

fn main() {}
