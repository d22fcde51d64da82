//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use report::Format;

/// How the exit codes are told in every help text.
const EXITS: &str = "Exit codes: 0 everything held, 1 a clause broke or something got slower or larger, 2 the command \
                     asks for something that does not exist, 3 the host or the harness could not do it.";

/// Says for any OCI runtime whether it keeps to the specification, and what a container costs.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXITS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Bench(Bench),
    Report(Report),
}

/// Measure what containers cost: start latency, overlay against plain directory, what layers save.
///
/// Runtimes that are installed take part by themselves, every one of them once in each round, in random order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadline bench                                  everything, about ten minutes
  loadline bench --quick                          the same scenarios, fewer rounds
  loadline bench --family start --runtime ./crun  one family, with one more runtime")]
pub(crate) struct Bench {
    /// Fewer rounds: a look, in a minute or so.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Only this family of scenarios; may be given several times.
    #[arg(long, value_name = "FAMILY")]
    pub(crate) family: Vec<Family>,

    /// A runtime that takes part besides those installed; may be given several times.
    #[arg(long, value_name = "PATH")]
    pub(crate) runtime: Vec<PathBuf>,

    /// Where records and reports go.
    #[arg(long, value_name = "DIR", default_value = "target/loadline/bench")]
    pub(crate) out: PathBuf,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Family {
    /// Calls of runtimes.
    Start,
    /// Operations on files.
    Io,
    /// Bytes of images.
    Dedup,
}

/// Tell what is in records, as tables or in another format.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadline report target/loadline/bench/*.jsonl
  loadline report --format folder --out reports reports/data/*.jsonl    the pages of this repository")]
pub(crate) struct Report {
    /// Records, as `check`, `bench` and `compare` write them.
    #[arg(required = true, value_name = "RECORD")]
    pub(crate) records: Vec<PathBuf>,

    /// The format.
    #[arg(long, default_value = "terminal", value_parser = format_names())]
    pub(crate) format: String,

    /// Write into this directory in place of printing.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

fn format_names() -> Vec<&'static str> {
    Format::ALL.into_iter().map(Format::name).collect()
}
