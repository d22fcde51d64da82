//! The peak memory of a runtime, as the kernel tells it while the runtime waits for its program.
//!
//! What `wait4(2)` tells of a process includes what its parent held when it was made, which is more than the whole of a
//! small runtime. The high-water mark of the running process begins anew with its program.

use std::fs;
use std::process::{Child, Command, Stdio};

use drive::Runtime;
use record::Unit;

use super::scenario::{CREATE, RUN};
use super::{Berth, Field, FieldError};
use crate::sampling::{Contender, PEAK, Race, Reading, TakeError};

/// Scenario under which it is recorded.
pub const SCENARIO: &str = "run/resident";

/// Times that it is read: the same runtime touches the same pages, but for some.
pub const ROUNDS: u32 = 5;

/// The race over `runtimes`, named as records name it.
///
/// # Errors
/// [`FieldError::Scratch`], [`FieldError::Bundle`].
pub(crate) fn race(
    field: &Field,
    runtimes: &[Runtime],
    (family, scenario): (&'static str, &str),
    seed: u64,
) -> Result<Race, FieldError> {
    field.write(&CREATE)?;
    let contender = |runtime: &Runtime| {
        let berth = field.berth(runtime, &CREATE)?;
        let take = move || {
            let taken = take(&berth);
            let cleared = berth.clear();
            taken.and_then(|readings| cleared.map(|()| readings))
        };
        Ok(Contender { subject: runtime.subject.name.clone(), take: Box::new(take) })
    };
    let fit = runtimes.iter().filter(|runtime| RUN.avoided_by(&runtime.name).is_none());
    let contenders = fit.map(contender).collect::<Result<_, FieldError>>()?;
    Ok(Race::new(family, scenario.to_owned(), contenders, seed))
}

fn take(berth: &Berth) -> Result<Vec<Reading>, TakeError> {
    let container = berth.container();
    let words = vec!["--bundle".into(), container.bundle.clone().into(), container.id.clone().into()];
    let step = container.step("run", words);
    let mut command = Command::new(&step.program);
    command.args(&step.args).env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut runtime = command.spawn()?;
    let peak = berth.runs().and_then(|()| peak_bytes(runtime.id()));
    end(berth, &mut runtime)?;
    Ok(vec![Reading { measure: PEAK, unit: Unit::Bytes, value: peak? }])
}

/// Ends the program and so the runtime; the runtime itself where that fails.
fn end(berth: &Berth, runtime: &mut Child) -> Result<(), TakeError> {
    let killed = berth.container().kill("KILL").map(drop);
    if killed.is_err() {
        runtime.kill()?;
    }
    runtime.wait()?;
    Ok(killed?)
}

/// The high-water mark of the resident set of a process.
fn peak_bytes(pid: u32) -> Result<u64, TakeError> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    kilobytes(&status, "VmHWM:").ok_or_else(|| "the kernel tells no high-water mark of the runtime".into())
}

/// A value such as `VmHWM:    1234 kB`, in bytes.
pub(crate) fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_whole_name() {
        let text = "VmPeak:\t  99 kB\nVmHWM:\t     424 kB\nThreads:\t1\n";
        assert_eq!(kilobytes(text, "VmHWM:"), Some(424 * 1024));
        assert_eq!(kilobytes(text, "Threads:"), None);
        assert_eq!(kilobytes(text, "Pss:"), None);
    }

    #[test]
    fn this_process_has_a_peak() {
        assert!(peak_bytes(std::process::id()).unwrap() > 0);
        peak_bytes(0).unwrap_err();
    }
}
