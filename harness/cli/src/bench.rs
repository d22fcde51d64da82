//! `loadline bench`: one record for each family, and the report of all of them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ::report::Format;
use anyhow::{Context as _, anyhow};
use measure::entrants::Entrants;
use measure::images::Images;
use measure::io::disk::{Disk, Kind};
use measure::session::{Effort, Extent, Session, header};
use measure::stage::{self, StageError};
use measure::start::origin;
use measure::start::stand::{StandError, Supply};
use measure::{dedup, derived, instances, io, start};
use record::{Host, Writer};

use crate::arguments::{self, Family};
use crate::exit::{Answer, Failure};
use crate::report;

/// Where stores are made that last for a measurement: a file system like that of a real one.
const STORES: &str = "/var/tmp";

/// Where and how much to measure.
struct Run<'a> {
    host: Host,
    effort: Effort,
    out: &'a Path,
}

/// Measures the families that are asked for.
pub(crate) fn bench(options: &arguments::Bench) -> Result<Answer, Failure> {
    let asked = |family| options.family.is_empty() || options.family.contains(&family);
    let usual = if options.quick { Effort::QUICK } else { Effort::FULL };
    let budget = options.seconds.map_or(usual.budget, Duration::from_secs);
    let effort = Effort { budget, ..usual };
    let run = Run { host: Host::probe().map_err(Failure::host)?, effort, out: &options.out };
    let entrants = if asked(Family::Start) { Some(Entrants::find(&options.runtime)?) } else { None };
    let whole = effort.extent == Extent::Whole;
    // On the host itself, as images are made there.
    let supply = (entrants.is_some() && whole).then(Supply::find);
    let mut records = Vec::new();
    let mut families = Vec::new();
    if asked(Family::Dedup) {
        let (path, made) = run.dedup()?;
        records.push(path);
        families = made;
    }
    let (bundles, more) = (!families.is_empty(), asked(Family::Start) || asked(Family::Io));
    let staged = if bundles || more { stage::enter() } else { Ok(()) };
    if bundles {
        records.push(run.bundles(&families, staged.as_ref().err())?);
    }
    if more {
        staged.map_err(Failure::host)?;
    }
    if let Some(entrants) = &entrants {
        records.push(run.start(entrants, supply.as_ref())?);
    }
    if asked(Family::Io) {
        records.push(run.io()?);
    }
    tell(&records, &options.out)
}

