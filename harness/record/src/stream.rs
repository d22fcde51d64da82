//! Writing and reading whole streams.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::bufread::MultiGzDecoder;

use crate::subject::Places;
use crate::{Footer, Header, Line, Outcome, SCHEMA, Sample};

/// Everything that one stream held.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Who ran what, where.
    pub header: Header,
    /// Verdicts, in the order in which they were found.
    pub outcomes: Vec<Outcome>,
    /// Samples, in the order in which they were taken.
    pub samples: Vec<Sample>,
    /// How many facts there were, and what was left out.
    pub footer: Footer,
}

/// Writes one stream, each line as it is found.
///
/// A writer that is dropped without [`Writer::finish`] leaves a stream without footer, which readers refuse.
#[derive(Debug)]
pub struct Writer<W: Write = File> {
    out: W,
    footer: Footer,
    started: Instant,
    places: Places,
}

/// Why a line could not be written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum WriteError {
    #[error("create the record `{path}`")]
    Create { path: PathBuf, source: io::Error },

    #[error("write to the record; what was measured so far is in it, but without a footer it is refused")]
    Write { source: io::Error },
}

impl Writer<File> {
    /// Creates the file `path`, with its parent directories, and writes the header.
    ///
    /// # Errors
    /// [`WriteError::Create`] where the file cannot be made, [`WriteError::Write`] where it cannot be written.
    pub fn create(path: &Path, header: Header) -> Result<Self, WriteError> {
        let refuse = |source| WriteError::Create { path: path.to_owned(), source };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(refuse)?;
        }
        Self::new(File::create(path).map_err(refuse)?, header)
    }
}

impl<W: Write> Writer<W> {
    /// Writes the header to `out`.
    ///
    /// # Errors
    /// [`WriteError::Write`] where `out` refuses.
    pub fn new(out: W, mut header: Header) -> Result<Self, WriteError> {
        let places = Places::of_run();
        for subject in &mut header.subjects {
            subject.path = places.told(&subject.path);
        }
        let mut writer = Self { out, footer: Footer::default(), started: Instant::now(), places };
        writer.line(&Line::Header(Box::new(header)))?;
        Ok(writer)
    }

    /// Writes one verdict.
    ///
    /// # Errors
    /// [`WriteError::Write`], such as on a full disk.
    pub fn outcome(&mut self, mut outcome: Outcome) -> Result<(), WriteError> {
        let words = outcome.repeat.split(' ').map(|word| self.places.told(word));
        outcome.repeat = words.collect::<Vec<String>>().join(" ");
        self.footer.outcomes.add(&outcome.verdict);
        self.line(&Line::Outcome(outcome))
    }

    /// Writes one sample.
    ///
    /// # Errors
    /// [`WriteError::Write`], such as on a full disk.
    pub fn sample(&mut self, sample: Sample) -> Result<(), WriteError> {
        self.footer.samples += 1;
        self.line(&Line::Sample(sample))
    }

    /// Notes that `what` is left out of the run, and why; it goes into the footer.
    pub fn omit(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.footer.omitted.insert(what.into(), why.into());
    }

    /// What was left out so far.
    #[must_use]
    pub fn omitted(&self) -> &BTreeMap<String, String> {
        &self.footer.omitted
    }

    /// Writes the footer: from here on the stream is whole.
    ///
    /// # Errors
    /// [`WriteError::Write`], such as on a full disk.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.footer.ns = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let footer = std::mem::take(&mut self.footer);
        self.line(&Line::Footer(footer))?;
        Ok(self.out)
    }

    fn line(&mut self, line: &Line) -> Result<(), WriteError> {
        let refuse = |source| WriteError::Write { source };
        let mut text = serde_json::to_vec(line).map_err(|e| refuse(e.into()))?;
        text.push(b'\n');
        self.out.write_all(&text).and_then(|()| self.out.flush()).map_err(refuse)
    }
}

