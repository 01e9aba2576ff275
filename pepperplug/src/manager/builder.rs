//! Configuring a manager.

use core::time::Duration;

use super::PluginManager;
use super::shared::{Listed, Shared};
use crate::error::Error;
use crate::graph::Graph;
use crate::hook::Observers;
use crate::lifecycle::Timeouts;
use crate::meta::{MetaRef, PluginMeta};
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
    set: Option<&'static PluginSet>,
    settings: Settings,
    timeouts: Timeouts,
    pub(super) observers: Observers,
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
        self.settings = settings;
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

    /// Builds the manager: resolves and orders the plugins and checks all settings. No plugin is built yet.
    ///
    /// # Errors
    /// [`Error::Wiring`] with every reason why the plugins do not fit together (a list has been proved by the build),
    /// and [`Error::Settings`] with every problem of every plugin's settings.
    pub fn build(self) -> Result<PluginManager, Error> {
        let linked: Vec<MetaRef>;
        let (plugins, candidates): (&[MetaRef], &'static [Candidate]) = match self.set {
            Some(set) => (set.plugins(), set.candidates()),
            None => {
                linked = crate::registry::plugins();
                prove(&linked)?;
                (&linked, &[])
            }
        };
        let graph = Graph::build(plugins)
            .map_err(|_| Error::Wiring(crate::wiring::problems(plugins, candidates, &[])))?;
        let unlisted = match self.set {
            Some(_) => unlisted(&graph),
            None => Vec::new(),
        };
        let listed = Listed {
            candidates,
            unlisted,
        };
        #[cfg_attr(not(test), expect(unused_mut, reason = "only tests change it"))]
        let mut shared = Shared::new(graph, listed, self.settings, self.timeouts);
        #[cfg(test)]
        {
            shared.threads = self.threads;
        }
        // All problems now, before anything is built; each start reads them anew.
        shared.read_settings()?;
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
fn unlisted(graph: &Graph) -> Vec<&'static PluginMeta> {
    let linked = crate::registry::plugins();
    let metas = linked.iter().map(|plugin| plugin.get());
    metas
        .filter(|meta| graph.node_of(&meta.identity).is_none())
        .inspect(|meta| {
            tracing::info!(
                target: "pepperplug::lifecycle", plugin = meta.name(), path = meta.path(),
                "linked, but not in the list of plugins",
            );
        })
        .collect()
}
