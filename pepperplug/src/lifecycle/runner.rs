//! Beginning one plugin after the other: built, and its `initialize` polled once, in place.

use core::panic::AssertUnwindSafe;
use core::time::Duration;
use std::panic::catch_unwind;
use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::build::build;
use super::failure::Phase;
use super::held::{self, First, Held, Waiting};
use super::problem::error_chain;
use super::state::{PluginState, Records};
use crate::graph::{Graph, NodeId};
use crate::hook::{Events, panic_text};
use crate::inject::{self, Instances, Source};
use crate::manager::WeakManager;
use crate::meta::PluginMeta;
use crate::plugin::{AnySettings, Instance};
use crate::settings::Settings;

/// How long plugins are begun in a row before others that share the thread get their turn; and how long one thread is
/// left alone with them, where there are several.
pub(super) const SLICE: Duration = Duration::from_millis(1);

/// What plugins are built from, and where they are told of.
pub(super) struct Site {
    pub(super) graph: Arc<Graph>,
    pub(super) records: Arc<Records>,
    pub(super) instances: Arc<Instances>,
    pub(super) events: Events,
    pub(super) manager: WeakManager,
    pub(super) running: Weak<dyn inject::Running>,
    /// Plugins that come ready made, by node.
    pub(super) given: Vec<(NodeId, Instance)>,
    /// Those of the whole application.
    pub(super) all_settings: Settings,
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
    Failed(Phase, String),
    /// Its `initialize` awaits something.
    Waits(Waiting<Initialized>),
}

/// The instance, or why there is none.
pub(super) type Initialized = Result<Instance, String>;

impl Site {
    /// Builds a plugin and polls its `initialize` once.
    pub(super) fn begin(&self, begun: &mut Begun) -> Attempt {
        if let Ok(at) = self
            .given
            .binary_search_by_key(&begun.node, |given| given.0)
        {
            return Attempt::Initialized(Arc::clone(&self.given[at].1));
        }
        let source = Source {
            graph: &self.graph,
            node: begun.node,
            instances: &self.instances,
            events: &self.events,
            manager: &self.manager,
            running: &self.running,
            settings: begun.settings.take(),
            all_settings: &self.all_settings,
        };
        let instance = match build(begun.plugin, source) {
            Ok(instance) => instance,
            Err(why) => return Attempt::Failed(Phase::Construct, why),
        };
        let Some(initialize) = begun.plugin.vtable.initialize else {
            return Attempt::Initialized(instance);
        };
        self.records.set(begun.node, PluginState::Initializing);
        let _entered = span(begun.plugin).entered();
        let initialize = AssertUnwindSafe(|| match held::initialize(instance, initialize) {
            First::Ready(Ok(instance)) => Attempt::Initialized(instance),
            // An error's text is the plugin's code as well: a panic in it must end here.
            First::Ready(Err(error)) => Attempt::Failed(Phase::Initialize, error_chain(&*error)),
            First::Waits(held) => Attempt::Waits(Box::pin(initialized(held))),
        });
        catch_unwind(initialize).unwrap_or_else(|panic| {
            let why = panic_text(panic);
            Attempt::Failed(Phase::Initialize, format!("it panicked: {why}"))
        })
    }
}

async fn initialized(held: Held) -> Initialized {
    let (result, instance) = held.ended().await;
    match result {
        Ok(()) => Ok(instance),
        Err(error) => Err(error_chain(&*error)),
    }
}

/// What the logs of an `initialize` stand in.
pub(super) fn span(plugin: &'static PluginMeta) -> tracing::Span {
    tracing::info_span!(target: "pepperplug::lifecycle", "initialize", plugin = plugin.name())
}
