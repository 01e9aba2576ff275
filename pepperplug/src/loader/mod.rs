//! Manifests: files that switch linked plugins on and off and set them.
//!
//! ```text
//! paths, patterns ──► files ──► manifests ──► those that hold
//!                  discover   read          validate, needs
//! ```

mod config;
mod discover;
mod format;
mod linked;
mod loaded;
mod manifest;
mod needs;
mod patterns;
mod problem;
mod read;
mod validate;

#[cfg(test)]
mod tests;

#[cfg(feature = "hot-reload")]
use std::path::PathBuf;

use tokio::runtime::Handle;

pub use self::config::LoaderConfig;
use self::linked::Linked;
pub(crate) use self::loaded::Choice;
pub use self::loaded::{DiscoveredFiles, LoadedManifests};
pub use self::manifest::Manifest;
pub use self::problem::{LoadError, LoadProblem};
use crate::error::Error;
use crate::wiring::PluginSet;

/// Finds and reads [manifests](Manifest). Code is linked and never loaded: a manifest selects and sets a plugin that is
/// there.
///
/// What is wrong with one file is no reason not to load the others. It is logged, with the target `pepperplug::loader`, and
/// told by [`LoadedManifests::problems`]; where the configuration is [strict](LoaderConfig::strict), it is an error that
/// lists all problems.
///
/// # Examples
///
/// ```
/// use pepperplug::prelude::*;
/// use pepperplug::{LoaderConfig, PluginLoader};
///
/// #[plugin(name = "auth")]
/// struct AuthPlugin;
///
/// static PLUGINS: PluginSet = plugins![AuthPlugin];
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pepperplug::Error> {
/// let config = LoaderConfig::new().paths(["plugins", "ext/plugins"]);
/// let loaded = PluginLoader::new(config).plugins(&PLUGINS).load_plugins().await?;
/// for manifest in loaded.manifests() {
///     println!("{}: {}", manifest.place(), manifest.name());
/// }
/// for problem in loaded.problems() {
///     eprintln!("{problem}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is loaded before it is told to"]
pub struct PluginLoader {
    config: LoaderConfig,
    set: Option<&'static PluginSet>,
}

impl PluginLoader {
    /// A loader that searches as `config` says.
    pub fn new(config: LoaderConfig) -> Self {
        Self { config, set: None }
    }

    /// The plugins of the application, from [`plugins![…]`](macro@crate::plugins). Without this, all that the build linked.
    pub fn plugins(mut self, set: &'static PluginSet) -> Self {
        self.set = Some(set);
        self
    }

    /// How it searches.
    pub fn config(&self) -> &LoaderConfig {
        &self.config
    }

    /// Finds the files that may be manifests: those in the paths that a pattern fits, in the order of their paths.
    ///
    /// # Errors
    /// [`Error::NoRuntime`] outside of tokio. Where the loader is strict, [`Error::Load`] with every path that cannot be read,
    /// pattern that is no glob or fits nothing, and link that is not followed or leads back; otherwise these are in
    /// [`DiscoveredFiles::problems`].
    ///
    /// # Cancel safety
    /// Dropping the future leaves the search to come to its end on a thread of its own, to no effect.
    pub async fn discover(&self) -> Result<DiscoveredFiles, Error> {
        let found = self.found().await?;
        self.judge(&found.problems, 0)?;
        Ok(found)
    }

    /// Reads `files`. The result also has the problems that `files` comes with.
    ///
    /// # Errors
    /// [`Error::NoRuntime`] outside of tokio. Where the loader is strict, [`Error::Load`] with every file that cannot be read
    /// or is no manifest; otherwise these are in [`LoadedManifests::problems`].
    ///
    /// # Cancel safety
    /// As [`discover`](Self::discover).
    pub async fn load_all(
        &self,
        files: impl Into<DiscoveredFiles>,
    ) -> Result<LoadedManifests, Error> {
        let files = files.into();
        let told = files.problems.len();
        let loaded = read_all(files).await?;
        self.judge(&loaded.problems, told)?;
        Ok(loaded)
    }

    /// Compares `manifests` with the plugins and with each other, and takes out those that do not hold: for a plugin that is
    /// not there, or that has another version; one of several for a plugin; one that disables what a plugin needs that is
    /// enabled. The result also has the problems that `manifests` comes with.
    ///
    /// # Errors
    /// Where the loader is strict, [`Error::Load`] with all of these.
    ///
    /// # Examples
    ///
    /// ```
    /// use pepperplug::prelude::*;
    /// use pepperplug::{Manifest, PluginLoader};
    ///
    /// #[plugin(name = "auth")]
    /// struct AuthPlugin;
    ///
    /// static PLUGINS: PluginSet = plugins![AuthPlugin];
    ///
    /// let manifests = [Manifest::from_toml("name = \"auht\"")?];
    /// let loader = PluginLoader::default().plugins(&PLUGINS);
    /// let valid = loader.validate_plugins(manifests)?;
    /// assert!(valid.manifests().is_empty());
    /// assert_eq!(
    ///     valid.problems()[0].to_string(),
    ///     "<toml>:1:8  no plugin is named `auht` [PP252]\n  help: write `auth`",
    /// );
    /// # Ok::<(), pepperplug::Error>(())
    /// ```
    pub fn validate_plugins(
        &self,
        manifests: impl Into<LoadedManifests>,
    ) -> Result<LoadedManifests, Error> {
        let manifests = manifests.into();
        let told = manifests.problems.len();
        let valid = validate::validate(manifests, &Linked::of(self.set));
        self.judge(&valid.problems, told)?;
        Ok(valid)
    }

    /// Finds the files, reads them, and unless told not to [validates](LoaderConfig::validate) what they say.
    ///
    /// # Errors
    /// [`Error::NoRuntime`] outside of tokio. Where the loader is strict, [`Error::Load`] with every problem of all three
    /// steps.
    ///
    /// # Cancel safety
    /// As [`discover`](Self::discover).
    pub async fn load_plugins(&self) -> Result<LoadedManifests, Error> {
        let mut loaded = read_all(self.found().await?).await?;
        if self.config.validate {
            loaded = validate::validate(loaded, &Linked::of(self.set));
        }
        self.judge(&loaded.problems, 0)?;
        Ok(loaded)
    }

    /// The files that are found now, on this thread.
    #[cfg(feature = "hot-reload")]
    pub(crate) fn files_blocking(&self) -> Vec<PathBuf> {
        discover::discover(&self.config).files
    }

    /// As [`load_plugins`](Self::load_plugins), on this thread.
    pub(crate) fn load_blocking(&self) -> Result<LoadedManifests, Error> {
        let mut loaded = read_files(discover::discover(&self.config));
        if self.config.validate {
            loaded = validate::validate(loaded, &Linked::of(self.set));
        }
        self.judge(&loaded.problems, 0)?;
        Ok(loaded)
    }

    /// Whether a manifest is for one of the plugins, and for its version.
    pub(crate) fn check_one(&self, manifest: &Manifest) -> Result<(), Error> {
        match validate::misfit(manifest, &Linked::of(self.set)) {
            None => Ok(()),
            Some(problem) => Err(LoadError::new(vec![problem]).into()),
        }
    }

    /// For the plugins of `set`, unless it was told which.
    pub(crate) fn for_plugins_of(mut self, set: Option<&'static PluginSet>) -> Self {
        self.set = self.set.or(set);
        self
    }

    async fn found(&self) -> Result<DiscoveredFiles, Error> {
        let config = self.config.clone();
        blocking(move || discover::discover(&config)).await
    }

    /// Makes the problems an error or logs them; not the first `told`, which were logged when they came up.
    fn judge(&self, problems: &[LoadProblem], told: usize) -> Result<(), Error> {
        if self.config.strict && !problems.is_empty() {
            return Err(Error::Load(LoadError::new(problems.to_vec())));
        }
        for problem in &problems[told..] {
            tracing::warn!(
                target: "pepperplug::loader", code = problem.code(), plugin = problem.plugin(), "{problem}",
            );
        }
        Ok(())
    }
}

async fn read_all(found: DiscoveredFiles) -> Result<LoadedManifests, Error> {
    blocking(move || read_files(found)).await
}

fn read_files(found: DiscoveredFiles) -> LoadedManifests {
    let mut loaded = LoadedManifests {
        manifests: Vec::with_capacity(found.files.len()),
        problems: found.problems,
    };
    for file in &found.files {
        match read::read(file) {
            Ok(manifest) => loaded.manifests.push(manifest),
            Err(problems) => loaded.problems.extend(problems),
        }
    }
    loaded
}

/// Runs `work`, which waits for the disk, where nothing else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let runtime = Handle::try_current().map_err(|_| Error::NoRuntime)?;
    match runtime.spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => Err(Error::NoRuntime),
        },
    }
}
