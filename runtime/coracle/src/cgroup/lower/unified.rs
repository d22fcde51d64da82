//! `unified`: files of the unified hierarchy, written as they are.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use super::Lowering;
use crate::cgroup::controller::Version;
use crate::cgroup::limits::{Otherwise, Write};

impl Lowering<'_> {
    /// One write for each line of a value: the kernel takes one device at a time.
    pub(super) fn unified(&mut self, files: &BTreeMap<&str, &str>) {
        if !files.is_empty() && self.layout.unified().is_none() {
            return self.violate("/linux/resources/unified", "needs cgroup version 2, which this host lacks");
        }
        for (file, value) in files {
            let pointer = format!("/linux/resources/unified/{}", escape(file));
            let Some(controller) = controller_of(file) else {
                self.violate(pointer, format!("{file:?} is no cgroup file such as `memory.high`"));
                continue;
            };
            for line in value.lines().filter(|line| !line.is_empty()) {
                self.writes.push(Write {
                    controller: controller.to_owned().into(),
                    version: Version::V2,
                    file: String::from(*file).into(),
                    value: line.to_owned(),
                    pointer: pointer.clone().into(),
                    otherwise: Otherwise::Fail,
                });
            }
        }
    }
}

/// What stands before the first dot of a file name; nothing for what is no plain file name.
fn controller_of(file: &str) -> Option<&str> {
    let (controller, rest) = file.split_once('.')?;
    let plain = !controller.is_empty() && !rest.is_empty();
    (plain && !file.contains('/') && !file.contains(char::is_control)).then_some(controller)
}

/// A key as a component of a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
