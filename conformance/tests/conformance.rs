//! Every case as a `cargo test` trial.

fn main() {}
