//! What is allowed: exact figures in a file of the repository, which a change may spend only by changing that file.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::exact::{Exact, Figure, store_figure};

/// The most that every figure may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Of a runtime: the size of its binary, system calls of a `run`; by the names of [`super::exact::of_runtime`].
    #[serde(default)]
    pub runtime: BTreeMap<String, u64>,
    /// Of a store: bytes of a family of images on a level of sharing.
    #[serde(default)]
    pub store: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Why there is no budget to compare with.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum BudgetError {
    #[error("read the budget `{path}`")]
    Read { path: PathBuf, source: io::Error },

    #[error("parse the budget `{path}`; it takes tables `runtime` and `store.FAMILY`, of whole numbers")]
    Parse { path: PathBuf, source: toml::de::Error },

    #[error("the budget `{path}` allows nothing; give it a table `runtime` or `store.FAMILY`")]
    Empty { path: PathBuf },

    #[error(
        "the budget names `{what}`, which was not measured; correct its name, or see above what is missing here"
    )]
    NotMeasured { what: String },
}

impl Budget {
    /// Reads a budget.
    ///
    /// # Errors
    /// See [`BudgetError`].
    pub fn read(path: &Path) -> Result<Self, BudgetError> {
        let own = || path.to_owned();
        let text = fs::read_to_string(path).map_err(|source| BudgetError::Read { path: own(), source })?;
        let budget: Self =
            toml::from_str(&text).map_err(|source| BudgetError::Parse { path: own(), source })?;
        if budget.entries().is_empty() { Err(BudgetError::Empty { path: own() }) } else { Ok(budget) }
    }

    /// What was measured beside what is allowed.
    ///
    /// # Errors
    /// [`BudgetError::NotMeasured`], as a limit that nothing is held to would hold always.
    pub fn against(&self, figures: &[Figure]) -> Result<Vec<Exact>, BudgetError> {
        let beside = |(what, most): (String, u64)| {
            let measured = figures.iter().find(|figure| figure.what == what);
            let Some(Figure { unit, range, .. }) = measured.cloned() else {
                return Err(BudgetError::NotMeasured { what });
            };
            Ok(Exact { what, unit, base: (most, most), head: range, limit: 1.0 })
        };
        self.entries().into_iter().map(beside).collect()
    }

    fn entries(&self) -> Vec<(String, u64)> {
        let runtime = self.runtime.iter().map(|(what, most)| (what.clone(), *most));
        let level = |family: &str, (level, most): (&String, &u64)| (store_figure(family, level), *most);
        let store =
            self.store.iter().flat_map(|(family, levels)| levels.iter().map(move |one| level(family, one)));
        runtime.chain(store).collect()
    }
}

#[cfg(test)]
mod tests {
    use record::Unit;

    use super::*;

    fn read(text: &str) -> Result<Budget, BudgetError> {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("budget.toml");
        fs::write(&path, text).unwrap();
        Budget::read(&path)
    }

    fn figures(list: &[(&str, u64)]) -> Vec<Figure> {
        let figure = |(what, value): &(&str, u64)| Figure {
            what: (*what).to_owned(),
            unit: Unit::Count,
            range: (*value, *value),
        };
        list.iter().map(figure).collect()
    }

    #[test]
    fn what_is_spent_stands_beside_what_is_allowed() {
        let budget = read("[runtime]\n\"calls:mount\" = 40\n[store.seed]\nlayers = 7\n").unwrap();
        let told = |list: &[(&str, u64)]| {
            let held = budget.against(&figures(list)).unwrap();
            held.iter().map(Exact::is_more).collect::<Vec<bool>>()
        };
        assert_eq!(told(&[("calls:mount", 40), ("bytes of seed as layers", 7)]), [false, false]);
        assert_eq!(told(&[("calls:mount", 41), ("bytes of seed as layers", 6)]), [true, false]);
    }

    #[test]
    fn a_limit_that_nothing_is_held_to_is_refused() {
        let budget = read("[runtime]\ncals = 40\n").unwrap();
        let refusal = budget.against(&figures(&[("calls", 1)])).unwrap_err();
        assert!(matches!(refusal, BudgetError::NotMeasured { what } if what == "cals"));
        assert!(matches!(read(""), Err(BudgetError::Empty { .. })));
        assert!(matches!(read("[runtimes]\ncalls = 4\n"), Err(BudgetError::Parse { .. })));
        assert!(matches!(read("[runtime]\ncalls = -1\n"), Err(BudgetError::Parse { .. })));
    }

    #[test]
    fn the_budget_of_the_project_is_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("budget.toml");
        let budget = Budget::read(&path).unwrap();
        assert!(!budget.runtime.is_empty() && !budget.store.is_empty());
    }
}
