//! The detectors: a runtime that leaves one thing of each kind behind is caught, and caught for that.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use conformance::judge::Judge;
use conformance::robustness;
use drive::Runtime;
use record::Verdict;
use tempfile::TempDir;

/// A runtime that does all that another does, and one thing more at the end of `delete`.
pub(crate) struct Leaky {
    /// What it does, in words.
    pub(crate) name: &'static str,
    /// A line of shell; `$state` is the state root.
    script: &'static str,
    /// What the verdict must say.
    caught: &'static str,
}

/// One for each kind of leak.
pub(crate) const ALL: &[Leaky] = &[
    Leaky { name: "a-process", script: "setsid sleep 60 >&- 2>&- &", caught: "left behind: process" },
    Leaky { name: "a-mount", script: "mount -t tmpfs leak /mnt", caught: "left behind: mount on `/mnt`" },
    Leaky { name: "a-mount-over-another", script: "mount -t tmpfs leak /tmp", caught: "mount on `/tmp (2)`" },
    Leaky {
        name: "a-cgroup",
        script: "for tree in /sys/fs/cgroup /sys/fs/cgroup/pids; do mkdir -p $tree/leak; done",
        caught: "/leak`",
    },
    Leaky { name: "a-state-file", script: "echo leak >$state/leak", caught: "file `/run/case/state/leak`" },
    Leaky { name: "a-temporary-file", script: "echo leak >/tmp/leak", caught: "file `/tmp/leak`" },
    Leaky {
        name: "a-shared-memory-file",
        script: "echo leak >/dev/shm/leak",
        caught: "file `/dev/shm/leak`",
    },
    Leaky {
        name: "a-mode",
        script: "chmod 700 /run/case/one/bundle/rootfs/probe",
        caught: "other permissions of",
    },
];

impl Leaky {
    /// Writes the runtime into `directory`, in front of `real`.
    fn write(&self, directory: &Path, real: &Path) -> io::Result<PathBuf> {
        let path = directory.join("leaky");
        let script = format!(
            "#!/bin/sh\n'{}' \"$@\" || exit\nstate=$2\ncase \"$*\" in *' delete '*) {} ;; esac\n",
            real.display(),
            self.script
        );
        fs::write(&path, script)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(path)
    }

    /// Judges it by the plainest case.
    ///
    /// # Errors
    /// Where it is not caught for what it does, or the suite cannot do its part.
    pub(crate) fn must_be_caught(&self, real: &Runtime) -> Result<(), Box<dyn std::error::Error>> {
        let scratch = TempDir::new()?;
        let path = self.write(scratch.path(), &real.path)?;
        let leaky = Runtime::open(&path)?;
        let judge =
            Judge::prepare(&leaky, None, std::slice::from_ref(&real.path), |_, case| case.to_owned())?;
        let case = robustness::all().into_iter().find(|case| case.id() == "robustness/life/stopped");
        match judge.judge(case.ok_or("the case has another name")?).verdict {
            Verdict::Failed { actual, .. } if actual.contains(self.caught) => Ok(()),
            other => Err(format!("expected it to be caught for `{}`, got {other:?}", self.caught).into()),
        }
    }
}
