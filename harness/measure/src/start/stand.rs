//! A bundle on a disk to start containers from: bare, or made of an image by the store, which is met as a process.

use std::io;
use std::path::{Path, PathBuf};

use drive::own::{self, BuildError};
use fixtures::family::{self, Cache, FamilyError, Synthetic};
use rustix::fs::statfs;
use tempfile::TempDir;

use super::scenario::Scenario;
use super::{Field, FieldError, ForgetError, Mode};
use crate::images::Images;
use crate::sampling::Race;
use crate::store::{self, Store, StoreError};

/// `f_type` of file systems; see statfs(2).
const OVERLAY: u64 = 0x794c_7630;
const IN_MEMORY: u64 = 0x0102_1994;

/// Images, of which the last one is taken, and the store that makes bundles of it.
#[derive(Debug, Clone)]
pub struct Supply {
    /// The binary.
    pub store: PathBuf,
    /// The family of images.
    pub images: Images,
}

/// Why there is no such bundle, or no race on it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum StandError {
    #[error(transparent)]
    Build(#[from] BuildError),

    #[error(transparent)]
    Store(#[from] StoreError),

    #[error("make the synthetic images")]
    Images(#[from] FamilyError),

    #[error("the family has no image")]
    NoImage,

    #[error("make a directory in `{place}`")]
    Scratch { place: PathBuf, source: io::Error },

    #[error("look at the file system of `{path}`")]
    Look { path: PathBuf, source: io::Error },

    #[error("the store said that it made `{root}` by {backend}, and that is not what is there")]
    Other { root: PathBuf, backend: &'static str },

    #[error("`{place}` is in memory, where no start is cold")]
    InMemory { place: PathBuf },

    #[error(transparent)]
    Forget(#[from] ForgetError),

    #[error(transparent)]
    Field(#[from] FieldError),
}

impl Supply {
    /// The synthetic images, which are made where they were not before, as the store is.
    ///
    /// # Errors
    /// See [`StandError`].
    pub fn find() -> Result<Self, StandError> {
        let store = own::hold()?;
        let images = family::synthetic(&Cache::of_user(), &Synthetic::default())?.into();
        Ok(Self { store, images })
    }
}

/// A bundle in a directory of its own; gone when it is dropped.
pub struct Stand<'a> {
    field: Field,
    home: Home<'a>,
}

/// Where the bundle lies.
enum Home<'a> {
    Bare(TempDir),
    /// The store that made it is there too.
    Made(Store<'a>),
}

impl Home<'_> {
    fn path(&self) -> &Path {
        match self {
            Self::Bare(home) => home.path(),
            Self::Made(store) => store.path(),
        }
    }
}

impl<'a> Stand<'a> {
    /// A bare bundle.
    ///
    /// # Errors
    /// [`StandError::Scratch`], [`StandError::Field`].
    pub fn bare(field: &Field, scenario: &Scenario, place: &Path) -> Result<Self, StandError> {
        let refuse = |source| StandError::Scratch { place: place.to_owned(), source };
        let home = Home::Bare(tempfile::tempdir_in(place).map_err(refuse)?);
        Self::on(home, field, scenario)
    }

    /// A bundle that the store makes of the last image, with the payload and the configuration of the scenario.
    ///
    /// # Errors
    /// See [`StandError`]; among them that the root is not made in the way that was asked for.
    pub fn of_image(
        field: &Field,
        (scenario, backend): (&Scenario, &'static str),
        supply: &'a Supply,
        place: &Path,
    ) -> Result<Self, StandError> {
        let tag = supply.images.tags.last().ok_or(StandError::NoImage)?;
        let mut store = Store::new(&supply.store, place)?;
        store.import(&supply.images, tag)?;
        store.bundle_as(scenario.name, tag, backend)?;
        let root = store.path().join(scenario.name).join("rootfs");
        if (kind(&root)? == OVERLAY) != (backend == store::OVERLAY) {
            return Err(StandError::Other { root, backend });
        }
        Self::on(Home::Made(store), field, scenario)
    }

    fn on(home: Home<'a>, field: &Field, scenario: &Scenario) -> Result<Self, StandError> {
        let field = field.with_bundles_in(home.path());
        field.write(scenario)?;
        Ok(Self { field, home })
    }

    /// The directory that holds the bundle, which is named after its scenario.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.home.path()
    }

    /// A race on it. Before a cold one, what is dirty is written back.
    pub(super) fn race(
        &self,
        scenario: &'static Scenario,
        mode: Mode,
        seed: u64,
    ) -> Result<Race, StandError> {
        let place = self.path();
        if mode == Mode::Cold && kind(place)? == IN_MEMORY {
            return Err(StandError::InMemory { place: place.to_owned() });
        }
        let race = self.field.race(scenario, mode, seed)?;
        // Once the bundle is written for the last time: what is dirty is not forgotten.
        if mode == Mode::Cold {
            self.field.caches.settle()?;
        }
        Ok(race)
    }
}

/// What kind of file system `path` is on.
fn kind(path: &Path) -> Result<u64, StandError> {
    let found =
        statfs(path).map_err(|errno| StandError::Look { path: path.to_owned(), source: errno.into() })?;
    Ok(found.f_type.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::super::origin::{COPY, MOUNT};
    use super::super::scenario::RUN;
    use super::super::tests::{field, script};
    use super::*;

    /// A store whose bundles are directories, however they should be made; it writes its calls down.
    const FAKE: &str = r#"[ $# -gt 2 ] || exit 0
echo "$3 $4" >> $(dirname $0)/calls
case "$3 $4" in
"bundle create") mkdir -p $8/rootfs/usr && echo '{"process": {}}' > $8/config.json;;
"bundle rm") rm -r $5;;
esac"#;

    fn supply(home: &Path) -> Supply {
        let store = home.join("hold");
        script(&store, FAKE);
        Supply { store, images: store::fake::images() }
    }

    fn config(bundle: &Path) -> Value {
        serde_json::from_slice(&fs::read(bundle.join("config.json")).unwrap()).unwrap()
    }

    #[test]
    fn the_root_is_the_images_with_the_probe_and_the_configuration_is_the_scenarios() {
        let home = tempfile::tempdir().unwrap();
        let (field, supply) = (field(home.path(), "exit 42"), supply(home.path()));
        let stand = Stand::of_image(&field, (&COPY.scenario, "copy"), &supply, home.path()).unwrap();
        let bundle = stand.path().join("run-from-copy");
        let root = bundle.join("rootfs");
        assert!(root.join("usr").is_dir());
        assert_eq!(fs::read(root.join("probe")).unwrap(), fixtures::probe::BYTES);
        let bare = Stand::bare(&field, &RUN, home.path()).unwrap();
        assert_eq!(config(&bundle), config(&bare.path().join("run")));
        let places = [stand.path().to_owned(), bare.path().to_owned()];
        drop((stand, bare));
        assert!(places.iter().all(|place| !place.exists()));
        let calls = fs::read_to_string(home.path().join("calls")).unwrap();
        assert_eq!(calls, "image import\nbundle create\nbundle rm\n");
    }

    #[test]
    fn a_directory_is_no_overlay_whatever_the_store_says() {
        let home = tempfile::tempdir().unwrap();
        let (field, supply) = (field(home.path(), "exit 42"), supply(home.path()));
        let made = Stand::of_image(&field, (&MOUNT.scenario, "overlay"), &supply, home.path());
        assert!(matches!(made.err(), Some(StandError::Other { backend: "overlay", .. })));
        let calls = fs::read_to_string(home.path().join("calls")).unwrap();
        assert!(calls.ends_with("bundle rm\n"), "{calls}");
    }

    #[test]
    fn a_store_that_fails_is_told_with_its_call() {
        let home = tempfile::tempdir().unwrap();
        let supply = Supply { store: "/bin/false".into(), images: store::fake::images() };
        let field = field(home.path(), "exit 42");
        let made = Stand::of_image(&field, (&COPY.scenario, "copy"), &supply, home.path());
        assert_eq!(made.err().unwrap().to_string(), "import `b`");
    }
}
