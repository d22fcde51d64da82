//! `create`: everything but the program.

use crate::creation::{CreateError, Draft, Request, Start, with_inputs};

/// Creates a container, whose program then waits for `start`.
///
/// - **Errors**: what stands in the way; then nothing is left of the attempt.
/// - **Source**: `runtime.md#create`.
///
/// # Errors
/// As above.
pub fn create(request: &Request<'_>) -> Result<(), CreateError> {
    with_inputs(request, |inputs| {
        let mut draft = Draft::begin(inputs)?;
        let outcome = draft.bring_up(Start::Later);
        if outcome.is_err() {
            draft.undo();
        }
        outcome
    })
}
