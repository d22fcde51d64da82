//! Which mutant each case catches: `conformance/mutants.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::mutation::Mutation;

/// What stands above the entries.
const HEAD: &str = "\
# A case that cannot fail proves nothing. So each stands here with a mutant that it catches: a runtime that spoils one
# thing, in the words of `conformance/tests/mutants`. `MUTANTS=search cargo test -p conformance --test mutants` finds
# them and writes this file; without the variable each is tried again. Excuses are written by hand.
";

/// The file's content.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    /// By case: the mutation.
    pub(crate) caught: BTreeMap<String, String>,
    /// By case: why no mutant can show that it fails.
    #[serde(default)]
    pub(crate) excused: BTreeMap<String, String>,
}

impl Ledger {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not there or says something else, in words.
    pub(crate) fn read() -> Result<Self, String> {
        let text =
            fs::read_to_string(path()).map_err(|error| format!("read `{}`: {error}", path().display()))?;
        toml::from_str(&text).map_err(|error| format!("`{}`: {error}", path().display()))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(crate) fn write(&self) -> Result<(), String> {
        fs::write(path(), self.text()).map_err(|error| format!("write `{}`: {error}", path().display()))
    }

    /// Takes down what the search for a case came to, and writes the file, since a search takes long.
    pub(crate) fn put(&mut self, case: &str, found: Result<Mutation, String>) {
        let written = match found {
            Ok(mutation) => {
                self.caught.insert(case.to_owned(), mutation.to_string());
                self.write()
            }
            Err(why) => Err(why),
        };
        if let Err(why) = written {
            println!("{case}: {why}");
        }
    }

    fn text(&self) -> String {
        let table = |name: &str, entries: &BTreeMap<String, String>| {
            let lines = entries.iter().map(|(case, text)| format!("{} = {}\n", quoted(case), quoted(text)));
            format!("\n[{name}]\n{}", lines.collect::<String>())
        };
        format!("{HEAD}{}{}", table("caught", &self.caught), table("excused", &self.excused))
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("mutants.toml")
}

/// As it stands, where it has no mark of its own: texts of mutations are full of quotes.
fn quoted(text: &str) -> String {
    let plain = !text.contains(['\'', '\n']) && text.contains('"');
    if plain { format!("'{text}'") } else { serde_json::Value::from(text).to_string() }
}
