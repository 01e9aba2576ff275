//! Beginning one plugin after the other: built, and its `initialize` polled once, in place.

use core::future::Future;
use core::time::Duration;
use std::sync::Arc;

use tokio::time::Instant;

use super::build::build;
use super::problem::error_chain;
use super::seat::{First, Seat, Waiting};
use super::state::{PluginState, Records};
use crate::graph::{Graph, NodeId};
use crate::hook::Events;
use crate::inject::{Instances, Source};
use crate::meta::PluginMeta;
use crate::plugin::{AnySettings, Initialize, Instance};

/// How long plugins are begun in a row before others that share the thread get their turn; and how long one thread is
/// left alone with them, where there are several.
pub(super) const SLICE: Duration = Duration::from_millis(1);

/// What plugins are built from, and where they are told of.
pub(super) struct Site {
    pub(super) graph: Arc<Graph>,
    pub(super) records: Arc<Records>,
    pub(super) instances: Arc<Instances>,
    pub(super) events: Events,
}

/// A plugin whose turn it is.
pub(super) struct Begun {
    pub(super) node: NodeId,
    pub(super) plugin: &'static PluginMeta,
    /// From when on its time counts: it is built in it as well.
    pub(super) since: Instant,
    pub(super) limit: Duration,
    pub(super) settings: Option<AnySettings>,
}

/// What beginning a plugin came to.
pub(super) enum Attempt {
    Initialized(Instance),
    Failed(String),
    /// Its `initialize` awaits something.
    Waits(Waiting<Initialized>),
}

/// The instance, or why there is none.
pub(super) type Initialized = Result<Instance, String>;

/// An `initialize`, from its call to its end.
pub(super) async fn drive(mut instance: Instance, initialize: Initialize) -> Initialized {
    match initialize(&mut instance).await {
        Ok(()) => Ok(instance),
        // An error's text is the plugin's code as well: a panic in it must end where those of `initialize` do.
        Err(error) => Err(error_chain(&*error)),
    }
}

impl Site {
    /// Builds a plugin and polls its `initialize` once. `drive` is [`drive`], whose future has no name.
    pub(super) fn begin<F>(
        &self,
        begun: &mut Begun,
        seat: &mut Seat<F>,
        drive: impl Fn(Instance, Initialize) -> F,
    ) -> Attempt
    where
        F: Future<Output = Initialized> + Send + 'static,
    {
        let source = Source {
            graph: &self.graph,
            node: begun.node,
            instances: &self.instances,
            events: &self.events,
            settings: begun.settings.take(),
        };
        let instance = match build(begun.plugin, source) {
            Ok(instance) => instance,
            Err(why) => return Attempt::Failed(why),
        };
        let Some(initialize) = begun.plugin.vtable.initialize else {
            return Attempt::Initialized(instance);
        };
        self.records.set(begun.node, PluginState::Initializing);
        let _entered = span(begun.plugin).entered();
        match seat.poll(drive(instance, initialize)) {
            First::Ready(Ok(instance)) => Attempt::Initialized(instance),
            First::Ready(Err(why)) => Attempt::Failed(why),
            First::Panicked(why) => Attempt::Failed(format!("it panicked: {why}")),
            First::Waits(waiting) => Attempt::Waits(waiting),
        }
    }
}

/// What the logs of an `initialize` stand in.
pub(super) fn span(plugin: &'static PluginMeta) -> tracing::Span {
    tracing::info_span!(target: "pepperplug::lifecycle", "initialize", plugin = plugin.name())
}
