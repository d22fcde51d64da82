//! `ps`: the processes of a container, as the host numbers them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fs::CWD;

use crate::cgroup::ControlError;
use crate::cli::Format;
use crate::file;
use crate::state::Container;

/// Why processes could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum PsError {
    /// The cgroup of the container cannot be read.
    #[error(transparent)]
    Control(#[from] ControlError),

    /// The ids are no JSON.
    #[error("write the list as JSON")]
    Json(#[from] serde_json::Error),
}

/// The list, as it is to be printed: ids alone for programs, what `/proc` says of each for people.
///
/// # Errors
/// When the container's cgroup cannot be read.
pub fn ps(container: &Container, format: Format) -> Result<String, PsError> {
    let mut pids = container.record.cgroup.processes()?;
    pids.sort_unstable();
    match format {
        Format::Json => Ok(serde_json::to_string(&pids)? + "\n"),
        Format::Table => Ok(table(&pids)),
    }
}

fn table(pids: &[i32]) -> String {
    const HEADER: [&str; 4] = ["UID", "PID", "PPID", "COMMAND"];
    let rows = pids.iter().filter_map(|pid| {
        let read = |name: &str| file::take(CWD, &format!("/proc/{pid}/{name}"));
        // A process that has ended meanwhile is left out.
        let status = read("status").ok()?;
        let command = read("cmdline").unwrap_or_default();
        Some(row(*pid, &status, &command))
    });
    let rows: Vec<_> = core::iter::once(HEADER.map(String::from)).chain(rows).collect();
    super::table::render(&rows)
}

/// What the files of a process come to; one without arguments has its name in brackets, as in ps(1).
fn row(pid: i32, status: &str, command: &str) -> [String; 4] {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_ascii_whitespace().next()).unwrap_or("?").to_string()
    };
    let words: Vec<&str> = command.split('\0').filter(|word| !word.is_empty()).collect();
    let words = if words.is_empty() { format!("[{}]", field("Name:")) } else { words.join(" ") };
    [field("Uid:"), pid.to_string(), field("PPid:"), words]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_a_row() {
        let status = "Name:\tsh\nPPid:\t7\nUid:\t33\t33\t33\t33\n";
        assert_eq!(row(9, status, "sh\0-c\0true\0"), ["33", "9", "7", "sh -c true"]);
        assert_eq!(row(9, status, ""), ["33", "9", "7", "[sh]"]);
        assert_eq!(row(9, "", "x"), ["?", "9", "?", "x"]);
    }
}
