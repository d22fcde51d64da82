//! Drives any OCI runtime binary, from the outside only: argv in, exit status and kernel objects out.
//!
//! Terms: a *runtime* is a binary with the command line of runc; a *step* is one call of it, with a deadline; a
//! *container* is an id, a bundle and the directories that belong to them; the *sandbox* is a set of namespaces and a
//! cgroup around everything that a job starts, so that nothing outlives it whatever the runtime does.
//!
//! ```no_run
//! use std::path::Path;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let crun = drive::Runtime::open(Path::new("/usr/bin/crun"))?;
//! let container = drive::Container::new(&crun, "one", Path::new("/run/bundle"), Path::new("/run/scratch"))?;
//! let created = container.create()?.success()?;
//! println!("{} ns", created.wall_ns);
//! # Ok(())
//! # }
//! ```

pub mod cache;
mod container;
pub mod inject;
pub mod leak;
pub mod own;
mod runtime;
pub mod sandbox;
mod step;
mod sys;
pub mod tree;
pub mod wait;

#[cfg(test)]
mod fake;

pub use container::Container;
pub use runtime::{OpenError, Runtime};
pub use step::{Done, OUTPUT_LIMIT_BYTES, STEP_DEADLINE, Step, StepError};
pub use sys::mapping::Mapping;
