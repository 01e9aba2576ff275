//! Configuring a manager.

use core::ptr;
use core::time::Duration;
use std::collections::HashSet;
use std::sync::Arc;

use super::PluginManager;
use super::generation::Generation;
use super::inputs::Inputs;
use super::reload::OnReload;
use super::selection::Selection;
use super::shared::{Listed, Shared};
use crate::error::Error;
use crate::hook::Observers;
use crate::lifecycle::{Failures, Phase, Reload, Timeouts};
#[cfg(feature = "loader")]
use crate::loader::{LoadedManifests, PluginLoader};
use crate::meta::{MetaRef, PluginMeta};
#[cfg(feature = "testing")]
use crate::plugin::Instance;
use crate::settings::Settings;
use crate::wiring::{Candidate, PluginSet};

/// A century: `Duration::MAX` from now is more than the clock can tell.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Configures a [`PluginManager`].
///
/// ```
/// use std::time::Duration;
///
/// use pepperplug::prelude::*;
///
/// # fn main() -> Result<(), pepperplug::Error> {
/// static PLUGINS: PluginSet = plugins![];
/// let manager = PluginManager::builder()
///     .plugins(&PLUGINS)
///     .settings(Settings::from_toml("")?)
///     .shutdown_timeout(Duration::from_secs(5))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing is built before `build`"]
pub struct PluginManagerBuilder {
    pub(super) set: Option<&'static PluginSet>,
    inputs: Inputs,
    timeouts: Timeouts,
    failures: Failures,
    pub(super) observers: Observers,
    on_reload: OnReload,
    #[cfg(feature = "hot-reload")]
    hot_reload: Option<super::watch::HotReload>,
    #[cfg(test)]
    threads: Option<crate::lifecycle::Threads>,
}

impl PluginManagerBuilder {
    /// As on several threads, wherever it runs.
    #[cfg(test)]
    pub(crate) fn on_several_threads(mut self) -> Self {
        self.threads = Some(crate::lifecycle::Threads::Several);
        self
    }

    /// The plugins of the application, from [`plugins![…]`](macro@crate::plugins). Without this, all that the build linked.
    pub fn plugins(mut self, set: &'static PluginSet) -> Self {
        self.set = Some(set);
        self
    }

