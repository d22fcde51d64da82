//! Clauses of `config-linux.md`.

use record::Level::{Must, Should};

use crate::Clause;

/// `/proc` is a proc file system.
pub const DEFAULT_PROC: Clause = Clause {
    id: "config-linux/default-proc",
    level: Should,
    address: "config-linux.md#default-filesystems",
    asks: "`/proc` is a proc file system",
    sentence: "a66f405542f3b435fe8a74037667387c02ff47c81c2cb056c62ee2f25f06ee40",
};

/// `/sys` is a sysfs.
pub const DEFAULT_SYS: Clause = Clause {
    id: "config-linux/default-sys",
    level: Should,
    address: "config-linux.md#default-filesystems",
    asks: "`/sys` is a sysfs",
    sentence: "c21b7b98dadf42fe7cd1bf852c5d4786cd3f90084f5897e5623f4da3de89ad0b",
};

/// `/dev/pts` is a devpts.
pub const DEFAULT_PTS: Clause = Clause {
    id: "config-linux/default-pts",
    level: Should,
    address: "config-linux.md#default-filesystems",
    asks: "`/dev/pts` is a devpts",
    sentence: "d359f55d28646175f075645d17ac47ca52fc90d1546789f3d36aa91d032635eb",
};

/// `/dev/shm` is a tmpfs.
pub const DEFAULT_SHM: Clause = Clause {
    id: "config-linux/default-shm",
    level: Should,
    address: "config-linux.md#default-filesystems",
    asks: "`/dev/shm` is a tmpfs",
    sentence: "8f39539e29c218af952f83db4dca5a075a1271a158ab0d441ed4fb9874954fe7",
};

/// With `path` the process is in the namespace that the path names.
pub const NAMESPACE_JOIN: Clause = Clause {
    id: "config-linux/namespace-join",
    level: Must,
    address: "config-linux.md#namespaces",
    asks: "with `path` the process is in the namespace that the path names",
    sentence: "fd8430d3ad6ef28fead2b2eff3275febebc5a35831a84b2f0e6be61804bd48b7",
};

/// A path to a namespace of another type is an error.
pub const NAMESPACE_MISMATCH: Clause = Clause {
    id: "config-linux/namespace-mismatch",
    level: Must,
    address: "config-linux.md#namespaces",
    asks: "a path to a namespace of another type is an error",
    sentence: "162c61e829f1da6c6dfccc5e3243f3574556b6a37a226a7d39c5100e9ae3d088",
};

/// Without `path` the container gets a new namespace.
pub const NAMESPACE_NEW: Clause = Clause {
    id: "config-linux/namespace-new",
    level: Must,
    address: "config-linux.md#namespaces",
    asks: "without `path` the container gets a new namespace",
    sentence: "94cca04823a07bc8298944a9212037671683747be485c3c96883ad3df7e190b0",
};

/// A type that is not listed is shared with the runtime.
pub const NAMESPACE_INHERIT: Clause = Clause {
    id: "config-linux/namespace-inherit",
    level: Must,
    address: "config-linux.md#namespaces",
    asks: "a type that is not listed is shared with the runtime",
    sentence: "9296ed5837e3106f6fc482b3e71b223fb348b9f73dd79038b19ed5a3929c7c06",
};

/// The same type twice is an error.
pub const NAMESPACE_DUPLICATE: Clause = Clause {
    id: "config-linux/namespace-duplicate",
    level: Must,
    address: "config-linux.md#namespaces",
    asks: "the same type twice is an error",
    sentence: "a5f6016098d1e01e6238a99689882cbe2d580f95549b01ef7c80953f1f1007d8",
};

/// Ids are mapped as configured.
pub const USER_MAPPINGS: Clause = Clause {
    id: "config-linux/user-mappings",
    level: Must,
    address: "config-linux.md#user-namespace-mappings",
    asks: "ids are mapped as configured",
    sentence: "7ac40b57957751b2f82ccffccff599b16c8b29a6b3bf15bfc08e85181aaf728d",
};

