//! The whole report: small tables first, then the figures behind them, then the conditions.

use measure::io::PLAIN;
use record::Record;
use serde::Serialize;

use crate::disclosure::{self, Withheld};
use crate::rows::case::{self, CaseRow};
use crate::rows::condition::{self, ConditionRow, ControlRow, OmittedRow};
use crate::rows::cost::{self, CostRow};
use crate::rows::derived::{self, DerivedRow};
use crate::rows::effect::{self, EffectRow};
use crate::rows::footprint::{self, FootprintRow};
use crate::rows::instance::{self, InstanceRow};
use crate::rows::known::{self, KnownRow};
use crate::rows::latency::{self, LatencyRow};
use crate::rows::level::{self, LevelRow};
use crate::rows::origin::{self, OriginRow};
use crate::rows::saving::{self, SavingRow};
use crate::rows::standing::{self, StandingRow};
use crate::rows::union::{self, UnionRow};
use crate::rows::untested::{self, UntestedRow};
use crate::rows::verdict::{self, FailureRow, TopicRow};
use crate::source::Source;
use crate::table::Table;

/// Everything that is to be told about some records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What a container costs.
    pub cost: Vec<CostRow>,
    /// What it takes besides time.
    pub footprints: Vec<FootprintRow>,
    /// What it costs where the root file system comes from an image, and where nothing is cached.
    pub origins: Vec<OriginRow>,
    /// What a union mount costs.
    pub union: Vec<UnionRow>,
    /// What layers save.
    pub saving: Vec<SavingRow>,
    /// What a derived image costs, by layer and by copying.
    pub derived: Vec<DerivedRow>,
    /// What more instances of one image cost.
    pub instances: Vec<InstanceRow>,
    /// What others have published, beside these records.
    pub effects: Vec<EffectRow>,
    /// Figures by how binding clauses are.
    pub levels: Vec<LevelRow>,
    /// Verdicts by part of the specification.
    pub topics: Vec<TopicRow>,
    /// Cases that make their run fail.
    pub failures: Vec<FailureRow>,
    /// Deviations that were expected.
    pub known: Vec<KnownRow>,
    /// What was not tested.
    pub untested: Vec<UntestedRow>,
    /// Every case beside every runtime.
    pub cases: Vec<CaseRow>,
    /// One line per runtime.
    pub standings: Vec<StandingRow>,
    /// Verdicts that are not told.
    pub withheld: Vec<Withheld>,
    /// Every scenario of starting containers, in full.
    pub start: Vec<LatencyRow>,
    /// Every operation on files, in full.
    pub io: Vec<LatencyRow>,
    /// Whether the run can tell differences.
    pub controls: Vec<ControlRow>,
    /// The machine, the binaries, the settings.
    pub conditions: Vec<ConditionRow>,
    /// What was left out, and why.
    pub omitted: Vec<OmittedRow>,
}

impl Report {
    /// Makes the report of `records`, which may be of several runs.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        let sources: Vec<Source> = records.iter().map(Source::of).collect();
        let (cost, levels) = (each(&sources, cost::rows), level::rows(records));
        Self {
            footprints: each(&sources, footprint::rows),
            origins: each(&sources, origin::rows),
            union: each(&sources, union::rows),
            saving: each(&sources, saving::rows),
            derived: each(&sources, derived::rows),
            instances: each(&sources, instance::rows),
            effects: effect::rows(&sources),
            topics: verdict::topics(records),
            failures: verdict::failures(records),
            known: known::rows(records),
            untested: untested::rows(records),
            cases: case::rows(records),
            standings: standing::rows(records, &levels, &cost),
            withheld: Vec::new(),
            cost,
            levels,
            start: each(&sources, |source| latency::rows(source, "start", source.reference())),
            io: each(&sources, |source| latency::rows(source, "io", Some(PLAIN))),
            controls: each(&sources, condition::controls),
            conditions: condition::conditions(records),
            omitted: condition::omitted(records),
        }
    }

    /// Makes the report of `records` as it may be published, and with it the records that may be.
    #[must_use]
    pub fn public(records: &[Record]) -> (Vec<Record>, Self) {
        let (records, withheld) = disclosure::withhold(records);
        let report = Self { withheld, ..Self::of(&records) };
        (records, report)
    }

    /// Tables for a terminal.
    #[must_use]
    pub fn terminal(&self) -> String {
        self.sections(Table::terminal)
    }

    /// Tables in GitHub's Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        "# Loadline report\n\n".to_owned() + &self.sections(Table::markdown)
    }

    /// The rows, with raw integers.
    ///
    /// # Errors
    /// Those of writing JSON, which a report as [`Report::of`] makes it does not have.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    fn sections(&self, render: fn(&Table) -> String) -> String {
        let sections = self.figures().into_iter().chain(self.verdicts()).chain(self.behind());
        let shown = sections.filter(|(_, _, table)| !table.is_empty());
        let texts: Vec<String> =
            shown.map(|(title, note, table)| format!("## {title}\n\n{note}\n\n{}", render(&table))).collect();
        texts.join("\n")
    }

    pub(crate) fn figures(&self) -> [Section; 5] {
        [
            ("What a container costs", COST_NOTE, Table::of(&self.cost)),
            (FOOTPRINT_TITLE, FOOTPRINT_NOTE, Table::of(&self.footprints)),
            (ORIGIN_TITLE, ORIGIN_NOTE, Table::of(&self.origins)),
            ("What a union mount costs", UNION_NOTE, union::table(&self.union)),
            ("What layers save", SAVING_NOTE, Table::of(&self.saving)),
        ]
    }

    pub(crate) fn published(&self) -> Section {
        ("What others have published", EFFECT_NOTE, Table::of(&self.effects))
    }

    fn verdicts(&self) -> [Section; 5] {
        [
            ("How runtimes keep to the specification", VERDICT_NOTE, verdict::matrix(&self.topics)),
            ("By level", LEVEL_NOTE, Table::of(&self.levels)),
            ("What fails the run", FAILURE_NOTE, Table::of(&self.failures)),
            ("Known deviations", KNOWN_NOTE, Table::of(&self.known)),
            ("Not tested", UNTESTED_NOTE, Table::of(&self.untested)),
        ]
    }

    /// What stands behind the figures: all of them, whether to believe them, where they are from.
    pub(crate) fn behind(&self) -> [Section; 7] {
        [
            ("A derived image", DERIVED_NOTE, Table::of(&self.derived)),
            ("Instances of one image", INSTANCE_NOTE, Table::of(&self.instances)),
            ("Starting containers, in full", START_NOTE, Table::of(&self.start)),
            ("Files, in full", IO_NOTE, Table::of(&self.io).dense()),
            ("Can this run tell differences?", CONTROL_NOTE, Table::of(&self.controls)),
            ("Conditions", CONDITION_NOTE, Table::of(&self.conditions)),
            ("Left out", OMITTED_NOTE, Table::of(&self.omitted)),
        ]
    }
}

