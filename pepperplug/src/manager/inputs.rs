//! What an application is told from outside: settings, and manifests that enable, disable and set its plugins.

#[cfg(feature = "hot-reload")]
use std::path::PathBuf;

use super::selection::Switch;
use super::shared::Listed;
use crate::error::Error;
use crate::introspect::DecidedBy;
#[cfg(feature = "loader")]
use crate::loader::{Choice, LoadError, LoadedManifests, Manifest, PluginLoader};
use crate::meta::MetaRef;
use crate::settings::Settings;

/// All of it, as it was when it was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs {
    /// With what the manifests say.
    pub(super) settings: Settings,
    #[cfg(feature = "loader")]
    manifests: Manifests,
}

#[cfg(feature = "loader")]
#[derive(Debug, Clone, Default)]
struct Manifests {
    /// Finds them, also those that come later.
    loader: Option<PluginLoader>,
    /// Those that it found, or that the program loaded itself.
    loaded: LoadedManifests,
    /// Those that the program made, in the order in which it did.
    registered: Vec<Manifest>,
}

impl Inputs {
    /// All of it as the files are now. It reads them, so it blocks.
    ///
    /// What is wrong with a manifest that was right before is an error: nothing is to be lost because somebody has not finished
    /// writing.
    pub(super) fn reread(&self, plugins: &[MetaRef]) -> Result<Self, Error> {
        let mut inputs = self.clone();
        inputs.settings = self.settings.reread()?;
        inputs.load(plugins)?;
        #[cfg(feature = "loader")]
        {
            let loaded = &inputs.manifests.loaded;
            let new = loaded.new_problems(&self.manifests.loaded);
            if !new.is_empty() {
                return Err(LoadError::new(new).into());
            }
        }
        Ok(inputs)
    }

    /// Finds and reads the manifests, where there is somebody to find them. It reads files, so it blocks.
    pub(super) fn load(&mut self, plugins: &[MetaRef]) -> Result<(), Error> {
        #[cfg(feature = "loader")]
        {
            if let Some(loader) = &self.manifests.loader {
                self.manifests.loaded = loader.load_blocking()?;
            }
            self.take_settings(plugins);
        }
        let _ = plugins;
        Ok(())
    }

    /// The files that say something, whether they are there or not. It looks for manifests, so it blocks.
    #[cfg(feature = "hot-reload")]
    pub(super) fn files(&self) -> Vec<PathBuf> {
        #[cfg_attr(
            not(feature = "loader"),
            expect(unused_mut, reason = "manifests are files too")
        )]
        let mut files = self.settings.files();
        #[cfg(feature = "loader")]
        if let Some(loader) = &self.manifests.loader {
            files.extend(loader.files_blocking());
        }
        files
    }

    /// The folders in which manifests may come.
    #[cfg(feature = "hot-reload")]
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        #[cfg(feature = "loader")]
        if let Some(loader) = &self.manifests.loader {
            return loader.config().folders();
        }
        Vec::new()
    }

    /// What manifests and settings say of whether plugins are part of the application, the last word last. What is wrong with
    /// that in the settings is told when all of them are read.
    pub(super) fn switches(&self, listed: &Listed) -> Vec<Switch> {
        let said = listed.read_switches(&self.settings).unwrap_or_default();
        let said = said.into_iter().map(|said| Switch {
            plugin: said.plugin,
            enabled: said.enabled,
            by: DecidedBy::Settings,
            place: format!("at {}", said.place),
        });
        self.of_manifests().into_iter().chain(said).collect()
    }

    #[cfg(feature = "loader")]
    fn of_manifests(&self) -> Vec<Switch> {
        let made = self.manifests.registered.iter().map(Manifest::choice);
        let found = self.manifests.loaded.choices();
        let found = found.map(|choice| (choice, DecidedBy::Manifest, "by the manifest at"));
        let made = made.map(|choice| (choice, DecidedBy::Code, "at"));
        let switch = |(choice, by, at): (Choice<'_>, _, _)| Switch {
            plugin: choice.plugin.to_owned(),
            enabled: choice.enabled,
            by,
            place: format!("{at} {}", choice.place),
        };
        found.chain(made).map(switch).collect()
    }

    #[cfg(not(feature = "loader"))]
    #[expect(clippy::unused_self, reason = "there are no manifests")]
    fn of_manifests(&self) -> Vec<Switch> {
        Vec::new()
    }
}

#[cfg(feature = "loader")]
impl Inputs {
    /// Manifests that the program has loaded itself.
    pub(super) fn with_loaded(&mut self, loaded: LoadedManifests) {
        self.manifests.loaded = loaded;
    }

    /// Somebody who finds manifests, now and with each reload.
    pub(super) fn with_loader(&mut self, loader: PluginLoader) {
        self.manifests.loader = Some(loader);
    }

    pub(super) fn loader(&self) -> Option<&PluginLoader> {
        self.manifests.loader.as_ref()
    }

    /// The same, with another manifest; in place of one for the same plugin.
    pub(super) fn register(&self, manifest: Manifest, plugins: &[MetaRef]) -> Self {
        let mut inputs = self.clone();
        let registered = &mut inputs.manifests.registered;
        registered.retain(|other| other.name() != manifest.name());
        registered.push(manifest);
        inputs.take_settings(plugins);
        inputs
    }

    /// Puts what the manifests set into the settings.
    fn take_settings(&mut self, plugins: &[MetaRef]) {
        let made = self.manifests.registered.iter().map(Manifest::choice);
        let choices = self.manifests.loaded.choices().chain(made);
        let section = |choice: Choice<'_>| {
            let plugin = plugins
                .iter()
                .find(|meta| meta.get().name() == choice.plugin)?;
            let settings = choice.settings?.clone();
            Some((plugin.get().section().to_owned(), settings))
        };
        let sections: Vec<_> = choices.filter_map(section).collect();
        self.settings = self.settings.with_manifests(sections);
    }
}
