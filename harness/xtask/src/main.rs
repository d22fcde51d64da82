//! The project's own chores.

mod clauses;
mod gate_power;
mod invariants;
mod properties;
mod vm;
mod workspace;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// The project's own chores, each a check that CI runs too.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    after_help = "Examples:\n  cargo xtask invariants\n  cargo xtask clauses ../shared/specs/runtime-spec --find 'MUST create a new'"
)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Check the structure that the README promises: who links whom, where `unsafe` is, licenses, the top level.
    Invariants,
    /// Check the clauses of the suite against a checkout of the runtime specification.
    Clauses {
        /// The checkout, such as `../shared/specs/runtime-spec`.
        directory: PathBuf,
        /// List the normative sentences that no clause claims.
        #[arg(long)]
        unclaimed: bool,
        /// Instead of checking, print address and hash of the sentences that contain these words.
        #[arg(long, value_name = "WORDS")]
        find: Option<String>,
    },
    /// Study how often `loadline compare` is right on this machine, and write `reports/gate-power.md`.
    GatePower(gate_power::Options),
    /// Write `reports/coracle-properties.md`: every property of a configuration, and what coracle does with it.
    Properties(properties::Options),
    /// Run a command under another kernel, in an emulated machine with cgroup version 2 alone.
    Vm(vm::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Invariants => invariants::check(),
        Chore::Clauses { directory, find: Some(words), .. } => clauses::find(&directory, &words),
        Chore::Clauses { directory, unclaimed, find: None } => clauses::check(&directory, unclaimed),
        Chore::GatePower(options) => gate_power::study(&options),
        Chore::Properties(options) => properties::write(&options),
        Chore::Vm(options) => vm::run(&options),
    }
}
