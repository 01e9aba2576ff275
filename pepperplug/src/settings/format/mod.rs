//! Text → tree, in each of the formats.

#[cfg(feature = "json")]
mod json;
mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use std::path::Path;
use std::sync::Arc;

use super::node::{Node, Value};
use super::problem::{Code, SettingsError};
use super::source::Source;

pub(super) use self::toml::parse_value;

/// Settings that nest deeper are none; the parser of TOML has a limit of its own.
#[cfg(any(feature = "json", feature = "yaml"))]
const MAX_DEPTH: usize = 100;

/// How the text of a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Toml,
    Json,
    Yaml,
}

impl Format {
    /// By the ending of a file's name; TOML, where it is none of a format that we know.
    pub(crate) fn of(path: &Path) -> Self {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        match ending.to_ascii_lowercase().as_str() {
            "json" => Self::Json,
            "yaml" | "yml" => Self::Yaml,
            _ => Self::Toml,
        }
    }

    /// Parses the text of `source`.
    ///
    /// # Errors
    /// What is wrong with its syntax: of TOML the first mistake of every line that has one, of the others the first one. Also
    /// that this build does not read the format.
    pub(super) fn parse(self, source: Source) -> Result<Node, SettingsError> {
        let source = &Arc::new(source);
        let parsed = match self {
            Self::Toml => toml::parse(source),
            #[cfg(feature = "json")]
            Self::Json => json::parse(source),
            #[cfg(feature = "yaml")]
            Self::Yaml => yaml::parse(source),
            #[cfg(not(all(feature = "json", feature = "yaml")))]
            other => Err(other.not_read(source)),
        };
        let root = parsed?;
        match root.value {
            Value::Table(_) => Ok(root),
            // A YAML file in which everything is a comment is no mistake.
            Value::Null => Ok(Node::new(root.origin, Value::Table(Vec::new()))),
            _ => {
                let text = format!("found {}, expected a table of sections", root.describe());
                Err(source.error(Some(root.origin.start), Code::Syntax, text))
            }
        }
    }

    #[cfg(not(all(feature = "json", feature = "yaml")))]
    fn not_read(self, source: &Source) -> SettingsError {
        let (name, feature) = match self {
            Self::Toml => ("TOML", ""),
            Self::Json => ("JSON", "json"),
            Self::Yaml => ("YAML", "yaml"),
        };
        let text = format!(
            "this build does not read {name}; turn it on in Cargo.toml: `pepperplug = {{ features = [\"{feature}\"] }}`"
        );
        source.error(None, Code::Format, text)
    }
}
