//! A mutant as a program: what it does with each call.
//!
//! This program is its interpreter: a mutant is a file whose first line names this program, beside an order that says
//! which runtime is behind it and what to spoil. So a mutant is called like any runtime, and linked to none.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use drive::wait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::Call;
use crate::edit::{put, take};
use crate::mutation::Mutation;
use crate::terminal;

/// The name of a mutant's file.
pub(crate) const NAME: &str = "mutant";
/// The file beside it that holds its order.
pub(crate) const ORDER: &str = "order.json";
/// The file beside it in which calls are noted.
pub(crate) const CALLS: &str = "calls.jsonl";

/// What a mutant is to be.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// The runtime that does the work.
    pub(crate) real: PathBuf,
    /// The text of its mutation.
    pub(crate) mutation: String,
}

/// A call as it is noted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Noted {
    /// The verb.
    pub(crate) verb: String,
    /// What `config.json` said when a container was to be created.
    pub(crate) config: Option<Value>,
    /// What was printed, where the call makes nothing that prints.
    pub(crate) printed: Option<Value>,
}

/// Is a mutant where this program was started as one, and does not return then.
pub(crate) fn enter() {
    let mut words = env::args_os().skip(1);
    let Some(path) = words.next().map(PathBuf::from).filter(|path| path.ends_with(NAME)) else { return };
    let home = path.parent().unwrap_or(Path::new("/")).to_owned();
    let code = act(&home, words.collect()).unwrap_or_else(|error| {
        eprintln!("the mutant failed: {error}");
        u8::MAX
    });
    std::process::exit(code.into());
}

fn act(home: &Path, words: Vec<std::ffi::OsString>) -> io::Result<u8> {
    let order: Order = serde_json::from_slice(&fs::read(home.join(ORDER))?)?;
    let mutation = Mutation::parse(&order.mutation).ok_or_else(|| io::Error::other("no such mutation"))?;
    let call = Call::read(order.real, words);
    if call.is_cleanup() {
        return call.make().map(code);
    }
    Mutant { home, call }.spoil(&mutation)
}

fn code(status: ExitStatus) -> u8 {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    u8::try_from(code).unwrap_or(u8::MAX)
}

struct Mutant<'a> {
    home: &'a Path,
    call: Call,
}

