//! Binaries that are slower than the base by a known time.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use drive::Runtime;
use measure::gate::{BASE, HEAD};

/// The program that spends the time.
const SOURCE: &str = include_str!("slow.c");

/// The base and everything that is compared with it.
pub(super) struct Slowed {
    /// Where bundles and binaries are.
    pub(super) home: PathBuf,
    base: Runtime,
    heads: Vec<Runtime>,
}

/// The base: the runtime behind the program, which spends no time.
pub(super) fn base(runtime: &Runtime, home: &Path) -> anyhow::Result<Runtime> {
    binary(runtime, home, (BASE, 0))
}

impl Slowed {
    /// A binary for each delay, in nanoseconds.
    pub(super) fn make(
        base: Runtime,
        delays: &[(&'static str, u64)],
        (runtime, home): (&Runtime, &Path),
    ) -> anyhow::Result<Self> {
        let slower = |delay: &(&'static str, u64)| binary(runtime, home, *delay);
        let heads = delays.iter().map(slower).collect::<anyhow::Result<_>>()?;
        Ok(Self { home: home.to_owned(), base, heads })
    }

    /// Everyone, the base first.
    pub(super) fn all(&self) -> Vec<Runtime> {
        std::iter::once(&self.base).chain(&self.heads).cloned().collect()
    }

    /// Base and one of the others, as the gate wants them.
    pub(super) fn pair(&self, name: &str) -> anyhow::Result<[Runtime; 2]> {
        let head = self.heads.iter().find(|head| head.subject.name == name);
        let mut head = head.with_context(|| format!("no binary is called `{name}`"))?.clone();
        HEAD.clone_into(&mut head.subject.name);
        Ok([self.base.clone(), head])
    }
}

fn binary(runtime: &Runtime, home: &Path, (name, delay_ns): (&str, u64)) -> anyhow::Result<Runtime> {
    std::fs::create_dir_all(home).with_context(|| format!("make `{}`", home.display()))?;
    let (source, path) = (home.join("slow.c"), home.join(format!("runtime-{name}")));
    std::fs::write(&source, SOURCE).with_context(|| format!("write `{}`", source.display()))?;
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-static", "-o"]).arg(&path).arg(&source);
    compiler.arg(format!("-DDELAY_NS={delay_ns}LL")).arg(format!("-DPROGRAM=\"{}\"", runtime.path.display()));
    let output = compiler.output().context("start `cc`; try apt-get install gcc libc6-dev")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`cc` failed: {}", said.trim());
    let mut slowed = Runtime::open(&path)?;
    name.clone_into(&mut slowed.subject.name);
    Ok(slowed)
}
