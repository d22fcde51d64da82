//! Descriptors that a service manager passes on, by the protocol of `sd_listen_fds(3)`.

use core::ffi::CStr;

/// Descriptors that were passed to this process, from 3 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sockets<'a> {
    /// How many.
    pub count: u32,
    /// `LISTEN_FDS=<count>`, as the container's program is told.
    pub variable: &'a CStr,
}

/// `LISTEN_PID` for the first process of a PID namespace.
pub(crate) const OWNER: &CStr = c"LISTEN_PID=1";

impl<'a> Sockets<'a> {
    /// What the environment says was passed to process `pid`; nothing where it was passed to another.
    #[must_use]
    pub fn find(environment: &[&'a CStr], pid: i32) -> Option<Self> {
        let value = |prefix: &[u8]| {
            let mut found = environment.iter().filter_map(|variable| {
                let value = variable.to_bytes().strip_prefix(prefix)?;
                Some((*variable, core::str::from_utf8(value).ok()?))
            });
            found.next()
        };
        let (_, owner) = value(b"LISTEN_PID=")?;
        if owner.parse() != Ok(pid) {
            return None;
        }
        let (variable, count) = value(b"LISTEN_FDS=")?;
        let count = count.parse().ok().filter(|count| *count > 0)?;
        Some(Self { count, variable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_count_only_for_the_process_that_they_were_passed_to() {
        let found =
            |environment: &[&'static CStr]| Sockets::find(environment, 7).map(|sockets| sockets.count);
        assert_eq!(found(&[c"LISTEN_FDS=2", c"LISTEN_PID=7"]), Some(2));
        assert_eq!(found(&[c"LISTEN_FDS=2", c"LISTEN_PID=8"]), None);
        assert_eq!(found(&[c"LISTEN_FDS=2"]), None);
        for useless in [c"LISTEN_FDS=0", c"LISTEN_FDS=-1", c"LISTEN_FDS=x"] {
            assert_eq!(found(&[useless, c"LISTEN_PID=7"]), None, "{useless:?}");
        }
    }
}
