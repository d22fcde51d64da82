//! `start`.

use alloc::string::ToString;

use rustix::process::Signal;

use super::error::VerbError;
use crate::cause::Cause;
use crate::config::{Config, Document};
use crate::hooks::{self, HookState};
use crate::state::{Container, Knock, StateError, Status};

/// Starts the program of a created container; comes back once it runs.
///
/// - **Errors**: a container that is not created; a program that cannot be executed, or a `startContainer` hook that
///   fails, whereupon the container is stopped, as it is when a `poststart` hook fails.
/// - **Source**: `runtime.md#start`.
///
/// # Errors
/// As above.
pub fn start(container: &Container) -> Result<(), VerbError> {
    let id = container.record.id.as_str();
    let refused = |status: Status| VerbError::NotCreated { id: id.to_string(), status: status.word() };
    if !container.is_complete() {
        return Err(refused(container.status()));
    }
    let answer = container.directory.gate().knock();
    let failed = |errno| VerbError::Knock { id: id.to_string(), source: Cause(errno) };
    match answer.map_err(failed)? {
        Knock::NobodyThere => Err(refused(container.status())),
        Knock::Failed(why) => Err(VerbError::Step(why)),
        Knock::Lost(errno) => {
            stop(container);
            Err(failed(errno))
        }
        Knock::Started => run_poststart(container),
    }
}

/// Most containers have no hooks, and none have them without the word: then there is nothing to read.
fn run_poststart(container: &Container) -> Result<(), VerbError> {
    if !contains(&container.configuration, b"\"poststart\"") {
        return Ok(());
    }
    let damaged = || StateError::Damaged { path: container.directory.path().to_string() };
    let document = Document::parse(container.configuration.clone()).map_err(|_| damaged())?;
    let config = Config::check(&document).map_err(|_| damaged())?;
    let state = HookState::of(container, &config).with(Status::Running, container.record.init.pid);
    hooks::run(&config.hooks.poststart, &state, None).map_err(|source| {
        stop(container);
        VerbError::Hook { id: container.record.id.clone(), source }
    })
}

/// Ends a program that must not go on, since `start` fails.
fn stop(container: &Container) {
    if let Some(init) = container.record.init.find() {
        // If it has ended meanwhile, it is stopped, as it should be.
        let _killed = init.signal(Signal::KILL);
    }
}

pub(super) fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}
