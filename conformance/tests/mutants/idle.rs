//! Runtimes that do nothing, or nothing but talk: no case passes, and a run ends at once with 3.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use conformance::check::judge_all;
use conformance::judge::{Judge, PrepareError};
use conformance::{CheckError, Options, cases, check};
use drive::Runtime;
use record::{Header, Host, Kind, Verdict, Writer};

/// Nothing, where all is as it should be; else what is not.
pub(crate) type Found = Result<(), Box<dyn std::error::Error>>;

/// A runtime that runs nothing.
pub(crate) struct Idle {
    /// What it does, in words.
    pub(crate) name: &'static str,
    /// A script of shell.
    script: &'static str,
    /// How long a run may take until it is given up.
    within: Duration,
}

/// How long a run may take that is given up at its first call.
const SOON: Duration = Duration::from_secs(20);

const fn idle(name: &'static str, script: &'static str) -> Idle {
    Idle { name, script, within: SOON }
}

/// Those whose every call ends at once, so that each case can be tried.
pub(crate) const QUICK: [Idle; 4] = [
    idle("succeeds", "exit 0"),
    idle("fails", r#"echo '{"level":"error","msg":"container one does not exist"}' >&2; exit 1"#),
    idle(
        "tells-a-plausible-state",
        r#"echo '{"ociVersion":"1.0.2","id":"one","status":"stopped","pid":0,"bundle":"/run/case/one/bundle"}'"#,
    ),
    idle("tells-garbage", r#"echo '{"status": ["running"], "pid": -'"#),
];

/// One that never ends: each call of it is given up after ten seconds.
pub(crate) const SLOW: Idle = Idle {
    name: "sleeps",
    script: r#"case "$*" in *version|*features) exit 1 ;; esac; exec sleep 1000"#,
    within: Duration::from_mins(1),
};

impl Idle {
    /// Whether its calls end at once, so that each case can be tried on it.
    pub(crate) fn is_quick(&self) -> bool {
        self.within <= SOON
    }

    /// Writes it into `directory`; before there are threads, since files that are executed must not be open for writing.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(crate) fn write(&self, directory: &Path) -> io::Result<PathBuf> {
        let path = directory.join(self.name);
        fs::write(&path, format!("#!/bin/sh\n{}\n", self.script))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(path)
    }

    /// A run with it ends in time, with 3, and with no outcome.
    ///
    /// # Errors
    /// Where it does not.
    pub(crate) fn must_end_a_run(&self, path: &Path) -> Found {
        let options = Options {
            runtime: Runtime::open(path)?,
            select: Vec::new(),
            jobs: 1,
            spec: None,
            keep: Vec::new(),
            repeat: |_, case| case.to_owned(),
        };
        let mut writer = Writer::new(Vec::new(), Header::new(Kind::Check, Host::probe()?))?;
        let (began, mut outcomes) = (Instant::now(), 0);
        let ended = check(&options, &mut writer, |_, _| outcomes += 1);
        match ended {
            Err(error @ CheckError::Prepare(PrepareError::Smoke { .. }))
                if error.exit_code() == 3 && outcomes == 0 && began.elapsed() < self.within =>
            {
                Ok(())
            }
            other => Err(format!("after {:?}: {other:?}", began.elapsed()).into()),
        }
    }
}

/// Not one case passes on the runtime at `path`, and none is the suite's own failure.
///
/// # Errors
/// Where one does, or is.
pub(crate) fn must_pass_nothing(path: &Path) -> Found {
    let judge = Judge::prepare(&Runtime::open(path)?, None, &[], |_, case| case.to_owned())?;
    let mut odd = Vec::new();
    judge_all(&judge, &cases::all(), 2, |outcome| match outcome.verdict {
        Verdict::Passed | Verdict::Broken { .. } => odd.push((outcome.case, outcome.verdict)),
        Verdict::Failed { .. } | Verdict::Unreached { .. } | Verdict::Skipped { .. } => {}
    });
    if odd.is_empty() { Ok(()) } else { Err(format!("passed or broken: {odd:?}").into()) }
}
