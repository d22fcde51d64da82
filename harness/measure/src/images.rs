//! Images to measure with.

use std::path::PathBuf;

use fixtures::family::Family;

/// Images that share something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// Name of the family, such as `debian`.
    pub name: String,
    /// The layout that holds them.
    pub layout: PathBuf,
    /// Their tags.
    pub tags: Vec<String>,
    /// Tag of the image over which the last one is made, where one is.
    pub base: Option<String>,
}

impl From<Family> for Images {
    fn from(family: Family) -> Self {
        let tags = family.images.into_iter().map(|image| image.tag).collect();
        let base = family.base.map(str::to_owned);
        Self { name: family.name, layout: family.layout, tags, base }
    }
}