/// The owners of files stay as they are.
pub const MAPPING_OWNERSHIP: Clause = Clause {
    id: "config-linux/mapping-ownership",
    level: Should,
    address: "config-linux.md#user-namespace-mappings",
    asks: "the owners of files stay as they are",
    sentence: "cc6c3626af1b321e89f45f4136232ebb5346753bea0d9905daaf9007a2411335",
};

/// The clocks of a time namespace have the configured offsets.
pub const TIME_OFFSETS: Clause = Clause {
    id: "config-linux/time-offsets",
    level: Must,
    address: "config-linux.md#offset-for-time-namespace",
    asks: "the clocks of a time namespace have the configured offsets",
    sentence: "7ab6c323a9f7f976f5153d8e25387dff78fcc90b30956c5f6849eda85476ef8c",
};

/// The listed devices are there.
pub const DEVICES: Clause = Clause {
    id: "config-linux/devices",
    level: Must,
    address: "config-linux.md#devices",
    asks: "the listed devices are there",
    sentence: "d3ac34073e93e158143ce358c177a4d0f1bfc114d7df9ce51f25164651ab544a",
};

/// Another file where a device should be is an error.
pub const DEVICE_CONFLICT: Clause = Clause {
    id: "config-linux/device-conflict",
    level: Must,
    address: "config-linux.md#devices",
    asks: "another file where a device should be is an error",
    sentence: "bf499424d9db609b6ca7970995a8154528cf1e42c105868a8a41935da2e46006",
};

/// A device has the configured mode.
pub const DEVICE_MODE: Clause = Clause {
    id: "config-linux/device-mode",
    level: Must,
    address: "config-linux.md#devices",
    asks: "a device has the configured mode",
    sentence: "ba92982828022cdb4f4ec2486c8f141bd75b73d96c9495a1a4c63cf6a01149cf",
};

/// A device has the configured owner.
pub const DEVICE_OWNER: Clause = Clause {
    id: "config-linux/device-owner",
    level: Must,
    address: "config-linux.md#devices",
    asks: "a device has the configured owner",
    sentence: "ddadb116d77c540aa8d755b5390b46835fdb4bc4091b7275896fe641b9526b46",
};

/// `/dev/null`, `zero`, `full`, `random`, `urandom`, `tty` and `ptmx` are there.
pub const DEFAULT_DEVICES: Clause = Clause {
    id: "config-linux/default-devices",
    level: Must,
    address: "config-linux.md#default-devices",
    asks: "`/dev/null`, `zero`, `full`, `random`, `urandom`, `tty` and `ptmx` are there",
    sentence: "917cddaabadcc3a90a18eb39d693184d0d4dd3737f20a28d8f9f6d23e554617e",
};

/// An absolute `cgroupsPath` counts from the mount point of the hierarchy.
pub const CGROUPS_PATH_ABSOLUTE: Clause = Clause {
    id: "config-linux/cgroups-path-absolute",
    level: Must,
    address: "config-linux.md#cgroups-path",
    asks: "an absolute `cgroupsPath` counts from the mount point of the hierarchy",
    sentence: "a6e0de437a0d032dfba064122e31d975cb95860e534a54781676b5337d03b46b",
};

/// The same `cgroupsPath` leads to the same cgroup.
pub const CGROUPS_PATH_CONSISTENT: Clause = Clause {
    id: "config-linux/cgroups-path-consistent",
    level: Must,
    address: "config-linux.md#cgroups-path",
    asks: "the same `cgroupsPath` leads to the same cgroup",
    sentence: "62b357c471a8bdfb3456291ee79bbf9d6e3a08a7870f8fe249da365e3fb680c8",
};

/// The cgroup's limit of processes is the configured one.
pub const PIDS_LIMIT: Clause = Clause {
    id: "config-linux/pids-limit",
    level: Must,
    address: "config-linux.md#pids",
    asks: "the cgroup's limit of processes is the configured one",
    sentence: "db69cb94afcd398920c263fd5481ce65c4061b8f5df5be039868b30710c33f2f",
};

