//! What surrounds a container: what there is before it comes, and must be after it went.

use std::path::Path;
use std::{fs, io};

use drive::leak::Snapshot;

use crate::container::{self, Container, HOME};
use crate::fault::{Fault, Judgment};

/// How the places for the output of calls that race are called, before their number.
pub(super) const RACER: &str = "racer-";

/// The whole of a container's life: it comes, its program reports, it goes.
///
/// # Errors
/// [`Fault::Unreached`] where the runtime cannot do even that.
pub(super) fn live(container: &Container) -> Judgment {
    container.given_stopped()?;
    container.delete().given().map(drop)
}

/// As [`live`], where it is what is asked for: the id is free, and a container of that id can be made and runs.
///
/// # Errors
/// [`Fault::Failed`] where something is in the way.
pub(super) fn must_live(container: &Container) -> Judgment {
    container.create().must_succeed()?;
    container.start().must_succeed()?;
    container.report().must_succeed()?;
    container.call("delete", &["--force"]).must_succeed().map(drop)
}

/// Lets one container live, so that what a runtime makes once for all is there; then looks at everything.
///
/// # Errors
/// As [`live`].
pub(super) fn before(container: &Container) -> Result<Snapshot, Fault> {
    live(container)?;
    Ok(look(container))
}

/// Everything that a container could leave behind: the case's own output aside.
pub(super) fn look(container: &Container) -> Snapshot {
    let (state, bundle) = (&container.handle().state_root, container.bundle().directory_path());
    let roots = [state, bundle.as_path(), Path::new("/tmp"), Path::new("/run"), Path::new("/dev/shm")];
    Snapshot::take_except(&roots, &[Path::new(HOME)])
}

/// Removes the output of the calls made so far, so that a thousand rounds fit the case's disk.
///
/// # Errors
/// [`Fault::Broken`] where it cannot be removed.
pub(super) fn forget_output(container: &Container) -> Judgment {
    let scratch = &container.handle().scratch;
    let ours = |error: io::Error| Fault::broken("remove the output of calls", &error);
    for entry in fs::read_dir(scratch).map_err(ours)? {
        let path = entry.map_err(ours)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(RACER) {
            fs::remove_dir_all(&path).map_err(ours)?;
        } else if path.extension().is_some_and(|extension| extension == "out" || extension == "err") {
            fs::remove_file(&path).map_err(ours)?;
        }
    }
    Ok(())
}

/// `delete --force` leaves nothing of the container, whatever became of it, and its id can be used again.
///
/// # Errors
/// [`Fault::Failed`], with what is left or in the way.
pub(super) fn must_recover(container: &Container, before: &Snapshot) -> Judgment {
    // Whether it succeeds is its own matter: there may be nothing to delete.
    container.call("delete", &["--force"]).ended().must_succeed()?;
    container::must_leave_nothing(before)?;
    must_live(container)?;
    container::must_leave_nothing(before)
}