/// Why a stream was refused.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ReadError {
    #[error("open the record `{path}`")]
    Open { path: PathBuf, source: io::Error },

    #[error("read line {number} of the record")]
    Read { number: usize, source: io::Error },

    #[error("line {number} of the record is not one of Loadline's")]
    Parse { number: usize, source: serde_json::Error },

    #[error(
        "the record does not begin with a header, so it is not one of Loadline's, or its head was cut off"
    )]
    NoHeader,

    #[error(
        "the record is of schema {found}, this Loadline reads {SCHEMA}: run again, or use the Loadline that wrote it"
    )]
    Schema { found: u32 },

    #[error("line {number} of the record is a second header; two records were joined, read them one by one")]
    SecondHeader { number: usize },

    #[error(
        "the record has no footer: the run was cut short, so its figures are not to be trusted; run it again"
    )]
    NoFooter,

    #[error("line {number} of the record comes after its footer")]
    AfterFooter { number: usize },

    #[error("the record's footer counts {counted} {what}, but {found} are there")]
    Count { what: &'static str, counted: u64, found: u64 },

    #[error("case `{case}` on `{subject}` is in the record twice")]
    Twice { case: String, subject: String },
}

/// First bytes of what gzip packed.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads the stream in the file `path`, also where gzip packed it.
///
/// # Errors
/// See [`ReadError`]; a stream that is not whole and consistent is refused.
pub fn read(path: &Path) -> Result<Record, ReadError> {
    let refuse = |source| ReadError::Open { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(refuse)?);
    if file.fill_buf().map_err(refuse)?.starts_with(&GZIP) {
        read_from(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        read_from(file)
    }
}

/// Reads a stream from `input`.
///
/// # Errors
/// See [`ReadError`]; a stream that is not whole and consistent is refused.
pub fn read_from(input: impl BufRead) -> Result<Record, ReadError> {
    let mut lines = input.lines().enumerate().map(|(at, text)| parse(at + 1, text));
    let header = match lines.next().transpose()? {
        Some((_, Line::Header(header))) => *header,
        _ => return Err(ReadError::NoHeader),
    };
    if header.schema != SCHEMA {
        return Err(ReadError::Schema { found: header.schema });
    }
    let (mut outcomes, mut samples, mut footer) = (Vec::new(), Vec::new(), None);
    for line in lines {
        match line? {
            (number, _) if footer.is_some() => return Err(ReadError::AfterFooter { number }),
            (number, Line::Header(_)) => return Err(ReadError::SecondHeader { number }),
            (_, Line::Outcome(outcome)) => outcomes.push(outcome),
            (_, Line::Sample(sample)) => samples.push(sample),
            (_, Line::Footer(found)) => footer = Some(found),
        }
    }
    whole(Record { header, outcomes, samples, footer: footer.ok_or(ReadError::NoFooter)? })
}

fn parse(number: usize, text: io::Result<String>) -> Result<(usize, Line), ReadError> {
    let text = text.map_err(|source| ReadError::Read { number, source })?;
    match serde_json::from_str(&text) {
        Ok(line) => Ok((number, line)),
        Err(_) if number == 1 => Err(ReadError::NoHeader),
        Err(source) => Err(ReadError::Parse { number, source }),
    }
}

fn whole(record: Record) -> Result<Record, ReadError> {
    let mut tally = crate::Tally::default();
    record.outcomes.iter().for_each(|outcome| tally.add(&outcome.verdict));
    let counted = record.footer.outcomes;
    if tally != counted {
        let (counted, found) = (counted.total().into(), tally.total().into());
        return Err(ReadError::Count { what: "outcomes", counted, found });
    }
    let found = record.samples.len() as u64;
    if found != record.footer.samples {
        return Err(ReadError::Count { what: "samples", counted: record.footer.samples, found });
    }
    let mut seen = HashSet::new();
    match record.outcomes.iter().find(|outcome| !seen.insert((&outcome.case, &outcome.subject))) {
        Some(Outcome { case, subject, .. }) => {
            Err(ReadError::Twice { case: case.clone(), subject: subject.clone() })
        }
        None => Ok(record),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CgroupMode, Host, Kind, Level, Unit, Verdict};
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    fn header() -> Header {
        let host = Host {
            kernel: "6.1.0".into(),
            machine: "x86_64".into(),
            cpu: "a processor".into(),
            cpus: 2,
            memory_bytes: 1 << 32,
            cgroups: CgroupMode::V2,
            hypervisor: true,
            governor: String::new(),
        };
        Header { started_unix_s: 1, ..Header::new(Kind::Bench, host) }
    }

    fn sample(round: u32, value: u64) -> Sample {
        let text = str::to_owned;
        let (family, scenario, subject, measure) = (text("start"), text("run"), text("crun"), text("wall"));
        Sample { family, scenario, subject, measure, unit: Unit::Ns, round, value }
    }

    fn outcome(case: &str, verdict: Verdict) -> Outcome {
        Outcome {
            case: case.into(),
            clause: "runtime/delete-not-stopped".into(),
            level: Level::Must,
            address: "runtime.md#delete".into(),
            subject: "crun".into(),
            verdict,
            known: None,
            asks: "a running container is not deleted".into(),
            repeat: "loadline check".into(),
            ns: 1,
        }
    }

    fn stream() -> String {
        let mut writer = Writer::new(Vec::new(), header()).unwrap();
        writer.outcome(outcome("a/b", Verdict::Passed)).unwrap();
        let failed = Verdict::Failed { expected: "1".into(), actual: "2".into() };
        writer.outcome(outcome("a/c", failed)).unwrap();
        writer.sample(sample(1, 42)).unwrap();
        writer.omit("youki", "not installed");
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    fn refusal(text: &str) -> String {
        read_from(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_was_written_is_read_back() {
        let record = read_from(stream().as_bytes()).unwrap();
        assert_eq!(record.header, header());
        assert_eq!(record.samples, [sample(1, 42)]);
        assert_eq!(record.outcomes.len(), 2);
        assert_eq!(record.footer.outcomes.total(), 2);
        assert_eq!(record.footer.omitted["youki"], "not installed");
    }

    #[test]
    fn a_packed_stream_is_read_as_the_plain_one_and_refused_where_it_is_cut() {
        let plain = stream();
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(plain.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("record.jsonl.gz");
        std::fs::write(&path, &packed).unwrap();
        assert_eq!(read(&path).unwrap(), read_from(plain.as_bytes()).unwrap());
        std::fs::write(&path, &packed[..packed.len() - 9]).unwrap();
        read(&path).unwrap_err();
    }

    #[test]
    fn a_stream_cut_at_any_line_is_refused() {
        let text = stream();
        let lines: Vec<&str> = text.lines().collect();
        for kept in 0..lines.len() {
            read_from(lines[..kept].join("\n").as_bytes()).unwrap_err();
        }
    }

    #[test]
    fn a_stream_that_lost_any_line_is_refused() {
        let text = stream();
        let lines: Vec<&str> = text.lines().collect();
        for lost in 0..lines.len() {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, l)| *l).collect();
            read_from(rest.join("\n").as_bytes()).unwrap_err();
        }
    }

    #[test]
    fn each_refusal_names_its_reason() {
        let text = stream();
        let lines: Vec<&str> = text.lines().collect();
        assert!(refusal("").contains("does not begin with a header"));
        assert!(refusal("hello").contains("does not begin with a header"));
        assert!(refusal(lines[1]).contains("does not begin with a header"));
        assert!(refusal(&text.replace("\"schema\":1", "\"schema\":7")).contains("schema 7"));
        assert!(refusal(&[lines[0], lines[1]].join("\n")).contains("no footer"));
        assert!(refusal(&format!("{text}{}", lines[3])).contains("line 6 of the record comes after"));
        assert!(refusal(&[lines[0], &text].join("\n")).contains("line 2 of the record is a second header"));
        assert!(refusal(&text.replace("\"samples\":1", "\"samples\":2")).contains("counts 2 samples, but 1"));
        assert!(refusal(&text.replace("a/c", "a/b")).contains("case `a/b` on `crun` is in the record twice"));
        assert!(refusal(&text.replace(lines[3], "{}")).contains("line 4"));
    }

    proptest! {
        #[test]
        fn any_samples_survive_the_way_through(values in prop::collection::vec((any::<u32>(), any::<u64>()), 0..50)) {
            let samples: Vec<Sample> = values.into_iter().map(|(round, value)| sample(round, value)).collect();
            let mut writer = Writer::new(Vec::new(), header()).unwrap();
            for one in &samples {
                writer.sample(one.clone()).unwrap();
            }
            let record = read_from(&writer.finish().unwrap()[..]).unwrap();
            prop_assert_eq!(record.samples, samples);
        }
    }
}