/// The cgroup's memory limit is the configured one.
pub const MEMORY_LIMIT: Clause = Clause {
    id: "config-linux/memory-limit",
    level: Must,
    address: "config-linux.md#memory",
    asks: "the cgroup's memory limit is the configured one",
    sentence: "710522e33d5548241cdc70b5f5f273b52c09b5da4b8493fa6338519b45377b93",
};

/// The cgroup's share of cpu time is the configured one.
pub const CPU_SHARES: Clause = Clause {
    id: "config-linux/cpu-shares",
    level: Must,
    address: "config-linux.md#cpu",
    asks: "the cgroup's share of cpu time is the configured one",
    sentence: "a89a5c71a6f3e516ffac3fefafcd6453e4b250500ef624e84908daaf33b91cb5",
};

/// The cgroup's quota and period are the configured ones.
pub const CPU_QUOTA: Clause = Clause {
    id: "config-linux/cpu-quota",
    level: Must,
    address: "config-linux.md#cpu",
    asks: "the cgroup's quota and period are the configured ones",
    sentence: "c03f1469741e91b7cda3e8c5b8287788f483cc10bcf5253677b65cac8047491a",
};

/// Device rules are applied in the order listed.
pub const DEVICES_ORDER: Clause = Clause {
    id: "config-linux/device-rules-order",
    level: Must,
    address: "config-linux.md#allowed-device-list",
    asks: "device rules are applied in the order listed",
    sentence: "634369fb539d72dc869c59e38a7f2abb27cf71105c020e2623fd6eaec1739e65",
};

/// Kernel parameters are set in the container.
pub const SYSCTL: Clause = Clause {
    id: "config-linux/sysctl",
    level: Must,
    address: "config-linux.md#sysctl",
    asks: "kernel parameters are set in the container",
    sentence: "a55532be36a5672c7825b84a1a0385bcfb9d04a4e58a6e796319d19ce3dddf26",
};

/// The filter of `seccomp` is in force when the program runs.
pub const SECCOMP: Clause = Clause {
    id: "config-linux/seccomp",
    level: Must,
    address: "config-linux.md#seccomp",
    asks: "the filter of `seccomp` is in force when the program runs",
    sentence: "80db9f988e4a4666a70c22f7049e4a0ecec1fee9fc2cd86437a2420ddbb10a29",
};

/// The root has the configured propagation.
pub const ROOTFS_PROPAGATION: Clause = Clause {
    id: "config-linux/rootfs-propagation",
    level: Must,
    address: "config-linux.md#rootfs-mount-propagation",
    asks: "the root has the configured propagation",
    sentence: "12f3e5e30c44bdd00cb55238e962a8a24fe74b3f8ba26c0cf2322636b88085d5",
};

/// Masked paths cannot be read.
pub const MASKED_PATHS: Clause = Clause {
    id: "config-linux/masked-paths",
    level: Must,
    address: "config-linux.md#masked-paths",
    asks: "masked paths cannot be read",
    sentence: "acb962b746de9f6b3736e7994934abfc789aba91da39a4f20fca770b68210892",
};

/// Masked paths are absolute.
pub const MASKED_ABSOLUTE: Clause = Clause {
    id: "config-linux/masked-absolute",
    level: Must,
    address: "config-linux.md#masked-paths",
    asks: "masked paths are absolute",
    sentence: "da5837dde1e3a38dfb29f0552200ab2d08204c6d4dcaa6a3b297ae0db868a85c",
};

/// Read-only paths cannot be written.
pub const READONLY_PATHS: Clause = Clause {
    id: "config-linux/readonly-paths",
    level: Must,
    address: "config-linux.md#readonly-paths",
    asks: "read-only paths cannot be written",
    sentence: "356ec78e0151de5798c231c7da864b1e1d05b00349cc3e03f14f395e34309af5",
};

/// The process has the configured execution domain.
pub const PERSONALITY: Clause = Clause {
    id: "config-linux/personality",
    level: Must,
    address: "config-linux.md#personality",
    asks: "the process has the configured execution domain",
    sentence: "c5bbb4d5b67c102cf3f259555ee14d7711e8ff666c5561f3e6eeb4d6de072db8",
};

