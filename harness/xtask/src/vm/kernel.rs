//! Kernels from Debian's archive, fetched by apt and kept outside the tree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::output;

/// A release whose kernel can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Release {
    /// Debian 12.
    Bookworm,
    /// The newer kernel for Debian 12.
    Backports,
}

/// A kernel that is unpacked.
#[derive(Debug)]
pub(crate) struct Kernel {
    /// Its package, such as `linux-image-6.1.0-13-cloud-amd64`.
    pub(crate) name: String,
    /// What the machine boots.
    pub(crate) image: PathBuf,
    /// Those of [`MODULES`] that are not built in.
    pub(crate) modules: Vec<PathBuf>,
}

/// What containers are made of that is not built in: overlay mounts, network devices. None needs another one.
const MODULES: [&str; 3] = ["fs/overlayfs/overlay.ko", "drivers/net/dummy.ko", "drivers/net/veth.ko"];
const PACKAGE: &str = "linux-image-cloud-amd64";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

impl Release {
    fn suite(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Backports => "bookworm-backports",
        }
    }
}

/// The kernel of a release, from the cache or from the mirror that this host's apt uses.
pub(crate) fn fetch(release: Release) -> Result<Kernel> {
    let cache = cache()?.join(release.suite());
    let unpacked = cache.join("unpacked");
    if !unpacked.exists() {
        eprintln!("fetching the kernel of {}", release.suite());
        download(release, &cache)?;
        unpack(&cache, &unpacked)?;
    }
    find(&unpacked)
}

/// `$XDG_CACHE_HOME/loadline/vm`, or below the home directory.
fn cache() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    Ok(base.or_else(home).context("neither `XDG_CACHE_HOME` nor `HOME` is set")?.join("loadline/vm"))
}

/// Downloads the package that the release's kernel package stands for, with lists of its own: the host's apt need not
/// know the release, and is not changed.
fn download(release: Release, cache: &Path) -> Result<()> {
    for directory in ["lists/partial", "archives/archives/partial"] {
        fs::create_dir_all(cache.join(directory)).with_context(|| format!("make `{}`", cache.display()))?;
    }
    let source = format!("deb [signed-by={KEYRING}] {} {} main\n", mirror()?, release.suite());
    fs::write(cache.join("sources.list"), source).context("write the sources of apt")?;
    let options = [
        format!("Dir::Etc::sourcelist={}", cache.join("sources.list").display()),
        "Dir::Etc::sourceparts=-".to_owned(),
        format!("Dir::State::lists={}", cache.join("lists").display()),
        format!("Dir::Cache={}", cache.join("archives").display()),
        "APT::Sandbox::User=root".to_owned(),
    ];
    let apt = |program: &str, arguments: &[&str]| {
        let options = options.iter().flat_map(|option| ["-o", option]);
        output(program, &options.chain(arguments.iter().copied()).collect::<Vec<_>>(), cache)
    };
    apt("apt-get", &["--quiet", "update"])?;
    let depends = apt("apt-cache", &["depends", "--important", PACKAGE])?;
    let name = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: "));
    let name = name.with_context(|| format!("`{PACKAGE}` of {} names no kernel", release.suite()))?;
    apt("apt-get", &["--quiet", "download", name]).map(drop)
}

/// The mirror from which this host takes Debian itself.
fn mirror() -> Result<String> {
    let targets =
        output("apt-get", &["indextargets", "--format", "$(REPO_URI) $(CODENAME)"], Path::new("/"))?;
    let mirror = targets.lines().find_map(|line| line.strip_suffix(" bookworm"));
    Ok(mirror.context("apt has no source for bookworm; the kernels come from its archive")?.to_owned())
}

/// Unpacks the only package in `cache`, all or nothing.
fn unpack(cache: &Path, unpacked: &Path) -> Result<()> {
    let package = entry(cache, |name| name.starts_with("linux-image-"))?;
    let partial = cache.join("partial");
    output("dpkg-deb", &["--extract", &package.to_string_lossy(), &partial.to_string_lossy()], cache)?;
    // Newer packages compress their modules; busybox loads plain ones.
    for module in MODULES {
        let compressed = format!("*/{module}.xz");
        let partial = partial.to_string_lossy();
        output("find", &[&partial, "-path", &compressed, "-exec", "unxz", "{}", "+"], cache)?;
    }
    fs::rename(&partial, unpacked).context("keep the unpacked kernel")?;
    fs::remove_file(&package).context("remove the package")
}

fn find(unpacked: &Path) -> Result<Kernel> {
    let image = entry(&unpacked.join("boot"), |name| name.starts_with("vmlinuz-"))?;
    let version = image.to_string_lossy().rsplit("vmlinuz-").next().unwrap_or_default().to_owned();
    let modules = ["lib/modules", "usr/lib/modules"].map(|base| unpacked.join(base).join(&version));
    let base = modules.into_iter().find(|base| base.exists()).unwrap_or_default();
    let modules = MODULES.iter().map(|module| base.join("kernel").join(module));
    Ok(Kernel {
        name: format!("linux-image-{version}"),
        image,
        modules: modules.filter(|path| path.exists()).collect(),
    })
}

fn entry(directory: &Path, wanted: impl Fn(&str) -> bool) -> Result<PathBuf> {
    let entries = fs::read_dir(directory).with_context(|| format!("list `{}`", directory.display()))?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(|path| path.file_name().is_some_and(|name| wanted(&name.to_string_lossy()))).with_context(
        || format!("`{}` lacks what a kernel package has; remove it and try again", directory.display()),
    )
}
