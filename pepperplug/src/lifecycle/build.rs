//! Building one plugin as a plain value from what is injected.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;

use crate::graph::{Graph, NodeId};
use crate::hook::{Events, panic_text};
use crate::inject::{Construct, EdgeKind, Instances, Later, Providers, Source, Supply, Target};
use crate::plugin::{AnySettings, Instance};

/// What a plugin is given while it is built.
pub(super) struct NodeSource<'a> {
    pub(super) graph: &'a Graph,
    pub(super) node: NodeId,
    pub(super) instances: &'a Arc<Instances>,
    pub(super) events: &'a Events,
    pub(super) settings: Option<AnySettings>,
}

impl NodeSource<'_> {
    /// Builds the plugin. A panic in a field's first value is an error like any other.
    pub(super) fn build(mut self) -> Result<Instance, String> {
        let meta = self.graph.meta(self.node);
        let construct =
            AssertUnwindSafe(|| (meta.vtable.construct)(&mut Construct::new(meta, &mut self)));
        match catch_unwind(construct) {
            Ok(Ok(instance)) => Ok(instance),
            Ok(Err(error)) => Err(error.to_string()),
            Err(panic) => Err(format!(
                "it panicked while it was built: {}",
                panic_text(panic)
            )),
        }
    }
}

impl Source for NodeSource<'_> {
    fn supply(&mut self, at: usize) -> Supply<'_> {
        let meta = self.graph.meta(self.node);
        let Some(injection) = meta.injects.get(at) else {
            return Supply::Nothing;
        };
        let providers = self.graph.providers(self.node, at);
        match (injection.edge.target, injection.edge.kind) {
            (Target::Events, _) => Supply::Events(self.events),
            (Target::Settings(_), _) => self
                .settings
                .take()
                .map_or(Supply::Nothing, Supply::Settings),
            (_, EdgeKind::Lazy) => providers.first().map_or(Supply::Nothing, |provider| {
                Supply::Later(Later {
                    instances: Arc::downgrade(self.instances),
                    provider: *provider,
                    name: self.graph.meta(provider.node).name(),
                })
            }),
            _ => Supply::Plugins(Providers {
                of: providers,
                instances: self.instances,
            }),
        }
    }
}
