//! The bundle of a case: a configuration by the addresses that the specification gives its properties, and a root.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use fixtures::{bundle, probe};
use serde_json::{Value, json};

use crate::Case;

/// A bundle before it is written: the base bundle, and what the case changes about it.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Whose bundle it is: rows of one table are told apart by it.
    pub case: &'static Case,
    home: PathBuf,
    nonce: String,
    /// What is in the root of every bundle.
    base: bundle::Bundle,
    config: Value,
    looks: Vec<String>,
    then: Vec<String>,
    program: String,
    report: String,
    entries: Vec<Entry>,
}

/// Something to be made, in the root or outside of the bundle.
#[derive(Debug, Clone)]
struct Entry {
    path: PathBuf,
    kind: EntryKind,
}

#[derive(Debug, Clone)]
enum EntryKind {
    File(String),
    Directory,
    Link(String),
    /// A copy of the probe, with this mode.
    Probe(u32),
}

impl Bundle {
    /// The base bundle of the container whose directory is `home`: it runs the probe, which reports and exits.
    pub(crate) fn base(case: &'static Case, home: &Path, oci_version: &str) -> Self {
        let base = bundle::Bundle::base();
        let mut config = base_config(&base, &home.join("bundle"));
        config["ociVersion"] = json!(oci_version);
        Self {
            case,
            home: home.to_owned(),
            nonce: nonce(),
            base,
            config,
            looks: Vec::new(),
            then: Vec::new(),
            program: probe::PATH.to_owned(),
            report: "-".to_owned(),
            entries: Vec::new(),
        }
    }