/// The cgroup's soft limit of memory is the configured one.
pub const MEMORY_RESERVATION: Clause = Clause {
    id: "config-linux/memory-reservation",
    level: Must,
    address: "config-linux.md#memory",
    asks: "the cgroup's soft limit of memory is the configured one",
    sentence: "da4af89dfb00f2ca9ba5b21684279b05a7a6533a3c627a5c1734493366e63b91",
};

/// The cgroup's limit of memory and swap is the configured one.
pub const MEMORY_SWAP: Clause = Clause {
    id: "config-linux/memory-swap",
    level: Must,
    address: "config-linux.md#memory",
    asks: "the cgroup's limit of memory and swap is the configured one",
    sentence: "ce03d021d033779e7f609e4aed40449ffb2fcabcea1ad0b236627b6419ecd147",
};

/// The cgroup's swappiness is the configured one.
pub const MEMORY_SWAPPINESS: Clause = Clause {
    id: "config-linux/memory-swappiness",
    level: Must,
    address: "config-linux.md#memory",
    asks: "the cgroup's swappiness is the configured one",
    sentence: "912b7ab7248536e71bbb175f39740201d0e592537ded753cf2395423567fe353",
};

/// The cgroup's period is the configured one.
pub const CPU_PERIOD: Clause = Clause {
    id: "config-linux/cpu-period",
    level: Must,
    address: "config-linux.md#cpu",
    asks: "the cgroup's period is the configured one",
    sentence: "c03f1469741e91b7cda3e8c5b8287788f483cc10bcf5253677b65cac8047491a",
};

/// The cgroup has the configured processors.
pub const CPU_CPUS: Clause = Clause {
    id: "config-linux/cpu-cpus",
    level: Must,
    address: "config-linux.md#cpu",
    asks: "the cgroup has the configured processors",
    sentence: "bbb8bba5051a9165b13c68bfac10a0a4404b5c55062175d15d2e20472b8798b7",
};

/// The cgroup has the configured memory nodes.
pub const CPU_MEMS: Clause = Clause {
    id: "config-linux/cpu-mems",
    level: Must,
    address: "config-linux.md#cpu",
    asks: "the cgroup has the configured memory nodes",
    sentence: "eeee9111f6b187d7dc92ccdcde46823ca38bd97438750ebe3385ec9e236afde4",
};

/// The packets of the cgroup carry the configured class.
pub const NETWORK_CLASS: Clause = Clause {
    id: "config-linux/network-class",
    level: Must,
    address: "config-linux.md#network",
    asks: "the packets of the cgroup carry the configured class",
    sentence: "5c9aee95c2dfc172e6f8e8ef2115ae9ae323692ccca460c7304c6a46e3ca5868",
};

/// The traffic of the cgroup has the configured priorities.
pub const NETWORK_PRIORITY: Clause = Clause {
    id: "config-linux/network-priority",
    level: Must,
    address: "config-linux.md#network",
    asks: "the traffic of the cgroup has the configured priorities",
    sentence: "c2e6328eb68eed031b7d512a83c5422374ce9b2980e41fb942c81f082c59cce8",
};

/// A rule's action is taken for the calls that it names.
pub const SECCOMP_ACTION: Clause = Clause {
    id: "config-linux/seccomp-action",
    level: Must,
    address: "config-linux.md#seccomp",
    asks: "a rule's action is taken for the calls that it names",
    sentence: "ddc50d64086914c729e89b7ebaba1e6ba1918b11151165b964317f645ddd2242",
};

/// A denied call returns the configured error number, else `EPERM`.
pub const SECCOMP_ERRNO: Clause = Clause {
    id: "config-linux/seccomp-errno",
    level: Must,
    address: "config-linux.md#seccomp",
    asks: "a denied call returns the configured error number, else `EPERM`",
    sentence: "f218e21696bcfaeabada650ace39d359a35a2a76b0125ac37c6b0c97e1ee943b",
};

/// An error number for an action that has none is an error.
pub const SECCOMP_ERRNO_UNSUPPORTED: Clause = Clause {
    id: "config-linux/seccomp-errno-unsupported",
    level: Must,
    address: "config-linux.md#seccomp",
    asks: "an error number for an action that has none is an error",
    sentence: "05ec8d267afeb39ad03804fc840e73cea31dea5aa77fba38dacc06c475627515",
};

