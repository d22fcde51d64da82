//! `ociVersion`: which specification a document complies with (`config.md#specification-version`).

use alloc::format;

use super::document::Node;
use super::read::{Findings, Read};

/// The least version that coracle accepts.
pub const LEAST: &str = "1.0.0";
/// The greatest version that coracle knows all of; later ones of the same major version are compatible.
pub const GREATEST: &str = "1.3.0";

/// Reads a version that coracle accepts: any of the first major version.
pub(super) fn read<'d>(node: Node<'d>, findings: &mut Findings) -> Option<&'d str> {
    let version = <&str>::read(node, findings)?;
    match major(version) {
        None => findings.violate(node, format!("{version:?} is no semantic version, such as `{GREATEST}`")),
        Some("1") => {}
        Some(_) => {
            findings.violate(node, format!("version {version} is not supported; {LEAST} to {GREATEST} are"));
        }
    }
    Some(version)
}

/// The major version of a semantic version 2.0.0; nothing for anything else.
fn major(version: &str) -> Option<&str> {
    let (version, build) =
        version.split_once('+').map_or((version, None), |(version, build)| (version, Some(build)));
    let (core, release) =
        version.split_once('-').map_or((version, None), |(core, release)| (core, Some(release)));
    let number = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && !part.is_empty()
            && (part == "0" || !part.starts_with('0'))
    };
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let word_or_number =
        |part: &str| word(part) && (!part.bytes().all(|byte| byte.is_ascii_digit()) || number(part));
    let valid = core.split('.').count() == 3
        && core.split('.').all(number)
        && release.is_none_or(|release| release.split('.').all(word_or_number))
        && build.is_none_or(|build| build.split('.').all(word));
    core.split('.').next().filter(|_| valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semantic_versions_are_told_from_others() {
        for version in
            ["1.0.0", "1.3.0", "1.0.2-dev", "1.0.0-rc.1+dev", "1.2.3+00a.1", "1.0.0--", "1.10.0-0a"]
        {
            assert_eq!(major(version), Some("1"), "{version}");
        }
        assert_eq!(major("2.0.0"), Some("2"));
        for version in [
            "",
            "1",
            "1.0",
            "1.0.0.0",
            "v1.0.0",
            "01.0.0",
            "1.0.00",
            "1.0.0-",
            "1.0.0-01",
            "1.0.0+",
            "1.0.0-a..b",
            "1.-1.0",
            "1.0.0 ",
        ] {
            assert_eq!(major(version), None, "{version}");
        }
    }
}
