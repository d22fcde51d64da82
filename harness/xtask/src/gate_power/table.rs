//! The page that the study writes.

use drive::Runtime;
use measure::gate::power::Tally;
use measure::statistics::quantile;
use record::Host;
use report::table::{Row, Table};

/// All comparisons of one kind.
pub(super) struct Kind {
    percent: u32,
    /// Those on stretches of the long race.
    pub(super) replayed: Tally,
    /// Those that were run.
    pub(super) real: Tally,
    /// What each real one took.
    pub(super) seconds: Vec<f64>,
}

impl Kind {
    /// None yet.
    pub(super) fn new(percent: u32) -> Self {
        Self { percent, replayed: Tally::default(), real: Tally::default(), seconds: Vec::new() }
    }

    fn wanted(&self) -> &'static str {
        match self.percent {
            0 => "at most 1 in 100",
            5 => "at least 95 in 100",
            _ => "100 in 100",
        }
    }
}

impl Row<7> for Kind {
    const HEADER: [&'static str; 7] = [
        "head is slower by",
        "told as a regression",
        "wanted",
        "void",
        "real comparisons: told",
        "void",
        "time of a real one [s], median and most",
    ];

    fn cells(&self) -> [String; 7] {
        let of = |part: u32, tally: &Tally| format!("{part} of {}", tally.all);
        let at = |share| quantile(&self.seconds, share);
        let times = at(0.5).zip(at(1.0)).map(|(median, most)| format!("{median:.0}, {most:.0}"));
        [
            format!("{} %", self.percent),
            of(self.replayed.slower, &self.replayed),
            self.wanted().to_owned(),
            of(self.replayed.void, &self.replayed),
            of(self.real.slower, &self.real),
            of(self.real.void, &self.real),
            times.unwrap_or_else(|| report::quantity::NONE.to_owned()),
        ]
    }
}

/// The table with what has to be known to judge it.
pub(super) fn page(host: &Host, runtime: &Runtime, kinds: &[Kind], conditions: &[String]) -> String {
    let place = if host.hypervisor { "virtual machine" } else { "no hypervisor seen" };
    let conditions = conditions.join("\n- ");
    format!(
        "# How often the gate is right\n\n\
         Written by `cargo xtask gate-power`. The runtime is compared with itself, and with itself slowed down: a small \
         program spends a known time on the processor and then becomes the runtime. A comparison judges both modes; it tells \
         a regression as `loadline compare` does, with exit code 1. *Void* says nothing, with exit code 3.\n\n\
         The first columns are of comparisons replayed on stretches of consecutive rounds of one long race per mode, each \
         batch on another stretch; they share rounds. The last ones are of real comparisons, to see whether both agree.\n\n\
         {}\n\
         - kernel {}, {} × {}, {place}\n\
         - {} {}, sha256 {}…\n\
         - {conditions}\n",
        Table::of(kinds).markdown(),
        host.kernel,
        host.cpus,
        host.cpu,
        runtime.name,
        runtime.subject.version,
        runtime.subject.sha256.get(..12).unwrap_or_default(),
    )
}
