//! How often the gate is right on this machine: comparisons of a runtime with itself, and with itself slowed down.
//!
//! The slowed ones are real binaries: a small program that spends a known time and then becomes the runtime. The base goes
//! through the same program, with no time to spend. They all run in one long race for each mode, on whose rounds
//! comparisons are replayed, and in a number of real comparisons, whose times are published with them.

mod slow;
mod table;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use drive::{Runtime, own};
use fastrand::Rng;
use measure::gate::power::{Recorded, Replay};
use measure::gate::{self, BASE, BATCH, COMPARISON, HOT, ISOLATED, Limit};
use measure::session::{Effort, Session, header};
use measure::start::{self, Field, Mode, scenario};
use measure::statistics::Estimate;
use measure::summary::Samples;
use record::{Host, Writer};

use crate::workspace;
use slow::Slowed;
use table::Kind;

/// By how much the head is slowed, in percent: not at all, what has to be found mostly, and what always.
const SLOWDOWNS: [(&str, u32); 3] = [("same", 0), ("slower-5", 5), ("slower-10", 10)];

/// Rounds that tell how long the base takes, from which the delays follow, and then how much they come to.
const CALIBRATION: u32 = 100;

/// How much is studied.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Rounds of the long race that comparisons are replayed on; a tenth as many after a rest.
    #[arg(long, default_value_t = 4000)]
    rounds: u32,
    /// Replayed comparisons of each kind.
    #[arg(long, default_value_t = 100)]
    comparisons: u32,
    /// Real comparisons of each kind, some 25 seconds each.
    #[arg(long, default_value_t = 5)]
    real: u32,
    /// The runtime that is compared with itself; coracle where there is none.
    #[arg(long, value_name = "PATH")]
    runtime: Option<PathBuf>,
    /// Where the table goes.
    #[arg(long, value_name = "FILE", default_value = "reports/gate-power.md")]
    out: PathBuf,
}

/// A mode with its binaries, and the rounds that they ran.
struct Ground {
    limit: Limit,
    slowed: Slowed,
    recorded: Recorded,
    /// Rounds that one batch of a comparison has time for.
    batch_rounds: u32,
    /// What the slowdowns came to, as median ratios to the base.
    measured: Vec<(String, Option<Estimate>)>,
}

/// Makes the study and writes its table.
pub(crate) fn study(options: &Options) -> anyhow::Result<()> {
    ensure!(options.rounds >= 500, "give --rounds 500 or more: a comparison takes a stretch of 250 of them");
    let program = match &options.runtime {
        Some(path) => path.clone(),
        None => own::coracle()?,
    };
    let runtime = Runtime::open(&program)?;
    let host = Host::probe()?;
    measure::stage::enter()?;
    let home = tempfile::tempdir_in("/run").context("make a directory in `/run`")?;
    let mut subject = header(host.clone(), Effort::FULL);
    subject.subjects = vec![runtime.subject.clone()];
    let path = workspace::root().join("target/loadline/gate-power/gate-power.jsonl");
    let mut record = Writer::create(&path, subject)?;
    let mut session = Session { record: &mut record, effort: Effort::FULL };
    let mut grounds = Vec::new();
    for (limit, rounds) in [(HOT, options.rounds), (ISOLATED, options.rounds / 10)] {
        grounds.push(Ground::lay(&mut session, limit, rounds, (&runtime, home.path()))?);
    }
    let kinds = SLOWDOWNS.iter().map(|slowdown| kind(&mut session, &grounds, *slowdown, options));
    let kinds = kinds.collect::<anyhow::Result<Vec<Kind>>>()?;
    record.finish()?;
    let text = table::page(&host, &runtime, &kinds, &conditions(&grounds));
    let out = workspace::root().join(&options.out);
    std::fs::write(&out, &text).with_context(|| format!("write `{}`", out.display()))?;
    println!("{text}\n{}\n{}", path.display(), out.display());
    Ok(())
}

impl Ground {
    /// Calibrates the slowdowns for a mode, and runs the long race.
    fn lay(
        session: &mut Session<'_, File>,
        limit: Limit,
        rounds: u32,
        (runtime, home): (&Runtime, &Path),
    ) -> anyhow::Result<Self> {
        let home = home.join(limit.mode.name());
        let base = slow::base(runtime, &home)?;
        let base_ns = base_ns(session, limit.mode, &base, &home)?;
        let delays = SLOWDOWNS.map(|(name, percent)| (name, base_ns * u64::from(percent) / 100));
        let first = Slowed::make(base.clone(), &delays, (runtime, &home))?;
        let delays = corrected(session, limit.mode, &first, delays)?;
        let slowed = Slowed::make(base, &delays, (runtime, &home))?;
        let field = Field::lay_out(&home, &slowed.all())?;
        let mut race = field.race(&scenario::RUN, limit.mode, session.effort.seed)?;
        let (began, mut recorded) = (Instant::now(), Recorded::default());
        session.extend(&mut race, rounds, |sample| recorded.add(sample))?;
        if let Some((who, why)) = race.dropped().iter().next() {
            bail!("{who} failed: {why}");
        }
        // A comparison has four in a round: base, base again, head and floor.
        let pace = began.elapsed() / rounds * 4 / u32::try_from(race.subjects().len())?;
        let batch_rounds = u32::try_from(BATCH.as_nanos() / pace.as_nanos().max(1))?;
        let measured = SLOWDOWNS.map(|(name, _)| (name.to_owned(), recorded.effect(name))).to_vec();
        Ok(Self { limit, slowed, recorded, batch_rounds, measured })
    }
}

