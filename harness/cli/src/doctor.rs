//! `loadline doctor`: what this host can test and measure, and what would unlock the rest.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use ::report::quantity::mebibytes;
use ::report::table::{Row, Table};
use conformance::cases;
use conformance::judge::Judge;
use drive::Runtime;
use measure::entrants::Entrants;
use record::{CgroupMode, Host};

use crate::exit::{Answer, Failure};

/// Programs that unlock something, each with the package of Debian that has it.
const TOOLS: [(&str, &str, &str); 7] = [
    ("strace", "strace", "counts of system calls"),
    ("mkfs.ext4", "e2fsprogs", "a file system of its own for `bench --family io`"),
    ("mkfs.xfs", "xfsprogs", "the same on a second file system"),
    ("fuse-overlayfs", "fuse-overlayfs", "a union mount by a program, beside the kernel's"),
    ("mmdebstrap", "mmdebstrap", "the `debian` family of images"),
    ("umoci", "umoci", "a second opinion on unpacked images"),
    ("cargo", "cargo", "building coracle and hold; or name them in $CORACLE and $HOLD"),
];

/// One thing that was looked for.
struct DoctorRow {
    what: String,
    found: String,
    unlocks: String,
}

impl Row<3> for DoctorRow {
    const HEADER: [&'static str; 3] = ["what", "found", "unlocks, or how to get it"];

    fn cells(&self) -> [String; 3] {
        [self.what.clone(), self.found.clone(), self.unlocks.clone()]
    }
}

/// Looks, and tells. Nothing is changed, and nothing is measured.
pub(crate) fn doctor() -> Result<Answer, Failure> {
    let host = Host::probe().map_err(Failure::host)?;
    let entrants = Entrants::find(&[])?;
    let mut rows = host_rows(&host);
    rows.extend(entrants.runtimes.iter().map(runtime_row));
    rows.extend(entrants.omitted.iter().map(|(name, why)| row(name, "no", why)));
    rows.extend(TOOLS.map(tool_row));
    println!("{}", Table::of(&rows).terminal());
    if let Some(runtime) = entrants.runtimes.first() {
        print!("{}", Table::of(&need_rows(runtime)?).terminal());
    } else {
        println!("No runtime was found, so nothing can be judged; try apt-get install crun.");
    }
    Ok(Answer::Held)
}

fn row(what: &str, found: impl Into<String>, unlocks: &str) -> DoctorRow {
    DoctorRow { what: what.to_owned(), found: found.into(), unlocks: unlocks.to_owned() }
}

fn host_rows(host: &Host) -> Vec<DoctorRow> {
    let root = nix::unistd::geteuid().is_root();
    let privileges =
        if root { ("root", "everything") } else { ("no root", "try sudo: `bench` and `compare` need it") };
    let cgroups = match host.cgroups {
        CgroupMode::V2 => "everything",
        CgroupMode::None => "mount cgroup2 on /sys/fs/cgroup",
        CgroupMode::V1 | CgroupMode::Hybrid => {
            "cases that need v2 controllers are skipped; `.ci/vm` runs them"
        }
    };
    let pace = if host.hypervisor { "virtual machine" } else { "no hypervisor seen" };
    vec![
        row("kernel", &host.kernel, ""),
        row("processors", format!("{} × {}", host.cpus, host.cpu), pace),
        row("memory", format!("{} MiB", mebibytes(host.memory_bytes)), ""),
        row("privileges", privileges.0, privileges.1),
        row("cgroups", format!("{:?}", host.cgroups).to_lowercase(), cgroups),
    ]
}

fn runtime_row(runtime: &Runtime) -> DoctorRow {
    row(&runtime.subject.name, &runtime.subject.version, &runtime.path.display().to_string())
}

fn tool_row((name, package, unlocks): (&str, &str, &str)) -> DoctorRow {
    match which(name) {
        Some(path) => row(name, path.display().to_string(), unlocks),
        None => row(name, "no", &format!("{unlocks}: apt-get install {package}")),
    }
}

fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// What cases need that is not there, with the number of cases that wait for it.
fn need_rows(runtime: &Runtime) -> Result<Vec<DoctorRow>, Failure> {
    let all = cases::all();
    let judge = Judge::prepare(runtime, None, &[], |_, _| String::new()).map_err(Failure::host)?;
    let mut waiting: BTreeMap<(String, String), u32> = BTreeMap::new();
    for unmet in all.iter().filter_map(|case| judge.unmet(case)) {
        *waiting.entry(unmet).or_default() += 1;
    }
    let skipped: u32 = waiting.values().sum();
    let can = format!(
        "{} of {} cases can run with {}",
        all.len() - skipped as usize,
        all.len(),
        runtime.subject.name
    );
    let waits =
        |((need, why), count): (&(String, String), &u32)| row(need, format!("{count} cases wait"), why);
    Ok(std::iter::once(row("suite", can, "")).chain(waiting.iter().map(waits)).collect())
}
