//! What a type checks of its values, beyond that they can be read: with the crate `garde`.

use garde::error::{Kind, Path};
use garde::{Report, Validate};
use serde::de::DeserializeOwned;

use super::collect::{Finding, Issue};
use super::fault::Place;
use super::node::Value;
use super::path::KeyPath;
use super::problem::{Code, SettingsProblem};
use super::section::Section;
use crate::plugin::AnySettings;

impl Section<'_> {
    /// As [`parse`](Self::parse), and then lets the type check what was read.
    pub(crate) fn parse_valid<T>(section: &Section<'_>) -> Result<AnySettings, Vec<SettingsProblem>>
    where
        T: DeserializeOwned + Validate<Context = ()> + Send + 'static,
    {
        let value = section.read::<T>()?;
        match value.validate() {
            Ok(()) => Ok(Box::new(value)),
            Err(report) => Err(section.invalid(&report)),
        }
    }

    fn invalid(&self, report: &Report) -> Vec<SettingsProblem> {
        let problem = |(path, error): &(Path, garde::Error)| {
            let path = key_path(path);
            let found = self.node.as_deref().and_then(|node| node.get(&path));
            let text = match found.map(|node| (node, node.shape())) {
                // No texts, which may be secret without saying so.
                Some((node, Value::Integer(_) | Value::Float(_))) if !self.is_secret(&path) => {
                    format!("found {}: {error}", node.describe())
                }
                _ => error.to_string(),
            };
            let finding = Finding {
                place: Place {
                    path: self.nearest(&path),
                    on_key: false,
                },
                issue: Issue::Wrong(text),
            };
            SettingsProblem {
                key: (!path.is_root()).then(|| path.to_string()),
                code: Code::Invalid,
                ..self.problem(finding)
            }
        };
        report.iter().map(problem).collect()
    }

    /// How far `path` leads in the text: where a default was not good enough, or serde names a field otherwise than Rust,
    /// only to the table.
    fn nearest(&self, path: &KeyPath) -> KeyPath {
        let node = self.node.as_deref();
        let leads = |path: &KeyPath| node.is_some_and(|node| node.get(path).is_some());
        let mut path = path.clone();
        while !leads(&path) {
            match path.parent() {
                Some(parent) => path = parent,
                None => break,
            }
        }
        path
    }
}

/// The path as `garde` has it, which is that of the fields in Rust. Its components are hidden in the docs of `garde`, but
/// what its macros expand to takes them from there, so they stay.
fn key_path(path: &Path) -> KeyPath {
    let components: Vec<_> = path.__iter().collect();
    // They come from the last one on.
    let components = components.into_iter().rev();
    components.fold(KeyPath::default(), |path, (kind, name)| match kind {
        Kind::Key => path.key(name),
        Kind::Index => match name.parse() {
            Ok(index) => path.index(index),
            Err(_) => path.key(name),
        },
        // What is in a type of a single field, which serde reads in its place.
        Kind::None => path,
    })
}
