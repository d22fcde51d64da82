//! `run` by where the root file system comes from: a bare bundle, or an image, copied or mounted; hot and cold.
//!
//! Here bundles lie on a disk, as a cold start reads from one. The store is met as a process. Nothing but the root file
//! system differs from the bundle of `run`: the probe is put into that of the image, and the configuration is the same.

use std::io::Write;
use std::path::Path;

use record::WriteError;

use super::scenario::{RUN, Scenario};
use super::stand::{Stand, StandError, Supply};
use super::{FAMILY, Field, Mode};
use crate::session::Session;
use crate::store;

/// Where the root file system of `run` comes from.
#[derive(Debug)]
pub struct Origin {
    /// `run`, by another name where its root comes from an image.
    pub scenario: Scenario,
    /// The store's way to make the root; `None` of a bare bundle.
    pub backend: Option<&'static str>,
    /// The modes that it is measured in.
    pub modes: &'static [Mode],
}

/// A bare bundle, of a root with the probe and nothing else; hot, it is measured among the [`super::SCENARIOS`].
pub const BARE: Origin = Origin { scenario: RUN, backend: None, modes: &[Mode::Cold] };

/// All files of the image, once more.
pub const COPY: Origin = Origin {
    scenario: Scenario { name: "run-from-copy", ..RUN },
    backend: Some(store::COPY),
    modes: &[Mode::Hot, Mode::Cold],
};

/// The layers of the image mounted over each other, and an empty one on top, which takes the probe.
pub const MOUNT: Origin = Origin {
    scenario: Scenario { name: "run-from-overlay", ..RUN },
    backend: Some(store::OVERLAY),
    modes: &[Mode::Hot, Mode::Cold],
};

/// All of them, in the order of their measurement.
pub const ORIGINS: [&Origin; 3] = [&BARE, &COPY, &MOUNT];

/// Measures every origin with the runtimes of `field`, with bundles and store in `place`, which is best on a disk.
///
/// What cannot be measured is omitted, with its reason.
///
/// # Errors
/// Where the record cannot be written.
pub fn run<W: Write>(
    session: &mut Session<'_, W>,
    field: &Field,
    supply: &Result<Supply, StandError>,
    place: &Path,
) -> Result<(), WriteError> {
    for origin in ORIGINS {
        match (origin.backend, supply) {
            (None, _) => origin.measure(session, Stand::bare(field, &origin.scenario, place))?,
            (Some(backend), Ok(supply)) => {
                let made = Stand::of_image(field, (&origin.scenario, backend), supply, place);
                origin.measure(session, made)?;
            }
            (Some(_), Err(error)) => origin.omit(session, error),
        }
    }
    Ok(())
}

impl Origin {
    fn measure<W: Write>(
        &'static self,
        session: &mut Session<'_, W>,
        stand: Result<Stand<'_>, StandError>,
    ) -> Result<(), WriteError> {
        let stand = match stand {
            Ok(stand) => stand,
            Err(error) => {
                self.omit(session, &error);
                return Ok(());
            }
        };
        for mode in self.modes {
            match stand.race(&self.scenario, *mode, session.effort.seed) {
                Ok(race) => session.run_shorter(race, part(*mode))?,
                Err(error) => session.record.omit(self.name(*mode), crate::chain(&error)),
            }
        }
        Ok(())
    }

    fn omit<W: Write>(&self, session: &mut Session<'_, W>, why: &StandError) {
        self.modes.iter().for_each(|mode| session.record.omit(self.name(*mode), crate::chain(why)));
    }

    /// As footers note it.
    fn name(&self, mode: Mode) -> String {
        format!("{FAMILY}/{}/{}", self.scenario.name, mode.name())
    }
}

/// Part of the usual time that a race takes. A cold round takes ten times as long as a hot one, and in less than some
/// ten rounds the canary seems to drift by chance alone.
fn part(mode: Mode) -> u32 {
    if mode == Mode::Cold { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use record::Writer;

    use super::super::mode::Caches;
    use super::super::tests::field;
    use super::*;
    use crate::session::Effort;
    use crate::session::tests::invented;

    /// What a run without a store leaves out, where the kernel forgets or does not; and the scenarios measured.
    fn without_a_store(forgets: bool) -> (BTreeMap<String, String>, Vec<String>) {
        let home = tempfile::tempdir_in("/var/tmp").unwrap();
        let mut field = field(home.path(), "exit 42");
        if !forgets {
            field.caches = Caches::at("/no/such/switch".into());
        }
        let effort = Effort { rounds: 1, budget: Duration::ZERO, ..Effort::FULL };
        let mut record = Writer::new(Vec::new(), invented()).unwrap();
        let mut session = Session { record: &mut record, effort };
        run(&mut session, &field, &Err(StandError::NoImage), home.path()).unwrap();
        let record = record::read_from(&record.finish().unwrap()[..]).unwrap();
        let mut names: Vec<String> = record.samples.into_iter().map(|sample| sample.scenario).collect();
        names.dedup();
        (record.footer.omitted, names)
    }

    const IMAGES: [&str; 4] = [
        "start/run-from-copy/cold",
        "start/run-from-copy/hot",
        "start/run-from-overlay/cold",
        "start/run-from-overlay/hot",
    ];

    #[test]
    fn without_a_store_a_bare_bundle_is_measured_and_the_rest_is_left_out_with_the_reason() {
        let (omitted, measured) = without_a_store(true);
        let told: Vec<(&str, &str)> = omitted.iter().map(|(what, why)| (&**what, &**why)).collect();
        assert_eq!(told, IMAGES.map(|name| (name, "the family has no image")));
        assert_eq!(measured, ["run/cold"]);
    }

    #[test]
    fn where_the_kernel_does_not_forget_nothing_is_called_cold() {
        let (omitted, measured) = without_a_store(false);
        assert!(omitted["start/run/cold"].contains("`/no/such/switch`"), "{omitted:?}");
        assert!(measured.is_empty());
    }

    #[test]
    fn names_begin_as_those_of_variations_of_run_do() {
        for origin in [&COPY, &MOUNT] {
            assert!(origin.scenario.avoided_by("youki").is_some(), "{}", origin.scenario.name);
            assert!(origin.scenario.avoided_by("crun").is_none());
        }
        assert!(BARE.scenario.avoided_by("youki").is_some());
    }
}