/// The delays that come to what was wanted: a processor that was kept busy is slower, or faster, afterwards too.
fn corrected(
    session: &mut Session<'_, File>,
    mode: Mode,
    slowed: &Slowed,
    delays: [(&'static str, u64); 3],
) -> anyhow::Result<[(&'static str, u64); 3]> {
    let field = Field::lay_out(&slowed.home, &slowed.all())?;
    let mut race = field.race(&scenario::RUN, mode, session.effort.seed)?;
    race.scenario = format!("correction/{}", mode.name());
    let mut recorded = Recorded::default();
    session.extend(&mut race, CALIBRATION * short_rounds(mode), |sample| recorded.add(sample))?;
    let mut corrected = delays;
    for ((name, delay), (_, percent)) in corrected.iter_mut().zip(SLOWDOWNS) {
        // The base has a copy that spends nothing, and stays as it is.
        let came_to = recorded.effect(name).context("a slowed binary could not be measured")?.value - 1.0;
        let factor = f64::from(percent) / 100.0 / came_to.max(0.01);
        *delay = scaled(*delay, factor.clamp(0.5, 2.0));
    }
    Ok(corrected)
}

/// How many times the rounds: many where they are short.
fn short_rounds(mode: Mode) -> u32 {
    if mode == Mode::Hot { 10 } else { 1 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "nanoseconds of a delay, far below 2^52"
)]
fn scaled(delay: u64, factor: f64) -> u64 {
    (delay as f64 * factor) as u64
}

/// Median time of the base in a mode.
fn base_ns(session: &mut Session<'_, File>, mode: Mode, base: &Runtime, home: &Path) -> anyhow::Result<u64> {
    let field = Field::lay_out(home, std::slice::from_ref(base))?;
    let mut race = field.race(&scenario::RUN, mode, session.effort.seed)?;
    race.scenario = format!("calibration/{}", mode.name());
    let (name, mut samples) = (race.scenario.clone(), Samples::default());
    session.extend(&mut race, CALIBRATION, |sample| samples.add(sample))?;
    let series = samples.series(start::FAMILY, &name, BASE, measure::sampling::WALL);
    series.and_then(measure::summary::Series::median).context("the base could not be measured")
}

/// All comparisons of one kind: replayed ones, then real ones.
fn kind(
    session: &mut Session<'_, File>,
    grounds: &[Ground],
    (name, percent): (&'static str, u32),
    options: &Options,
) -> anyhow::Result<Kind> {
    let mut kind = Kind::new(percent);
    let mut random = Rng::with_seed(u64::from(percent) + 1);
    for _ in 0..options.comparisons {
        let replay = |ground: &Ground, random: &mut Rng| {
            let replay = Replay { head: name, limit: ground.limit, most: ground.batch_rounds };
            ground.recorded.replay(replay, random).finding()
        };
        let findings: Vec<_> = grounds.iter().map(|ground| replay(ground, &mut random)).collect();
        kind.replayed.add(&findings);
    }
    for number in 0..options.real {
        let began = Instant::now();
        let mut findings = Vec::new();
        for ground in grounds {
            session.effort.seed = u64::from(number) * 10 + 1;
            let field = Field::lay_out(&ground.slowed.home, &ground.slowed.pair(name)?)?;
            findings.push(gate::run(session, &field, ground.limit, began + COMPARISON)?.finding());
        }
        kind.real.add(&findings);
        kind.seconds.push(began.elapsed().as_secs_f64());
    }
    Ok(kind)
}

/// What has to be known to judge the table.
fn conditions(grounds: &[Ground]) -> Vec<String> {
    let ground = |ground: &Ground| {
        let effects = ground.measured.iter().filter_map(|(name, effect)| Some((name, (*effect)?)));
        let effects: Vec<String> = effects
            .map(|(name, effect)| {
                format!("`{name}` {:.3} ({:.3}–{:.3})", effect.value, effect.low, effect.high)
            })
            .collect();
        format!(
            "`run/{}`: {} rounds; a batch has time for {}; ratios to the base: {}",
            ground.limit.mode.name(),
            ground.recorded.len(),
            ground.batch_rounds,
            effects.join(", ")
        )
    };
    grounds.iter().map(ground).collect()
}
