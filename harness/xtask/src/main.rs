//! The project's own chores.

mod invariants;
mod workspace;

use clap::{Parser, Subcommand};

/// The project's own chores, each a check that CI runs too.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", after_help = "Example:\n  cargo xtask invariants")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Check the structure that the README promises: who links whom, where `unsafe` is, licenses, the top level.
    Invariants,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Invariants => invariants::check(),
    }
}
