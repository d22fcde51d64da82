//! `loadline`: from the command line to one answer.

mod arguments;
mod bench;
mod exit;
mod report;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Verb};
use exit::{Answer, Failure};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match answer(&arguments) {
        Ok(answer) => answer.into(),
        Err(failure) => failure.tell(),
    }
}

fn answer(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.verb {
        Verb::Bench(options) => bench::bench(options),
        Verb::Report(options) => report::report(options),
    }
}
