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
    Check(Check),
    Bench(Bench),
    Bars(Bars),
    Compare(Compare),
    Report(Report),
    /// Tell what this host can test and measure, which runtimes and tools are found, and what would unlock the rest.
    Doctor,
}

/// Judge a runtime: every case of the suite, each tied to a sentence of the specification.
///
/// Each case runs in a sandbox of its own and leaves nothing behind. What a runtime is known to do otherwise is expected;
/// everything else that breaks a clause ends with exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadline check --runtime $(command -v crun)
  loadline check --runtime ./runc runtime/delete      every case below that address
  loadline check --list                               all addresses, and what each asks
  LOADLINE_PATIENCE=6 loadline check                  six times the usual deadlines, on a slow machine")]
pub(crate) struct Check {
    /// Addresses of cases, or beginnings of them; all cases where there are none.
    #[arg(value_name = "CASE")]
    pub(crate) cases: Vec<String>,

    /// The runtime to judge; may be given several times. Without it, coracle is built and judged.
    #[arg(long, value_name = "PATH")]
    pub(crate) runtime: Vec<PathBuf>,

    /// List the cases in place of running them.
    #[arg(long)]
    pub(crate) list: bool,

    /// How many cases run at once.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) jobs: Option<usize>,

    /// The version of the specification that judges; else the one that the runtime claims to keep to.
    #[arg(long, value_name = "VERSION")]
    pub(crate) spec: Option<String>,

    /// A path below /tmp or /run that the runtime needs; may be given several times.
    #[arg(long, value_name = "PATH")]
    pub(crate) keep: Vec<PathBuf>,

    /// Where records go, one for each runtime.
    #[arg(long, value_name = "DIR", default_value = "target/loadline/check")]
    pub(crate) out: PathBuf,
}

/// Measure what containers cost: start latency, overlay against plain directory, what layers save.
///
/// Runtimes that are installed take part by themselves, every one of them once in each round, in random order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadline bench                                  everything, about twenty minutes
  loadline bench --seconds 2                      everything, with wider intervals
  loadline bench --quick                          the scenarios that matter most, fewer rounds
  loadline bench --family start --runtime ./crun  one family, with one more runtime")]
pub(crate) struct Bench {
    /// Fewer rounds: a look, in a minute or so.
    #[arg(long)]
    pub(crate) quick: bool,

    /// Time of a scenario, about, in place of the usual: it runs fewer rounds, but never less than five.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seconds: Option<u64>,

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

/// Hold coracle, the reference runtime, to the bars that it has to reach beside crun and runc.
///
/// Builds coracle, judges it by the suite, and measures every bar in one interleaved run. A bar counts as held only if
/// its whole 95 % interval is within it; with one that is missed, the exit code is 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadline bars                                                 some eight minutes
  loadline bars --quick --conformance target/loadline/bars/check/coracle.jsonl")]
pub(crate) struct Bars {
    /// Fewer cycles: a look, in a minute or so.
    #[arg(long)]
    pub(crate) quick: bool,

    /// A conformance record of the same binary; without it the suite is run first.
    #[arg(long, value_name = "RECORD")]
    pub(crate) conformance: Option<PathBuf>,

    /// Where records and the table go.
    #[arg(long, value_name = "DIR", default_value = "target/loadline/bars")]
    pub(crate) out: PathBuf,
}

/// Say whether one binary of a runtime costs more than another: the gate for continuous integration.
///
/// Exact figures come first: system calls by class, and the size of the binary. Then both run in the same rounds, beside
/// the base once more and the same program without a container. A regression counts only if its whole 99 % interval lies
/// above the limit, in two batches. A run that cannot tell is void and ends with 3, never with 0. With a budget or a
/// record in place of a binary, exact figures alone are compared: times of another run say nothing about this one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadline compare ./runc-main ./runc-branch
  loadline compare --exact-only $(command -v crun) ./crun   seconds, where system calls say enough
  loadline compare budget.toml ./crun                       what a file of the repository allows
  loadline compare last.jsonl ./crun                        what an earlier run counted")]
pub(crate) struct Compare {
    /// What is compared with: a binary, a budget (.toml) or a record (.jsonl).
    #[arg(value_name = "BASE")]
    pub(crate) base: PathBuf,

    /// The binary that is judged; against a budget or a record, coracle where there is none.
    #[arg(value_name = "HEAD")]
    pub(crate) head: Option<PathBuf>,

    /// Compare exact figures alone, without a clock.
    #[arg(long)]
    pub(crate) exact_only: bool,

    /// Where the order of measurements follows from.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Where the record and the table go.
    #[arg(long, value_name = "DIR", default_value = "target/loadline/compare")]
    pub(crate) out: PathBuf,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Family {
    /// Calls of runtimes.
    Start,
    /// Operations on files.
    Io,
    /// What layers and files save.
    Dedup,
}

/// Tell what is in records, as tables or in another format.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadline report target/loadline/bench/*.jsonl
  loadline report --format folder --out reports reports/data/*    the pages of this repository")]
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

    /// Also put the three small tables of the format `readme` between the marks of this page.
    #[arg(long, value_name = "PAGE")]
    pub(crate) front_page: Option<PathBuf>,
}

fn format_names() -> Vec<&'static str> {
    Format::ALL.into_iter().map(Format::name).collect()
}
