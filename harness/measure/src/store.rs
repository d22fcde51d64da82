//! A store in a directory of its own, met as a process.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use drive::{Done, Step, StepError};
use serde::Deserialize;

use crate::images::Images;

/// A bundle that shares its layers with others, as the store's command line has it.
pub const OVERLAY: &str = "overlay";

/// A bundle that shares nothing.
pub const COPY: &str = "copy";

/// How long one call may take: a distribution is unpacked in it.
const DEADLINE: Duration = Duration::from_mins(5);

/// Why the store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum StoreError {
    #[error("make a directory for the store")]
    Scratch { source: io::Error },

    #[error("import `{image}`")]
    Import { image: String, source: StepError },

    #[error("make bundle {number} of `{image}` by {backend}")]
    Bundle { number: usize, image: String, backend: &'static str, source: StepError },

    #[error("remove the bundle `{path}`")]
    Remove { path: PathBuf, source: StepError },

    #[error("ask the store for `{what}`")]
    Ask { what: String, source: StepError },

    #[error("read what the store says to `{what}`")]
    Parse { what: String, source: serde_json::Error },
}

/// What `df --json` prints, as far as it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Disk {
    /// Images as they were imported.
    pub blobs: Usage,
    /// Layers as bundles share them.
    pub layers: Usage,
    /// What each bundle has for itself.
    pub bundles: Usage,
}

/// What a part of a store takes on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct Usage {
    /// Blocks of the file system, in bytes.
    pub bytes: u64,
    /// Files of any kind.
    pub inodes: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { bytes: self.bytes + other.bytes, inodes: self.inodes + other.inodes }
    }

    /// What this is more than `other`; nothing less than nothing.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(other.bytes),
            inodes: self.inodes.saturating_sub(other.inodes),
        }
    }
}

impl Disk {
    /// What was unpacked of the blobs.
    #[must_use]
    pub fn unpacked(&self) -> Usage {
        self.layers.plus(self.bundles)
    }
}

/// A store, and bundles of its images beside it; all go when it is dropped.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    program: &'a Path,
    home: tempfile::TempDir,
    bundles: Vec<PathBuf>,
    calls: u32,
}

impl<'a> Store<'a> {
    /// An empty one, in a new directory of `place`; `program` is what is called.
    pub(crate) fn new(program: &'a Path, place: &Path) -> Result<Self, StoreError> {
        let home = tempfile::tempdir_in(place).map_err(|source| StoreError::Scratch { source })?;
        fs::create_dir(home.path().join("calls")).map_err(|source| StoreError::Scratch { source })?;
        Ok(Self { program, home, bundles: Vec::new(), calls: 0 })
    }

    /// Imports an image; how long that took, in nanoseconds.
    pub(crate) fn import(&mut self, images: &Images, tag: &str) -> Result<u64, StoreError> {
        let mut image = OsString::from(&images.layout);
        image.push(format!(":{tag}"));
        let done = self.call(&["image".into(), "import".into(), image]);
        done.map(|done| done.wall_ns).map_err(|source| StoreError::Import { image: tag.to_owned(), source })
    }

    /// Makes one more bundle of an image; how long that took, in nanoseconds.
    pub(crate) fn bundle(&mut self, tag: &str, backend: &'static str) -> Result<u64, StoreError> {
        self.bundle_as(&format!("bundle-{}", self.bundles.len() + 1), tag, backend)
    }

    /// The same in a directory of this name.
    pub(crate) fn bundle_as(
        &mut self,
        name: &str,
        tag: &str,
        backend: &'static str,
    ) -> Result<u64, StoreError> {
        let number = self.bundles.len() + 1;
        let path = self.home.path().join(name);
        // Images from a seed name no command, and nobody runs them here.
        let words = ["bundle", "create", "--backend", backend, tag].map(OsString::from);
        let words = [&words[..], &[path.clone().into(), "--".into(), "/bin/true".into()]].concat();
        self.bundles.push(path);
        let failed = |source| StoreError::Bundle { number, image: tag.to_owned(), backend, source };
        self.call(&words).map(|done| done.wall_ns).map_err(failed)
    }

    /// The directory that holds it and the bundles.
    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Directories of the bundles, in the order of their making.
    pub(crate) fn bundles(&self) -> &[PathBuf] {
        &self.bundles
    }

    /// Removes all bundles, the last one first.
    pub(crate) fn clear(&mut self) -> Result<(), StoreError> {
        while let Some(path) = self.bundles.pop() {
            let done = self.call(&["bundle".into(), "rm".into(), path.clone().into()]);
            done.map_err(|source| StoreError::Remove { path, source })?;
        }
        Ok(())
    }

    /// What it takes on disk.
    pub(crate) fn disk(&mut self) -> Result<Disk, StoreError> {
        self.ask(&["df", "--json"])
    }

    /// What it answers, in JSON.
    pub(crate) fn ask<T: for<'de> Deserialize<'de>>(&mut self, words: &[&str]) -> Result<T, StoreError> {
        let what = words.join(" ");
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let done = self.call(&words).map_err(|source| StoreError::Ask { what: what.clone(), source })?;
        serde_json::from_str(&done.stdout()).map_err(|source| StoreError::Parse { what, source })
    }

