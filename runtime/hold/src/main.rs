//! `hold`: from the command line to the store.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