/// Title, note and table.
pub(crate) type Section = (&'static str, &'static str, Table);

const COST_NOTE: &str = "Medians. `floor` starts the same static program without a container. Ratios are medians of \
                         the ratios within each round, with their 95 % interval. No figure: not measured, or void; see what is left out.";
/// Title of the table of calls and memory.
pub(crate) const FOOTPRINT_TITLE: &str = "What a container takes besides time";
/// What that table shows.
pub(crate) const FOOTPRINT_NOTE: &str = "Medians. System calls are those of one `run`, by all its processes and the \
                                         program; peak RSS is that of the runtime, until its program waits. Held: what the processes \
                                         of a container hold while its program waits, a shared page by its share.";
/// Title of the table of root file systems.
pub(crate) const ORIGIN_TITLE: &str = "A container from an image, and with nothing cached";
/// What that table shows.
pub(crate) const ORIGIN_NOTE: &str = "Medians of `run` with their 95 % interval. The root holds the program alone (bare), with all files of an image \
     (copy), or with the image's layers mounted below an empty one (overlay); making it is not on the clock. The image \
     is the last `synthetic` one, of two layers. `hot`: back to back. `cold`: before each run the kernel forgot files, \
     names and inodes that it had read from disks, so it reads the runtime's own binary again, and what it needs of the \
     root. What running processes have mapped stayed, and so did what the disk itself caches; a mounted overlay need not forget \
     all that a directory does, and `floor` tells how cold each root was. A bare bundle lies in \
     memory where it is hot; all others lie on a disk. Cells come from runs one after the other, so intervals that \
     overlap show no difference. No figure: not measured, or void.";
const UNION_NOTE: &str = "Medians on a plain directory, and how many times that the same takes on an overlay of so \
                          many lower layers, with the 95 % interval.";
const SAVING_NOTE: &str = "Bytes of content that a family of images needs, by what is shared between them.";
const EFFECT_NOTE: &str = "Each effect has bounds that were written down before the run: a ratio of more than 1.1, of less than 0.9, or \
     between both. It is reproduced where the whole 95 % interval of our ratio lies within them, refuted where it lies \
     outside, unclear where it allows both. Published figures are from other machines and other days.";
const VERDICT_NOTE: &str = "Cases passed, of those that were judged.";
const LEVEL_NOTE: &str = "Cases, by how binding their clauses are.";
const KNOWN_NOTE: &str = "Each was expected, and is still there.";
const UNTESTED_NOTE: &str = "A case that did not reach its clause is neither a pass nor a fail.";
const FAILURE_NOTE: &str = "Each clause in our words, with its place in the specification.";
const START_NOTE: &str = "`hot`: back to back. `isolated`: 100 ms of rest before each. `cold`: before each, the \
                          kernel forgot files, names and inodes that it had read from disks, the runtime's own \
                          binary included. CPU is that of the processes that the runtime waited for.";
const IO_NOTE: &str = "Ratios are to the plain directory.";
const DERIVED_NOTE: &str = "What the last image of a family adds, blobs included, until a bundle of it is ready. By \
                            layer: the store holds its base, unpacked, and the bundle is an overlay. By copying: the \
                            store is empty, and the bundle a copy. Medians.";
const INSTANCE_NOTE: &str = "Unpacked layers and bundles on disk, by how many bundles of the last image of a family \
                             there are. An overlay adds an empty layer, a copy adds everything. Page cache: after the \
                             largest file of the image, of those up to 16 MiB, was read in every bundle.";
const CONTROL_NOTE: &str = "The first subject took part twice. Where the 99 % interval of the ratio to itself does \
                            not hold 1, or the floor drifts, differences of that size mean nothing.";
const CONDITION_NOTE: &str = "Figures compare within these conditions only.";
const OMITTED_NOTE: &str = "Nothing is left out in silence.";

/// The rows of all sources, one after the other.
fn each<'a, R>(sources: &[Source<'a>], rows: impl Fn(&Source<'a>) -> Vec<R>) -> Vec<R> {
    sources.iter().flat_map(rows).collect()
}