    /// The settings that plugins are given with `#[inject(settings)]`.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.inputs.settings = settings;
        self
    }

    /// Manifests that have been loaded: they enable, disable and set plugins. What they set overrides the files of the settings,
    /// and is overridden by the environment.
    #[cfg(feature = "loader")]
    #[cfg_attr(docsrs, doc(cfg(feature = "loader")))]
    pub fn manifests(mut self, loaded: LoadedManifests) -> Self {
        self.inputs.with_loaded(loaded);
        self
    }

    /// Somebody who finds manifests: when the manager is built, and again with each
    /// [reload](super::PluginManager::reload). Unless told otherwise, it looks for those of this builder's plugins.
    ///
    /// ```
    /// use pepperplug::prelude::*;
    /// use pepperplug::{LoaderConfig, PluginLoader};
    ///
    /// # static PLUGINS: PluginSet = plugins![];
    /// # fn main() -> Result<(), pepperplug::Error> {
    /// let loader = PluginLoader::new(LoaderConfig::new().paths(["plugins"]));
    /// let manager = PluginManager::builder().plugins(&PLUGINS).loader(loader).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "loader")]
    #[cfg_attr(docsrs, doc(cfg(feature = "loader")))]
    pub fn loader(mut self, loader: PluginLoader) -> Self {
        self.inputs.with_loader(loader);
        self
    }

    /// How long each plugin's `initialize` may take, building it included, unless it says so itself. 30 s unless set.
    pub fn initialize_timeout(mut self, limit: Duration) -> Self {
        self.timeouts.initialize = limit.min(LONGEST);
        self
    }

    /// How long each plugin's `cleanup` may take. 10 s unless set.
    pub fn cleanup_timeout(mut self, limit: Duration) -> Self {
        self.timeouts.cleanup = limit.min(LONGEST);
        self
    }

    /// How long a whole shutdown may take, and a whole rollback. 30 s unless set.
    pub fn shutdown_timeout(mut self, limit: Duration) -> Self {
        self.timeouts.shutdown = limit.min(LONGEST);
        self
    }

    /// Calls `call` with the phase, the plugin and the error whenever a plugin fails: in being built, in its `initialize`, in
    /// its `cleanup`; in rollbacks as well, and also where the plugin is optional. This is for whoever wants to know at once,
    /// or of all of them, such as an alarm: [`initialize`](PluginManager::initialize) and
    /// [`shutdown`](PluginManager::shutdown) return what they failed of.
    ///
    /// It runs in a task of the manager, so it is to be quick; no lock is held; a panic in it is logged and nothing else.
    /// Called again, this adds another one, and takes none away.
    ///
    /// ```
    /// use pepperplug::prelude::*;
    ///
    /// # static PLUGINS: PluginSet = plugins![];
    /// # fn main() -> Result<(), pepperplug::Error> {
    /// let manager = PluginManager::builder()
    ///     .plugins(&PLUGINS)
    ///     .on_plugin_error(|phase, plugin, error| eprintln!("{plugin}: {phase}: {error}"))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_plugin_error(
        mut self,
        call: impl Fn(Phase, &str, &str) + Send + Sync + 'static,
    ) -> Self {
        self.failures.call(call);
        self
    }

    /// Reloads by itself when a file of the settings is saved, from the start to the shutdown:
    /// [`PluginManager::reload`](super::PluginManager::reload). A file that becomes empty is not read before something is
    /// written into it.
    ///
    /// ```
    /// use pepperplug::HotReload;
    /// use pepperplug::prelude::*;
    ///
    /// # static PLUGINS: PluginSet = plugins![];
    /// # fn main() -> Result<(), pepperplug::Error> {
    /// let manager = PluginManager::builder()
    ///     .plugins(&PLUGINS)
    ///     .hot_reload(HotReload::new())
    ///     .on_reload(|outcome| {
    ///         if let Err(error) = outcome {
    ///             eprintln!("{error}");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "hot-reload")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hot-reload")))]
    pub fn hot_reload(mut self, options: super::watch::HotReload) -> Self {
        self.hot_reload = Some(options);
        self
    }

    /// Calls `call` with what came of each reload, by hand or not. It is to be quick; a panic in it is logged and nothing
    /// else. Whoever calls more than once adds another.
    pub fn on_reload(
        mut self,
        call: impl Fn(&Result<Reload, Error>) + Send + Sync + 'static,
    ) -> Self {
        self.on_reload.listeners.push(Box::new(call));
        self
    }

    /// Builds the manager: resolves and orders the plugins and checks all settings. No plugin is built yet.
    ///
    /// # Errors
    /// [`Error::Wiring`] with every reason why the plugins do not fit together (a list has been proved by the build),
    /// [`Error::Disabled`] where a plugin needs one that is disabled, and [`Error::Settings`] with every problem of every
    /// plugin's settings. With a strict loader, [`Error::Load`](crate::Error) with every problem of the manifests.
    pub fn build(mut self) -> Result<PluginManager, Error> {
        let (plugins, candidates): (Vec<MetaRef>, &'static [Candidate]) = match self.set {
            Some(set) => (set.plugins().to_vec(), set.candidates()),
            None => (crate::registry::plugins(), &[]),
        };
        #[cfg(feature = "loader")]
        if let Some(loader) = self.inputs.loader().cloned() {
            self.inputs.with_loader(loader.for_plugins_of(self.set));
        }
        self.inputs.load(&plugins)?;
        let unlisted = match self.set {
            Some(_) => unlisted(&plugins),
            None => Vec::new(),
        };
        let listed = Listed {
            set: self.set,
            plugins,
            candidates,
            unlisted,
            given: Vec::new(),
            is_part: false,
        };
        let selection = Selection::of(&listed.plugins, &self.inputs.switches(&listed));
        if self.set.is_none() {
            prove(&selection.on)?;
        }
        let graph = selection.graph(candidates)?;
        let failures = core::mem::take(&mut self.failures);
        let generation = Generation::new(graph, selection.off, Arc::new(failures));
        self.build_of(generation, listed)
    }

    /// A manager of some plugins and of those that are `given` ready made, as a part of an application.
    #[cfg(feature = "testing")]
    pub(crate) fn build_part(
        mut self,
        plugins: &[MetaRef],
        given: &[(&'static PluginMeta, Instance)],
    ) -> Result<PluginManager, Error> {
        let listed = Listed {
            set: None,
            plugins: plugins.to_vec(),
            candidates: &[],
            unlisted: Vec::new(),
            given: given.to_vec(),
            is_part: true,
        };
        let selection = Selection::of(plugins, &self.inputs.switches(&listed));
        let graph = selection.graph(&[])?;
        let failures = core::mem::take(&mut self.failures);
        let generation = Generation::new(graph, selection.off, Arc::new(failures));
        self.build_of(generation, listed)
    }

    fn build_of(self, generation: Generation, listed: Listed) -> Result<PluginManager, Error> {
        let mut shared = Shared::new(generation, listed, self.inputs, self.timeouts);
        shared.on_reload = self.on_reload;
        #[cfg(feature = "hot-reload")]
        {
            shared.hot_reload = self.hot_reload;
        }
        #[cfg(test)]
        {
            shared.threads = self.threads;
        }
        // All problems now, before anything is built; each start reads them anew.
        let inputs = shared.inputs.load_full();
        let read = shared.read(&inputs.settings, &shared.generation.get().graph)?;
        shared.dispatcher.plan(read.hooks);
        shared.dispatcher.observe(self.observers);
        Ok(PluginManager::new(shared))
    }
}

/// The rules that the build applies to a list, applied to whatever is linked. A graph alone does not see all that they do,
/// such as hooks that contradict each other.
fn prove(linked: &[MetaRef]) -> Result<(), Error> {
    let problems = crate::wiring::problems(linked, &[], &crate::registry::events());
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Wiring(problems))
    }
}

/// What is linked but not listed: most likely forgotten, and for the developer to know of.
fn unlisted(listed: &[MetaRef]) -> Vec<&'static PluginMeta> {
    let listed: HashSet<_> = listed.iter().map(|of| ptr::from_ref(of.get())).collect();
    let linked = crate::registry::plugins();
    let metas = linked.iter().map(|plugin| plugin.get());
    metas
        .filter(|meta| !listed.contains(&ptr::from_ref(*meta)))
        .inspect(|meta| {
            tracing::info!(
                target: "pepperplug::lifecycle", plugin = meta.name(), path = meta.path(),
                "linked, but not in the list of plugins",
            );
        })
        .collect()
}
