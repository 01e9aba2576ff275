//! The hooks of each event in their places, for people to read of.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dispatch::Dispatcher;
use super::meta::HookMeta;
use super::order::Order;
use super::policy::HookPolicy;
use super::roster::{Gate, Roster, closure_rank};
use super::table::{Table, TableHook};
use crate::event::EventMeta;
use crate::meta::PluginMeta;
use crate::registry::EventRef;

/// A hook among those of its event.
pub(crate) struct PlacedHook {
    /// The plugin that declares it; empty for a closure.
    pub(crate) plugin: &'static str,
    pub(crate) meta: HookMeta,
    pub(crate) policy: HookPolicy,
    pub(crate) disabled: bool,
}

/// An event, and its hooks in the order in which they run.
pub(crate) type PlacedHooks = (&'static EventMeta, Vec<PlacedHook>);

impl Dispatcher {
    /// The events that have hooks: those that are called now or, where none are, those that would be if all `plugins` ran.
    /// Each with its rank.
    pub(crate) fn placed(
        &self,
        plugins: impl Iterator<Item = (&'static PluginMeta, u32)>,
    ) -> Vec<PlacedHooks> {
        let roster = self.roster();
        if roster.gate != Gate::Open {
            return roster.planned(plugins);
        }
        drop(roster);
        let mut placed: Vec<PlacedHooks> =
            self.tables().iter().map(|table| in_table(table)).collect();
        placed.retain(|(_, hooks)| !hooks.is_empty());
        placed
    }
}

fn in_table(table: &Table) -> PlacedHooks {
    let placed = |hook: &Arc<TableHook>| PlacedHook {
        plugin: hook.plugin,
        meta: hook.meta,
        policy: hook.policy.clone(),
        disabled: hook.is_disabled(),
    };
    let hooks = table.all_hooks();
    (table.event.meta(), hooks.iter().map(placed).collect())
}

impl Roster {
    fn planned(
        &self,
        plugins: impl Iterator<Item = (&'static PluginMeta, u32)>,
    ) -> Vec<PlacedHooks> {
        let mut by_slot: BTreeMap<usize, (EventRef, Vec<(Order, PlacedHook)>)> = BTreeMap::new();
        let mut plan = |plugin: &'static str, rank: u32, meta: &HookMeta| {
            for event in self.listened_to(meta) {
                // As where it is bound: such a hook is left out.
                if event.meta().sync && meta.call.is_async() {
                    continue;
                }
                let settings = self.overrides_of(event);
                let hook = PlacedHook {
                    plugin,
                    meta: *meta,
                    policy: HookPolicy::of(&event.meta().policies, &meta.policies, &settings),
                    disabled: false,
                };
                let of_event = by_slot.entry(event.slot().index());
                let (_, hooks) = of_event.or_insert_with(|| (event, Vec::new()));
                hooks.push((Order::of(plugin, rank, meta), hook));
            }
        };
        for (plugin, rank) in plugins {
            let hooks = plugin.hooks.iter();
            hooks.for_each(|meta| plan(plugin.name(), rank, meta));
        }
        for (number, meta) in self.closures() {
            plan("", closure_rank(number), meta);
        }
        let in_order = |(event, mut hooks): (EventRef, Vec<(Order, PlacedHook)>)| {
            Order::sort(&mut hooks);
            let hooks = hooks.into_iter().map(|(_, hook)| hook);
            (event.meta(), hooks.collect())
        };
        by_slot.into_values().map(in_order).collect()
    }
}
