//! From the configuration of an image to that of a container.
//!
//! What an image leaves open is as `runc spec` has it. Labels that would steer a runtime are left out, which departs from
//! the specification knowingly: a label must not become a command on the host.
//!
//! Source: image-spec v1.1.1, `conversion.md`.

mod annotation;
mod user;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Component, Path, PathBuf};

use oci_spec::image::{Config, ImageConfiguration};
use oci_spec::runtime::{
    LinuxDeviceCgroupBuilder, LinuxResourcesBuilder, MountBuilder, ProcessBuilder, RootBuilder, Spec,
};
use serde_json::Value;

use crate::root::Root;
pub use user::UserError;

/// What the caller adds to an image.
#[derive(Debug, Clone, Copy)]
pub struct Wishes<'a> {
    /// The name of the host inside.
    pub hostname: &'a str,
    /// Takes the place of `Cmd`, unless it is empty.
    pub arguments: &'a [String],
    /// What becomes of labels that would steer a runtime.
    pub labels: Labels,
}

/// What becomes of labels that would steer a runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// They are left out.
    Guard,
    /// They become annotations, as all others.
    Trust,
}

/// A configuration, and what comes with it.
#[derive(Debug, Clone)]
pub struct Converted {
    /// The configuration, with every list and member in a certain order.
    pub config: Value,
    /// Places inside that get a directory of the bundle each, in the order of their mounts.
    pub volumes: Vec<PathBuf>,
    /// What of the image is not in the configuration, in words.
    pub left_out: Vec<String>,
}

