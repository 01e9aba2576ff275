//! What runs at this moment, in lists and numbers.

use core::time::Duration;
use std::sync::Arc;

use serde::Serialize;

use super::handle::{HookInfo, PluginHandle};
use super::{PluginManager, handle_of};
use crate::event::Event;
use crate::graph::NodeId;
use crate::hook::{Table, TableHook};
use crate::introspect::{self, Description, Edges, GraphDrawing, PluginDescription, Report};
use crate::lifecycle::PluginState;

/// An application in numbers, for [`PluginManager::get_stats`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// The plugins that are part of the application, whatever their state.
    pub plugins: usize,
    /// Those that run.
    pub ready: usize,
    /// Those that failed, or were not begun because one that they need failed.
    pub failed: usize,
    /// Those that are disabled, and so are no part of the application.
    pub disabled: usize,
    /// The events that have hooks.
    pub events: usize,
    /// The hooks of all events, closures included: one that listens to several events counts for each.
    pub hooks: usize,
    /// Those of them that are no longer called, since they failed too often.
    pub disabled_hooks: usize,
    /// How many reloads changed something, or found that nothing was to be changed.
    pub reloads: u64,
    /// How many reloads failed.
    pub failed_reloads: u64,
    /// For how long the application has been running.
    pub running_for: Option<Duration>,
}

impl PluginManager {
    /// Everything that this application is made of, as data.
    #[must_use]
    pub fn describe(&self) -> Description {
        let (shared, now) = (self.shared(), self.now());
        let name = |node| now.graph.meta(node).name();
        let plugin = |node: &NodeId| {
            let providers = |at| {
                let providers = now.graph.providers(*node, at).iter();
                providers.map(|by| name(by.node)).collect()
            };
            let injected_into = now.injected_into(*node);
            PluginDescription::new(
                &handle_of(&now, *node),
                shared.listed.candidates,
                Edges {
                    providers: &providers,
                    injected_into,
                },
            )
        };
        let ranks = now.graph.metas();
        let ranks = ranks.map(|(node, meta)| (meta, now.graph.rank(node)));
        let placed = shared.dispatcher.placed(ranks);
        let disabled = now.off.iter();
        let disabled = disabled.map(|off| introspect::disabled(off.meta, off.by, &off.place));
        Description {
            format: 1,
            plugins: now.graph.order().iter().map(plugin).collect(),
            off: introspect::off(shared.listed.candidates)
                .into_iter()
                .chain(disabled)
                .collect(),
            unlisted: introspect::unlisted(&shared.listed.unlisted),
            events: introspect::events(placed),
        }
    }

    /// The graph, to be drawn.
    #[must_use]
    pub fn graph(&self) -> GraphDrawing {
        GraphDrawing::new(self.describe())
    }

    /// Why each plugin is on or off, who injects it, and the order of each event's hooks. Made to be printed.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(self.describe())
    }

    /// All plugins, in start order: the same as [`plugins`](Self::plugins).
    #[must_use]
    pub fn get_ordered(&self) -> Vec<PluginHandle> {
        self.plugins()
    }

    /// The hooks of an event, in the order in which they run. Empty unless the application runs.
    #[must_use]
    pub fn hooks_of<E: Event>(&self) -> Vec<HookInfo> {
        let slot = E::slot().untyped().index();
        let tables = self.shared().dispatcher.tables();
        let mut tables = tables.iter();
        let table = tables.find(|table| table.event.slot().index() == slot);
        table.map(|table| hooks(table)).unwrap_or_default()
    }

    /// The hooks of all events, by the event's name, and each event's in the order in which they run. Empty unless the
    /// application runs.
    #[must_use]
    pub fn get_hooks(&self) -> Vec<HookInfo> {
        self.tables()
            .iter()
            .flat_map(|table| hooks(table))
            .collect()
    }

    /// The application in numbers.
    #[must_use]
    pub fn get_stats(&self) -> Stats {
        let (now, shared) = (self.now(), self.shared());
        let states = now
            .graph
            .metas()
            .map(|(node, _)| now.records.get(node).state);
        let states: Vec<PluginState> = states.collect();
        let count = |is: &[PluginState]| states.iter().filter(|state| is.contains(state)).count();
        let tables = self.tables();
        let disabled: usize = tables.iter().map(|table| table.disabled.len()).sum();
        let hooks: usize = tables.iter().map(|table| table.hooks.len()).sum();
        let (reloads, failed_reloads) = shared.on_reload.counts();
        Stats {
            plugins: states.len(),
            ready: count(&[PluginState::Ready]),
            failed: count(&[PluginState::Failed, PluginState::Skipped]),
            disabled: now.off.len(),
            events: tables.len(),
            hooks: hooks + disabled,
            disabled_hooks: disabled,
            reloads,
            failed_reloads,
            running_for: shared.running_for(),
        }
    }

    /// Those that have hooks, by name.
    fn tables(&self) -> Vec<Arc<Table>> {
        let mut tables = self.shared().dispatcher.tables();
        tables.retain(|table| !table.hooks.is_empty() || !table.disabled.is_empty());
        tables.sort_by_key(|table| table.event.meta().name());
        tables
    }
}

fn hooks(table: &Table) -> Vec<HookInfo> {
    let info = |hook: &Arc<TableHook>| HookInfo {
        event: table.event.meta().name(),
        plugin: hook.plugin,
        meta: hook.meta,
        policy: hook.policy.clone(),
    };
    table.hooks.iter().map(info).collect()
}
