//! Start latency: every runtime found, call by call, back to back and after a rest.

use std::path::PathBuf;

use benches::{BenchError, Family, effort, stage};
use measure::entrants::Entrants;
use measure::session::{Session, header};
use measure::start::{self, Field, program};
use record::Host;

/// Measures every scenario.
pub(crate) fn measure() -> Result<PathBuf, BenchError> {
    let host = Host::probe()?;
    let entrants = Entrants::find(&[])?;
    stage()?;
    let mut family = Family::begin(start::FAMILY, start::introduce(&entrants, header(host, effort())))?;
    for (what, why) in &entrants.omitted {
        family.record().omit(what, why);
    }
    let home = tempfile::tempdir_in("/run")?;
    let mut field = Field::lay_out(home.path(), &entrants.runtimes)?;
    for (who, why) in field.keep_fit()? {
        family.record().omit(who, why);
    }
    let seed = effort().seed;
    match field.traced(seed) {
        Ok(race) => {
            Session { record: family.record(), effort: effort() }.run_rounds(race, start::calls::ROUNDS)?;
        }
        Err(error) => family.record().omit("start/calls", measure::chain(&error)),
    }
    for (scenario, mode) in program(effort().extent) {
        family.measure(field.race(scenario, mode, seed)?)?;
    }
    family.finish()
}
