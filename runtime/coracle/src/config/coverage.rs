//! Every property of the specification's schema, and what becomes of it.
//!
//! Tests hold this list against the schema, and each claim against the checks: a value of a wrong type is refused
//! exactly where the list says that the property is read.

/// Some properties of one object, which are handled alike.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// JSON pointer of the object; `*` stands for each entry of an array or of a map.
    pub object: &'static str,
    /// Its properties.
    pub names: &'static [&'static str],
    /// What becomes of them.
    pub handling: Handling,
}

/// What becomes of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// It is checked, and then does this.
    Read(&'static str),
    /// It is not looked at, for this reason.
    Ignored(&'static str),
}

use Handling::{Ignored, Read};

const fn section(object: &'static str, names: &'static [&'static str], handling: Handling) -> Section {
    Section { object, names, handling }
}

const OTHER_PLATFORM: Handling = Ignored("is for another platform");
const SECTION: Handling = Read("holds the properties below");
const HOOK: &[&str] = &["path", "args", "env", "timeout"];
const MAPPING: &[&str] = &["containerID", "hostID", "size"];
const THROTTLE: &[&str] = &["major", "minor", "rate"];
const BLOCK: Handling = Read("becomes a write to `blkio.*` or `io.*`");

/// All properties of `config-schema.json` and of what it refers to.
pub const SECTIONS: &[Section] = &[
    section("", &["ociVersion"], Read("decides whether the document is accepted; is part of the state")),
    section("", &["root", "mounts", "process", "hooks", "linux"], SECTION),
    section("", &["annotations"], Read("is part of the state")),
    section("", &["hostname"], Read("Step::SetHostname")),
    section("", &["domainname"], Read("Step::SetDomainname")),
    section("", &["freebsd", "solaris", "vm", "windows", "zos"], OTHER_PLATFORM),
    section("/root", &["path"], Read("Step::FindRoot, Step::OpenRoot, Step::EnterRoot")),
    section("/root", &["readonly"], Read("Step::SealRoot")),
    section(
        "/mounts/*",
        &["destination", "source", "type", "options"],
        Read("Step::MountFilesystem, Step::MountTree"),
    ),
    section(
        "/mounts/*",
        &["uidMappings", "gidMappings"],
        Read("maps the ids of the mount, by a user namespace made for it"),
    ),
    section("/mounts/*/uidMappings/*", MAPPING, Read("one line of the mapping")),
    section("/mounts/*/gidMappings/*", MAPPING, Read("one line of the mapping")),
    section("/process", &["args", "env"], Read("Step::Execute")),
    section("/process", &["commandLine"], OTHER_PLATFORM),
    section("/process", &["terminal", "consoleSize"], Read("Step::OpenTerminal, Step::MountConsole")),
    section("/process/consoleSize", &["height", "width"], Read("Step::OpenTerminal")),
    section("/process", &["cwd"], Read("Step::ChangeDirectory")),
    section("/process", &["user", "capabilities", "rlimits"], SECTION),
    section("/process/user", &["uid", "gid", "additionalGids"], Read("Step::BecomeUser")),
    section("/process/user", &["umask"], Read("Step::SetUmask")),
    section("/process/user", &["username"], OTHER_PLATFORM),
    section("/process/capabilities", &["bounding"], Read("Step::DropBounding")),
    section(
        "/process/capabilities",
        &["effective", "permitted", "inheritable", "ambient"],
        Read("Step::SetCapabilities"),
    ),
    section("/process/rlimits/*", &["type", "soft", "hard"], Read("Step::SetRlimit")),
    section("/process", &["apparmorProfile", "selinuxLabel"], Read("Step::LabelProgram")),
    section("/process", &["noNewPrivileges"], Read("Step::SetNoNewPrivileges")),
    section("/process", &["oomScoreAdj"], Read("Step::SetOomScore")),
    section("/process", &["ioPriority"], Read("Step::SetIoPriority")),
    section("/process/ioPriority", &["class", "priority"], Read("Step::SetIoPriority")),
    section("/process", &["scheduler"], Read("Step::SetScheduler")),
    section(
        "/process/scheduler",
        &["policy", "nice", "priority", "flags", "runtime", "deadline", "period"],
        Read("Step::SetScheduler"),
    ),
    section("/process", &["execCPUAffinity"], SECTION),
    section(
        "/process/execCPUAffinity",
        &["initial", "final"],
        Read("Step::SetAffinity, of processes that join"),
    ),
    section("/hooks", &["prestart", "createRuntime"], Read("Step::AwaitHooks: the runtime runs them")),
    section("/hooks", &["createContainer"], Read("Step::RunCreateContainerHooks")),
    section("/hooks", &["startContainer"], Read("Step::RunStartContainerHooks")),
    section("/hooks", &["poststart"], Read("is run by `start` once the program runs")),
    section("/hooks", &["poststop"], Read("is run by `delete`")),
    section("/hooks/prestart/*", HOOK, Read("one program to run")),
    section("/hooks/createRuntime/*", HOOK, Read("one program to run")),
    section("/hooks/createContainer/*", HOOK, Read("one program to run")),
    section("/hooks/startContainer/*", HOOK, Read("one program to run")),
    section("/hooks/poststart/*", HOOK, Read("one program to run")),
    section("/hooks/poststop/*", HOOK, Read("one program to run")),
    section("/linux", &["namespaces"], SECTION),
    section(
        "/linux/namespaces/*",
        &["type", "path"],
        Read("a flag of clone3(2), Step::Join, Step::UnshareCgroups or Step::ShiftClocks"),
    ),
    section("/linux", &["uidMappings", "gidMappings"], Read("Step::AwaitMappings: the runtime maps them")),
    section("/linux/uidMappings/*", MAPPING, Read("one line of `uid_map`")),
    section("/linux/gidMappings/*", MAPPING, Read("one line of `gid_map`")),
    section("/linux", &["timeOffsets"], Read("Step::ShiftClocks")),
    section("/linux/timeOffsets", &["boottime", "monotonic"], Read("Step::ShiftClocks")),
    section("/linux/timeOffsets/boottime", &["secs", "nanosecs"], Read("Step::ShiftClocks")),
    section("/linux/timeOffsets/monotonic", &["secs", "nanosecs"], Read("Step::ShiftClocks")),
    section("/linux", &["devices"], SECTION),
    section(
        "/linux/devices/*",
        &["type", "path", "fileMode", "major", "minor", "uid", "gid"],
        Read("Step::MakeDevice"),
    ),
    section("/linux", &["netDevices"], Read("the runtime moves the devices, by rtnetlink")),
    section("/linux/netDevices/*", &["name"], Read("the name that the device gets with the move")),
    section("/linux", &["cgroupsPath"], Read("where the container's cgroup is made")),
    section("/linux", &["resources"], SECTION),
    section("/linux/resources", &["devices"], SECTION),
    section(
        "/linux/resources/devices/*",
        &["allow", "type", "major", "minor", "access"],
        Read("becomes a write to `devices.*`, or a part of the device program"),
    ),
    section(
        "/linux/resources",
        &["memory", "cpu", "pids", "blockIO", "network", "hugepageLimits", "rdma"],
        SECTION,
    ),
    section(
        "/linux/resources/memory",
        &["limit", "reservation", "swap", "kernelTCP", "swappiness", "disableOOMKiller", "useHierarchy"],
        Read("becomes a write to `memory.*`"),
    ),
    section(
        "/linux/resources/memory",
        &["kernel"],
        Read("is checked and does nothing, as in kernels since 5.16"),
    ),
    section(
        "/linux/resources/memory",
        &["checkBeforeUpdate"],
        Read("lets `update` refuse a limit below the usage"),
    ),
    section(
        "/linux/resources/cpu",
        &["shares", "quota", "burst", "period", "realtimeRuntime", "realtimePeriod", "idle"],
        Read("becomes a write to `cpu.*`"),
    ),
    section("/linux/resources/cpu", &["cpus", "mems"], Read("becomes a write to `cpuset.*`")),
    section("/linux/resources/pids", &["limit"], Read("becomes a write to `pids.max`")),
    section("/linux/resources/blockIO", &["weight", "leafWeight", "weightDevice"], BLOCK),
    section("/linux/resources/blockIO/weightDevice/*", &["major", "minor", "weight", "leafWeight"], BLOCK),
    section(
        "/linux/resources/blockIO",
        &[
            "throttleReadBpsDevice",
            "throttleWriteBpsDevice",
            "throttleReadIOPSDevice",
            "throttleWriteIOPSDevice",
        ],
        BLOCK,
    ),
    section("/linux/resources/blockIO/throttleReadBpsDevice/*", THROTTLE, BLOCK),
    section("/linux/resources/blockIO/throttleWriteBpsDevice/*", THROTTLE, BLOCK),
    section("/linux/resources/blockIO/throttleReadIOPSDevice/*", THROTTLE, BLOCK),
    section("/linux/resources/blockIO/throttleWriteIOPSDevice/*", THROTTLE, BLOCK),
    section(
        "/linux/resources/hugepageLimits/*",
        &["pageSize", "limit"],
        Read("becomes a write to `hugetlb.*`"),
    ),
    section("/linux/resources/network", &["classID"], Read("becomes a write to `net_cls.classid`")),
    section("/linux/resources/network", &["priorities"], Read("becomes a write to `net_prio.ifpriomap`")),
    section(
        "/linux/resources/network/priorities/*",
        &["name", "priority"],
        Read("becomes a write to `net_prio.ifpriomap`"),
    ),
    section("/linux/resources/rdma/*", &["hcaHandles", "hcaObjects"], Read("becomes a write to `rdma.max`")),
    section("/linux/resources", &["unified"], Read("becomes writes to the files that it names")),
    section("/linux", &["seccomp"], Read("Step::LoadSeccomp")),
    section(
        "/linux/seccomp",
        &["defaultAction", "defaultErrnoRet", "architectures", "syscalls"],
        Read("Step::LoadSeccomp"),
    ),
    section("/linux/seccomp", &["flags"], Read("flags of seccomp(2)")),
    section(
        "/linux/seccomp",
        &["listenerPath", "listenerMetadata"],
        Read("the runtime introduces the agent"),
    ),
    section("/linux/seccomp/syscalls/*", &["names", "action", "errnoRet", "args"], Read("Step::LoadSeccomp")),
    section(
        "/linux/seccomp/syscalls/*/args/*",
        &["index", "value", "valueTwo", "op"],
        Read("Step::LoadSeccomp"),
    ),
    section("/linux", &["sysctl"], Read("Step::SetSysctl")),
    section("/linux", &["rootfsPropagation"], Read("Step::Propagate, Step::PropagateRoot")),
    section("/linux", &["maskedPaths"], Read("Step::MaskPath")),
    section("/linux", &["readonlyPaths"], Read("Step::ProtectPath")),
    section("/linux", &["mountLabel"], Read("is an option of each file system that is mounted")),
    section("/linux", &["personality"], Read("Step::SetPersonality")),
    section("/linux/personality", &["domain"], Read("Step::SetPersonality")),
    section("/linux/personality", &["flags"], Read("is checked; no flag is defined")),
    section("/linux", &["memoryPolicy"], Read("Step::SetMemoryPolicy")),
    section("/linux/memoryPolicy", &["mode", "nodes", "flags"], Read("Step::SetMemoryPolicy")),
    section("/linux", &["intelRdt"], SECTION),
    section(
        "/linux/intelRdt",
        &["closID"],
        Read("the class of resctrl that is joined, and made where needed"),
    ),
    section(
        "/linux/intelRdt",
        &["schemata", "l3CacheSchema", "memBwSchema"],
        Read("is written to `schemata` of a new class, compared with that of another"),
    ),
    section("/linux/intelRdt", &["enableMonitoring"], Read("a monitoring group is made and joined")),
];

#[cfg(test)]
mod schema;

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use serde_json::Value;

    use super::Handling::{Ignored, Read};
    use super::schema::Schema;
    use super::{Handling, SECTIONS, Section as Listed};
    use crate::config::seccomp::Section;
    use crate::config::{Config, Document};

    fn properties() -> impl Iterator<Item = (String, Handling)> {
        let of = |section: &Listed| {
            let (object, handling) = (section.object, section.handling);
            section.names.iter().map(move |name| (format!("{object}/{name}"), handling))
        };
        SECTIONS.iter().flat_map(of)
    }

    /// The pointer of a property in the example, with the first entry where the list means each.
    fn in_example(example: &Value, property: &str) -> String {
        let mut pointer = String::new();
        for segment in property.split('/').skip(1) {
            let around = example.pointer(&pointer);
            let name = match (segment, around) {
                ("*", Some(Value::Object(map))) => map.keys().next().cloned().unwrap(),
                ("*", _) => "0".into(),
                _ => segment.into(),
            };
            pointer = format!("{pointer}/{name}");
        }
        pointer
    }

    fn violations(config: &Value) -> Vec<String> {
        let document = Document::parse(config.to_string().into_bytes()).unwrap();
        let found = Config::check(&document)
            .and_then(|config| config.linux.seccomp.map(Section::read).transpose().map(drop));
        let found = found.err().unwrap_or_default();
        found.iter().map(|violation| violation.pointer.to_string()).collect()
    }

    #[test]
    fn a_wrong_value_is_refused_exactly_where_a_property_is_read() {
        let example: Value = serde_json::from_str(include_str!("example.json")).unwrap();
        for (property, handling) in properties() {
            let pointer = in_example(&example, &property);
            let mut config = example.clone();
            match (config.pointer_mut(&pointer), handling) {
                (Some(place), _) => {
                    *place = if place.is_boolean() { Value::from(7) } else { Value::from(true) }
                }
                (None, Ignored(_)) => config[property.trim_start_matches('/')] = Value::from(true),
                (None, Read(_)) => panic!("the example lacks `{property}`"),
            }
            let found = violations(&config);
            match handling {
                Read(_) => assert!(found.contains(&pointer), "`{property}`: {found:?}"),
                Ignored(_) => assert!(found.is_empty(), "`{property}`: {found:?}"),
            }
        }
    }

    #[test]
    fn steps_that_are_named_exist() {
        let steps = include_str!("../step.rs");
        for (property, handling) in properties() {
            let (Read(text) | Ignored(text)) = handling;
            for word in text.split(|letter: char| !letter.is_alphanumeric() && letter != ':') {
                if let Some(step) = word.trim_end_matches(':').strip_prefix("Step::") {
                    let defined =
                        ["(", ",", " {"].iter().any(|end| steps.contains(&format!("    {step}{end}")));
                    assert!(defined, "`{property}` names the step `{step}`");
                }
            }
        }
    }

    #[test]
    fn the_list_is_that_of_the_schema() {
        extern crate std;
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/specs/runtime-spec/schema");
        let directory = std::env::var("RUNTIME_SPEC_SCHEMA").unwrap_or_else(|_| default.into());
        let Some(schema) = Schema::load(&directory) else {
            std::println!("skipped: no schema in {directory}; name its directory in RUNTIME_SPEC_SCHEMA");
            return;
        };
        let listed = schema.properties();
        let known: BTreeSet<String> = properties().map(|(property, _)| property).collect();
        assert_eq!(known.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the schema");
        assert_eq!(
            listed.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "only in the schema"
        );
        assert_eq!(known.len(), properties().count(), "a property is listed twice");
    }
}
