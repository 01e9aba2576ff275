//! The plugins that an application consists of, from one change of them to the next.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::selection::{Off, Selection};
use crate::graph::{Graph, NodeId};
use crate::inject::{Instances, Provider, Running};
use crate::lifecycle::{Failures, Records};
use crate::meta::{MetaRef, PluginMeta, ServiceMeta};
use crate::plugin::Plugin;

/// A graph, and what runs of it.
pub(super) struct Generation {
    pub(super) graph: Arc<Graph>,
    /// Index of a plugin's type → its node: a look-up by type is a load and a bounds check.
    by_slot: Box<[Option<NodeId>]>,
    pub(super) records: Arc<Records>,
    /// None of them while the application does not run.
    pub(super) instances: Arc<Instances>,
    /// Those that are disabled, and so are no part of the graph.
    pub(super) off: Arc<[Off]>,
}

impl Generation {
    /// Plugins of which none runs yet.
    pub(super) fn new(graph: Graph, off: Vec<Off>, failures: Arc<Failures>) -> Self {
        Self {
            by_slot: by_slot(&graph),
            records: Arc::new(Records::new(graph.len(), failures)),
            instances: Arc::new(Instances::new(0)),
            graph: Arc::new(graph),
            off: off.into(),
        }
    }

    /// The same plugins, of which nothing is known yet.
    pub(super) fn like(other: &Self) -> Self {
        Self {
            records: Arc::new(Records::new(other.graph.len(), other.failures())),
            ..other.with(Arc::new(Instances::new(0)))
        }
    }

    /// Who is told of plugins that fail.
    pub(super) fn failures(&self) -> Arc<Failures> {
        self.records.failures()
    }

    /// Whether `selection` has the same plugins.
    pub(super) fn is_of(&self, selection: &Selection) -> bool {
        let (on, off) = (&selection.on, &selection.off);
        let knows = |plugin: &MetaRef| self.graph.node_of(&plugin.get().identity).is_some();
        let same = |(one, other): (&Off, &Off)| one.place == other.place;
        self.graph.len() == on.len()
            && on.iter().all(knows)
            && self.off.len() == off.len()
            && self.off.iter().zip(off).all(same)
    }

    /// The same plugins, of which others run.
    pub(super) fn with(&self, instances: Arc<Instances>) -> Self {
        Self {
            graph: Arc::clone(&self.graph),
            by_slot: self.by_slot.clone(),
            records: Arc::clone(&self.records),
            instances,
            off: Arc::clone(&self.off),
        }
    }

    /// The node of a plugin type; none where it is not part of this.
    #[inline]
    pub(super) fn node_of<P: Plugin>(&self) -> Option<NodeId> {
        *self.by_slot.get(P::slot().untyped().index())?
    }

    /// All that provide a service.
    pub(super) fn providers_of(&self, service: &ServiceMeta) -> Vec<Provider> {
        let provides = |(node, meta): (NodeId, &'static PluginMeta)| {
            let provided = meta
                .provides
                .iter()
                .find(|p| p.service.identity.same_type(&service.identity))?;
            Some(Provider {
                node,
                cast: Some(provided.cast),
            })
        };
        self.graph.metas().filter_map(provides).collect()
    }

    /// The plugins that `node` is injected into, by name.
    pub(super) fn injected_into(&self, node: NodeId) -> Vec<&'static str> {
        let takes = |(from, meta): &(NodeId, &'static PluginMeta)| {
            (0..meta.injects.len()).any(|at| {
                let providers = self.graph.providers(*from, at);
                providers.iter().any(|by| by.node == node)
            })
        };
        let takers = self.graph.metas().filter(takes);
        takers.map(|(_, meta)| meta.name()).collect()
    }
}

/// The generation that holds now.
pub(super) struct Current(ArcSwap<Generation>);

impl Current {
    pub(super) fn new(generation: Generation) -> Self {
        Self(ArcSwap::from_pointee(generation))
    }

    pub(super) fn get(&self) -> Guard<Arc<Generation>> {
        self.0.load()
    }

    /// Puts another in its place, and says which it was.
    pub(super) fn replace(&self, generation: Generation) -> Arc<Generation> {
        let before = self.0.swap(Arc::new(generation));
        before.instances.supersede();
        before
    }
}

impl Running for Current {
    fn provider(&self, plugin: &PluginMeta, at: usize) -> Option<(Provider, Arc<Instances>)> {
        let now = self.get();
        let node = now.graph.node_of(&plugin.identity)?;
        let provider = now.graph.providers(node, at).first()?;
        Some((*provider, Arc::clone(&now.instances)))
    }
}

fn by_slot(graph: &Graph) -> Box<[Option<NodeId>]> {
    let mut nodes = Vec::with_capacity(graph.len());
    for (node, meta) in graph.metas() {
        let slot = (meta.vtable.slot)().index();
        if nodes.len() <= slot {
            nodes.resize(slot + 1, None);
        }
        nodes[slot] = Some(node);
    }
    nodes.into()
}