    /// Sets the property at `pointer`, such as `/process/cwd`; makes the objects above it. In an array `-` is the last.
    #[must_use]
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        *place(&mut self.config, pointer) = value.into();
        self
    }

    /// Adds `value` to the end of the array at `pointer`; makes the array where there is none.
    #[must_use]
    pub fn push(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let array = place(&mut self.config, pointer);
        match array {
            Value::Array(values) => values.push(value.into()),
            other => *other = Value::Array(vec![value.into()]),
        }
        self
    }

    /// Removes the property at `pointer`.
    #[must_use]
    pub fn remove(mut self, pointer: &str) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        remove(&mut self.config, parent, name);
        self
    }

    /// The property at `pointer`; null where there is none.
    #[must_use]
    pub fn value(&self, pointer: &str) -> &Value {
        self.config.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The probe looks at these things, and they are in its report.
    #[must_use]
    pub fn look(mut self, actions: &[&str]) -> Self {
        self.looks.extend(actions.iter().map(|action| (*action).to_owned()));
        self
    }

    /// The probe does this once it has reported.
    #[must_use]
    pub fn then(mut self, actions: &[&str]) -> Self {
        self.then.extend(actions.iter().map(|action| (*action).to_owned()));
        self
    }

    /// The probe reports to a file in the root, in place of its standard output.
    #[must_use]
    pub fn report_to(mut self, path: &str) -> Self {
        path.clone_into(&mut self.report);
        self
    }

    /// Where the probe's report is, as the host sees it; none where it goes to standard output.
    #[must_use]
    pub fn report_path(&self) -> Option<PathBuf> {
        (self.report != "-").then(|| self.root().join(self.report.trim_start_matches('/')))
    }

    /// The probe reports, and then waits to be killed.
    #[must_use]
    pub fn pause(self) -> Self {
        self.then(&["pause"])
    }

    /// A mount after those of the base bundle.
    #[must_use]
    pub fn mount(self, destination: &str, kind: &str, source: &str, options: &[&str]) -> Self {
        let mount = json!({"destination": destination, "type": kind, "source": source, "options": options});
        self.push("/mounts", mount)
    }

    /// A hook of that kind, after those that are there: the probe, run on the host or in the container, which stamps
    /// and reports under `name`, and then does what `then` says.
    #[must_use]
    pub fn hook(self, kind: &str, name: &str, then: &[&str]) -> Self {
        let hook = json!({"path": self.hook_path(kind), "args": self.hook_args(kind, name, then)});
        self.push(&format!("/hooks/{kind}"), hook)
    }

    /// Where the probe is for hooks of that kind: `startContainer` hooks have their path in the container.
    #[must_use]
    pub fn hook_path(&self, kind: &str) -> String {
        let inside = kind == "startContainer";
        if inside { probe::PATH.to_owned() } else { self.root().join("probe").display().to_string() }
    }

    /// The arguments with which a hook stamps and reports under `name`.
    #[must_use]
    pub fn hook_args(&self, kind: &str, name: &str, then: &[&str]) -> Vec<String> {
        let seen = self.seen(kind, name);
        let inside = Path::new("/").join(seen.file_name().unwrap_or_default());
        let report = if kind == "startContainer" { inside } else { seen };
        let stamps = report.with_extension("stamps");
        let mut args = vec!["probe".to_owned(), format!("nonce={}", self.nonce), "stdin".to_owned()];
        args.push(format!("stamp={}", stamps.display()));
        args.push(format!("report={}", report.display()));
        args.extend(then.iter().map(|action| (*action).to_owned()));
        args
    }

    /// Where a hook of that kind and name leaves its report, as the host sees it.
    #[must_use]
    pub fn seen(&self, kind: &str, name: &str) -> PathBuf {
        let directory = if kind == "startContainer" { self.root() } else { self.home.join("seen") };
        directory.join(format!("{name}.json"))
    }

    /// The program is called by this name, in place of the path of the probe.
    #[must_use]
    pub fn program(mut self, name: &str) -> Self {
        name.clone_into(&mut self.program);
        self
    }

    /// A file in the root.
    #[must_use]
    pub fn file(self, path: &str, text: &str) -> Self {
        self.inside(path, EntryKind::File(text.to_owned()))
    }

    /// A directory in the root, for everybody to write in.
    #[must_use]
    pub fn directory(self, path: &str) -> Self {
        self.inside(path, EntryKind::Directory)
    }

    /// A symbolic link in the root.
    #[must_use]
    pub fn link(self, path: &str, target: &str) -> Self {
        self.inside(path, EntryKind::Link(target.to_owned()))
    }

    /// A copy of the probe in the root.
    #[must_use]
    pub fn probe(self, path: &str, mode: u32) -> Self {
        self.inside(path, EntryKind::Probe(mode))
    }

    /// A file outside of the bundle, at [`Bundle::outside`].
    #[must_use]
    pub fn outside_file(self, name: &str, text: &str) -> Self {
        let path = PathBuf::from(self.outside(name));
        self.entry(path, EntryKind::File(text.to_owned()))
    }

    /// A copy of the probe outside of the bundle, at [`Bundle::outside`].
    #[must_use]
    pub fn outside_probe(self, name: &str) -> Self {
        let path = PathBuf::from(self.outside(name));
        self.entry(path, EntryKind::Probe(0o755))
    }

    /// A directory outside of the bundle, at [`Bundle::outside`].
    #[must_use]
    pub fn outside_directory(self, name: &str) -> Self {
        let path = PathBuf::from(self.outside(name));
        self.entry(path, EntryKind::Directory)
    }

    /// A file in the directory of the bundle, beside its configuration.
    #[must_use]
    pub fn beside(self, path: &str, text: &str) -> Self {
        let path = self.directory_path().join(path);
        self.entry(path, EntryKind::File(text.to_owned()))
    }

    fn inside(self, path: &str, kind: EntryKind) -> Self {
        let path = self.root().join(path.trim_start_matches('/'));
        self.entry(path, kind)
    }

    fn entry(mut self, path: PathBuf, kind: EntryKind) -> Self {
        self.entries.push(Entry { path, kind });
        self
    }

    /// The directory of the bundle.
    #[must_use]
    pub fn directory_path(&self) -> PathBuf {
        self.home.join("bundle")
    }

    /// The root file system, as the host sees it.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.directory_path().join("rootfs")
    }

    /// A path outside the bundle, which the container does not see unless it is mounted.
    #[must_use]
    pub fn outside(&self, name: &str) -> String {
        self.home.join("outside").join(name).display().to_string()
    }

    /// What marks the probe's reports as those of this container.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Writes everything; whatever was there before goes.
    ///
    /// # Errors
    /// Where the directories and files cannot be made.
    pub(crate) fn write(&self) -> io::Result<()> {
        for directory in ["bundle", "seen", "outside"] {
            let path = self.home.join(directory);
            if path.exists() {
                fs::remove_dir_all(&path)?;
            }
            fs::create_dir_all(path)?;
        }
        self.base.write(&self.directory_path()).map_err(io::Error::other)?;
        self.entries.iter().try_for_each(Entry::write)?;
        self.write_config()
    }

    /// Writes `config.json` alone.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub(crate) fn write_config(&self) -> io::Result<()> {
        let text = serde_json::to_string_pretty(&self.finished())?;
        fs::write(self.directory_path().join("config.json"), text)
    }

    /// The arguments of the program: its name, and the actions of the probe around its report.
    #[must_use]
    pub fn args(&self) -> Vec<String> {
        let mut args = vec![self.program.clone(), format!("nonce={}", self.nonce)];
        args.extend(self.looks.iter().cloned());
        args.push(format!("report={}", self.report));
        args.extend(self.then.iter().cloned());
        args
    }

    /// The configuration, with the arguments of the program filled in unless the case set others.
    fn finished(&self) -> Value {
        let mut config = self.config.clone();
        if config.pointer("/process/args").is_some_and(Value::is_null) {
            config["process"]["args"] = json!(self.args());
        }
        config
    }
}

