//! What `--help` prints.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use super::GLOBAL;
use super::option::Flag;
use super::verb::{VERBS, Verb};

/// Help for the program.
pub(super) fn of_program() -> String {
    let mut text = String::from(
        "coracle: runs containers from bundles, as the OCI runtime specification asks\n\n\
         usage: coracle [global options] VERB [options] ID [arguments]\n\nverbs:\n",
    );
    for verb in &VERBS {
        row(&mut text, verb.name, verb.about);
    }
    text.push_str("\nglobal options:\n");
    options(&mut text, GLOBAL);
    text.push_str("\n`coracle VERB --help` explains a verb.\n");
    text
}

/// Help for one verb.
pub(super) fn of_verb(verb: &Verb) -> String {
    let mut text = format!("coracle {}: {}\n\nusage: coracle {0}", verb.name, verb.about);
    if !verb.usage.is_empty() {
        // Writing to a string does not fail, here and below.
        let _written = write!(text, " {}", verb.usage);
    }
    text.push_str("\n\noptions:\n");
    options(&mut text, verb.flags);
    text.push_str("\nexamples:\n");
    for (line, about) in verb.examples {
        let _written = writeln!(text, "  coracle {line}\n      {about}");
    }
    text
}

fn options(text: &mut String, flags: &[Flag]) {
    for flag in flags {
        let mut name = match flag.short {
            "" => format!("    --{}", flag.long),
            short => format!("-{short}, --{}", flag.long),
        };
        if let Some(value) = flag.value {
            let _written = write!(name, " {value}");
        }
        row(text, &name, flag.about);
    }
}

/// A name and what it is, below each other where the name is too long.
fn row(text: &mut String, name: &str, about: &str) {
    const WIDTH: usize = 30;
    let separator = if name.len() < WIDTH {
        format!("{:1$}", "", WIDTH - name.len())
    } else {
        format!("\n{:1$}", "", WIDTH + 2)
    };
    let _written = writeln!(text, "  {name}{separator}{about}");
}
