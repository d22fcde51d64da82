//! `blockIO`: weights and rates of block devices.

use alloc::format;
use alloc::string::{String, ToString};

use super::Lowering;
use super::weight::of_block_weight;
use crate::cgroup::controller::{Controller, Version};
use crate::cgroup::limits::Otherwise;
use crate::config::resources::{BlockIo, ThrottleDevice, WeightDevice};

const BLOCK_IO: &str = "/linux/resources/blockIO";
const WEIGHT: &str = "/linux/resources/blockIO/weight";
const LEAF_WEIGHT: &str = "/linux/resources/blockIO/leafWeight";

const V1: (Controller, Version) = (Controller::Blkio, Version::V1);
const V2: (Controller, Version) = (Controller::Blkio, Version::V2);

/// One of the four rates: its property, its version 1 file, its word in `io.max`.
struct Rate<'a> {
    devices: &'a [ThrottleDevice],
    property: &'static str,
    file: &'static str,
    word: &'static str,
}

/// The four rates of a configuration.
fn rates(block_io: &BlockIo) -> [Rate<'_>; 4] {
    let rate = |devices, property, file, word| Rate { devices, property, file, word };
    [
        rate(
            &block_io.throttle_read_bps_device,
            "throttleReadBpsDevice",
            "blkio.throttle.read_bps_device",
            "rbps",
        ),
        rate(
            &block_io.throttle_write_bps_device,
            "throttleWriteBpsDevice",
            "blkio.throttle.write_bps_device",
            "wbps",
        ),
        rate(
            &block_io.throttle_read_iops_device,
            "throttleReadIOPSDevice",
            "blkio.throttle.read_iops_device",
            "riops",
        ),
        rate(
            &block_io.throttle_write_iops_device,
            "throttleWriteIOPSDevice",
            "blkio.throttle.write_iops_device",
            "wiops",
        ),
    ]
}

impl Lowering<'_> {
    pub(super) fn block_io(&mut self, block_io: &BlockIo) {
        if *block_io == BlockIo::default() {
            return;
        }
        let Some(version) = self.reach(Controller::Blkio, BLOCK_IO) else { return };
        if let Some(weight) = block_io.weight.filter(|weight| *weight != 0) {
            self.weight(weight, version);
        }
        if let Some(weight) = block_io.leaf_weight.filter(|weight| *weight != 0) {
            match version {
                Version::V1 => self.write(V1, "blkio.leaf_weight", weight.to_string(), LEAF_WEIGHT),
                Version::V2 => self.no_equivalent(LEAF_WEIGHT),
            }
        }
        for (index, device) in block_io.weight_device.iter().enumerate() {
            self.weight_device(device, index, version);
        }
        for rate in rates(block_io) {
            for (index, device) in rate.devices.iter().enumerate() {
                self.throttle(&rate, device, index, version);
            }
        }
    }

    /// The BFQ scheduler has the older scale and, on version 2, a file of its own.
    fn weight(&mut self, weight: u16, version: Version) {
        let plain = weight.to_string();
        match version {
            Version::V1 => {
                let otherwise = Otherwise::Write("blkio.bfq.weight".into(), plain.clone());
                self.write_or(V1, ("blkio.weight", plain), otherwise, WEIGHT);
            }
            Version::V2 => {
                let otherwise = Otherwise::Write("io.weight".into(), of_block_weight(weight).to_string());
                self.write_or(V2, ("io.bfq.weight", plain), otherwise, WEIGHT);
            }
        }
    }

    fn weight_device(&mut self, device: &WeightDevice, index: usize, version: Version) {
        let pointer = |property: &str| format!("{BLOCK_IO}/weightDevice/{index}{property}");
        let Some(numbers) = self.device_numbers((device.major, device.minor), &pointer("")) else { return };
        if device.weight.is_none() && device.leaf_weight.is_none() {
            self.violate(pointer(""), "has neither `weight` nor `leafWeight`");
        }
        if let Some(weight) = device.weight {
            let line = format!("{numbers} {weight}");
            let (controller, file, otherwise) = match version {
                Version::V1 => (V1, "blkio.weight_device", ("blkio.bfq.weight_device", line.clone())),
                Version::V2 => {
                    (V2, "io.bfq.weight", ("io.weight", format!("{numbers} {}", of_block_weight(weight))))
                }
            };
            let otherwise = Otherwise::Write(otherwise.0.into(), otherwise.1);
            self.write_or(controller, (file, line), otherwise, pointer("/weight"));
        }
        match (device.leaf_weight, version) {
            (Some(weight), Version::V1) => {
                self.write(
                    V1,
                    "blkio.leaf_weight_device",
                    format!("{numbers} {weight}"),
                    pointer("/leafWeight"),
                );
            }
            (Some(_), Version::V2) => self.no_equivalent(pointer("/leafWeight")),
            (None, _) => {}
        }
    }

    fn throttle(&mut self, rate: &Rate<'_>, device: &ThrottleDevice, index: usize, version: Version) {
        let pointer = format!("{BLOCK_IO}/{}/{index}", rate.property);
        let Some(numbers) = self.device_numbers((device.major, device.minor), &pointer) else { return };
        match (version, device.rate) {
            (Version::V1, limit) => self.write(V1, rate.file, format!("{numbers} {limit}"), pointer),
            // 0 lifts a version 1 limit; version 2 has a word for that.
            (Version::V2, 0) => self.write(V2, "io.max", format!("{numbers} {}=max", rate.word), pointer),
            (Version::V2, limit) => {
                self.write(V2, "io.max", format!("{numbers} {}={limit}", rate.word), pointer);
            }
        }
    }

    /// `major:minor`.
    fn device_numbers(&mut self, (major, minor): (i64, i64), pointer: &str) -> Option<String> {
        if let (Ok(major), Ok(minor)) = (u32::try_from(major), u32::try_from(minor)) {
            return Some(format!("{major}:{minor}"));
        }
        self.violate(String::from(pointer), format!("`{major}:{minor}` are no device numbers"));
        None
    }
}
