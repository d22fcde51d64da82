//! `loadline`: from the command line to one answer.

fn main() {}
