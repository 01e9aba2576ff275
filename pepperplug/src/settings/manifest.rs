//! A manifest as a tree: a document of its own, read as a whole with the care that a section is read with.

use std::borrow::Cow;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::format::Format;
use super::node::{Entry, Node, Value};
use super::place::SettingsPlace;
use super::problem::{Code, SettingsError};
use super::section::Section;
use super::source::{Origin, Source};
use super::{Settings, value};
use crate::location::Location;

/// What a manifest says, and where. Its keys need not be those of a manifest.
#[derive(Clone)]
pub(crate) struct ManifestTree(Node);

impl ManifestTree {
    /// Parses `bytes`, which messages call `name`, in the format that the name ends in.
    ///
    /// # Errors
    /// That they are not UTF-8, or mistakes of syntax.
    pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Self, SettingsError> {
        let source = Source::of_bytes(name, bytes, 0)?;
        Format::of(Path::new(name)).parse(source).map(Self)
    }

    /// What the program says at `location`: nothing yet.
    pub(crate) fn of_code(location: Location) -> Self {
        let origin = Origin::whole(Source::code(location));
        Self(Node::new(origin, Value::Table(Vec::new())))
    }

    /// With settings that the program gives at `location`.
    ///
    /// # Errors
    /// That they are no table, or cannot be settings at all.
    pub(crate) fn with_settings(
        self,
        settings: &(impl Serialize + ?Sized),
        location: Location,
    ) -> Result<Self, SettingsError> {
        let tree = value::tree(settings, location, 0, "the value")?;
        if !matches!(tree.value, Value::Table(_)) {
            let text = format!("found {}, expected a table of settings", tree.describe());
            return Err(tree.origin.source.error(None, Code::Value, text));
        }
        let mut root = self.0;
        root.remove(&[SETTINGS]);
        if let Value::Table(entries) = &mut root.value {
            entries.push(Entry {
                key: SETTINGS.to_owned(),
                origin: tree.origin.clone(),
                node: tree,
            });
        }
        Ok(Self(root))
    }

    /// Reads all of it as a `T`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, SettingsError> {
        let none = Settings::new();
        let whole = Section::new(&none, None, "", Some(Cow::Borrowed(&self.0)));
        whole.read().map_err(|mut problems| {
            for problem in &mut problems {
                problem.section = None;
            }
            SettingsError::new(problems)
        })
    }

    /// Where the value of `key` stands, or where the manifest begins.
    pub(crate) fn place(&self, key: &str) -> SettingsPlace {
        let entry = self.0.entry(key);
        entry.map_or(&self.0, |entry| &entry.node).origin.place()
    }

    /// The settings of the plugin.
    pub(crate) fn settings(&self) -> Option<&Node> {
        self.0.entry(SETTINGS).map(|entry| &entry.node)
    }
}

/// The key under which a manifest has the settings of its plugin.
const SETTINGS: &str = "settings";
