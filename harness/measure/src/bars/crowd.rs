//! Many containers alive at once: what each one more costs, and what memory each holds.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use drive::{Container, Runtime};
use fastrand::Rng;
use record::{Sample, Unit, WriteError};

use super::{BarsError, FAMILY, HELD};
use crate::sampling::{TakeError, WALL};
use crate::session::{Extent, Session};
use crate::start::resident::kilobytes;
use crate::start::scenario::CREATE;
use crate::start::{Berth, CGROUPS, Field, FieldError};

/// Scenario under which it is recorded; a round is one more container of each runtime.
pub(super) const SCENARIO: &str = "alive";

/// Containers of each runtime.
const SIZE: u32 = 500;

/// Containers of each runtime where only a look is taken.
const LOOK: u32 = 50;

/// The containers of one runtime.
struct Crowd {
    subject: String,
    berth: Berth,
    members: Vec<Member>,
}

struct Member {
    container: Container,
    cgroup: PathBuf,
}

/// Creates the containers of all `runtimes` in turn, looks at what they hold, and takes them away.
///
/// # Errors
/// [`BarsError::Field`] where bundles cannot be written, [`BarsError::Write`]. A runtime that fails ends the measuring,
/// and is omitted.
pub(super) fn measure<W: Write>(
    session: &mut Session<'_, W>,
    field: &Field,
    runtimes: &[Runtime],
) -> Result<(), BarsError> {
    let size = if session.effort.extent == Extent::Whole { SIZE } else { LOOK };
    let crowds =
        runtimes.iter().map(|runtime| Crowd::gather(field, runtime, size)).collect::<Result<Vec<_>, _>>()?;
    let grown = grow(session, &crowds, size);
    let counted = grown.and_then(|()| count(session, &crowds));
    for crowd in &crowds {
        if let Err(error) = crowd.berth.clear() {
            session
                .record
                .omit(format!("{FAMILY}/{SCENARIO}/{} cleared", crowd.subject), crate::chain(&*error));
        }
    }
    Ok(counted?)
}

impl Crowd {
    /// Writes the bundles.
    fn gather(field: &Field, runtime: &Runtime, size: u32) -> Result<Self, FieldError> {
        let subject = runtime.subject.name.clone();
        let berth = field.berth(runtime, &CREATE)?;
        let member = |at: u32| {
            let cgroup = format!("{}/{subject}-{at}", field.cgroup());
            let path = field.home().join(SCENARIO).join(&subject).join(at.to_string());
            let written = CREATE.write(&path, &cgroup);
            written.map_err(|source| FieldError::Bundle {
                scenario: SCENARIO,
                path: path.clone(),
                source,
            })?;
            let container = berth.container().sibling(&format!("loadline-{at}"), &path);
            let container = container.map_err(|source| FieldError::Scratch { path, source })?;
            Ok(Member { container, cgroup: Path::new(CGROUPS).join(cgroup.trim_start_matches('/')) })
        };
        let members = (0..size).map(member).collect::<Result<_, FieldError>>()?;
        Ok(Self { subject, berth, members })
    }
}

/// Creates one container of each runtime after the other, in random order.
fn grow<W: Write>(session: &mut Session<'_, W>, crowds: &[Crowd], size: u32) -> Result<(), WriteError> {
    let mut random = Rng::with_seed(session.effort.seed);
    let mut order: Vec<&Crowd> = crowds.iter().collect();
    for (round, at) in (0..size).zip(0_usize..) {
        random.shuffle(&mut order);
        for crowd in &order {
            match create(&crowd.members[at]) {
                Ok(ns) => session.record.sample(sample(crowd, WALL, Unit::Ns, (round, ns)))?,
                Err(error) => {
                    session
                        .record
                        .omit(format!("{FAMILY}/{SCENARIO}/{}", crowd.subject), crate::chain(&*error));
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

fn create(member: &Member) -> Result<u64, TakeError> {
    let done = member.container.create()?.success()?;
    if processes(member).is_empty() {
        return Err(format!("`create` left no process in `{}`", member.cgroup.display()).into());
    }
    Ok(done.wall_ns)
}

/// Reads what each container holds, while all are alive.
fn count<W: Write>(session: &mut Session<'_, W>, crowds: &[Crowd]) -> Result<(), WriteError> {
    for crowd in crowds {
        for (round, member) in (0..).zip(&crowd.members) {
            let held: Option<u64> = processes(member).iter().map(|pid| proportional_bytes(pid)).sum();
            if let Some(bytes) = held.filter(|bytes| *bytes > 0) {
                session.record.sample(sample(crowd, HELD, Unit::Bytes, (round, bytes)))?;
            }
        }
    }
    Ok(())
}

fn processes(member: &Member) -> Vec<String> {
    let text = fs::read_to_string(member.cgroup.join("cgroup.procs")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The proportional set size of a process: its own pages, and its share of those that others map too.
fn proportional_bytes(pid: &str) -> Option<u64> {
    kilobytes(&fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?, "Pss:")
}

fn sample(crowd: &Crowd, measure: &str, unit: Unit, (round, value): (u32, u64)) -> Sample {
    Sample {
        family: FAMILY.to_owned(),
        scenario: SCENARIO.to_owned(),
        subject: crowd.subject.clone(),
        measure: measure.to_owned(),
        unit,
        round,
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_holds_something() {
        assert!(proportional_bytes(&std::process::id().to_string()).unwrap() > 1 << 16);
        assert_eq!(proportional_bytes("0"), None);
    }
}
