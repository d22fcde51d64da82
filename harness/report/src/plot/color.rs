//! One color per subject, the same in every plot of every page.

/// Subjects that have a color of their own, at its place in the style sheet.
const KNOWN: [(&str, usize); 5] = [("coracle", 0), ("crun", 1), ("runc", 2), ("youki", 3), ("floor", 7)];

/// Colors that are left for others.
const FREE: [usize; 3] = [4, 5, 6];

/// The class that colors the marks of `subject`, one of `all`, such as `hue-0`.
///
/// What no color is left for shares one with another; its label still tells it apart.
#[must_use]
pub fn hue(subject: &str, all: &[&str]) -> String {
    let known = |name: &str| KNOWN.iter().find(|(known, _)| *known == name).map(|(_, hue)| *hue);
    let mut others = all.iter().filter(|name| known(name).is_none());
    let free = || FREE[others.position(|name| *name == subject).unwrap_or(0) % FREE.len()];
    format!("hue-{}", known(subject).unwrap_or_else(free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_keeps_its_color_whoever_else_takes_part() {
        assert_eq!(hue("crun", &["crun"]), hue("crun", &["coracle", "mine", "crun"]));
    }

    #[test]
    fn strangers_get_colors_that_nobody_has() {
        let all = ["mine", "crun", "yours"];
        assert_eq!((hue("mine", &all).as_str(), hue("yours", &all).as_str()), ("hue-4", "hue-5"));
    }
}
