//! Signals by name and number.

use alloc::borrow::ToOwned;

use super::error::UsageError;

/// Signals in the order of their numbers, from 1 on, as Linux has them on x86-64 and ARM.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// Other names of the same signals.
const ALIASES: [(&str, u8); 4] = [("CLD", 17), ("IOT", 6), ("POLL", 29), ("UNUSED", 31)];

/// The first real-time signal that programs may use; the C library keeps two for itself.
const REALTIME_FIRST: u8 = 34;
const REALTIME_LAST: u8 = 64;

/// The number of a signal: `9`, `KILL`, `SIGKILL` in any case, `RTMIN+3`, `RTMAX-1`.
///
/// # Errors
/// A word that names no signal.
pub fn parse(word: &str) -> Result<u8, UsageError> {
    let upper = word.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| word.parse().ok().filter(|number| *number <= REALTIME_LAST)).flatten();
    let position = || NAMES.iter().position(|known| *known == name).and_then(|at| u8::try_from(at + 1).ok());
    let alias = || ALIASES.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
    let found = number.or_else(position).or_else(alias).or_else(|| realtime(name));
    found.ok_or_else(|| UsageError::Signal { signal: word.to_owned() })
}

fn realtime(name: &str) -> Option<u8> {
    let (base, sign, distance) = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(rest), _) => (REALTIME_FIRST, '+', rest),
        (_, Some(rest)) => (REALTIME_LAST, '-', rest),
        _ => return None,
    };
    let distance: u8 = match distance.strip_prefix(sign) {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        None if distance.is_empty() => 0,
        _ => return None,
    };
    let number = if sign == '+' { base.checked_add(distance) } else { base.checked_sub(distance) };
    number.filter(|number| (REALTIME_FIRST..=REALTIME_LAST).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_names_and_numbers() {
        for (word, number) in [
            ("15", 15),
            ("0", 0),
            ("64", 64),
            ("TERM", 15),
            ("SIGTERM", 15),
            ("sigkill", 9),
            ("SYS", 31),
            ("CLD", 17),
            ("RTMIN", 34),
            ("SIGRTMIN+3", 37),
            ("RTMAX-1", 63),
            ("RTMAX", 64),
        ] {
            assert_eq!(parse(word), Ok(number), "{word}");
        }
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        for word in [
            "", "65", "-9", "+9", "KILLER", "SIG", "RTMIN-1", "RTMIN+31", "RTMAX-31", "RTMIN+", "RTMIN++1",
            "9x",
        ] {
            assert!(parse(word).is_err(), "{word}");
        }
    }
}
