//! Which cases a run takes: by address, by the beginning of one, and never none by mistake.

use crate::Case;

/// How many names a refusal suggests.
const SUGGESTIONS: usize = 3;

/// Why nothing could be selected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum SelectError {
    #[error("no case or clause is called `{wanted}`; nearest are {nearest}")]
    Unknown { wanted: String, nearest: String },
}

/// The cases whose address is one of `wanted`, or begins with it up to a slash; all where nothing is wanted.
///
/// # Errors
/// [`SelectError::Unknown`] for the first of `wanted` that selects nothing.
pub fn select(all: &[&'static Case], wanted: &[String]) -> Result<Vec<&'static Case>, SelectError> {
    if wanted.is_empty() {
        return Ok(all.to_vec());
    }
    if let Some(unknown) = wanted.iter().find(|word| !all.iter().any(|case| takes(word, &case.id()))) {
        return Err(unknown_among(all, unknown));
    }
    let is_wanted = |case: &&&Case| wanted.iter().any(|word| takes(word, &case.id()));
    Ok(all.iter().filter(is_wanted).copied().collect())
}

/// The refusal of a word that names nothing, with the names nearest to it.
#[must_use]
pub fn unknown_among(all: &[&'static Case], wanted: &str) -> SelectError {
    let mut names: Vec<String> = all.iter().flat_map(|case| [case.id(), case.clause.id.to_owned()]).collect();
    names.sort_by_key(|name| (distance(wanted, name), name.clone()));
    names.dedup();
    let nearest: Vec<String> = names.iter().take(SUGGESTIONS).map(|name| format!("`{name}`")).collect();
    SelectError::Unknown { wanted: wanted.to_owned(), nearest: nearest.join(", ") }
}

/// Whether `word` selects the address: as a whole, or as its beginning up to a slash.
fn takes(word: &str, id: &str) -> bool {
    id.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || word.ends_with('/'))
}

/// How many characters have to be put in, taken out or exchanged to make `a` of `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let exchanged = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases;

    fn ids(wanted: &[&str]) -> Vec<String> {
        let wanted: Vec<String> = wanted.iter().map(|word| (*word).to_owned()).collect();
        select(&cases::all(), &wanted).unwrap().iter().map(|case| case.id()).collect()
    }

    #[test]
    fn an_address_selects_one_and_its_beginning_all_below_it() {
        assert_eq!(ids(&["runtime/delete-not-stopped/running"]), ["runtime/delete-not-stopped/running"]);
        assert!(ids(&["runtime/delete-not-stopped"]).len() > 1);
        assert_eq!(ids(&["runtime/delete-not-stopped/"]), ids(&["runtime/delete-not-stopped"]));
        assert_eq!(ids(&[]).len(), cases::all().len());
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest_ones() {
        let error = select(&cases::all(), &["runtime/delete-not-stoped/runing".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("`runtime/delete-not-stopped/running`"), "{error}");
        // A beginning counts only up to a slash.
        assert!(select(&cases::all(), &["runtime/delete-not".to_owned()]).is_err());
    }

    #[test]
    fn distances_count_edits() {
        assert_eq!((distance("abc", "abc"), distance("abc", "abd"), distance("", "abc")), (0, 1, 3));
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