/// A rule names at least one system call.
pub const SECCOMP_NAMES: Clause = Clause {
    id: "config-linux/seccomp-names",
    level: Must,
    address: "config-linux.md#seccomp",
    asks: "a rule names at least one system call",
    sentence: "84c276917417101994f0a3f6d29bfd943c3d979a06c4f061b28c01861d524252",
};

/// A rule holds for the arguments that its comparisons hold for.
pub const SECCOMP_OPERATOR: Clause = Clause {
    id: "config-linux/seccomp-operator",
    level: Must,
    address: "config-linux.md#seccomp",
    asks: "a rule holds for the arguments that its comparisons hold for",
    sentence: "ab76900ce19d3d697e538eb23bce2a1bbfe052404a20bb1e03351b00a4553f60",
};

/// The filter is loaded with the configured flags.
pub const SECCOMP_FLAGS: Clause = Clause {
    id: "config-linux/seccomp-flags",
    level: Must,
    address: "config-linux.md#seccomp",
    asks: "the filter is loaded with the configured flags",
    sentence: "d76f63e45128a9331984c81a5d074cb953b1823a337fa963f5a0ada4898de4bc",
};

/// Without a resctrl file system `intelRdt` is an error.
pub const INTEL_RDT_MISSING: Clause = Clause {
    id: "config-linux/intel-rdt-missing",
    level: Must,
    address: "config-linux.md#intelrdt",
    asks: "without a resctrl file system `intelRdt` is an error",
    sentence: "11224d6c8489ab15b082258b6019fdeaacc0deafdb6685c571143cb5250bd88f",
};

/// The process has the configured memory policy.
pub const MEMORY_POLICY: Clause = Clause {
    id: "config-linux/memory-policy",
    level: Must,
    address: "config-linux.md#memory-policy",
    asks: "the process has the configured memory policy",
    sentence: "0f96ccf0711799ac1eddfc0957d3178edf31991d116c37e768ddc72950855367",
};

/// With a terminal `/dev/console` is that terminal.
pub const DEFAULT_CONSOLE: Clause = Clause {
    id: "config-linux/default-console",
    level: Must,
    address: "config-linux.md#default-devices",
    asks: "with a terminal `/dev/console` is that terminal",
    sentence: "d9bc9dec3ab2a504a1dec11c36e053fc4543fc9480dc531303030485a099cb30",
};

/// The cgroup's burst is the configured one.
pub const CPU_BURST: Clause = Clause {
    id: "config-linux/cpu-burst",
    level: Must,
    address: "config-linux.md#cpu",
    asks: "the cgroup's burst is the configured one",
    sentence: "33ae831d00ec190f480b8b9da5323e2a9b94fc368f97a2e81a4d0da6a0be2a2c",
};

/// The cgroup is idle where that is configured.
pub const CPU_IDLE: Clause = Clause {
    id: "config-linux/cpu-idle",
    level: Must,
    address: "config-linux.md#cpu",
    asks: "the cgroup is idle where that is configured",
    sentence: "fce96b99f58c3ddf640daa635f8aa83d77bfd1ed094e24ed85c4ff73870a03a0",
};

/// The cgroup's weight for block devices is the configured one.
pub const BLOCK_IO_WEIGHT: Clause = Clause {
    id: "config-linux/block-io-weight",
    level: Must,
    address: "config-linux.md#block-io",
    asks: "the cgroup's weight for block devices is the configured one",
    sentence: "1880164d5e22760d8efb5f695d3888b2efee3a6718d4547888c92d15ef9dfa2a",
};

/// The cgroup's rates in bytes are those configured for the device.
pub const BLOCK_IO_BANDWIDTH: Clause = Clause {
    id: "config-linux/block-io-bandwidth",
    level: Must,
    address: "config-linux.md#block-io",
    asks: "the cgroup's rates in bytes are those configured for the device",
    sentence: "f33f59cd913515e7e65852f4d3db86b81609a8dcf28818a093f06d9cfbd69499",
};