/// Why an image gives no configuration.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ConvertError {
    #[error("the image names no command: give one after the bundle, such as `-- /bin/sh`")]
    NoCommand,

    #[error("the {field} of the image holds a NUL: `{value}`")]
    Nul { field: &'static str, value: String },

    #[error("`{entry}` in the environment of the image is no NAME=VALUE")]
    Environment { entry: String },

    #[error("the volume `{path}` of the image is no absolute path below the root")]
    Volume { path: String },

    #[error("`{signal}` is no signal that could stop a container")]
    StopSignal { signal: String },

    #[error(transparent)]
    User(#[from] UserError),

    #[error("make the working directory `{}` in the root", path.display())]
    WorkingDirectory { path: PathBuf, source: io::Error },

    #[error("the configuration")]
    Spec(#[from] oci_spec::OciSpecError),

    #[error("write the configuration")]
    Json(#[from] serde_json::Error),
}

/// Derives the configuration of a container from that of its image, whose root file system is `root`.
///
/// The working directory is made in the root where it is missing.
///
/// # Errors
/// See [`ConvertError`].
pub fn convert(
    image: &ImageConfiguration,
    root: &Root,
    wishes: Wishes<'_>,
) -> Result<Converted, ConvertError> {
    let config = image.config().clone().unwrap_or_default();
    let user = user::resolve(config.user().as_deref().unwrap_or_default(), root)?;
    let directory = Path::new("/").join(config.working_dir().as_deref().unwrap_or_default());
    let made = root.make_directory(&directory);
    made.map_err(|source| ConvertError::WorkingDirectory { path: directory.clone(), source })?;
    let process = ProcessBuilder::default()
        .args(arguments(&config, wishes.arguments)?)
        .env(environment(&config, &user.home)?)
        .cwd(directory)
        .user(user.user)
        .capabilities(capabilities())
        .build()?;
    let (annotations, left_out) = annotation::annotations(image, wishes.labels)?;
    let volumes = volumes(&config)?;
    let mut spec = Spec::default();
    spec.set_version("1.0.2".to_owned())
        .set_process(Some(process))
        .set_root(Some(RootBuilder::default().path("rootfs").readonly(false).build()?))
        .set_hostname(Some(wishes.hostname.to_owned()))
        .set_annotations(Some(annotations.into_iter().collect::<HashMap<_, _>>()));
    mount_volumes(&mut spec, &volumes)?;
    deny_devices(&mut spec)?;
    Ok(Converted { config: ordered(&spec)?, volumes, left_out })
}

/// What runs: the entry point, then the command; arguments of the caller take the command's place.
fn arguments(config: &Config, given: &[String]) -> Result<Vec<String>, ConvertError> {
    let entrypoint = config.entrypoint().clone().unwrap_or_default();
    let command = if given.is_empty() { config.cmd().clone().unwrap_or_default() } else { given.to_vec() };
    let arguments = [entrypoint, command].concat();
    if let Some(value) = arguments.iter().find(|argument| argument.contains('\0')) {
        return Err(ConvertError::Nul { field: "command", value: value.clone() });
    }
    if arguments.is_empty() { Err(ConvertError::NoCommand) } else { Ok(arguments) }
}

const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The environment in the order of the image, the last of each name; with a path and a home where it has none.
fn environment(config: &Config, home: &str) -> Result<Vec<String>, ConvertError> {
    let given = config.env().clone().unwrap_or_default();
    let mut last = HashMap::new();
    for (place, entry) in given.iter().enumerate() {
        if entry.contains('\0') {
            return Err(ConvertError::Nul { field: "environment", value: entry.clone() });
        }
        match entry.split_once('=') {
            Some((name, _)) if !name.is_empty() => drop(last.insert(name, place)),
            _ => return Err(ConvertError::Environment { entry: entry.clone() }),
        }
    }
    let defaults = [("PATH", PATH.to_owned()), ("HOME", format!("HOME={home}"))];
    let missing = defaults.into_iter().filter(|(name, _)| !last.contains_key(name)).map(|(_, entry)| entry);
    let is_last = |place: &usize| last.values().any(|kept| kept == place);
    let kept = given.iter().enumerate().filter(|(place, _)| is_last(place)).map(|(_, entry)| entry.clone());
    Ok(kept.chain(missing).collect())
}

/// Where the image wants volumes, each once, in order.
fn volumes(config: &Config) -> Result<Vec<PathBuf>, ConvertError> {
    let mut paths = Vec::new();
    for path in config.volumes().iter().flatten() {
        let parts: Vec<Component<'_>> = Path::new(path).components().collect();
        let plain = parts.iter().skip(1).all(|part| matches!(part, Component::Normal(_)));
        if !path.starts_with('/') || parts.len() < 2 || !plain || path.contains('\0') {
            return Err(ConvertError::Volume { path: path.clone() });
        }
        paths.push(parts.iter().collect());
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Where a bundle keeps the directory of a volume, by its place in the order of volumes.
#[must_use]
pub fn volume(number: usize) -> PathBuf {
    Path::new("volumes").join(number.to_string())
}

fn mount_volumes(spec: &mut Spec, volumes: &[PathBuf]) -> Result<(), ConvertError> {
    let mut mounts = spec.mounts().clone().unwrap_or_default();
    for (number, destination) in volumes.iter().enumerate() {
        let options = ["rbind", "nosuid", "nodev"].map(str::to_owned).to_vec();
        let mount = MountBuilder::default().destination(destination).typ("bind").source(volume(number));
        mounts.push(mount.options(options).build()?);
    }
    spec.set_mounts(Some(mounts));
    Ok(())
}

/// The configuration as JSON; sets of capabilities, which have no order of their own, by name.
fn ordered(spec: &Spec) -> Result<Value, serde_json::Error> {
    let mut config = serde_json::to_value(spec)?;
    let sets = config.pointer_mut("/process/capabilities").and_then(Value::as_object_mut);
    for set in sets.into_iter().flat_map(|sets| sets.values_mut()).filter_map(Value::as_array_mut) {
        set.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    }
    Ok(config)
}

/// No capability is inheritable, so none is ambient: a program must not get more than its user has.
fn capabilities() -> oci_spec::runtime::LinuxCapabilities {
    let mut capabilities = oci_spec::runtime::LinuxCapabilities::default();
    capabilities.set_inheritable(None).set_ambient(None);
    capabilities
}

/// Devices are denied, but for those that every runtime allows.
fn deny_devices(spec: &mut Spec) -> Result<(), ConvertError> {
    let mut linux = spec.linux().clone().unwrap_or_default();
    let all = LinuxDeviceCgroupBuilder::default().allow(false).access("rwm").build()?;
    linux.set_resources(Some(LinuxResourcesBuilder::default().devices(vec![all]).build()?));
    spec.set_linux(Some(linux));
    Ok(())
}

/// Annotations by name, in order.
type Annotations = BTreeMap<String, String>;

#[cfg(test)]
mod tests;
