//! A manifest's text: a document of its own, read as a whole with the care that a section is read with.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::node::Node;
use super::problem::SettingsError;
use super::section::Section;
use super::source::Source;
use super::{Document, Settings, syntax};

/// A text that parses; its keys are not looked at yet.
#[derive(Clone, Debug)]
pub(crate) struct ManifestText(Settings);

impl ManifestText {
    /// Parses `bytes`, which messages call `name`.
    ///
    /// # Errors
    /// That they are not UTF-8, or every mistake of syntax.
    pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Self, SettingsError> {
        let source = Source::of_bytes(name, bytes)?;
        let root = syntax::parse(&source)?;
        Ok(Self(Settings(Arc::new(Document { source, root }))))
    }

    /// Reads all of it as a `T`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read<T: DeserializeOwned + Send + 'static>(&self) -> Result<T, SettingsError> {
        let whole = Section::of_no_plugin(&self.0, "", Some(Cow::Borrowed(self.0.root())));
        let value = Section::parse::<T>(&whole).map_err(|mut problems| {
            for problem in &mut problems {
                (problem.section, problem.plugin) = (None, None);
            }
            SettingsError::new(problems)
        })?;
        match value.downcast::<T>() {
            Ok(value) => Ok(*value),
            Err(_) => unreachable!("`parse` gives the type that it was asked for"),
        }
    }

    /// Line and column of the value that stands under `key`; of the beginning, where the text does not have it.
    pub(crate) fn position(&self, key: &str) -> (u32, u32) {
        let node = self.table(key);
        let offset = node.map_or(0, |node| node.span.start);
        let position = self.0.source().position(offset);
        (position.line, position.column)
    }

    /// What stands under `key`.
    fn table(&self, key: &str) -> Option<&Node> {
        self.0.root().entry(key).map(|entry| &entry.node)
    }
}
