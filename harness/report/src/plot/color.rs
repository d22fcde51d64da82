//! One color per subject, the same in every plot of every page.

/// Subjects that have a color of their own, at its place in the style sheet.
const KNOWN: [(&str, usize); 5] = [("coracle", 0), ("crun", 1), ("runc", 2), ("youki", 3), ("floor", 7)];

/// Colors that are left for others.
const FREE: [usize; 3] = [4, 5, 6];

/// The class that colors the marks of `subject`, one of `all`, such as `hue-0`.
///
/// The second version of a runtime gets a color that is left over. What no color is left for shares one with
/// another; its label still tells it apart.
#[must_use]
pub fn hue(subject: &str, all: &[&str]) -> String {
    let first =
        |name: &str| all.iter().find(|other| own(other) == own(name)).is_none_or(|other| *other == name);
    let named = |name: &str| own(name).filter(|_| first(name));
    let mut others = all.iter().filter(|name| named(name).is_none());
    let free = || FREE[others.position(|name| *name == subject).unwrap_or(0) % FREE.len()];
    format!("hue-{}", named(subject).unwrap_or_else(free))
}

/// The color of a runtime's name, whichever version the name tells.
fn own(name: &str) -> Option<usize> {
    let is =
        |known: &str| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    KNOWN.iter().find(|(known, _)| is(known)).map(|(_, hue)| *hue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_keeps_its_color_whoever_else_takes_part() {
        assert_eq!(hue("crun", &["crun"]), hue("crun", &["coracle", "mine", "crun"]));
    }

    #[test]
    fn versions_of_one_runtime_differ() {
        let all = ["crun-1.8.1", "crun-1.28", "runc"];
        let hues = all.map(|name| hue(name, &all));
        assert_eq!(hues, ["hue-1", "hue-4", "hue-2"]);
    }

    #[test]
    fn strangers_get_colors_that_nobody_has() {
        let all = ["mine", "crun", "yours"];
        assert_eq!((hue("mine", &all).as_str(), hue("yours", &all).as_str()), ("hue-4", "hue-5"));
    }
}
