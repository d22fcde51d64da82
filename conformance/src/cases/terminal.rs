//! Terminals: what the process has, and what `/dev/console` is.

use serde_json::json;

use crate::Case;
use crate::bundle::Bundle;
use crate::clauses::{config, config_linux};
use crate::fault::{must_equal, must_hold};

/// A terminal of an odd size; the report goes to a file, since nobody reads the terminal.
fn with_terminal(b: Bundle) -> Bundle {
    let b = b.set("/process/terminal", true).set("/process/consoleSize", json!({"height": 43, "width": 132}));
    b.report_to("/out/report").look(&["follow=/dev/console", "follow=/proc/self/fd/0"])
}

/// All three standard streams are the terminal.
const STREAMS: Case = Case {
    name: "standard-streams",
    clause: &config::TERMINAL,
    needs: &[],
    bundle: with_terminal,
    run: |c| {
        let (_terminal, report) = c.given_terminal()?;
        for number in 0..3 {
            let is_terminal = report.seen.descriptor(number).is_some_and(|one| one.terminal.is_some());
            must_hold(
                &format!("descriptor {number} to be a terminal"),
                is_terminal,
                report.at("/descriptors"),
            )?;
        }
        Ok(())
    },
};

/// The terminal controls the session of the process.
const CONTROLLING: Case = Case {
    name: "controlling",
    clause: &config::TERMINAL,
    needs: &[],
    bundle: with_terminal,
    run: |c| {
        let (_terminal, report) = c.given_terminal()?;
        let terminal = report.seen.descriptor(0).and_then(|one| one.terminal);
        let session = terminal.and_then(|terminal| terminal.session);
        must_equal("session of the terminal", &Some(report.seen.identity.sid), &session)
    },
};

/// The terminal has the configured size.
const SIZE: Case = Case {
    name: "odd",
    clause: &config::CONSOLE_SIZE,
    needs: &[],
    bundle: with_terminal,
    run: |c| {
        let (_terminal, report) = c.given_terminal()?;
        let terminal = report.seen.descriptor(0).and_then(|one| one.terminal);
        must_equal("rows and columns", &Some((43, 132)), &terminal.map(|one| (one.rows, one.columns)))
    },
};

/// `/dev/console` is that terminal.
const CONSOLE: Case = Case {
    name: "same-device",
    clause: &config_linux::DEFAULT_CONSOLE,
    needs: &[],
    bundle: with_terminal,
    run: |c| {
        let (_terminal, report) = c.given_terminal()?;
        let device = |action: &str| {
            let stat = &report.answer(action)["stat"];
            (stat["major"].as_u64(), stat["minor"].as_u64())
        };
        must_equal(
            "device of /dev/console",
            &device("follow=/proc/self/fd/0"),
            &device("follow=/dev/console"),
        )
    },
};

/// Cases of this topic.
pub(super) const ALL: &[&Case] = &[&STREAMS, &CONTROLLING, &SIZE, &CONSOLE];
