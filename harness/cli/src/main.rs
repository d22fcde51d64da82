//! `loadline`: from the command line to one answer.

mod arguments;
mod bars;
mod bench;
mod check;
mod compare;
mod doctor;
mod exit;
mod report;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Verb};
use exit::{Answer, Failure};

fn main() -> ExitCode {
    drive::sandbox::enter(conformance::JOBS);
    let arguments = Arguments::parse();
    match answer(&arguments) {
        Ok(answer) => answer.into(),
        Err(failure) => failure.tell(),
    }
}

fn answer(arguments: &Arguments) -> Result<Answer, Failure> {
    match &arguments.verb {
        Verb::Check(options) => check::check(options),
        Verb::Bench(options) => bench::bench(options),
        Verb::Bars(options) => bars::bars(options),
        Verb::Compare(options) => compare::compare(options),
        Verb::Report(options) => report::report(options),
        Verb::Doctor => doctor::doctor(),
    }
}