impl Run<'_> {
    /// With `supply`, the store makes root file systems of images too.
    fn start(
        &self,
        entrants: &Entrants,
        supply: Option<&Result<Supply, StandError>>,
    ) -> Result<PathBuf, Failure> {
        let header = start::introduce(entrants, header(self.host.clone(), self.effort));
        let path = self.out.join("start.jsonl");
        let mut record = Writer::create(&path, header).map_err(Failure::host)?;
        for (what, why) in &entrants.omitted {
            record.omit(what, why);
        }
        let home = scratch(Path::new("/run"))?;
        let mut field = start::Field::lay_out(home.path(), &entrants.runtimes).map_err(Failure::host)?;
        start::run(&mut self.session(&mut record), &mut field).map_err(Failure::host)?;
        if let Some(supply) = supply {
            let mut session = self.session(&mut record);
            origin::run(&mut session, &field, supply, Path::new(STORES)).map_err(Failure::host)?;
        }
        finish(record, path)
    }

    fn io(&self) -> Result<PathBuf, Failure> {
        let path = self.out.join("io.jsonl");
        let header = io::introduce(header(self.host.clone(), self.effort), self.effort.extent);
        let mut record = Writer::create(&path, header).map_err(Failure::host)?;
        let home = scratch(self.out)?;
        let disk = Disk::make(home.path(), Kind::Ext4);
        if let Err(error) = &disk {
            record.omit("a file system of its own", measure::chain(error));
        }
        let place = disk.as_ref().map_or(home.path(), Disk::path);
        let field = io::Field::lay_out(place, self.effort.extent).map_err(Failure::host)?;
        io::run(&mut self.session(&mut record), &field).map_err(Failure::host)?;
        drop((field, disk));
        if self.effort.extent == Extent::Whole {
            [Kind::Xfs, Kind::Tmpfs].into_iter().try_for_each(|kind| self.io_on(kind, &mut record))?;
        }
        finish(record, path)
    }

    /// The same on a file system of this kind, where it can be made.
    fn io_on(&self, kind: Kind, record: &mut Writer<File>) -> Result<(), Failure> {
        let home = scratch(self.out)?;
        let disk = match Disk::make(home.path(), kind) {
            Ok(disk) => disk,
            Err(error) => {
                record.omit(format!("io/{}", kind.name()), measure::chain(&error));
                return Ok(());
            }
        };
        let field = io::Field::lay_out(disk.path(), self.effort.extent).map_err(Failure::host)?;
        io::run_on(&mut self.session(record), &field, kind).map_err(Failure::host)
    }

    /// On the host itself: images are made there. Gives the families along with the record.
    fn dedup(&self) -> Result<(PathBuf, Vec<Images>), Failure> {
        let path = self.out.join("dedup.jsonl");
        let header = header(self.host.clone(), self.effort);
        let mut record = Writer::create(&path, header).map_err(Failure::host)?;
        let mut images = Vec::new();
        match drive::own::hold() {
            Err(error) => record.omit("dedup/hold", measure::chain(&error)),
            Ok(store) => {
                let mut session = self.session(&mut record);
                images = dedup::gather(&mut session);
                dedup::run(&mut session, &store, &images, Path::new(STORES)).map_err(Failure::host)?;
            }
        }
        Ok((finish(record, path)?, images))
    }

    /// Bundles of those images: of one by the hundred, and of one made over another. They need mounts of their own.
    fn bundles(&self, families: &[Images], unstaged: Option<&StageError>) -> Result<PathBuf, Failure> {
        let path = self.out.join("instances.jsonl");
        let header = header(self.host.clone(), self.effort);
        let mut record = Writer::create(&path, header).map_err(Failure::host)?;
        if let Some(error) = unstaged {
            record.omit("instances and derived images", measure::chain(error));
            return finish(record, path);
        }
        let store = drive::own::hold().map_err(Failure::host)?;
        let (mut session, place) = (self.session(&mut record), Path::new(STORES));
        derived::run(&mut session, &store, families, place).map_err(Failure::host)?;
        instances::run(&mut session, &store, families, place).map_err(Failure::host)?;
        finish(record, path)
    }

    fn session<'a>(&self, record: &'a mut Writer<File>) -> Session<'a, File> {
        Session { record, effort: self.effort }
    }
}

/// A directory that goes when it is dropped.
pub(crate) fn scratch(place: &Path) -> Result<tempfile::TempDir, Failure> {
    let made = tempfile::tempdir_in(place);
    made.with_context(|| format!("make a directory in `{}`", place.display())).map_err(Failure::Host)
}

/// Writes the footer.
pub(crate) fn finish(record: Writer<File>, path: PathBuf) -> Result<PathBuf, Failure> {
    record.finish().map_err(Failure::host)?;
    Ok(path)
}

/// Prints the report of the records, writes it in every format, and names the files. Nothing measured is no success.
fn tell(paths: &[PathBuf], out: &Path) -> Result<Answer, Failure> {
    let records = paths.iter().map(|path| report::read(path)).collect::<Result<Vec<_>, _>>()?;
    let rendered = |format| ::report::render(&records, format).map_err(Failure::host);
    for file in rendered(Format::Terminal)? {
        print!("{}", file.text);
    }
    println!();
    for path in paths {
        println!("{}", path.display());
    }
    for format in [Format::Markdown, Format::Json, Format::Html] {
        report::write(out, &rendered(format)?)?;
    }
    if records.iter().all(|record| record.samples.is_empty()) {
        return Err(Failure::Host(anyhow!("nothing could be measured; what is left out says why")));
    }
    Ok(Answer::Held)
}
