//! The change against what it is to keep to, said plainly and slowly.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Before, Change};
use crate::graph::tests::random::sketches;
use crate::graph::tests::sketch::{PluginSketch, Want};
use crate::graph::tests::{declare, graph};
use crate::graph::{Graph, NodeId};
use crate::meta::MetaRef;

type Names = BTreeSet<&'static str>;

/// Two graphs of some plugins, and what is true of some of these.
struct World {
    before: Graph,
    after: Graph,
    failed: Names,
    changed: Names,
}

impl World {
    fn change(&self) -> Change {
        let before = Before {
            graph: &self.before,
            runs: &|node| self.runs(node),
        };
        Change::between(&before, &self.after, &|meta| {
            self.changed.contains(meta.name())
        })
    }

    fn runs(&self, old: NodeId) -> bool {
        !self.failed.contains(self.before.meta(old).name())
    }

    fn name(&self, node: NodeId) -> &'static str {
        self.after.meta(node).name()
    }

    /// What is injected into a plugin at once, by name; each field by itself.
    fn injected(graph: &Graph, node: NodeId) -> Vec<Vec<&'static str>> {
        let injections = graph.meta(node).injects.iter().enumerate();
        let orders = injections.filter(|(_, injection)| injection.edge.kind.orders());
        let names = orders.map(|(at, _)| {
            let by = graph.providers(node, at).iter();
            by.map(|by| graph.meta(by.node).name()).collect()
        });
        names.collect()
    }

    /// Why a plugin is begun, of itself.
    fn has_a_reason(&self, node: NodeId) -> bool {
        let name = self.name(node);
        match self.before.named(name) {
            None => true,
            Some(old) => {
                let wiring = Self::injected(&self.before, old);
                self.changed.contains(name) || wiring != Self::injected(&self.after, node)
            }
        }
    }

    fn check(&self) {
        let change = self.change();
        let begun: Names = change.begun.iter().map(|node| self.name(*node)).collect();
        for node in self.after.order() {
            let name = self.name(*node);
            let on = self.after.dependencies(*node);
            let follows = on.iter().any(|on| begun.contains(self.name(on.node)));
            let needs = |on: NodeId| {
                let dependents = self.after.dependents(on).iter();
                let mut needed = dependents.filter(|from| from.needed);
                needed.any(|from| begun.contains(self.name(from.node)))
            };
            let is_needed = self.failed.contains(name) && needs(*node);
            let reason = self.has_a_reason(*node) || follows || is_needed;
            assert_eq!(begun.contains(name), reason, "{name}: {change:?}");
        }
        self.check_those_that_stay(&change, &begun);
    }

    fn check_those_that_stay(&self, change: &Change, begun: &Names) {
        let kept: Vec<(&str, &str)> = change
            .kept
            .iter()
            .map(|(node, old)| (self.name(*node), self.before.meta(*old).name()))
            .collect();
        assert!(kept.iter().all(|(new, old)| new == old), "{kept:?}");
        assert_eq!(kept.len() + begun.len(), self.after.len());
        for (old, meta) in self.before.metas() {
            let stays = kept.iter().any(|(name, _)| *name == meta.name());
            assert_eq!(change.ends(old), !stays);
            let now = change.stays[old as usize].map(|node| self.name(node));
            assert_eq!(now, stays.then_some(meta.name()));
        }
        let ranks = change.begun.iter().map(|node| self.after.rank(*node));
        assert!(ranks.is_sorted(), "in start order");
        let nothing = begun.is_empty() && kept.len() == self.before.len();
        assert_eq!(change.is_none(), nothing);
    }
}

/// Those of `plugins` that a graph remains of when each in `off` is left out, with all that need it.
fn without(sketch: &[PluginSketch], plugins: &[MetaRef], off: &[bool]) -> Option<Graph> {
    let mut off = off.to_vec();
    for (number, plugin) in sketch.iter().enumerate() {
        let needs = |want: &Want| match *want {
            Want::Arc(on) | Want::Requires(on, _) | Want::Lazy(on) => off[on],
            Want::NamedService(_, by) => off[by],
            _ => false,
        };
        let needs = plugin.wants.iter().any(needs);
        off[number] |= needs;
    }
    let on = plugins.iter().zip(&off).filter(|(_, off)| !**off);
    let on: Vec<MetaRef> = on.map(|(plugin, _)| *plugin).collect();
    Graph::build(&on).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whoever_has_a_reason_is_begun_and_nobody_else(
        sketch in sketches(12),
        bits in prop::collection::vec((prop::bool::weighted(0.15), prop::bool::weighted(0.15), prop::bool::weighted(0.2), prop::bool::weighted(0.2)), 12),
    ) {
        let plugins = declare(&sketch);
        let all = |of: fn(&(bool, bool, bool, bool)) -> bool| -> Vec<bool> {
            bits.iter().take(sketch.len()).map(of).collect()
        };
        let (Some(before), Some(after)) = (
            without(&sketch, &plugins, &all(|bits| bits.0)),
            without(&sketch, &plugins, &all(|bits| bits.1)),
        ) else {
            return Ok(());
        };
        let named = |of: Vec<bool>| -> Names {
            let named = plugins.iter().zip(of).filter(|(_, is)| *is);
            named.map(|(plugin, _)| plugin.get().name()).collect()
        };
        let (failed, changed) = (named(all(|bits| bits.2)), named(all(|bits| bits.3)));
        World { before, after, failed, changed }.check();
    }
}

#[test]
fn who_is_injected_later_does_not_follow() {
    let sketch = [
        PluginSketch::new("a", &[]),
        PluginSketch::new("b", &[Want::Lazy(0)]),
        PluginSketch::new("c", &[Want::Requires(0, 0)]),
    ];
    let world = World {
        before: graph(&sketch).expect("a graph"),
        after: graph(&sketch).expect("a graph"),
        failed: Names::new(),
        changed: Names::from(["a"]),
    };
    let change = world.change();
    let names = |nodes: &[NodeId]| {
        nodes
            .iter()
            .map(|node| world.name(*node))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&change.begun), ["a", "c"]);
    assert_eq!(change.kept.len(), 1);
}
