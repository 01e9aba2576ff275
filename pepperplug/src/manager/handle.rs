//! What a manager says of one plugin, and of one hook.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use crate::hook::{HookMeta, HookPolicy};
use crate::lifecycle::PluginState;
use crate::meta::PluginMeta;
use crate::plugin::{Instance, Plugin, downcast};
use crate::version::Version;

/// A plugin of a manager, as it was when it was asked for.
#[derive(Clone)]
pub struct PluginHandle {
    pub(super) meta: &'static PluginMeta,
    pub(super) state: PluginState,
    pub(super) begun_after: Option<Duration>,
    pub(super) initialized_in: Option<Duration>,
    pub(super) reason: Option<String>,
    pub(super) instance: Option<Instance>,
}

impl PluginHandle {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.meta.name()
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.meta.declared_version()
    }

    /// What it says of itself; empty where it says nothing.
    #[must_use]
    pub fn description(&self) -> &'static str {
        self.meta.describe()
    }

    /// Everything that it declares.
    #[must_use]
    pub fn meta(&self) -> &'static PluginMeta {
        self.meta
    }

    /// Where it is in its life.
    #[must_use]
    pub fn state(&self) -> PluginState {
        self.state
    }

    /// When it began to be built, after the start of the application.
    #[must_use]
    pub fn begun_after(&self) -> Option<Duration> {
        self.begun_after
    }

    /// How long it took to build and initialize it.
    #[must_use]
    pub fn initialized_in(&self) -> Option<Duration> {
        self.initialized_in
    }

    /// When it was ready, after the start of the application.
    #[must_use]
    pub fn ready_after(&self) -> Option<Duration> {
        Some(self.begun_after? + self.initialized_in?)
    }

    /// Why it failed or was skipped.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The plugin itself, where it is a `P` and is running.
    #[must_use]
    pub fn downcast<P: Plugin>(&self) -> Option<Arc<P>> {
        downcast(self.instance.as_ref()?)
    }
}

impl fmt::Debug for PluginHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginHandle")
            .field("name", &self.name())
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A hook in its place among the hooks of an event.
#[derive(Debug, Clone)]
pub struct HookInfo {
    pub(super) event: &'static str,
    pub(super) plugin: &'static str,
    pub(super) meta: HookMeta,
    pub(super) policy: HookPolicy,
}

impl HookInfo {
    /// The event that it is called for; where it listens to a pattern, one of those that fit.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// The plugin that declares it; empty for a closure.
    #[must_use]
    pub fn plugin(&self) -> &'static str {
        self.plugin
    }

    /// Its method's name, or that of the closure.
    #[must_use]
    pub fn hook(&self) -> &'static str {
        self.meta.name()
    }

    /// Its priority: higher runs first.
    #[must_use]
    pub fn priority(&self) -> i32 {
        self.meta.declared_priority()
    }

    /// Everything that it declares.
    #[must_use]
    pub fn meta(&self) -> &HookMeta {
        &self.meta
    }

    /// Its timeout, retries and what happens when it fails: the values that hold, and where each comes from.
    #[must_use]
    pub fn policy(&self) -> &HookPolicy {
        &self.policy
    }
}