    fn call(&mut self, words: &[OsString]) -> Result<Done, StepError> {
        let mut args = vec![OsString::from("--store"), self.home.path().join("store").into()];
        args.extend_from_slice(words);
        let name: Vec<String> = words.iter().take(2).map(|word| word.display().to_string()).collect();
        self.calls += 1;
        // Output is appended to what a file holds, so each call has one of its own.
        let output = self.home.path().join("calls").join(self.calls.to_string());
        let (name, program) = (name.join(" "), self.program.to_owned());
        Step { name, program, args, output, deadline: DEADLINE }.run()?.success()
    }
}

impl Drop for Store<'_> {
    /// A bundle that is still mounted would keep the directory from being removed.
    fn drop(&mut self) {
        while !self.bundles.is_empty() {
            if let Err(error) = self.clear() {
                eprintln!("{}", crate::chain(&error));
            }
        }
    }
}

/// A store for tests: a script that does what it is told.
#[cfg(test)]
pub(crate) mod fake {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Takes 10 bytes for layers, 5 for each bundle and 100 for each imported image; its images hold `/a/most` of 8 bytes.
    pub(crate) const WHOLE: &str = r#"
case "$1 $2" in
"image import") echo >>"$store/images";;
"bundle create") mkdir -p "$6/rootfs/a"; echo /etc >"$6/rootfs/less"; printf 12345678 >"$6/rootfs/a/most"; ln -s /etc "$6/rootfs/link";;
"bundle rm") rm -rf "$3";;
"df --json") touch "$store/images"; images=$(wc -l <"$store/images"); bundles=$(ls -d "$store"/../bundle-* 2>/dev/null | wc -l)
    part() { echo "\"$1\": {\"bytes\": $2, \"inodes\": $3}"; }
    echo "{$(part blobs $((100 * images)) "$images"), $(part layers 10 2), $(part bundles $((5 * bundles)) "$bundles")}";;
esac"#;

    /// Calls `act` with a store that does what the script says, `$store` being its directory, and a place for it.
    pub(crate) fn with<T>(
        script: &str,
        act: impl Fn(&Path, &Path) -> Result<T, String>,
    ) -> Result<T, String> {
        let home = tempfile::tempdir().unwrap();
        let program = home.path().join("store");
        let script = format!("#!/bin/sh\nstore=$2; shift 2; mkdir -p \"$store\"\n{script}\n");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        // Another test may be between fork and exec with the script still open for writing: look again.
        let settled = |tried: &Result<_, String>| !tried.as_ref().is_err_and(|error| error.contains("busy"));
        let once = || Some(act(&program, home.path())).filter(settled);
        drive::wait::until(Duration::from_secs(10), once).unwrap()
    }

    /// Images `a` and `b` of a family, the second made over the first.
    pub(crate) fn images() -> Images {
        let own = str::to_owned;
        Images {
            name: own("x"),
            layout: PathBuf::from("/layout"),
            tags: vec![own("a"), own("b")],
            base: Some(own("a")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T>(script: &str, act: impl Fn(&mut Store) -> Result<T, StoreError>) -> Result<T, String> {
        fake::with(script, |program, place| {
            let mut store = Store::new(program, place).map_err(|error| crate::chain(&error))?;
            act(&mut store).map_err(|error| crate::chain(&error))
        })
    }

    #[test]
    fn what_it_takes_is_told_part_by_part() {
        let (disk, left) = told(fake::WHOLE, |store| {
            store.import(&fake::images(), "a")?;
            store.bundle("a", OVERLAY)?;
            store.bundle("a", COPY)?;
            let disk = store.disk()?;
            store.clear()?;
            Ok((disk, store.disk()?.bundles))
        })
        .unwrap();
        let usage = |bytes, inodes| Usage { bytes, inodes };
        assert_eq!((disk.blobs, disk.unpacked(), left), (usage(100, 1), usage(20, 4), usage(0, 0)));
        assert_eq!(disk.layers.minus(disk.bundles), usage(0, 0));
    }

    #[test]
    fn its_bundles_go_with_it() {
        let place = told(fake::WHOLE, |store| {
            store.bundle("a", OVERLAY)?;
            assert!(store.bundles()[0].join("rootfs").is_dir());
            Ok(store.home.path().to_owned())
        });
        assert!(!place.unwrap().exists());
    }

    #[test]
    fn each_refusal_says_what_was_asked() {
        let script = "case $2 in create) exit 0;; esac; echo no >&2; exit 2";
        let import = told(script, |store| store.import(&fake::images(), "a")).unwrap_err();
        assert_eq!(import, "import `a`: `image import` ended with exit status 2: no");
        let bundle = told("exit 2", |store| store.bundle("a", COPY)).unwrap_err();
        assert!(bundle.starts_with("make bundle 1 of `a` by copy: "), "{bundle}");
        let asked = told(script, |store| store.disk().map(drop)).unwrap_err();
        assert!(asked.starts_with("ask the store for `df --json`: "), "{asked}");
        let garbled = told("echo {}", |store| store.disk().map(drop)).unwrap_err();
        assert!(garbled.starts_with("read what the store says to `df --json`: missing field"), "{garbled}");
        let kept = told(script, |store| store.bundle("a", COPY).and_then(|_| store.clear())).unwrap_err();
        assert!(kept.starts_with("remove the bundle `"), "{kept}");
    }
}
