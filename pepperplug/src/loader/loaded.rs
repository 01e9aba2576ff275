//! What comes of a search and of a load.

use std::path::PathBuf;

use super::manifest::Manifest;
use super::problem::LoadProblem;
use crate::settings::{Node, SettingsPlace};

/// The files that a search found, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct DiscoveredFiles {
    pub(super) files: Vec<PathBuf>,
    pub(super) problems: Vec<LoadProblem>,
}

impl DiscoveredFiles {
    /// The files, each once, however many paths and links lead to it.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What was skipped and why, and the paths and patterns that led to nothing.
    #[must_use]
    pub fn problems(&self) -> &[LoadProblem] {
        &self.problems
    }
}

impl<P: Into<PathBuf>> FromIterator<P> for DiscoveredFiles {
    fn from_iter<I: IntoIterator<Item = P>>(files: I) -> Self {
        Self {
            files: files.into_iter().map(Into::into).collect(),
            problems: Vec::new(),
        }
    }
}

impl<P: Into<PathBuf>> From<Vec<P>> for DiscoveredFiles {
    fn from(files: Vec<P>) -> Self {
        files.into_iter().collect()
    }
}

impl<P: Into<PathBuf>, const N: usize> From<[P; N]> for DiscoveredFiles {
    fn from(files: [P; N]) -> Self {
        files.into_iter().collect()
    }
}

/// Manifests that were loaded, in the order of their files, and what is wrong with those that were not.
#[derive(Debug, Clone, Default)]
pub struct LoadedManifests {
    pub(super) manifests: Vec<Manifest>,
    pub(super) problems: Vec<LoadProblem>,
}

impl LoadedManifests {
    /// The manifests.
    #[must_use]
    pub fn manifests(&self) -> &[Manifest] {
        &self.manifests
    }

    /// Those of its problems that `before` does not have. That no file is there any more is none: somebody may have removed
    /// the last one.
    pub(crate) fn new_problems(&self, before: &Self) -> Vec<LoadProblem> {
        let known: Vec<String> = before.problems.iter().map(ToString::to_string).collect();
        let is_new = |problem: &&LoadProblem| {
            !problem.is_for_want_of_files() && !known.contains(&problem.to_string())
        };
        self.problems.iter().filter(is_new).cloned().collect()
    }

    /// What is wrong with the rest: those of the search first, then those of single files, then those between manifests and
    /// plugins.
    #[must_use]
    pub fn problems(&self) -> &[LoadProblem] {
        &self.problems
    }
}

/// What the manifests say of one plugin.
pub(crate) struct Choice<'a> {
    pub(crate) plugin: &'a str,
    pub(crate) enabled: bool,
    /// Where that is said, or where the manifest begins.
    pub(crate) place: SettingsPlace,
    /// For the layer of manifests.
    pub(crate) settings: Option<&'a Node>,
}

impl LoadedManifests {
    /// What they say of each plugin that they name, in their order. Where they were not validated, there may be several for a
    /// plugin, and plugins that are not there.
    pub(crate) fn choices(&self) -> impl Iterator<Item = Choice<'_>> {
        self.manifests.iter().map(Manifest::choice)
    }
}

impl Manifest {
    /// What it says of its plugin.
    pub(crate) fn choice(&self) -> Choice<'_> {
        Choice {
            plugin: self.name(),
            enabled: self.is_enabled(),
            place: self.place_of("enabled"),
            settings: self.tree(),
        }
    }
}

impl FromIterator<Manifest> for LoadedManifests {
    fn from_iter<I: IntoIterator<Item = Manifest>>(manifests: I) -> Self {
        Self {
            manifests: manifests.into_iter().collect(),
            problems: Vec::new(),
        }
    }
}

impl Extend<Manifest> for LoadedManifests {
    /// Such as manifests that the program makes. Whether they go with the others, only validation tells.
    fn extend<I: IntoIterator<Item = Manifest>>(&mut self, manifests: I) {
        self.manifests.extend(manifests);
    }
}

impl From<Vec<Manifest>> for LoadedManifests {
    fn from(manifests: Vec<Manifest>) -> Self {
        manifests.into_iter().collect()
    }
}

impl<const N: usize> From<[Manifest; N]> for LoadedManifests {
    fn from(manifests: [Manifest; N]) -> Self {
        manifests.into_iter().collect()
    }
}
