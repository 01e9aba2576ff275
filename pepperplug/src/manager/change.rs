//! From what runs to what is to run: who is built anew, who takes new settings in place, and who stays as it is. Pure.

use crate::graph::{Dependency, Graph, NodeId};
use crate::meta::PluginMeta;

/// The plugins of a graph, by what a reload does with each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Those that are built and initialized, in start order: new ones, and those that are replaced.
    pub(super) begun: Vec<NodeId>,
    /// Those that take their new settings while they run, in start order.
    pub(super) reconfigured: Vec<NodeId>,
    /// All others, each with its node in the graph before.
    pub(super) kept: Vec<(NodeId, NodeId)>,
    /// By node of the graph before: its node now; none for those that are replaced, or no longer wanted.
    pub(super) stays: Vec<Option<NodeId>>,
}

/// What runs.
pub(super) struct Before<'a> {
    pub(super) graph: &'a Graph,
    /// Whether a plugin of it runs; others failed, and the application does without them.
    pub(super) runs: &'a dyn Fn(NodeId) -> bool,
}

impl Change {
    /// From `before` to `after`, where `has_new_settings` says so of those that are in both.
    pub(super) fn between(
        before: &Before<'_>,
        after: &Graph,
        has_new_settings: &dyn Fn(&'static PluginMeta) -> bool,
    ) -> Self {
        let old: Vec<Option<NodeId>> = after
            .metas()
            .map(|(_, meta)| before.graph.node_of(&meta.identity))
            .collect();
        let mut finder = Finder {
            before,
            after,
            is_begun: vec![false; old.len()],
            old,
        };
        finder.find(has_new_settings);
        finder.into_change(has_new_settings)
    }

    pub(super) fn is_none(&self) -> bool {
        let all_stay = self.stays.iter().all(Option::is_some);
        self.begun.is_empty() && self.reconfigured.is_empty() && all_stay
    }

    /// Whether a plugin of the graph before does not go on.
    pub(super) fn ends(&self, old: NodeId) -> bool {
        self.stays[old as usize].is_none()
    }
}

struct Finder<'a> {
    before: &'a Before<'a>,
    after: &'a Graph,
    /// Each node's own in the graph before.
    old: Vec<Option<NodeId>>,
    is_begun: Vec<bool>,
}

impl Finder<'_> {
    fn find(&mut self, has_new_settings: &dyn Fn(&'static PluginMeta) -> bool) {
        for (node, meta) in self.after.metas() {
            let is_new = match self.old[node as usize] {
                None => true,
                Some(old) => {
                    let takes_them = meta.vtable.reconfigure.is_some() && (self.before.runs)(old);
                    !takes_them && has_new_settings(meta) || self.is_wired_anew(node, old)
                }
            };
            self.is_begun[node as usize] = is_new;
        }
        // Each round finds at least one more, or is the last.
        loop {
            self.follow();
            if !self.try_again() {
                return;
            }
        }
    }

    /// Whoever has a plugin that is replaced is replaced.
    fn follow(&mut self) {
        for node in self.after.order() {
            let on = self.after.dependencies(*node).iter();
            let follows = on.map(|on| on.node as usize).any(|on| self.is_begun[on]);
            self.is_begun[*node as usize] |= follows;
        }
    }

    /// One that failed is tried again where a plugin that is begun cannot be without it. Whether there is one.
    fn try_again(&mut self) -> bool {
        let begun = self.after.order().iter().rev();
        let begun = begun.filter(|node| self.is_begun[**node as usize]);
        let needed = |on: &&Dependency| on.needed;
        let on = begun.flat_map(|node| self.after.dependencies(*node).iter().filter(needed));
        let missing = on
            .map(|on| on.node)
            .filter(|on| !self.is_begun[*on as usize] && !self.runs(*on));
        let missing: Vec<NodeId> = missing.collect();
        for node in &missing {
            self.is_begun[*node as usize] = true;
        }
        !missing.is_empty()
    }

    fn runs(&self, node: NodeId) -> bool {
        self.old[node as usize].is_some_and(|old| (self.before.runs)(old))
    }

    /// Whether something else is injected into it than before. What is looked up later is not: that finds whoever is
    /// there by then.
    fn is_wired_anew(&self, node: NodeId, old: NodeId) -> bool {
        let injections = self.after.meta(node).injects.iter().enumerate();
        let mut orders = injections.filter(|(_, injection)| injection.edge.kind.orders());
        orders.any(|(at, _)| {
            let now = self.after.providers(node, at).iter();
            let now = now.map(|by| self.old[by.node as usize]);
            let then = self.before.graph.providers(old, at).iter();
            !now.eq(then.map(|by| Some(by.node)))
        })
    }

    fn into_change(self, has_new_settings: &dyn Fn(&'static PluginMeta) -> bool) -> Change {
        let mut change = Change {
            stays: vec![None; self.before.graph.len()],
            ..Change::default()
        };
        for node in self.after.order() {
            let at = *node as usize;
            match self.old[at] {
                Some(old) if !self.is_begun[at] => {
                    change.stays[old as usize] = Some(*node);
                    change.kept.push((*node, old));
                    if has_new_settings(self.after.meta(*node)) && (self.before.runs)(old) {
                        change.reconfigured.push(*node);
                    }
                }
                _ => change.begun.push(*node),
            }
        }
        change
    }
}

#[cfg(test)]
mod tests;
