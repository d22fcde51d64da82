//! Waiting for a condition or for a process, never for a while.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// The longest pause between two looks at a condition.
const LONGEST_PAUSE: Duration = Duration::from_millis(10);

/// The variable that says how many times longer than usual everything may take, on emulated and crowded machines.
pub const PATIENCE: &str = "LOADLINE_PATIENCE";

/// A deadline, as long as `$LOADLINE_PATIENCE` makes it.
#[must_use]
pub fn patient(usual: Duration) -> Duration {
    usual * factor(std::env::var(PATIENCE).ok().as_deref())
}

/// What is no number from 1 on changes nothing.
fn factor(text: Option<&str>) -> u32 {
    text.and_then(|text| text.parse().ok()).filter(|factor| *factor > 0).unwrap_or(1)
}

/// Looks until `look` finds something, or the deadline has passed.
///
/// The pauses between looks grow from 50 µs, so that what is nearly ready costs next to nothing.
pub fn until<T>(deadline: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + deadline;
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Opens a descriptor that stands for the process, whatever becomes of its number.
///
/// # Errors
/// `ESRCH` where there is no such process.
pub fn pidfd(pid: u32) -> io::Result<OwnedFd> {
    let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = number.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

/// Waits until the process has ended; `false` where the deadline passed first. Does not reap it.
///
/// # Errors
/// What `poll` returns, apart from interruptions.
pub fn ended(process: &OwnedFd, deadline: Duration) -> io::Result<bool> {
    let end = Instant::now() + deadline;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&timeout)) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn patience_is_a_whole_number_or_none() {
        assert_eq!([Some("6"), Some("0"), Some("much"), None].map(factor), [6, 1, 1, 1]);
    }

    #[test]
    fn a_condition_is_looked_at_until_it_holds() {
        let mut looks = 0;
        let found = until(Duration::from_secs(5), || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found, Some(3));
    }

    #[test]
    fn a_condition_that_never_holds_ends_with_the_deadline() {
        assert_eq!(until(Duration::from_millis(1), || None::<()>), None);
    }

    #[test]
    fn a_process_that_goes_on_is_told_from_one_that_ended() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let process = pidfd(child.id()).unwrap();
        assert!(!ended(&process, Duration::ZERO).unwrap());
        child.kill().unwrap();
        assert!(ended(&process, Duration::from_secs(5)).unwrap());
        child.wait().unwrap();
    }
}
