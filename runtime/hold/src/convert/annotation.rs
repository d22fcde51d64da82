//! Annotations: labels, and what the image says of itself.

use oci_spec::image::{Config, ImageConfiguration};

use super::{Annotations, ConvertError, Labels};

/// Annotations that change what crun or runc do on the host, as both report them (`features`); one that ends with a dot
/// stands for all that start so.
const STEERING: [&str; 8] = [
    "bundle",
    "io.kubernetes.cri.container-type",
    "krun.",
    "module.wasm.image/variant",
    "org.criu.",
    "org.criu.config",
    "org.systemd.property.",
    "run.oci.",
];

/// The annotations of a container, and which labels are not among them.
///
/// # Errors
/// Where the signal to stop it is none.
pub(super) fn annotations(
    image: &ImageConfiguration,
    labels: Labels,
) -> Result<(Annotations, Vec<String>), ConvertError> {
    let config = image.config().clone().unwrap_or_default();
    let mut annotations = implicit(image, &config)?;
    let mut left_out = Vec::new();
    for (name, value) in config.labels().iter().flatten() {
        if name.is_empty() {
            left_out.push("a label without a name".to_owned());
        } else if labels == Labels::Guard && steers(name) {
            left_out.push(format!("label `{name}`, which would steer a runtime"));
        } else {
            annotations.insert(name.clone(), value.clone());
        }
    }
    left_out.sort();
    Ok((annotations, left_out))
}

fn steers(name: &str) -> bool {
    let matches = |known: &&str| match known.strip_suffix('.') {
        Some(_) => name.starts_with(*known),
        None => name == *known,
    };
    STEERING.iter().any(matches)
}

/// What the fields of the image become; a label of the same name comes over it.
fn implicit(image: &ImageConfiguration, config: &Config) -> Result<Annotations, ConvertError> {
    let signal = config.stop_signal().clone();
    if let Some(signal) = signal.as_ref().filter(|signal| !is_signal(signal)) {
        return Err(ConvertError::StopSignal { signal: signal.clone() });
    }
    let joined = |list: &Option<Vec<String>>| {
        list.as_ref().filter(|list| !list.is_empty()).map(|list| {
            let mut list = list.clone();
            list.sort();
            list.join(",")
        })
    };
    let features = image.os_features().as_ref().filter(|list| !list.is_empty()).map(|list| list.join(","));
    let fields = [
        ("os", Some(image.os().to_string())),
        ("architecture", Some(image.architecture().to_string())),
        ("variant", image.variant().clone()),
        ("os.version", image.os_version().clone()),
        ("os.features", features),
        ("author", image.author().clone()),
        ("created", image.created().clone()),
        ("stopSignal", signal),
        ("exposedPorts", joined(config.exposed_ports())),
    ];
    let named = |(field, value): (&str, Option<String>)| {
        value
            .filter(|value| !value.is_empty())
            .map(|value| (format!("org.opencontainers.image.{field}"), value))
    };
    Ok(fields.into_iter().filter_map(named).collect())
}

/// Names of signals below the real-time ones, as `kill -l` has them.
const SIGNALS: &str = " HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CLD CONT \
    STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS UNUSED RTMIN RTMAX ";

/// The highest number of a signal.
const SIGNAL_MAX: u32 = 64;

/// Whether a text names a signal: a number, `TERM`, `SIGTERM`, `SIGRTMIN+3` or `SIGRTMAX-1`.
fn is_signal(text: &str) -> bool {
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok());
    if let Some(number) = number(text) {
        return number.is_some_and(|number| (1..=SIGNAL_MAX).contains(&number));
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let distance = name.strip_prefix("RTMIN+").or_else(|| name.strip_prefix("RTMAX-"));
    let near = |text: &str| number(text).flatten().is_some_and(|distance| distance <= 30);
    distance.is_some_and(near) || (!name.contains(' ') && SIGNALS.contains(&format!(" {name} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_numbers_or_names() {
        for signal in ["9", "64", "TERM", "SIGTERM", "sigterm", "SIGRTMIN", "SIGRTMIN+3", "RTMAX-2"] {
            assert!(is_signal(signal), "{signal}");
        }
        for none in ["", "0", "65", "SIG", "SIGNONE", "RTMIN+", "RTMIN+31", "TERM KILL", "-9"] {
            assert!(!is_signal(none), "{none}");
        }
    }

    #[test]
    fn a_name_steers_as_itself_or_as_the_start_of_others() {
        assert!(steers("run.oci.hooks.stdout") && steers("bundle") && steers("org.criu.config"));
        assert!(!steers("bundle.of.joy") && !steers("run.ocious") && !steers("maintainer"));
    }
}
