//! Which features bring which others with them: the `[features]` table of a manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::Error;

/// Feature → the features of the same crate that it enables.
#[derive(Debug, Default)]
pub(super) struct Implications {
    enables: BTreeMap<String, Vec<String>>,
}

impl Implications {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |problem: String| Error::Manifest {
            path: path.to_owned(),
            problem,
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let manifest: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            wrong(format!("cannot be read: {error}").trim_end().to_owned())
        })?;
        let Some(features) = manifest.get("features").and_then(toml::Value::as_table) else {
            return Ok(Self::default());
        };
        let enabled = |value: &toml::Value| {
            let all = value.as_array().into_iter().flatten();
            all.filter_map(toml::Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let enables = features
            .iter()
            .map(|(feature, value)| (feature.clone(), enabled(value)))
            .collect();
        Ok(Self { enables })
    }

    /// Whether a user can choose exactly `set` of `all` features: it has with each feature all that this one enables.
    pub(super) fn allow(&self, set: &BTreeSet<&str>, all: &[String]) -> bool {
        let closed = self.closure(set);
        all.iter()
            .all(|feature| set.contains(feature.as_str()) == closed.contains(feature.as_str()))
    }

    fn closure<'a>(&'a self, set: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
        let mut closed = BTreeSet::new();
        let mut open: Vec<&str> = set.iter().copied().collect();
        while let Some(feature) = open.pop() {
            if closed.insert(feature) {
                // `dep:x` and `x/y` are in the list too; no feature has such a name.
                open.extend(
                    self.enables
                        .get(feature)
                        .into_iter()
                        .flatten()
                        .map(String::as_str),
                );
            }
        }
        closed
    }
}
