//! What a case needs of the host and of the runtime, and whether it is there.

use std::fmt;

use crate::facts::Facts;

/// Something that a case needs to tell anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Root, rather than a user in a user namespace.
    Root,
    /// A capability in the bounding set, without `CAP_`.
    Capability(&'static str),
    /// A controller, in a v1 hierarchy or in the v2 tree.
    Cgroup(&'static str),
    /// A controller in a v1 hierarchy.
    CgroupV1(&'static str),
    /// A controller in the v2 tree.
    CgroupV2(&'static str),
    /// A file in the cgroups of containers, of one of these names.
    CgroupFile(&'static [&'static str]),
    /// A block device that rates can be set for.
    BlockDevice,
    /// User namespaces.
    UserNamespace,
    /// Time namespaces.
    TimeNamespace,
    /// A kernel not older than that.
    Kernel(u32, u32),
    /// A verb that not every runtime has.
    Verb(&'static str),
    /// That many processors.
    Cpus(u32),
    /// A security module that is enabled.
    Lsm(&'static str),
    /// A version of the specification not older than that.
    Spec(u32, u32),
    /// A file of the kernel's.
    File(&'static str),
    /// A program of the host's.
    Program(&'static str),
    /// No resctrl file system, so that asking for one is in vain.
    NoResctrl,
}

impl Need {
    /// Why it is not met, and what would meet it; nothing where it is met.
    #[must_use]
    pub fn unmet(self, facts: &Facts) -> Option<String> {
        let met = match self {
            Self::Root => facts.root,
            Self::Capability(name) => facts.capabilities.iter().any(|held| held == name),
            Self::Cgroup(name) => facts.v1(name) || facts.v2(name),
            Self::CgroupV1(name) => facts.v1(name),
            Self::CgroupV2(name) => facts.v2(name),
            Self::CgroupFile(names) => names.iter().any(|name| facts.has_cgroup_file(name)),
            Self::BlockDevice => facts.block_device.is_some(),
            Self::UserNamespace => facts.namespaces.iter().any(|kind| kind == "user"),
            Self::TimeNamespace => facts.namespaces.iter().any(|kind| kind == "time"),
            Self::Kernel(major, minor) => facts.kernel >= (major, minor),
            Self::Verb(verb) => facts.verbs.iter().any(|known| known == verb),
            Self::Cpus(count) => facts.cpus.len() >= count as usize,
            Self::Lsm(name) => facts.lsm.iter().any(|module| module == name),
            Self::Spec(major, minor) => facts.spec.core() >= (major, minor),
            Self::File(path) => std::path::Path::new(path).exists(),
            Self::Program(name) => is_installed(name),
            Self::NoResctrl => !facts.resctrl,
        };
        (!met).then(|| self.unlock(facts))
    }

    fn unlock(self, facts: &Facts) -> String {
        match self {
            Self::Root => "this needs root; run it with sudo".to_owned(),
            Self::Capability(name) => {
                format!(
                    "CAP_{name} is not in the bounding set; give it to the container or machine you run in"
                )
            }
            Self::Cgroup(name) => format!("no cgroup hierarchy has `{name}`; mount one that does"),
            Self::CgroupV1(name) => {
                format!("`{name}` has no v1 hierarchy; boot with systemd.unified_cgroup_hierarchy=0")
            }
            Self::CgroupV2(name) => {
                format!("`{name}` is not in the v2 tree; boot with systemd.unified_cgroup_hierarchy=1")
            }
            Self::CgroupFile(names) => {
                format!("cgroups have no `{}`; boot a kernel that has it", names.join("` or `"))
            }
            Self::BlockDevice => "there is no disk; give the machine one".to_owned(),
            Self::UserNamespace => "no user namespaces; set user.max_user_namespaces above 0".to_owned(),
            Self::TimeNamespace => "no time namespaces; they need Linux 5.6 with CONFIG_TIME_NS".to_owned(),
            Self::Kernel(major, minor) => {
                format!("this is Linux {}.{}; boot {major}.{minor} or newer", facts.kernel.0, facts.kernel.1)
            }
            Self::Verb(verb) => format!("the runtime has no verb `{verb}`; a newer release may"),
            Self::Cpus(count) => {
                format!("{} processors are not {count}; give the machine more", facts.cpus.len())
            }
            Self::Lsm(name) => format!("{name} is not enabled; boot with it in `lsm=`"),
            Self::Spec(..) => {
                format!(
                    "the runtime claims version {} of the specification; judge by a later one with --spec",
                    facts.spec
                )
            }
            Self::File(path) => format!("this kernel has no `{path}`"),
            Self::Program(name) => format!("there is no `{name}` in $PATH; install it"),
            Self::NoResctrl => "a resctrl file system is mounted; unmount it".to_owned(),
        }
    }
}

/// Whether a program is found as shells find it.
fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(name).is_file())
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Capability(name) => write!(f, "cap:{name}"),
            Self::Cgroup(name) => write!(f, "cgroup:{name}"),
            Self::CgroupV1(name) => write!(f, "cgroup-v1:{name}"),
            Self::CgroupV2(name) => write!(f, "cgroup-v2:{name}"),
            Self::CgroupFile(names) => write!(f, "cgroup-file:{}", names.join("|")),
            Self::BlockDevice => f.write_str("disk"),
            Self::UserNamespace => f.write_str("userns"),
            Self::TimeNamespace => f.write_str("timens"),
            Self::Kernel(major, minor) => write!(f, "kernel:{major}.{minor}"),
            Self::Verb(verb) => write!(f, "verb:{verb}"),
            Self::Cpus(count) => write!(f, "cpus:{count}"),
            Self::Lsm(name) => write!(f, "lsm:{name}"),
            Self::Spec(major, minor) => write!(f, "spec:{major}.{minor}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Program(name) => write!(f, "program:{name}"),
            Self::NoResctrl => f.write_str("no-resctrl"),
        }
    }
}
