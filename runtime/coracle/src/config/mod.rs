//! `config.json`: what the document says, and what of it holds.
//!
//! [`Document`] is the text taken apart; [`Config::check`] reads it once and either names everything that is wrong,
//! each violation with its JSON pointer, or returns values that need no second look: numbers in range, names resolved
//! to what the kernel calls them, strings that reach system calls as C strings. All of it borrows from the document.
//!
//! Unknown properties are ignored. `null` is a value like any other, and valid nowhere.

pub mod capabilities;
pub mod coverage;
pub mod devices;
pub mod document;
pub mod hooks;
pub mod ids;
pub mod intel_rdt;
pub mod linux;
pub mod memory_policy;
pub mod mount;
pub mod namespaces;
pub mod net_devices;
pub mod numbers;
pub mod process;
mod read;
pub mod resources;
pub mod rlimits;
mod rules;
pub mod scheduling;
pub mod seccomp;
pub mod sysctl;
#[cfg(test)]
mod tests;
pub mod text;
pub mod version;
pub mod violation;

use alloc::format;
use alloc::vec::Vec;
use core::ffi::CStr;

pub use self::document::Document;
use self::document::Node;
use self::hooks::Hooks;
use self::linux::Linux;
use self::mount::Mount;
use self::process::Process;
use self::read::{Findings, Map, Object, Read};
use self::violation::Violation;
use crate::seccomp::{Arch, compile};

/// A configuration in which everything is valid, as far as the document alone can tell.
///
/// - **Source**: `config.md`.
#[derive(Debug, Clone, PartialEq)]
pub struct Config<'d> {
    /// Version of the specification, such as `1.3.0`.
    pub oci_version: &'d str,
    /// The root file system.
    pub root: Root<'d>,
    /// Mounts beyond it, in their order.
    pub mounts: Vec<Mount<'d>>,
    /// The container process; `start` needs it, `create` does not.
    pub process: Option<Process<'d>>,
    /// Host name, at most 64 bytes; a UTS namespace is made or joined.
    pub hostname: Option<&'d CStr>,
    /// Domain name, at most 64 bytes; a UTS namespace is made or joined.
    pub domainname: Option<&'d CStr>,
    /// Programs to run at points of the life cycle.
    pub hooks: Hooks<'d>,
    /// Metadata, in the order of the document.
    pub annotations: Vec<(&'d str, &'d str)>,
    /// What only Linux has; defaults where the section is absent.
    pub linux: Linux<'d>,
    /// What must be logged and does not matter otherwise, such as capabilities that cannot be granted.
    pub warnings: Vec<Violation>,
}

/// The root file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root<'d> {
    /// An absolute path, or one relative to the bundle; not empty.
    pub path: &'d CStr,
    /// Whether the container sees it read-only.
    pub readonly: bool,
}

impl<'d> Config<'d> {
    /// Checks a configuration.
    ///
    /// - **Returns** what it says. Pure: whether the host can do it all is not judged.
    /// - **Errors**: every violation of the specification in it, by the first of the document; what `linux.resources` and
    ///   `linux.seccomp` mean is judged where they are lowered, but their types are judged here.
    /// - **Cost**: linear in the document.
    ///
    /// # Errors
    /// As above.
    pub fn check(document: &'d Document) -> Result<Self, Vec<Violation>> {
        let mut findings = Findings::default();
        if let Some(mut config) = Self::read(document.root(), &mut findings) {
            rules::check(&config, &mut findings);
            if findings.violations.is_empty() {
                config.warnings = findings.warnings;
                return Ok(config);
            }
            findings.violations.extend(config.seccomp_violations());
        }
        Err(findings.violations)
    }

    /// What is wrong in the seccomp section; it is lowered later, unless there is something else to report.
    fn seccomp_violations(&self) -> Vec<Violation> {
        let Some(section) = self.linux.seccomp else { return Vec::new() };
        let compiled = section.read().and_then(|section| compile(&section, Arch::NATIVE));
        compiled.err().unwrap_or_default()
    }
}

impl<'d> Read<'d> for Config<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let document = Object::read(node, findings)?;
        let oci_version = document.required_node("ociVersion", findings);
        let oci_version = oci_version.and_then(|node| version::read(node, findings));
        let root = document.required("root", findings);
        Some(Self {
            oci_version: oci_version.unwrap_or_default(),
            root: root.unwrap_or(Root { path: c"", readonly: false }),
            mounts: document.or_default("mounts", findings),
            process: document.optional("process", findings),
            hostname: name(document, "hostname", findings),
            domainname: name(document, "domainname", findings),
            hooks: document.or_default("hooks", findings),
            annotations: annotations(document, findings),
            linux: document.or_default("linux", findings),
            warnings: Vec::new(),
        })
    }
}

impl<'d> Read<'d> for Root<'d> {
    fn read(node: Node<'d>, findings: &mut Findings) -> Option<Self> {
        let root = Object::read(node, findings)?;
        let path = root.required_node("path", findings);
        let readonly = root.or_default("readonly", findings);
        let path_node = path?;
        let path = <&CStr>::read(path_node, findings)?;
        if path.is_empty() {
            findings.violate(path_node, "is empty; name the directory of the root file system");
        }
        Some(Self { path, readonly })
    }
}

/// A host or domain name; an empty one is none, as for those who write it.
fn name<'d>(document: Object<'d>, property: &str, findings: &mut Findings) -> Option<&'d CStr> {
    /// `__NEW_UTS_LEN` of the kernel.
    const LONGEST: usize = 64;
    let node = document.node_of(property, findings)?;
    let name = <&CStr>::read(node, findings).filter(|name| !name.is_empty())?;
    if name.count_bytes() > LONGEST {
        findings.violate(node, format!("has {} bytes, the kernel takes {LONGEST}", name.count_bytes()));
    }
    Some(name)
}

fn annotations<'d>(document: Object<'d>, findings: &mut Findings) -> Vec<(&'d str, &'d str)> {
    let Map(annotations) = document.or_default("annotations", findings);
    if annotations.iter().any(|(key, _)| key.is_empty()) {
        findings.violations.push(Violation::new("/annotations/", "a key must not be empty"));
    }
    annotations
}
