//! Prints every property of the specification's schema and what coracle does with it, as a Markdown table.

use coracle::config::coverage::{Handling, SECTIONS};

fn main() {
    println!("| property of `config.json` | what becomes of it |\n|---|---|");
    for section in SECTIONS {
        for name in section.names {
            let (what, text) = match section.handling {
                Handling::Read(text) => ("", text),
                Handling::Ignored(text) => ("ignored: ", text),
            };
            println!("| `{}/{name}` | {what}{text} |", section.object);
        }
    }
}