/// The cgroup's rates of operations are those configured for the device.
pub const BLOCK_IO_OPERATIONS: Clause = Clause {
    id: "config-linux/block-io-operations",
    level: Must,
    address: "config-linux.md#block-io",
    asks: "the cgroup's rates of operations are those configured for the device",
    sentence: "ee801965eae8aef5d4772dc4d9da3cbe3c2aa6f450679be17945d0d51573244f",
};

/// The cgroup's limit of huge pages is the configured one.
pub const HUGE_PAGES: Clause = Clause {
    id: "config-linux/huge-pages",
    level: Must,
    address: "config-linux.md#huge-page-limits",
    asks: "the cgroup's limit of huge pages is the configured one",
    sentence: "29990dcada1ddaf2a3b7b4cb21635bacd962a38ea132dcf5a7b569325a4faefb",
};

/// A limit of 0 processes is a limit.
pub const PIDS_ZERO: Clause = Clause {
    id: "config-linux/pids-zero",
    level: Should,
    address: "config-linux.md#pids",
    asks: "a limit of 0 processes is a limit",
    sentence: "07863d7649957ded3f6152f15e17813747d6ed76e97f1dee3ced7de964254b6b",
};

/// Each key of `unified` is a file of the cgroup, which holds its value.
pub const UNIFIED_FILES: Clause = Clause {
    id: "config-linux/unified-files",
    level: Must,
    address: "config-linux.md#unified",
    asks: "each key of `unified` is a file of the cgroup, which holds its value",
    sentence: "7527cda149163f229c19cb36da50f7a565d8d5b9d25147e29a167f3e18d46d7d",
};

/// The controllers that `unified` needs are enabled.
pub const UNIFIED_CONTROLLERS: Clause = Clause {
    id: "config-linux/unified-controllers",
    level: Must,
    address: "config-linux.md#unified",
    asks: "the controllers that `unified` needs are enabled",
    sentence: "c77d0d46a62da41b65b22acb68d5c52e49d52bdc0686731076567c489dd9aa72",
};

/// Files of `unified` are written, known to the runtime or not.
pub const UNIFIED_UNKNOWN: Clause = Clause {
    id: "config-linux/unified-unknown",
    level: Must,
    address: "config-linux.md#unified",
    asks: "files of `unified` are written, known to the runtime or not",
    sentence: "1e9a0059f09018e4daed0f91ef6f16e3d019c897d109e748948d4f40aefdcf5d",
};

/// A controller that is not there is an error.
pub const UNIFIED_MISSING: Clause = Clause {
    id: "config-linux/unified-missing",
    level: Must,
    address: "config-linux.md#unified",
    asks: "a controller that is not there is an error",
    sentence: "9329d2b63dce29999903d7a66765a16752b1cc2f6cf940c03a0324d6857dd90e",
};

/// A limit of version 1 that version 2 lacks is converted, or an error.
pub const UNIFIED_CONVERSION: Clause = Clause {
    id: "config-linux/unified-conversion",
    level: Must,
    address: "config-linux.md#unified",
    asks: "a limit of version 1 that version 2 lacks is converted, or an error",
    sentence: "421ad51cf745c85244c1a3dd5ae70cd3883be8fb3228d790e27a2439f38caf96",
};

/// A cgroup that is mounted writable belongs to the user of the process.
pub const CGROUP_OWNER: Clause = Clause {
    id: "config-linux/cgroup-owner",
    level: Should,
    address: "config-linux.md#cgroup-ownership",
    asks: "a cgroup that is mounted writable belongs to the user of the process",
    sentence: "82c9ab58cdde37d0315d3af249fe19808af88abd7588c6c7cfb2063d966062f7",
};

/// Without a writable mount the owner of the cgroup stays.
pub const CGROUP_OWNER_KEPT: Clause = Clause {
    id: "config-linux/cgroup-owner-kept",
    level: Should,
    address: "config-linux.md#cgroup-ownership",
    asks: "without a writable mount the owner of the cgroup stays",
    sentence: "26fd3dd153d402958b24431bffaeacdc441c3fd74fa0a7b24a2d2de52db96b1e",
};

