//! What an operator reads, as whole texts, and what is loaded in spite of it.

mod between;
mod files;
mod formats;
mod logged;
mod many;
mod properties;
mod search;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{DiscoveredFiles, LoadProblem, LoadedManifests, LoaderConfig, PluginLoader};
use crate::error::Error;

/// A folder of manifests that is there as long as this value.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder for temporary files"));
        for (file, text) in files {
            folder.write(file, text);
        }
        folder
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    fn config(&self) -> LoaderConfig {
        LoaderConfig::new().paths([self.0.path()])
    }

    /// Names below the folder, which has another path in every run.
    fn short(&self, text: &str) -> String {
        let folder = self.0.path().display().to_string();
        text.replace(&format!("{folder}/"), "")
            .replace(&folder, ".")
    }

    fn told(&self, problems: &[LoadProblem]) -> String {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        self.short(&problems.join("\n"))
    }

    async fn discover(&self, config: LoaderConfig) -> DiscoveredFiles {
        let found = PluginLoader::new(config).discover().await;
        found.expect("it is not strict")
    }

    async fn load(&self, config: LoaderConfig) -> LoadedManifests {
        let loader = PluginLoader::new(config.validate(false));
        loader.load_plugins().await.expect("it is not strict")
    }

    /// The files that are found, and what is told.
    async fn found(&self, config: LoaderConfig) -> (Vec<String>, String) {
        let found = self.discover(config).await;
        let file = |file: &PathBuf| self.short(&file.display().to_string());
        let files = found.files().iter().map(file).collect();
        (files, self.told(found.problems()))
    }

    /// The plugins whose manifests are loaded, and what is told.
    async fn loaded(&self, config: LoaderConfig) -> (Vec<String>, String) {
        let loaded = self.load(config).await;
        (names(&loaded), self.told(loaded.problems()))
    }
}

fn names(loaded: &LoadedManifests) -> Vec<String> {
    let names = loaded.manifests().iter();
    names.map(|manifest| manifest.name().to_owned()).collect()
}

fn load_error(error: Error) -> super::LoadError {
    match error {
        Error::Load(error) => error,
        other => panic!("not about manifests: {other}"),
    }
}
