//! A bundle on a disk to start containers from: bare, or made of an image by the store, which is met as a process.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use drive::own::{self, BuildError};
use drive::{Step, StepError};
use fixtures::family::{self, Cache, FamilyError, Synthetic};
use rustix::fs::statfs;
use tempfile::TempDir;

use super::scenario::Scenario;
use super::{Field, FieldError, ForgetError, Mode};
use crate::sampling::Race;

/// How long one call of the store may take.
const DEADLINE: Duration = Duration::from_mins(1);

/// `f_type` of file systems; see statfs(2).
const OVERLAY: u64 = 0x794c_7630;
const IN_MEMORY: u64 = 0x0102_1994;

/// An image, and the store that makes bundles of it.
#[derive(Debug, Clone)]
pub struct Supply {
    /// The binary.
    pub store: PathBuf,
    /// The image layout.
    pub layout: PathBuf,
    /// The image in it.
    pub tag: String,
}

/// Why there is no such bundle, or no race on it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum StandError {
    #[error(transparent)]
    Store(#[from] BuildError),

    #[error("make the synthetic images")]
    Images(#[from] FamilyError),

    #[error("the family has no image")]
    NoImage,

    #[error("make a directory in `{place}`")]
    Scratch { place: PathBuf, source: io::Error },

    #[error("`{what}`")]
    Call { what: String, source: StepError },

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
    /// The last synthetic image, which is made where it was not before, as the store is.
    ///
    /// # Errors
    /// See [`StandError`].
    pub fn find() -> Result<Self, StandError> {
        let store = own::hold()?;
        let family = family::synthetic(&Cache::of_user(), &Synthetic::default())?;
        let last = family.images.into_iter().next_back().ok_or(StandError::NoImage)?;
        Ok(Self { store, layout: family.layout, tag: last.tag })
    }
}

/// A bundle in a directory of its own, with the store that made it; gone when it is dropped.
pub struct Stand {
    field: Field,
    home: TempDir,
    /// Who made the bundle, where it is of an image, and the bundle.
    made: Option<(PathBuf, PathBuf)>,
}

impl Stand {
    /// A bare bundle.
    ///
    /// # Errors
    /// [`StandError::Scratch`], [`StandError::Field`].
    pub fn bare(field: &Field, scenario: &Scenario, place: &Path) -> Result<Self, StandError> {
        let stand = Self::empty(field, place)?;
        stand.field.write(scenario)?;
        Ok(stand)
    }

    /// A bundle that the store makes of the image, with the payload and the configuration of the scenario.
    ///
    /// # Errors
    /// See [`StandError`]; among them that the root is not made in the way that was asked for.
    pub fn of_image(
        field: &Field,
        (scenario, backend): (&Scenario, &'static str),
        supply: &Supply,
        place: &Path,
    ) -> Result<Self, StandError> {
        let mut stand = Self::empty(field, place)?;
        let mut image = OsString::from(&supply.layout);
        image.push(format!(":{}", supply.tag));
        stand.call(&supply.store, &["image".into(), "import".into(), image])?;
        let bundle = stand.home.path().join(scenario.name);
        stand.made = Some((supply.store.clone(), bundle.clone()));
        let what = ["bundle", "create", &supply.tag].map(OsString::from);
        let how = ["--backend", backend, "--", "/bin/true"].map(OsString::from);
        let words: Vec<OsString> = what.into_iter().chain([bundle.clone().into()]).chain(how).collect();
        stand.call(&supply.store, &words)?;
        let root = bundle.join("rootfs");
        if (kind(&root)? == OVERLAY) != (backend == "overlay") {
            return Err(StandError::Other { root, backend });
        }
        stand.field.write(scenario)?;
        Ok(stand)
    }

    fn empty(field: &Field, place: &Path) -> Result<Self, StandError> {
        let refuse = |source| StandError::Scratch { place: place.to_owned(), source };
        let home = tempfile::tempdir_in(place).map_err(refuse)?;
        Ok(Self { field: field.with_bundles_in(home.path()), home, made: None })
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
        if mode == Mode::Cold {
            let place = self.path().to_owned();
            if kind(&place)? == IN_MEMORY {
                return Err(StandError::InMemory { place });
            }
            self.field.caches.settle()?;
        }
        Ok(self.field.race(scenario, mode, seed)?)
    }

    /// One call of the store.
    fn call(&self, store: &Path, words: &[OsString]) -> Result<(), StandError> {
        let args = [OsString::from("--store"), self.path().join("store").into()];
        let args = args.into_iter().chain(words.iter().cloned()).collect();
        let name: Vec<String> = words.iter().take(2).map(|word| word.display().to_string()).collect();
        let what = name.join(" ");
        let (program, output) = (store.to_owned(), self.path().join(name.join("-")));
        let step = Step { name: what.clone(), program, args, output, deadline: DEADLINE };
        let done = step.run().and_then(drive::Done::success);
        done.map(drop).map_err(|source| StandError::Call { what, source })
    }
}

impl Drop for Stand {
    /// A root that is still mounted would keep the directory from being removed; one that stays so is visible there.
    fn drop(&mut self) {
        if let Some((store, bundle)) = self.made.take() {
            let _ = self.call(&store, &["bundle".into(), "rm".into(), bundle.into()]);
        }
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
"bundle create") mkdir -p $6/rootfs/usr && echo '{"process": {}}' > $6/config.json;;
"bundle rm") rm -r $5;;
esac"#;

    fn supply(home: &Path) -> Supply {
        let store = home.join("hold");
        script(&store, FAKE);
        Supply { store, layout: "/layout".into(), tag: "tag".to_owned() }
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
        let supply = Supply { store: "/bin/false".into(), layout: "/layout".into(), tag: "tag".to_owned() };
        let field = field(home.path(), "exit 42");
        let made = Stand::of_image(&field, (&COPY.scenario, "copy"), &supply, home.path());
        assert_eq!(made.err().unwrap().to_string(), "`image import`");
    }
}
