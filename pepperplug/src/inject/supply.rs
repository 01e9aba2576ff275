//! What the manager hands to a field, and the cursor that construction walks over a plugin's injections.

use core::fmt;
use std::sync::{Arc, Weak};

use super::Cast;
use super::lazy::{Instances, Later, Running};
use crate::graph::{Graph, NodeId};
use crate::hook::Events;
use crate::manager::WeakManager;
use crate::meta::PluginMeta;
use crate::plugin::{AnySettings, Plugin, downcast};
use crate::service::Service;
use crate::settings::Settings;

/// One plugin that meets an edge. `cast` is set where the edge asks for a service.
#[derive(Clone, Copy)]
pub(crate) struct Provider {
    pub(crate) node: u32,
    pub(crate) cast: Option<Cast>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").field(&self.node).finish()
    }
}

/// The plugins that meet one edge, among all instances.
#[derive(Clone, Copy)]
pub(crate) struct Providers<'a> {
    pub(crate) of: &'a [Provider],
    pub(crate) instances: &'a Instances,
}

impl Providers<'_> {
    pub(crate) fn first_plugin<P: Plugin>(&self) -> Option<Arc<P>> {
        let instance = self.instances.get(self.of.first()?.node)?;
        downcast(instance)
    }

    pub(crate) fn services<S: Service + ?Sized>(&self) -> impl Iterator<Item = Arc<S>> + '_ {
        self.of.iter().filter_map(|provider| {
            let instance = self.instances.get(provider.node)?;
            let mut service: Option<Arc<S>> = None;
            provider.cast?(instance, &mut service);
            service
        })
    }
}

/// What one plugin's injections are met with, by their position.
pub(crate) struct Source<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) node: NodeId,
    pub(crate) instances: &'a Arc<Instances>,
    pub(crate) events: &'a Events,
    pub(crate) manager: &'a WeakManager,
    /// The plugins that run, once the application has started.
    pub(crate) running: &'a Weak<dyn Running>,
    pub(crate) settings: Option<AnySettings>,
    pub(crate) all_settings: &'a Settings,
}

impl Source<'_> {
    /// The plugins that meet an edge, which are ready.
    #[inline]
    pub(super) fn providers(&self, at: usize) -> Providers<'_> {
        Providers {
            of: self.graph.providers(self.node, at),
            instances: self.instances,
        }
    }

    /// The plugin that meets an edge, to be looked up later.
    pub(super) fn later(&self, at: usize) -> Option<Later> {
        let provider = self.graph.providers(self.node, at).first()?;
        Some(Later {
            instances: Arc::downgrade(self.instances),
            provider: *provider,
            running: Weak::clone(self.running),
            of: self.graph.meta(self.node),
            at,
            name: self.graph.meta(provider.node).name(),
        })
    }
}

/// What the build rules out, so that it is no reason to panic.
#[derive(Debug, thiserror::Error)]
pub enum InjectError {
    /// An injection that was not met although the graph says it is.
    #[error("field `{0}` could not be filled")]
    Unmet(&'static str),
    /// A plugin that cannot be shared between threads.
    #[error("it cannot be shared between threads")]
    NotShared,
    /// A test asked for it.
    #[cfg(feature = "testing")]
    #[error("it fails, as the test asks")]
    Asked,
}

/// Fills the injected fields of one plugin, in the order of their declaration.
pub struct Construct<'a> {
    meta: &'static PluginMeta,
    at: usize,
    source: Source<'a>,
}

impl<'a> Construct<'a> {
    pub(crate) fn new(meta: &'static PluginMeta, source: Source<'a>) -> Self {
        Self {
            meta,
            at: 0,
            source,
        }
    }

    /// The value of the next injected field.
    ///
    /// # Errors
    /// When the field's edge was not met.
    pub fn field<T: 'static>(&mut self) -> Result<T, InjectError> {
        let Some(injection) = self.meta.injects.get(self.at) else {
            return Err(InjectError::Unmet("beyond the last"));
        };
        let mut value: Option<T> = None;
        (injection.edge.fill)(&mut self.source, self.at, &mut value);
        self.at += 1;
        value.ok_or(InjectError::Unmet(injection.field))
    }

    /// The first value of a field that is not injected.
    ///
    /// # Errors
    /// When its type has none.
    pub fn first<T>(
        &mut self,
        make: Option<fn() -> T>,
        field: &'static str,
    ) -> Result<T, InjectError> {
        make.map(|make| make()).ok_or(InjectError::Unmet(field))
    }
}

impl fmt::Debug for Construct<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Construct")
            .field("plugin", &self.meta.name())
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