/// The files in the cgroup that are meant for that change their owner with it.
pub const CGROUP_OWNER_LISTED: Clause = Clause {
    id: "config-linux/cgroup-owner-listed",
    level: Should,
    address: "config-linux.md#cgroup-ownership",
    asks: "the files of the cgroup that are meant for that belong to the user of the process",
    sentence: "cfcbb1ab2eea2a6d2a5aaa3f5fdcb6e690194f1ed44d7ef6902f9c5dbea14660",
};

/// No other file in the cgroup changes its owner.
pub const CGROUP_OWNER_OTHERS: Clause = Clause {
    id: "config-linux/cgroup-owner-others",
    level: Should,
    address: "config-linux.md#cgroup-ownership",
    asks: "no other file of the cgroup changes its owner",
    sentence: "fa48e0c4ac85f6f50fc84fb842718babb5ad952f8650ded5d2672d56d007e14d",
};

/// Without a new cgroup namespace the owner of the cgroup stays.
pub const CGROUP_OWNER_NAMESPACE: Clause = Clause {
    id: "config-linux/cgroup-owner-namespace",
    level: Should,
    address: "config-linux.md#cgroup-ownership",
    asks: "without a new cgroup namespace the owner of the cgroup stays",
    sentence: "a805368efc470a54304db981b64fb2ed38778e63e78ccb0ac593ce70147f5434",
};

/// Every clause of the file, in its order.
pub const ALL: &[&Clause] = &[
    &DEFAULT_PROC,
    &DEFAULT_SYS,
    &DEFAULT_PTS,
    &DEFAULT_SHM,
    &NAMESPACE_JOIN,
    &NAMESPACE_MISMATCH,
    &NAMESPACE_NEW,
    &NAMESPACE_INHERIT,
    &NAMESPACE_DUPLICATE,
    &USER_MAPPINGS,
    &MAPPING_OWNERSHIP,
    &TIME_OFFSETS,
    &DEVICES,
    &DEVICE_CONFLICT,
    &DEVICE_MODE,
    &DEVICE_OWNER,
    &DEFAULT_DEVICES,
    &CGROUPS_PATH_ABSOLUTE,
    &CGROUPS_PATH_CONSISTENT,
    &PIDS_LIMIT,
    &MEMORY_LIMIT,
    &CPU_SHARES,
    &CPU_QUOTA,
    &DEVICES_ORDER,
    &SYSCTL,
    &SECCOMP,
    &ROOTFS_PROPAGATION,
    &MASKED_PATHS,
    &MASKED_ABSOLUTE,
    &READONLY_PATHS,
    &PERSONALITY,
    &MEMORY_RESERVATION,
    &MEMORY_SWAP,
    &MEMORY_SWAPPINESS,
    &CPU_PERIOD,
    &CPU_CPUS,
    &CPU_MEMS,
    &NETWORK_CLASS,
    &NETWORK_PRIORITY,
    &SECCOMP_ACTION,
    &SECCOMP_ERRNO,
    &SECCOMP_ERRNO_UNSUPPORTED,
    &SECCOMP_NAMES,
    &SECCOMP_OPERATOR,
    &SECCOMP_FLAGS,
    &INTEL_RDT_MISSING,
    &MEMORY_POLICY,
    &DEFAULT_CONSOLE,
    &CPU_BURST,
    &CPU_IDLE,
    &BLOCK_IO_WEIGHT,
    &BLOCK_IO_BANDWIDTH,
    &BLOCK_IO_OPERATIONS,
    &HUGE_PAGES,
    &PIDS_ZERO,
    &UNIFIED_FILES,
    &UNIFIED_CONTROLLERS,
    &UNIFIED_UNKNOWN,
    &UNIFIED_MISSING,
    &UNIFIED_CONVERSION,
    &CGROUP_OWNER,
    &CGROUP_OWNER_KEPT,
    &CGROUP_OWNER_LISTED,
    &CGROUP_OWNER_OTHERS,
    &CGROUP_OWNER_NAMESPACE,
];
