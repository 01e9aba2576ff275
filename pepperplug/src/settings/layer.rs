//! The sources of settings, one on another; read again, and compared.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::format::Format;
use super::merge::merge;
use super::node::Node;
use super::place::SettingsPlace;
use super::problem::{Code, SettingsError, SettingsProblem};
use super::source::{ReadError, Source, read, too_large};
use super::{Inner, Settings};

/// What kind of source it is. Later ones override earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Defaults,
    Files,
    #[cfg(feature = "loader")]
    Manifests,
    Environment,
    Overrides,
}

impl Rank {
    /// The place among all layers of the one that is number `index` of its kind.
    pub(super) fn order(self, index: u32) -> u32 {
        ((self as u32) << 24) | index
    }
}

/// One source of settings.
pub(super) struct Layer {
    pub(super) rank: Rank,
    pub(super) from: From,
    pub(super) tree: Node,
}

/// What it is made of.
pub(super) enum From {
    Program,
    File {
        path: PathBuf,
        is_required: bool,
        order: u32,
    },
    Environment {
        prefix: String,
    },
}

/// Why a file gives no layer.
pub(super) enum FileError {
    System(std::io::Error),
    Wrong(SettingsError),
}

impl Layer {
    /// What the program gives.
    pub(super) fn program(rank: Rank, tree: Node) -> Self {
        let from = From::Program;
        Self { rank, from, tree }
    }

    pub(super) fn environment(prefix: String, tree: Node) -> Self {
        Self {
            rank: Rank::Environment,
            from: From::Environment { prefix },
            tree,
        }
    }

    /// A file that must be there.
    pub(super) fn required(path: &Path, order: u32) -> Result<Self, FileError> {
        let tree = parse_file(path, order)?;
        Ok(Self::of_file(path, true, order, tree))
    }

    /// A file. All that can be wrong with it is a problem.
    pub(super) fn file(
        path: &Path,
        is_required: bool,
        order: u32,
    ) -> Result<Self, Vec<SettingsProblem>> {
        let tree = match parse_file(path, order) {
            Ok(tree) => tree,
            Err(FileError::System(error))
                if !is_required && error.kind() == std::io::ErrorKind::NotFound =>
            {
                Node::empty()
            }
            Err(FileError::System(error)) => {
                let source = Source::new(&path.display().to_string(), "").at(order);
                let text = format!("cannot be read: {error}");
                return Err(vec![source.problem(None, Code::Unreadable, text)]);
            }
            Err(FileError::Wrong(error)) => return Err(error.into_problems()),
        };
        Ok(Self::of_file(path, is_required, order, tree))
    }

    /// What to call it.
    pub(super) fn name(&self) -> String {
        match &self.from {
            From::Program => self.tree.origin.source.place(None).to_string(),
            From::File { path, .. } => path.display().to_string(),
            From::Environment { prefix } => format!("{prefix}__*"),
        }
    }

    fn of_file(path: &Path, is_required: bool, order: u32, tree: Node) -> Self {
        Self {
            rank: Rank::Files,
            from: From::File {
                path: path.to_owned(),
                is_required,
                order,
            },
            tree,
        }
    }
}

fn parse_file(path: &Path, order: u32) -> Result<Node, FileError> {
    let name = path.display().to_string();
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(ReadError::System(error)) => return Err(FileError::System(error)),
        Err(ReadError::TooLarge) => {
            let source = Source::new(&name, "").at(order);
            let error = source.error(None, Code::Format, too_large());
            return Err(FileError::Wrong(error));
        }
    };
    let source = Source::of_bytes(&name, &bytes, order);
    source
        .and_then(|source| Format::of(path).parse(source))
        .map_err(FileError::Wrong)
}

impl Settings {
    /// The layers, one on another.
    pub(super) fn of(mut layers: Vec<Arc<Layer>>) -> Self {
        layers.sort_by_key(|layer| layer.rank);
        let mut root = Node::empty();
        for layer in &layers {
            merge(&mut root, layer.tree.clone());
        }
        Self(Arc::new(Inner { layers, root }))
    }

    /// Where a key would stand that no source has, and the order of that place.
    pub(super) fn home(&self, section: &str, key: &str) -> (SettingsPlace, u32) {
        let is_text = |layer: &&Arc<Layer>| layer.tree.origin.source.is_text();
        let mut files = self.0.layers.iter().filter(is_text);
        if let Some(file) = files.find(|layer| layer.rank == Rank::Files) {
            let source = &file.tree.origin.source;
            return (source.place(None), source.order);
        }
        let variable = |layer: &Arc<Layer>| match &layer.from {
            From::Environment { prefix } => super::environment::name(prefix, section, key),
            _ => None,
        };
        match self.0.layers.iter().find_map(variable) {
            Some(name) => (SettingsPlace::Variable { name }, u32::MAX),
            None => (SettingsPlace::Nowhere, u32::MAX),
        }
    }
}