impl Entry {
    fn write(&self) -> io::Result<()> {
        let mode = |mode| fs::set_permissions(&self.path, fs::Permissions::from_mode(mode));
        self.path.parent().map_or(Ok(()), fs::create_dir_all)?;
        match &self.kind {
            EntryKind::File(text) => fs::write(&self.path, text),
            EntryKind::Directory => fs::create_dir_all(&self.path).and_then(|()| mode(0o777)),
            EntryKind::Link(target) => symlink(target, &self.path),
            EntryKind::Probe(bits) => fs::write(&self.path, probe::BYTES).and_then(|()| mode(*bits)),
        }
    }
}

/// The value at `pointer`, made where it is missing.
fn place<'a>(config: &'a mut Value, pointer: &str) -> &'a mut Value {
    pointer.split('/').skip(1).fold(config, |value, name| match value {
        Value::Array(values) => {
            let last = values.len().saturating_sub(1);
            &mut values[name.parse::<usize>().unwrap_or(last)]
        }
        other => {
            if !other.is_object() {
                *other = json!({});
            }
            &mut other[name]
        }
    })
}

/// The base bundle's configuration, without what a case would have to undo: limits on what is seen and gained, names,
/// and the mounts that the default file systems are not tested with.
fn base_config(base: &bundle::Bundle, directory: &Path) -> Value {
    let mut config = base.config(directory).expect("the base bundle has no patches");
    for (parent, name) in
        [("/process", "noNewPrivileges"), ("/linux", "maskedPaths"), ("/linux", "readonlyPaths")]
    {
        remove(&mut config, parent, name);
    }
    remove(&mut config, "", "hostname");
    let kept = |mount: &&Value| KEPT_MOUNTS.iter().any(|place| mount["destination"] == *place);
    let mut mounts: Vec<Value> =
        config["mounts"].as_array().into_iter().flatten().filter(kept).cloned().collect();
    for options in mounts.iter_mut().filter_map(|mount| mount.get_mut("options")?.as_array_mut()) {
        // A user namespace need not map this group.
        options.retain(|option| option != "gid=5");
    }
    config["mounts"] = json!(mounts);
    config["process"]["args"] = Value::Null;
    config
}

/// Without these a runtime cannot work, or the probe cannot look.
const KEPT_MOUNTS: [&str; 3] = ["/proc", "/dev", "/dev/pts"];

fn remove(config: &mut Value, parent: &str, name: &str) {
    if let Some(object) = config.pointer_mut(parent).and_then(Value::as_object_mut) {
        object.remove(name);
    }
}

/// Sixteen digits that no other run has.
fn nonce() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