impl Mutant<'_> {
    fn spoil(&self, mutation: &Mutation) -> io::Result<u8> {
        let (call, verb) = (&self.call, self.call.verb.as_str());
        match mutation {
            Mutation::Reads(edit) => self.create_from(|config| edit.apply(config)),
            Mutation::Refuse(property) => self.refuse(property),
            Mutation::Watch => self.watch(),
            Mutation::Succeed(of) if of == verb => call.make().map(|_| 0),
            Mutation::Fail(of) if of == verb => call.make().map(|_| 1),
            Mutation::Skip(of) if of == verb => Ok(0),
            Mutation::Detach(of) if of == verb => call.command().spawn().map(|_| 0),
            Mutation::Answer(of, pointer, value) if of == verb => self.answer(pointer, value.as_ref()),
            Mutation::Litter(of) => self.litter(of),
            Mutation::Signal(name) if verb == "kill" => {
                self.call.replacing(&call.signal(), name).make().map(code)
            }
            Mutation::Hasty => self.hasty(),
            Mutation::Early => self.early(),
            Mutation::Late if verb == "start" => self.late(),
            Mutation::First => self.first(),
            Mutation::Force if verb == "delete" => {
                call.other("delete", &["--force", &call.id()]).make().map(code)
            }
            Mutation::Replace if verb == "create" => {
                call.other("delete", &["--force", &call.id()]).make_unheard()?;
                call.make().map(code)
            }
            Mutation::Greedy => self.greedy(),
            Mutation::Own if verb == "create" => self.own(),
            Mutation::Root => self.root(),
            Mutation::Chown => self.chown(),
            Mutation::Terminal if verb == "create" => terminal::create(call).map(code),
            _ => call.make().map(code),
        }
    }

    /// Creates from another configuration.
    fn create_from(&self, change: impl FnOnce(&mut Value)) -> io::Result<u8> {
        let Some(mut config) = self.call.config() else { return self.call.make().map(code) };
        change(&mut config);
        self.call.make_with(&config, |_| ()).map(code)
    }

    fn refuse(&self, property: &str) -> io::Result<u8> {
        let has = self.call.config().is_some_and(|config| config.pointer(property).is_some());
        if has { Ok(1) } else { self.call.make().map(code) }
    }

    fn watch(&self) -> io::Result<u8> {
        let (verb, config) = (self.call.verb.clone(), self.call.config());
        let answers = matches!(verb.as_str(), "features" | "state");
        let mut noted = Noted { verb, config, printed: None };
        let code = if answers {
            let output = self.call.command().output()?;
            io::stdout().write_all(&output.stdout)?;
            noted.printed = serde_json::from_slice(&output.stdout).ok();
            code(output.status)
        } else {
            self.call.make().map(code)?
        };
        let mut file = OpenOptions::new().create(true).append(true).open(self.home.join(CALLS))?;
        writeln!(file, "{}", serde_json::to_string(&noted)?)?;
        Ok(code)
    }

    fn answer(&self, pointer: &str, value: Option<&Value>) -> io::Result<u8> {
        let output = self.call.command().output()?;
        io::stderr().write_all(&output.stderr)?;
        let Ok(mut document) = serde_json::from_slice(&output.stdout) else { return Ok(code(output.status)) };
        match value {
            Some(value) => put(&mut document, pointer, value.clone()),
            None => drop(take(&mut document, pointer)),
        }
        println!("{document}");
        Ok(code(output.status))
    }

    /// Makes the call, and leaves a file where temporary ones are, and a cgroup where the container had its own.
    fn litter(&self, after: &str) -> io::Result<u8> {
        let made = self.make_remembered()?;
        if self.call.verb != after || (after == "create" && made == 0) {
            return Ok(made);
        }
        let config = self.remembered();
        let place = config.and_then(|config| config["linux"]["cgroupsPath"].as_str().map(str::to_owned));
        fs::write("/tmp/litter", "")?;
        let place = place.unwrap_or_else(|| "litter".to_owned());
        for tree in ["/sys/fs/cgroup", "/sys/fs/cgroup/pids"] {
            // Where the tree is not there, or its root takes no cgroups, the file is left alone.
            let _ = fs::create_dir_all(Path::new(tree).join(place.trim_start_matches('/')));
        }
        Ok(made)
    }

    fn own(&self) -> io::Result<u8> {
        let (made, config) = (self.call.make().map(code)?, self.call.config().unwrap_or_default());
        let user = config["process"]["user"]["uid"].as_u64().and_then(|id| u32::try_from(id).ok());
        let cgroups = fs::read_to_string(format!("/proc/{}/cgroup", self.call.state()?["pid"]))?;
        let unified = cgroups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
        for entry in fs::read_dir(Path::new("/sys/fs/cgroup").join(unified))? {
            std::os::unix::fs::chown(entry?.path(), user, None)?;
        }
        Ok(made)
    }

    /// Keeps `poststart` hooks from the runtime, and runs them by itself.
    fn hasty(&self) -> io::Result<u8> {
        const HOOKS: &str = "/hooks/poststart";
        if let Some(mut config) = self.call.config() {
            fs::write(self.memory(), config.to_string())?;
            take(&mut config, HOOKS);
            return self.call.make_with(&config, |_| ()).map(code);
        }
        let config = self.remembered().filter(|_| self.call.verb == "start").unwrap_or_default();
        for hook in config.pointer(HOOKS).and_then(Value::as_array).into_iter().flatten() {
            let args = hook["args"].as_array().into_iter().flatten().skip(1).filter_map(Value::as_str);
            Command::new(hook["path"].as_str().unwrap_or_default())
                .args(args)
                .stdin(Stdio::null())
                .status()?;
        }
        self.call.make().map(code)
    }

    fn early(&self) -> io::Result<u8> {
        let call = &self.call;
        match call.verb.as_str() {
            "create" => match code(call.make()?) {
                0 => call.other("start", &[&call.id()]).make().map(code),
                failed => Ok(failed),
            },
            "start" => Ok(0),
            _ => call.make().map(code),
        }
    }

    /// Makes the container anew, with the output of the old one, and starts that.
    fn late(&self) -> io::Result<u8> {
        let (call, state) = (&self.call, self.call.state()?);
        let output = format!("/proc/{}/fd/1", state["pid"]);
        let output = OpenOptions::new().append(true).open(output)?;
        call.other("delete", &["--force", &call.id()]).make_unheard()?;
        let bundle = state["bundle"].as_str().unwrap_or_default();
        call.other("create", &["--bundle", bundle, &call.id()]).make_into(output)?;
        call.make().map(code)
    }

    fn first(&self) -> io::Result<u8> {
        let memory = self.home.join("first.json");
        if self.call.config_path().is_none() {
            return self.call.make().map(code);
        }
        if let Ok(text) = fs::read(&memory) {
            return self.call.make_with(&serde_json::from_slice(&text)?, |_| ()).map(code);
        }
        fs::write(&memory, self.call.config().unwrap_or(json!({})).to_string())?;
        self.call.make().map(code)
    }

    fn chown(&self) -> io::Result<u8> {
        if let Some(root) = self.call.root() {
            let config = self.call.config().unwrap_or_default();
            let id = config.pointer("/linux/uidMappings/0/hostID").and_then(Value::as_u64);
            let id = id.and_then(|id| u32::try_from(id).ok());
            let owned = |entry: io::Result<fs::DirEntry>| std::os::unix::fs::lchown(entry?.path(), id, id);
            fs::read_dir(root)?.try_for_each(owned)?;
        }
        self.call.make().map(code)
    }

    fn root(&self) -> io::Result<u8> {
        let (Some(mut config), Some(root)) = (self.call.config(), self.call.root()) else {
            return self.call.make().map(code);
        };
        let own = self.home.join("root");
        fs::create_dir_all(&own)?;
        fs::copy(root.join("probe"), own.join("probe"))?;
        config["root"]["path"] = json!(own);
        self.call.make_with(&config, |_| ()).map(code)
    }

    fn greedy(&self) -> io::Result<u8> {
        let config = self.remembered().filter(|_| self.call.verb == "delete");
        let made = self.make_remembered()?;
        let Some(config) = config else { return Ok(made) };
        for mount in config["mounts"].as_array().into_iter().flatten() {
            let source = mount["source"].as_str().filter(|source| source.starts_with("/run/case/"));
            // A file in place of a directory is none that the suite looks at.
            source.map(|source| fs::remove_dir_all(source).is_ok());
        }
        let spaces = config["linux"]["namespaces"].as_array().into_iter().flatten();
        for path in spaces.filter_map(|space| space["path"].as_str()) {
            let holder = path.split('/').nth(2).and_then(|pid| pid.parse().ok());
            let pid = holder.and_then(rustix::process::Pid::from_raw);
            pid.map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::KILL)).transpose()?;
            // The suite looks at once; the process takes its time to go.
            wait::until(Duration::from_secs(1), || (!Path::new(path).exists()).then_some(()));
        }
        Ok(made)
    }

    /// Makes the call; what a container is created from is known to later calls for it.
    fn make_remembered(&self) -> io::Result<u8> {
        if let Some(config) = self.call.config() {
            fs::write(self.memory(), config.to_string())?;
        }
        self.call.make().map(code)
    }

    fn remembered(&self) -> Option<Value> {
        serde_json::from_slice(&fs::read(self.memory()).ok()?).ok()
    }

    fn memory(&self) -> PathBuf {
        self.home.join(format!("{}.json", self.call.id()))
    }
}
